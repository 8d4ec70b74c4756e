import type { Size } from '@sectile/core/geometry';

const LITERAL_ROW = 0x00;
const LITERAL_SPAN = 0x40;
const WHITE = 3;

/**
 * NeXT 2-bit gray (TIFF compression 32766), each row by itself: all literal, one literal span in white, or runs of a
 * value and 6 bits of length. Rows that are missing are white.
 *
 * @returns One byte a pixel, 0 to 3.
 */
export function decodeNext(bytes: Uint8Array, { width, height }: Size): Uint8Array {
  const samples = new Uint8Array(width * height).fill(WHITE);
  const rowByteLength = Math.ceil(width / 4);
  let at = 0;
  for (let row = 0; row < height && at < bytes.length; row++) {
    const start = row * width;
    const code = bytes[at++]!;
    if (code === LITERAL_ROW) {
      unpack(bytes.subarray(at, at + rowByteLength), samples, start, start + width);
      at += rowByteLength;
    } else if (code === LITERAL_SPAN && at + 4 <= bytes.length) {
      const offset = (bytes[at]! << 8) | bytes[at + 1]!;
      const length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
      at += 4;
      unpack(bytes.subarray(at, at + length), samples, start + offset * 4, start + width);
      at += length;
    } else {
      at = readRuns(bytes, at - 1, samples.subarray(start, start + width));
    }
  }
  return samples;
}

/** Returns where the next row begins. */
function readRuns(bytes: Uint8Array, at: number, row: Uint8Array): number {
  for (let filled = 0; filled < row.length && at < bytes.length; at++) {
    const run = bytes[at]! & 0x3f;
    row.fill(bytes[at]! >> 6, filled, filled + run);
    filled += run;
  }
  return at;
}

/** Four pixels a byte, most significant bits first, up to `end`. */
function unpack(packed: Uint8Array, samples: Uint8Array, start: number, end: number): void {
  const count = Math.min(packed.length * 4, end - start);
  for (let i = 0; i < count; i++) samples[start + i] = (packed[i >> 2]! >> (6 - 2 * (i & 3))) & 3;
}
