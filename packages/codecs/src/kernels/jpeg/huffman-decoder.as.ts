// Huffman tables of the JPEG decoders (ITU-T T.81 annexes C and F.2.2).
//
// The next ten bits select an entry. Where the code and the value bits after it fit those ten bits, the entry holds the
// finished value; longer codes are searched by length.

import { at, bits, count, refill, saveReader } from './bit-reader.as';

const LOOKUP_BITS: i32 = 10;
const LOOKUP_MASK: usize = (1 << LOOKUP_BITS) - 1;
/** An entry that holds a value: 0x80 | bits to consume, run << 8, value << 16. Others: code length, symbol << 16. */
export const COMPLETE: u32 = 0x80;
/** Run of an entry that ends the block: past the last coefficient from anywhere. */
const END_OF_BLOCK_RUN: u32 = 63;

const LOOKUP_BYTES: usize = 4 << LOOKUP_BITS;
const LIMITS_OFFSET: usize = LOOKUP_BYTES;
const FIRST_OFFSET: usize = LIMITS_OFFSET + 18 * 4;
const SYMBOLS_OFFSET: usize = FIRST_OFFSET + 18 * 4;
const TABLE_BYTES: usize = SYMBOLS_OFFSET + 256 + 112;

/** DC tables 0 to 3, then AC tables 0 to 3. */
const TABLES: usize = memory.data(8 * (4096 + 18 * 4 + 18 * 4 + 256 + 112), 16);
/** Where the caller puts a table: 16 counts, then up to 256 symbols. */
export const HUFFMAN_INPUT: usize = memory.data(272, 16);

// @ts-ignore: decorator
@inline
export function dcTable(index: usize): usize {
  return TABLES + index * TABLE_BYTES;
}
// @ts-ignore: decorator
@inline
export function acTable(index: usize): usize {
  return TABLES + (index + 4) * TABLE_BYTES;
}

/** The value that `size` bits after a code stand for (ITU-T T.81 table F.1, procedure EXTEND). */
// @ts-ignore: decorator
@inline
export function extend(value: i32, size: i32): i32 {
  return value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
}

/**
 * Builds a table from {@link HUFFMAN_INPUT}. `valuesFollow`: symbols are sequential ones, with value bits behind.
 * False when the counts do not describe a prefix code.
 */
export function buildTable(table: usize, isDc: bool, valuesFollow: bool): bool {
  memory.fill(table, 0, TABLE_BYTES);
  memory.copy(table + SYMBOLS_OFFSET, HUFFMAN_INPUT + 16, 256);
  let code = 0, next = 0;
  for (let length = 1; length <= 16; length++) {
    const codes = <i32>load<u8>(HUFFMAN_INPUT + length - 1);
    if (code + codes > 1 << length || next + codes > 256) return false;
    store<i32>(table + FIRST_OFFSET + (length << 2), next - code);
    for (let i = 0; i < codes; i++, code++, next++) {
      const symbol = <i32>load<u8>(table + SYMBOLS_OFFSET + next);
      if (isDc && symbol > 15) return false;
      if (length <= LOOKUP_BITS) fillEntries(table, code, length, symbol, isDc, valuesFollow);
    }
    // Codes of this length are below this limit; 0 when there are none up to here.
    store<i32>(table + LIMITS_OFFSET + (length << 2), code);
    code <<= 1;
  }
  return true;
}

function fillEntries(table: usize, code: i32, length: i32, symbol: i32, isDc: bool, valuesFollow: bool): void {
  const free = LOOKUP_BITS - length;
  const size = symbol & 15, run = symbol >> 4;
  for (let rest = 0; rest < 1 << free; rest++) {
    let entry = (<u32>symbol << 16) | <u32>length;
    if (valuesFollow && size <= free) {
      const value = size == 0 ? 0 : extend(rest >> (free - size), size);
      // A run without a value is 16 zeros when it is 15, else the end of the block.
      const skipped = isDc ? 0 : size == 0 && run != 15 ? END_OF_BLOCK_RUN : <u32>run;
      entry = (<u32>value << 16) | (skipped << 8) | COMPLETE | <u32>(length + size);
    }
    store<u32>(table + (<usize>((code << free) | rest) << 2), entry);
  }
}

/**
 * The entry for the next of `available` bits, at least 16: symbol << 16 | code length, or a {@link COMPLETE} one. 0 when
 * they begin no code.
 */
// @ts-ignore: decorator
@inline
export function lookUp(table: usize, buffer: u64, available: i32): u32 {
  const entry = load<u32>(table + ((<usize>(buffer >> (available - LOOKUP_BITS)) & LOOKUP_MASK) << 2));
  return entry != 0 ? entry : longEntry(table, <i32>(buffer >> (available - 16)) & 0xffff);
}

/** The entry of a code that is longer than {@link LOOKUP_BITS}. */
function longEntry(table: usize, next16: i32): u32 {
  for (let length = LOOKUP_BITS + 1; length <= 16; length++) {
    const code = next16 >> (16 - length);
    if (code < load<i32>(table + LIMITS_OFFSET + (length << 2))) {
      const index = code + load<i32>(table + FIRST_OFFSET + (length << 2));
      return (<u32>load<u8>(table + SYMBOLS_OFFSET + (index & 255)) << 16) | <u32>length;
    }
  }
  return 0;
}

/** Reads one symbol with the reader's global state, by a table built without values. -1 when there is no such code. */
export function readSymbol(table: usize): i32 {
  if (count < 32) refill();
  const entry = lookUp(table, bits, count);
  if (entry == 0) return -1;
  saveReader(bits, count - <i32>(entry & 0x7f), at);
  return <i32>(entry >> 16);
}
