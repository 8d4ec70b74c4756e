// Tables that turn the next bits into a symbol. An entry is a u32:
//   bits 0-4   length of the code, or of what the first table saw of it
//   bits 8-11  extra bits of a length or distance, or bits that index a second table
//   bits 12-14 kind
//   bits 16-31 literal, base of a length or distance, or where the second table begins

export const KIND_LITERAL: u32 = 0 << 12;
export const KIND_BASE: u32 = 1 << 12;
export const KIND_END: u32 = 2 << 12;
export const KIND_SUBTABLE: u32 = 3 << 12;
export const KIND_INVALID: u32 = 4 << 12;
export const KIND_MASK: u32 = 7 << 12;

const MAX_LENGTH: u32 = 15;

const lengthCounts: usize = memory.data(16 * 4, 16);
const nextCodes: usize = memory.data(17 * 4, 16);

/** What symbols mean; the lengths of their codes are added when a table is built. */
export class Alphabet {
  static literals: usize = memory.data(288 * 4, 16);
  static distances: usize = memory.data(32 * 4, 16);
  static codeLengths: usize = memory.data(19 * 4, 16);
  static isReady: bool = false;
}

/** Fills the alphabets (RFC 1951, 3.2.5). */
export function prepareAlphabets(): void {
  if (Alphabet.isReady) return;
  for (let symbol: u32 = 0; symbol < 256; symbol++) {
    store<u32>(Alphabet.literals + (symbol << 2), (symbol << 16) | KIND_LITERAL);
  }
  store<u32>(Alphabet.literals + (256 << 2), KIND_END);
  let base: u32 = 3;
  for (let symbol: u32 = 257; symbol < 285; symbol++) {
    const extraBits: u32 = symbol < 265 ? 0 : (symbol - 261) >> 2;
    store<u32>(Alphabet.literals + (symbol << 2), (base << 16) | (extraBits << 8) | KIND_BASE);
    base += 1 << extraBits;
  }
  store<u32>(Alphabet.literals + (285 << 2), (258 << 16) | KIND_BASE);
  store<u32>(Alphabet.literals + (286 << 2), KIND_INVALID);
  store<u32>(Alphabet.literals + (287 << 2), KIND_INVALID);
  base = 1;
  for (let symbol: u32 = 0; symbol < 30; symbol++) {
    const extraBits: u32 = symbol < 4 ? 0 : (symbol >> 1) - 1;
    store<u32>(Alphabet.distances + (symbol << 2), (base << 16) | (extraBits << 8) | KIND_BASE);
    base += 1 << extraBits;
  }
  store<u32>(Alphabet.distances + (30 << 2), KIND_INVALID);
  store<u32>(Alphabet.distances + (31 << 2), KIND_INVALID);
  for (let symbol: u32 = 0; symbol < 19; symbol++) store<u32>(Alphabet.codeLengths + (symbol << 2), symbol << 16);
  Alphabet.isReady = true;
}

/**
 * Builds a table for codes of the given lengths (RFC 1951, 3.2.2), one byte a symbol. Codes longer than `tableBits` go on in
 * second tables behind the first. False when more codes are asked for than there are, or fewer (but for a lone one).
 */
export function buildTable(alphabet: usize, lengths: usize, symbolCount: u32, table: usize, tableBits: u32): bool {
  memory.fill(lengthCounts, 0, 16 * 4);
  for (let symbol: u32 = 0; symbol < symbolCount; symbol++) {
    const slot = lengthCounts + (<usize>load<u8>(lengths + symbol) << 2);
    store<u32>(slot, load<u32>(slot) + 1);
  }
  const used = symbolCount - load<u32>(lengthCounts);
  let longest = MAX_LENGTH;
  while (longest > 1 && load<u32>(lengthCounts + (longest << 2)) == 0) longest--;
  let code: u32 = 0;
  let left: i32 = 1;
  for (let length: u32 = 1; length <= MAX_LENGTH; length++) {
    const count = load<u32>(lengthCounts + (length << 2));
    store<u32>(nextCodes + (length << 2), code);
    code = (code + count) << 1;
    left = (left << 1) - <i32>count;
    if (left < 0) return false;
  }
  if (left > 0 && used > 1) return false;
  const size: u32 = 1 << tableBits;
  for (let i: u32 = 0; i < size; i++) store<u32>(table + (i << 2), KIND_INVALID | 1);
  const secondBits = longest > tableBits ? longest - tableBits : 0;
  let nextSecond = size;
  for (let symbol: u32 = 0; symbol < symbolCount; symbol++) {
    const length: u32 = load<u8>(lengths + symbol);
    if (length == 0) continue;
    const slot = nextCodes + (length << 2);
    const reversedCode = reverse(load<u32>(slot), length);
    store<u32>(slot, load<u32>(slot) + 1);
    const entry = load<u32>(alphabet + (symbol << 2));
    if (length <= tableBits) {
      spread(table, reversedCode, length, tableBits, entry | length);
    } else {
      const first = table + ((reversedCode & (size - 1)) << 2);
      if ((load<u32>(first) & KIND_MASK) != KIND_SUBTABLE) {
        store<u32>(first, (nextSecond << 16) | KIND_SUBTABLE | (secondBits << 8) | tableBits);
        nextSecond += 1 << secondBits;
      }
      const second = table + ((load<u32>(first) >> 16) << 2);
      spread(second, reversedCode >> tableBits, length - tableBits, secondBits, entry | (length - tableBits));
    }
  }
  return true;
}

/** Stores an entry wherever the low bits of the index are the code. */
function spread(table: usize, code: u32, length: u32, tableBits: u32, entry: u32): void {
  const size: u32 = 1 << tableBits;
  const step: u32 = 1 << length;
  for (let i = code; i < size; i += step) store<u32>(table + (i << 2), entry);
}

function reverse(code: u32, length: u32): u32 {
  let result: u32 = 0;
  for (; length > 0; length--) {
    result = (result << 1) | (code & 1);
    code >>= 1;
  }
  return result;
}
