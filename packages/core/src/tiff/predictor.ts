import type { UnsignedSamples } from '../kernels/kernels.ts';
import { hostLittleEndian } from './host-order.ts';

/** Samples of 8 to 64 bits as whole words. */
export type WordArray = UnsignedSamples | BigUint64Array;

/** Undoes predictor 2 of doubles in place: they are differenced as their bits. */
export function undoDoubleDifferencing(words: BigUint64Array, rowSamples: number, bands: number): void {
  for (let start = 0; start + rowSamples <= words.length; start += rowSamples) {
    for (let i = start + bands; i < start + rowSamples; i++) words[i] = words[i]! + words[i - bands]!;
  }
}

/**
 * Undoes the order of predictor 3 (Adobe, TIFF Technical Note 3) once its byte differences are undone: a row holds the most
 * significant bytes of all its samples, then the next ones, and so on.
 *
 * @param byteLength Bytes of one sample.
 * @returns Samples in host byte order.
 */
export function joinSignificances(bytes: Uint8Array, rowSamples: number, byteLength: number): Uint8Array {
  const rowBytes = rowSamples * byteLength;
  const result = new Uint8Array(bytes.length);
  for (let start = 0; start + rowBytes <= bytes.length; start += rowBytes) {
    const row = bytes.subarray(start, start + rowBytes);
    if (byteLength === 4) joinFourPlanes(row, new Uint32Array(result.buffer, start, rowSamples));
    else joinPlanes(row, result.subarray(start, start + rowBytes), byteLength);
  }
  return result;
}

/** The most significant bytes first; `words` are in host order. */
function joinFourPlanes(planes: Uint8Array, words: Uint32Array): void {
  const count = words.length;
  const second = count;
  const third = 2 * count;
  const fourth = 3 * count;
  for (let i = 0; i < count; i++) {
    words[i] = (planes[i]! << 24) | (planes[second + i]! << 16) | (planes[third + i]! << 8) | planes[fourth + i]!;
  }
}

function joinPlanes(planes: Uint8Array, samples: Uint8Array, byteLength: number): void {
  const count = samples.length / byteLength;
  for (let significance = 0; significance < byteLength; significance++) {
    const place = hostLittleEndian ? byteLength - 1 - significance : significance;
    const plane = significance * count;
    for (let i = 0; i < count; i++) samples[i * byteLength + place] = planes[plane + i]!;
  }
}
