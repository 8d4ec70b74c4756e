// TIFF LZW (TIFF 6.0, section 13), from memory to memory; see lzw/decode.ts, its twin in TypeScript.

import { arenaAllocate, arenaReset } from './arena.as';

const CLEAR: u32 = 256;
const END: u32 = 257;
const FIRST_FREE: u32 = 258;
const TABLE_SIZE: u32 = 4096;
const MAX_WIDTH: u32 = 12;
/** Zeros behind the input, which is loaded 8 bytes at a time. */
const INPUT_PADDING: usize = 32;
/** Strings are copied 8 bytes at a time and run over. */
const OUTPUT_SLACK: usize = 16;

/** Where the string of each code stands in the output: address, length. */
const table: usize = memory.data(4096 * 8, 16);

let input: usize = 0;
let inputEnd: usize = 0;
let output: usize = 0;
let outputEnd: usize = 0;

/** Makes room for input and output. Returns where the input is to be put. */
export function begin(inputBytes: i32, outputBytes: i32): usize {
  arenaReset();
  input = arenaAllocate(<usize>inputBytes + INPUT_PADDING);
  inputEnd = input + inputBytes;
  memory.fill(inputEnd, 0, INPUT_PADDING);
  output = arenaAllocate(<usize>outputBytes + OUTPUT_SLACK);
  outputEnd = output + outputBytes;
  return input;
}

export function outputAddress(): usize {
  return output;
}

/**
 * Decodes until the output is full, or the data end or break. Returns how many bytes were made.
 *
 * @param oldStyle 1: codes packed from the least significant bit, wider when the next entry does not fit any more.
 */
export function run(oldStyle: i32): i32 {
  const early: u32 = oldStyle ? 0 : 1;
  let from = input;
  let to = output;
  let bits: u64 = 0;
  let available: u64 = 0;
  let width: u32 = 9;
  let next = FIRST_FREE;
  let previous: usize = 0;
  let previousLength: u32 = 0;
  while (to < outputEnd) {
    if (available < width) {
      const loaded = load<u64>(from);
      bits |= oldStyle ? loaded << available : bswap<u64>(loaded) >> available;
      from += <usize>((63 - available) >> 3);
      available |= 56;
    }
    let code: u32;
    if (oldStyle) {
      code = <u32>bits & ((1 << width) - 1);
      bits >>= width;
    } else {
      code = <u32>(bits >> (64 - width));
      bits <<= width;
    }
    available -= width;
    // Bits that are not there have been taken when fewer are left than were loaded from behind the end.
    if (from > inputEnd && <u64>(from - inputEnd) << 3 > available) break;
    if (code == CLEAR) {
      width = 9;
      next = FIRST_FREE;
      previous = 0;
      continue;
    }
    if (code == END) break;
    if (previous != 0 && next < TABLE_SIZE) {
      store<u32>(table + (next << 3), <u32>previous);
      store<u32>(table + (next << 3), previousLength + 1, 4);
      next++;
      if (next == (1 << width) - early && width < MAX_WIDTH) width++;
    }
    const start = to;
    if (code < CLEAR) {
      store<u8>(to++, <u8>code);
      previousLength = 1;
    } else {
      if (code >= next) break;
      const source = <usize>load<u32>(table + (code << 3));
      const length = load<u32>(table + (code << 3), 4);
      to = copyString(source, to, length);
      previousLength = length;
    }
    previous = start;
  }
  return <i32>(to - output);
}

/** Copies a string that stands before `to`, or reaches one byte into it. Returns its end, within the output. */
// @ts-ignore: decorator
@inline
function copyString(source: usize, to: usize, length: u32): usize {
  const end = to + length;
  if (end > outputEnd) return copyLast(source, to);
  if (length <= 8) {
    store<u64>(to, load<u64>(source));
    // The last byte of a string that is used while it is made is its first.
    if (source + length > to) store<u8>(end - 1, load<u8>(source));
    return end;
  }
  for (; to < end; to += 8, source += 8) store<u64>(to, load<u64>(source));
  return end;
}

function copyLast(source: usize, to: usize): usize {
  for (; to < outputEnd; to++, source++) store<u8>(to, load<u8>(source));
  return to;
}
