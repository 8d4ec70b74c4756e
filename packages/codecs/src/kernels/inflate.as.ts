// Inflate (RFC 1951) of zlib streams (RFC 1950), from memory to memory. Checksums are not looked at.

import { arenaAllocate, arenaReset } from './arena.as';
import {
  alignToByte, available, buffer, drop, INPUT_PADDING, inputEnd, isExhausted, openInput, position, refill, saveBits, take,
} from './inflate/bit-input.as';
import { copyMatch, prepareCopies } from './inflate/copy-match.as';
import {
  Alphabet, BASE, buildTable, END, EXCEPTION, EXCEPTION_MASK, joinPairs, prepareAlphabets, SUBTABLE,
} from './inflate/decode-table.as';

const LITERAL_BITS: u32 = 11;
const LITERAL_MASK: u64 = (1 << LITERAL_BITS) - 1;
const DISTANCE_BITS: u32 = 8;
const DISTANCE_MASK: u64 = (1 << DISTANCE_BITS) - 1;
/** Stands for an entry that is to be looked up again, one symbol at a time. */
const CAREFULLY: u64 = EXCEPTION;
/** Codes that go on in a second table share its 16 (literals) or 128 (distances) entries by two at least. */
const literalTable: usize = memory.data(4 * (2048 + 144 * 16), 16);
const distanceTable: usize = memory.data(4 * (256 + 16 * 128), 16);
const pairTable: usize = memory.data(8 * 2048, 16);
const lengthTable: usize = memory.data(4 * 128, 16);
const codeLengths: usize = memory.data(320 + 32, 16);
const codeLengthOrder: usize = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);

/** The last step runs over the end by two literals, or one and a match, and a copy's last 15 bytes. */
const OUTPUT_SLACK: usize = 320;

let inputAddress: usize = 0;
let output: usize = 0;
let outputStart: usize = 0;
let outputEnd: usize = 0;

/** Makes room for input and output. Returns where the input is to be put. */
export function begin(inputBytes: i32, outputBytes: i32): usize {
  arenaReset();
  inputAddress = arenaAllocate(<usize>inputBytes + INPUT_PADDING);
  memory.fill(inputAddress + inputBytes, 0, INPUT_PADDING);
  outputStart = arenaAllocate(<usize>outputBytes + OUTPUT_SLACK);
  output = outputStart;
  outputEnd = outputStart + outputBytes;
  openInput(inputAddress, inputBytes);
  return inputAddress;
}

export function outputAddress(): usize {
  return outputStart;
}

/** Inflates until the output is full, or the stream ends or breaks. Returns how many bytes were made. */
export function run(): i32 {
  prepareAlphabets();
  prepareCopies();
  const header = take(16);
  // Deflate, a window of at most 32 KiB, no preset dictionary, and a check that makes 31 divide the header.
  const isZlib = (header & 15) == 8 && (header & 0xf0) <= 0x70 && (header & 0x2000) == 0;
  if (isZlib && (((header & 255) << 8) | (header >> 8)) % 31 == 0) {
    while (readBlock()) {}
  }
  return <i32>(min(output, outputEnd) - outputStart);
}

/** False after the last block, when the output is full, and when the data ended or broke. */
function readBlock(): bool {
  const isLast = take(1) == 1;
  const type = take(2);
  if (isExhausted()) return false;
  let goesOn = false;
  if (type == 0) goesOn = copyStored();
  else if (type == 1) goesOn = setFixedCodes() && decodeSymbols();
  else if (type == 2) goesOn = readDynamicCodes() && decodeSymbols();
  return goesOn && !isLast && output < outputEnd;
}

function copyStored(): bool {
  drop(<u32>(available & 7));
  const length = take(16);
  const complement = take(16);
  if (isExhausted() || (length ^ complement) != 0xffff) return false;
  const from = alignToByte();
  const count = min(<usize>length, min(inputEnd() - from, outputEnd - output));
  memory.copy(output, from, count);
  output += count;
  saveBits(0, 0, from + length);
  return count == length;
}

/** Lengths of the fixed codes (RFC 1951, 3.2.6). */
function setFixedCodes(): bool {
  memory.fill(codeLengths, 8, 144);
  memory.fill(codeLengths + 144, 9, 112);
  memory.fill(codeLengths + 256, 7, 24);
  memory.fill(codeLengths + 280, 8, 8);
  memory.fill(codeLengths + 288, 5, 32);
  return (
    buildTable(Alphabet.literals, codeLengths, 288, literalTable, LITERAL_BITS) &&
    buildTable(Alphabet.distances, codeLengths + 288, 32, distanceTable, DISTANCE_BITS)
  );
}

