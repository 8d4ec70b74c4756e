// Bits to bytes for the JPEG entropy coders: codes from four Huffman tables, 0xFF stuffing, and symbol counts for the
// passes that only look.

import { arenaAllocate, arenaTop } from '../arena.as';

/** Four tables (DC 0, AC 0, DC 1, AC 1) of 256 entries: code << 8 | code length; 0 where there is no code. */
export const HUFFMAN: usize = memory.data(4 * 1024, 16);
/** How often each symbol of each table was met: u32. */
export const FREQUENCIES: usize = memory.data(4 * 1024, 16);

/** Bytes that one block can grow to: 64 coefficients of 27 bits, every byte stuffed. */
export const MAX_BLOCK_BYTES: usize = 512;

export let accumulator: u64 = 0;
export let bitCount: u32 = 0;
/** Next byte to write. */
export let output: usize = 0;
let outputStart: usize = 0;
let outputEnd: usize = 0;

/** Puts the output behind everything allocated so far, where it can grow. Allocate nothing after this. */
export function openOutput(): void {
  outputStart = outputEnd = arenaTop();
  beginOutput();
}

/** Starts an entropy-coded segment at the start of the output. */
export function beginOutput(): void {
  output = outputStart;
  accumulator = 0;
  bitCount = 0;
}

/** Bytes written since the last call are the caller's now; writing starts over at the same place. */
export function takeOutput(): i32 {
  const byteLength = <i32>(output - outputStart);
  output = outputStart;
  return byteLength;
}

/** Address of what {@link takeOutput} counted. */
export function outputAddress(): usize {
  return outputStart;
}

/** Makes room for `blockCount` more blocks. */
export function reserveBlocks(blockCount: usize): void {
  const end = output + blockCount * MAX_BLOCK_BYTES + 16;
  if (end > outputEnd) outputEnd = arenaAllocate(end - outputEnd) + (end - outputEnd);
}

/** Hands the state back after a coder kept it in locals. */
export function saveBitState(newAccumulator: u64, newBitCount: u32, newOutput: usize): void {
  accumulator = newAccumulator;
  bitCount = newBitCount;
  output = newOutput;
}

function storeStuffed(at: usize, word: u32): usize {
  for (let shift = 24; shift >= 0; shift -= 8) {
    const byte = <u8>(word >> shift);
    store<u8>(at++, byte);
    if (byte == 0xff) store<u8>(at++, 0);
  }
  return at;
}

/** Writes four bytes, most significant first, each 0xFF followed by 0. Returns the next address. */
// @ts-ignore: decorator
@inline
export function storeWord(at: usize, word: u32): usize {
  // A byte loses its top bit by adding 1 only when it is 0xFF.
  if (word & 0x80808080 & ~(word + 0x01010101)) return storeStuffed(at, word);
  store<u32>(at, bswap<u32>(word));
  return at + 4;
}

/** Appends up to 32 bits. */
export function putBits(code: u64, length: u32): void {
  accumulator = (accumulator << length) | code;
  bitCount += length;
  if (bitCount >= 32) {
    bitCount -= 32;
    output = storeWord(output, <u32>(accumulator >> bitCount));
  }
}

/** Fills the last byte with ones and writes what is left. */
export function flushBits(): void {
  const padding = (8 - (bitCount & 7)) & 7;
  putBits((1 << padding) - 1, padding);
  while (bitCount > 0) {
    bitCount -= 8;
    const byte = <u8>(accumulator >> bitCount);
    store<u8>(output++, byte);
    if (byte == 0xff) store<u8>(output++, 0);
  }
}
