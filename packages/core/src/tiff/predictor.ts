import { hostLittleEndian } from './host-order.ts';

/** Arrays of whole words, wrapping as the differences do. */
export type WordArray = Uint8Array | Uint16Array | Uint32Array | BigUint64Array;

/**
 * Undoes predictor 2 of 8-bit samples (TIFF 6.0 section 14): each sample adds the one `bands` before it, modulo 256.
 * Reads `input` and writes `output`, which may be the same array.
 */
export function undoDifferencing8(input: Uint8Array, output: Uint8Array, rowSamples: number, bands: number): void {
  const rows = Math.floor(output.length / rowSamples);
  for (let row = 0; row < rows; row++) {
    const start = row * rowSamples;
    const end = start + rowSamples;
    if (bands === 3) {
      addThree(input, output, start, end);
    } else if (bands === 1) {
      let sum = 0;
      for (let i = start; i < end; i++) output[i] = sum += input[i]!;
    } else {
      for (let i = start; i < start + bands; i++) output[i] = input[i]!;
      for (let i = start + bands; i < end; i++) output[i] = input[i]! + output[i - bands]!;
    }
  }
}

/** Running sums in registers: the common case, twice as fast as reading the output back. */
function addThree(input: Uint8Array, output: Uint8Array, start: number, end: number): void {
  let red = 0;
  let green = 0;
  let blue = 0;
  for (let i = start; i < end; i += 3) {
    red = (red + input[i]!) & 255;
    green = (green + input[i + 1]!) & 255;
    blue = (blue + input[i + 2]!) & 255;
    output[i] = red;
    output[i + 1] = green;
    output[i + 2] = blue;
  }
}

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