/** Lengths of the codes of this block, coded themselves (RFC 1951, 3.2.7). */
function readDynamicCodes(): bool {
  const literalCount = take(5) + 257;
  const distanceCount = take(5) + 1;
  const orderCount = take(4) + 4;
  if (literalCount > 286) return false;
  memory.fill(codeLengths, 0, 19);
  for (let i: u32 = 0; i < orderCount; i++) store<u8>(codeLengths + load<u8>(codeLengthOrder + i), <u8>take(3));
  if (!buildTable(Alphabet.codeLengths, codeLengths, 19, lengthTable, 7)) return false;
  const total = literalCount + distanceCount;
  for (let i: u32 = 0; i < total; ) {
    refill();
    const entry = load<u32>(lengthTable + <usize>((buffer & 127) << 2));
    if ((entry & EXCEPTION) != 0 || isExhausted()) return false;
    drop(entry & 63);
    const symbol = entry >> 16;
    if (symbol < 16) {
      store<u8>(codeLengths + i++, <u8>symbol);
      continue;
    }
    if (symbol == 16 && i == 0) return false;
    const repeated: u8 = symbol == 16 ? load<u8>(codeLengths + i - 1) : 0;
    const count = symbol == 16 ? 3 + take(2) : symbol == 17 ? 3 + take(3) : 11 + take(7);
    if (i + count > total) return false;
    memory.fill(codeLengths + i, repeated, count);
    i += count;
  }
  return (
    load<u8>(codeLengths + 256) != 0 &&
    buildTable(Alphabet.literals, codeLengths, literalCount, literalTable, LITERAL_BITS) &&
    buildTable(Alphabet.distances, codeLengths + literalCount, distanceCount, distanceTable, DISTANCE_BITS)
  );
}

// @ts-ignore: decorator
@inline
function lowest(bits: u64, count: u64): u64 {
  return bits & ((<u64>1 << count) - 1);
}

/** The extra bits that `entry` stands for, of the bits that began with its code. */
// @ts-ignore: decorator
@inline
function extra(entry: u64, bits: u64): usize {
  return <usize>(lowest(bits, entry) >> (entry >> 8));
}

/** True at the end of the block, false when the output is full or the data ended or broke. */
function decodeSymbols(): bool {
  joinPairs(literalTable, LITERAL_BITS, pairTable);
  const end = inputEnd();
  const start = outputStart;
  const stop = outputEnd;
  refill();
  let bits = buffer;
  // Only the lowest 6 bits count.
  let count = available;
  let from = position;
  let to = output;
  let entry: u64 = CAREFULLY;
  while (to < stop) {
    const before = to;
    if ((entry & EXCEPTION) != 0) {
      // One symbol from the plain tables: for exceptions, and at the end, where no second symbol must be read with it.
      entry = load<u32>(literalTable + (<usize>(bits & LITERAL_MASK) << 2));
      if ((entry & EXCEPTION_MASK) == SUBTABLE) {
        bits >>= entry;
        count -= entry;
        entry = load<u32>(literalTable + (<usize>((entry >> 16) + lowest(bits, entry >> 8)) << 2));
      }
      if ((entry & EXCEPTION) != 0) {
        bits >>= entry;
        count = (count - entry) & 63;
        const isWhole = from - <usize>(count >> 3) <= end;
        output = to;
        saveBits(bits, count, from);
        return isWhole && (entry & EXCEPTION_MASK) == END;
      }
      entry |= (entry >> 16) << 32;
    }
    // Of 56 bits a symbol, or a literal and a symbol of 11 bits together, takes 20 at most, and a distance 28.
    store<u16>(to, <u16>(entry >> 32));
    to += <usize>((entry >> 6) & 3);
    const code = bits;
    bits >>= entry;
    count -= entry;
    if ((entry & BASE) != 0) {
      const length = <usize>((<u32>entry) >> 16) + extra(entry, code);
      let place: u64 = load<u32>(distanceTable + (<usize>(bits & DISTANCE_MASK) << 2));
      if ((place & EXCEPTION_MASK) == SUBTABLE) {
        bits >>= place;
        count -= place;
        place = load<u32>(distanceTable + (<usize>((place >> 16) + lowest(bits, place >> 8)) << 2));
      }
      const distance = <usize>(place >> 16) + extra(place, bits);
      bits >>= place;
      count -= place;
      if (distance > to - start || (place & BASE) == 0) {
        output = to;
        return false;
      }
      copyMatch(to, distance, length);
      to += length;
    }
    // The bits that are left are enough to look up the next entry: it need not wait for more.
    entry = load<u64>(pairTable + (<usize>(bits & LITERAL_MASK) << 3));
    bits |= load<u64>(from) << count;
    from += <usize>(7 - ((count >> 3) & 7));
    count |= 56;
    if (from > end) {
      if (from - <usize>((count & 63) >> 3) > end) {
        // What was decoded last rests on zeros behind the data.
        output = before;
        return false;
      }
      entry = CAREFULLY;
    }
  }
  output = to;
  return false;
}
