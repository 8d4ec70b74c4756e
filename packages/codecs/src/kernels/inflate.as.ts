// Inflate (RFC 1951) of zlib streams (RFC 1950), from memory to memory. Checksums are not looked at.

import { arenaAllocate, arenaReset } from './arena.as';
import {
  alignToByte, available, buffer, drop, INPUT_PADDING, inputEnd, isExhausted, openInput, position, refill, saveBits, take,
} from './inflate/bit-input.as';
import {
  Alphabet, buildTable, KIND_BASE, KIND_END, KIND_LITERAL, KIND_MASK, KIND_SUBTABLE, prepareAlphabets,
} from './inflate/decode-table.as';

const LITERAL_BITS: u32 = 11;
const DISTANCE_BITS: u32 = 8;
/** Codes that go on in a second table share its 16 (literals) or 128 (distances) entries by two at least. */
const literalTable: usize = memory.data(4 * (2048 + 144 * 16), 16);
const distanceTable: usize = memory.data(4 * (256 + 16 * 128), 16);
const lengthTable: usize = memory.data(4 * 128, 16);
const codeLengths: usize = memory.data(320 + 32, 16);
const codeLengthOrder: usize = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);

/** Copies run over the end by a match and a step of 16 bytes. */
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
    if ((entry & KIND_MASK) != 0 || isExhausted()) return false;
    drop(entry & 31);
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
function lookUp(table: usize, bits: u64, tableBits: u32): u32 {
  return load<u32>(table + (<usize>(bits & ((1 << tableBits) - 1)) << 2));
}

/** True at the end of the block, false when the output is full or the data ended or broke. */
function decodeSymbols(): bool {
  const end = inputEnd();
  let bits = buffer;
  let count = available;
  let from = position;
  let to = output;
  while (to < outputEnd) {
    const before = to;
    bits |= load<u64>(from) << count;
    from += <usize>((63 - count) >> 3);
    count |= 56;
    let entry = lookUp(literalTable, bits, LITERAL_BITS);
    // Up to two literals, a length with its extra bits take 11 + 11 + 15 + 5 of the 56 bits.
    if ((entry & KIND_MASK) == KIND_LITERAL) {
      store<u8>(to++, <u8>(entry >> 16));
      bits >>= entry & 31;
      count -= entry & 31;
      entry = lookUp(literalTable, bits, LITERAL_BITS);
      if ((entry & KIND_MASK) == KIND_LITERAL) {
        store<u8>(to++, <u8>(entry >> 16));
        bits >>= entry & 31;
        count -= entry & 31;
        entry = lookUp(literalTable, bits, LITERAL_BITS);
      }
    }
    if ((entry & KIND_MASK) == KIND_SUBTABLE) {
      bits >>= entry & 31;
      count -= entry & 31;
      entry = lookUp(literalTable + ((entry >> 16) << 2), bits, (entry >> 8) & 15);
    }
    const kind = entry & KIND_MASK;
    bits >>= entry & 31;
    count -= entry & 31;
    if (kind == KIND_LITERAL) {
      store<u8>(to++, <u8>(entry >> 16));
    } else if (kind == KIND_BASE) {
      const extraBits = (entry >> 8) & 15;
      const length = <usize>(entry >> 16) + <usize>(bits & ((<u64>1 << extraBits) - 1));
      bits >>= extraBits;
      count -= extraBits;
      bits |= load<u64>(from) << count;
      from += <usize>((63 - count) >> 3);
      count |= 56;
      let place = lookUp(distanceTable, bits, DISTANCE_BITS);
      if ((place & KIND_MASK) == KIND_SUBTABLE) {
        bits >>= place & 31;
        count -= place & 31;
        place = lookUp(distanceTable + ((place >> 16) << 2), bits, (place >> 8) & 15);
      }
      bits >>= place & 31;
      count -= place & 31;
      const distanceBits = (place >> 8) & 15;
      const distance = <usize>(place >> 16) + <usize>(bits & ((<u64>1 << distanceBits) - 1));
      bits >>= distanceBits;
      count -= distanceBits;
      if ((place & KIND_MASK) != KIND_BASE || distance > to - outputStart) {
        output = to;
        return false;
      }
      copyMatch(to, distance, length);
      to += length;
    }
    if (from > end && from - <usize>(count >> 3) > end) {
      // What was decoded last rests on zeros behind the data.
      output = before;
      return false;
    }
    if (kind == KIND_END) {
      output = to;
      saveBits(bits, count, from);
      return true;
    }
    if (kind > KIND_END) {
      output = to;
      return false;
    }
  }
  output = to;
  return false;
}

/** Copies `length` bytes from `distance` back. May write up to 15 bytes more. */
function copyMatch(to: usize, distance: usize, length: usize): void {
  const end = to + length;
  let from = to - distance;
  if (distance >= 16) {
    for (; to < end; to += 16, from += 16) v128.store(to, v128.load(from));
  } else if (distance == 1) {
    const byte = i8x16.splat(load<u8>(from));
    for (; to < end; to += 16) v128.store(to, byte);
  } else if (distance >= 8) {
    for (; to < end; to += 8, from += 8) store<u64>(to, load<u64>(from));
  } else {
    for (; to < end; to++, from++) store<u8>(to, load<u8>(from));
  }
}
