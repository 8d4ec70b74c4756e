// Tables that turn the next bits into a symbol. An entry is a u32:
//   bits 0-5   how many bits it takes: the code (or what is left of it in a second table) and the extra bits behind it
//   bits 6-7   how many literals it yields, 0 or 1; of an exception, which
//   bits 8-13  the bits before the extra bits; of a second table, how many bits index it
//   bit 14     exception: end of block, second table, or no symbol
//   bit 15     length or distance
//   bits 16-31 literal, base of a length or distance, or where the second table begins
// Shifts of 64-bit values look at 6 bits of their count only, so entries serve as counts unmasked.

export const EXCEPTION: u32 = 1 << 14;
export const BASE: u32 = 1 << 15;
export const LITERAL: u32 = 1 << 6;
export const END: u32 = EXCEPTION;
export const SUBTABLE: u32 = EXCEPTION | (1 << 6);
export const INVALID: u32 = EXCEPTION | (2 << 6);
/** What tells exceptions apart. */
export const EXCEPTION_MASK: u32 = EXCEPTION | (3 << 6);
/** Code and extra bits take one bit more. */
const ONE_BIT: u32 = 0x101;

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
    store<u32>(Alphabet.literals + (symbol << 2), (symbol << 16) | LITERAL);
  }
  store<u32>(Alphabet.literals + (256 << 2), END);
  let base: u32 = 3;
  for (let symbol: u32 = 257; symbol < 285; symbol++) {
    const extraBits: u32 = symbol < 265 ? 0 : (symbol - 261) >> 2;
    store<u32>(Alphabet.literals + (symbol << 2), (base << 16) | BASE | extraBits);
    base += 1 << extraBits;
  }
  store<u32>(Alphabet.literals + (285 << 2), (258 << 16) | BASE);
  store<u32>(Alphabet.literals + (286 << 2), INVALID);
  store<u32>(Alphabet.literals + (287 << 2), INVALID);
  base = 1;
  for (let symbol: u32 = 0; symbol < 30; symbol++) {
    const extraBits: u32 = symbol < 4 ? 0 : (symbol >> 1) - 1;
    store<u32>(Alphabet.distances + (symbol << 2), (base << 16) | BASE | extraBits);
    base += 1 << extraBits;
  }
  store<u32>(Alphabet.distances + (30 << 2), INVALID);
  store<u32>(Alphabet.distances + (31 << 2), INVALID);
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
  const secondBits = longest > tableBits ? longest - tableBits : 0;
  // A complete code fills its tables; a lone one and no code at all leave most of one table open.
  if (left > 0) fillInvalid(table, secondBits > 0 ? size + (1 << secondBits) : size);
  if (secondBits > 0) {
    // Long codes are the last ones: every entry from where they begin leads to a second table.
    const first = load<u32>(nextCodes + ((tableBits + 1) << 2)) >> 1;
    openSecondTables(table, tableBits, secondBits, first, left > 0 ? first + 1 : size);
  }
  for (let symbol: u32 = 0; symbol < symbolCount; symbol++) {
    const length: u32 = load<u8>(lengths + symbol);
    if (length == 0) continue;
    const slot = nextCodes + (length << 2);
    const code = load<u32>(slot);
    store<u32>(slot, code + 1);
    const reversedCode = reverse(code, length);
    const entry = load<u32>(alphabet + (symbol << 2));
    if (length <= tableBits) {
      spread(table, reversedCode, length, tableBits, entry + length * ONE_BIT);
    } else {
      const second = table + ((load<u32>(table + ((reversedCode & (size - 1)) << 2)) >> 16) << 2);
      spread(second, reversedCode >> tableBits, length - tableBits, secondBits, entry + (length - tableBits) * ONE_BIT);
    }
  }
  return true;
}

function fillInvalid(table: usize, count: u32): void {
  for (let i: u32 = 0; i < count; i++) store<u32>(table + (i << 2), INVALID);
}

/** Points the entries of the codes `first` to `end - 1`, of `tableBits` bits, at second tables. */
function openSecondTables(table: usize, tableBits: u32, secondBits: u32, first: u32, end: u32): void {
  let second: u32 = 1 << tableBits;
  for (let code = first; code < end; code++) {
    const entry = (second << 16) | (secondBits << 8) | SUBTABLE;
    store<u32>(table + (reverse(code, tableBits) << 2), entry + tableBits);
    second += 1 << secondBits;
  }
}

/** Stores an entry wherever the low bits of the index are the code. */
function spread(table: usize, code: u32, length: u32, tableBits: u32, entry: u32): void {
  const size: u32 = 1 << tableBits;
  const step: u32 = 1 << length;
  for (let i = code; i < size; i += step) store<u32>(table + (i << 2), entry);
}

/** The lowest `length` (1 to 16) bits of a code, back to front. */
function reverse(code: u32, length: u32): u32 {
  code = ((code & 0x5555) << 1) | ((code >> 1) & 0x5555);
  code = ((code & 0x3333) << 2) | ((code >> 2) & 0x3333);
  code = ((code & 0x0f0f) << 4) | ((code >> 4) & 0x0f0f);
  return (((code & 0xff) << 8) | (code >> 8)) >> (16 - length);
}

/**
 * Joins each literal of a first table with the symbol behind it where the two codes fit into `tableBits`. Entries are u64:
 *   bits 0-31  as above, with both codes counted, 0 to 2 literals, and what the second symbol says otherwise
 *   bits 32-47 the literals; undefined beyond their number
 */
export function joinPairs(table: usize, tableBits: u32, pairs: usize): void {
  const size: u32 = 1 << tableBits;
  for (let i: u32 = 0; i < size; i++) {
    const first = load<u32>(table + (i << 2));
    const length = first & 15;
    const second = load<u32>(table + ((i >> length) << 2));
    // An exception counts for 64 bits here: it never fits.
    const fits = (first & (EXCEPTION | BASE)) == 0 && ((second >> 8) & 0x7f) + length <= tableBits;
    const joined = second + length * ONE_BIT + LITERAL;
    const literals = (<u64>(second >> 16) << 40) | (<u64>(first >> 16) << 32);
    store<u64>(pairs + (i << 3), select<u64>(<u64>joined, <u64>first, fits) | literals);
  }
}
