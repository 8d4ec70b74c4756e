import { hostLittleEndian } from './host-order.ts';

/** Arrays of whole words, wrapping as the differences do. */
export type WordArray = Uint8Array | Uint16Array | Uint32Array | BigUint64Array;

/** Undoes predictor 2 of wider samples in place, modulo the word's size. Floats are differenced as their bits, too. */
export function undoDifferencing(words: WordArray, rowSamples: number, bands: number): void {
  if (words instanceof BigUint64Array) {
    for (let start = 0; start + rowSamples <= words.length; start += rowSamples) {
      for (let i = start + bands; i < start + rowSamples; i++) words[i] = words[i]! + words[i - bands]!;
    }
    return;
  }
  for (let start = 0; start + rowSamples <= words.length; start += rowSamples) {
    const end = start + rowSamples;
    for (let i = start + bands; i < end; i++) words[i] = words[i]! + words[i - bands]!;
  }
}

/**
 * Undoes predictor 3 (Adobe, TIFF Technical Note 3): a row holds the most significant bytes of all its samples, then
 * the next ones, and so on; and each byte is the difference to the one `bands` before it.
 *
 * @param byteLength Bytes of one sample.
 * @returns Samples in host byte order.
 */
export function undoFloatingPoint(
  bytes: Uint8Array,
  rowSamples: number,
  bands: number,
  byteLength: number,
): Uint8Array {
  const rowBytes = rowSamples * byteLength;
  const result = new Uint8Array(bytes.length);
  const row = new Uint8Array(rowBytes);
  for (let start = 0; start + rowBytes <= bytes.length; start += rowBytes) {
    row.set(bytes.subarray(start, start + rowBytes));
    for (let i = bands; i < rowBytes; i++) row[i] = row[i]! + row[i - bands]!;
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
