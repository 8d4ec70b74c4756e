import { isFloat } from '../pixels/dtype.ts';
import { createPixelBuffer, type PixelBuffer } from '../pixels/pixel-buffer.ts';

/**
 * Averages `shrink` x `shrink` boxes; partial boxes at the right and bottom average the pixels they have. Integers
 * round to nearest, halves up. Float samples that are NaN do not count; a box of nothing else stays NaN.
 */
export function boxShrinkPixels(input: PixelBuffer, shrink: number): PixelBuffer {
  if (shrink === 1) return input;
  const { bands } = input;
  const width = Math.ceil(input.width / shrink);
  const height = Math.ceil(input.height / shrink);
  const output = createPixelBuffer(width, height, bands, input.dtype);
  const line = new Float64Array(input.width * bands);
  const sums = new Float64Array(width * bands);
  const counts = new Float64Array(width * bands);
  const skipsNan = isFloat(input.dtype);
  for (let y = 0; y < height; y++) {
    sums.fill(0);
    counts.fill(0);
    const end = Math.min(input.height, (y + 1) * shrink);
    for (let row = y * shrink; row < end; row++) {
      line.set(input.data.subarray(row * line.length, (row + 1) * line.length));
      if (skipsNan) addNumbers(line, { sums, counts, shrink, bands });
      else addAll(line, { sums, counts, shrink, bands });
    }
    if (skipsNan) for (let i = 0; i < sums.length; i++) sums[i] = sums[i]! / counts[i]!;
    else for (let i = 0; i < sums.length; i++) sums[i] = Math.floor(sums[i]! / counts[i]! + 0.5);
    output.data.set(sums, y * sums.length);
  }
  return output;
}

interface Boxes {
  readonly sums: Float64Array;
  readonly counts: Float64Array;
  readonly shrink: number;
  readonly bands: number;
}

function addAll(line: Float64Array, { sums, counts, shrink, bands }: Boxes): void {
  const boxLength = shrink * bands;
  for (let start = 0, box = 0; start < line.length; start += boxLength, box += bands) {
    const end = Math.min(line.length, start + boxLength);
    for (let band = 0; band < bands; band++) {
      let sum = 0;
      for (let i = start + band; i < end; i += bands) sum += line[i]!;
      sums[box + band]! += sum;
      counts[box + band]! += (end - start) / bands;
    }
  }
}

function addNumbers(line: Float64Array, { sums, counts, shrink, bands }: Boxes): void {
  const boxLength = shrink * bands;
  for (let i = 0; i < line.length; i++) {
    const value = line[i]!;
    if (Number.isNaN(value)) continue;
    const box = Math.floor(i / boxLength) * bands + (i % bands);
    sums[box]! += value;
    counts[box]!++;
  }
}
