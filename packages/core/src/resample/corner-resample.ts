import type { Size } from '../geometry/size.ts';
import { allocateSamples } from '../pixels/dtype.ts';
import type { PixelBuffer } from '../pixels/pixel-buffer.ts';
import type { CornerKernel } from './resample-step.ts';

const { fround, floor, min } = Math;

/**
 * Resamples all of `input` as iipsrv does, defects included: `corner-nearest` takes the pixel at floor(i * scale);
 * `corner-bilinear` mixes it with its neighbors to the right and below, which for the last column is the first pixel
 * of the next row, and rounds down. Only for answers that have to equal its answers.
 */
export function resampleFromCorners(input: PixelBuffer, size: Size, kernel: CornerKernel): PixelBuffer {
  const { width, height } = size;
  const data = allocateSamples(input.dtype, width * height * input.bands);
  const output = { ...input, width, height, data };
  if (kernel === 'corner-nearest') takeNearest(input, output);
  else mixNeighbors(input, output);
  return output;
}

function takeNearest(input: PixelBuffer, output: PixelBuffer): void {
  const { width, height, bands, data } = output;
  const scaleX = fround(input.width / width);
  const scaleY = fround(input.height / height);
  for (let y = 0, out = 0; y < height; y++) {
    const row = min(input.height - 1, floor(y * scaleY)) * input.width;
    for (let x = 0; x < width; x++) {
      const from = (row + min(input.width - 1, floor(x * scaleX))) * bands;
      for (let band = 0; band < bands; band++) data[out++] = input.data[from + band]!;
    }
  }
}

function mixNeighbors(input: PixelBuffer, output: PixelBuffer): void {
  const { width, height, bands, data } = output;
  const last = input.width * input.height - 1;
  const scaleX = fround(input.width / width);
  const scaleY = fround(input.height / height);
  for (let y = 0, out = 0; y < height; y++) {
    const v = fround(y * scaleY);
    const top = floor(v);
    const lower = v - top;
    for (let x = 0; x < width; x++) {
      const u = fround(x * scaleX);
      const left = floor(u);
      const right = u - left;
      const a = min(last, top * input.width + left) * bands;
      const b = min(last, top * input.width + left + 1) * bands;
      const c = min(last, (top + 1) * input.width + left) * bands;
      const d = min(last, (top + 1) * input.width + left + 1) * bands;
      for (let band = 0; band < bands; band++) {
        const above = input.data[a + band]! * (1 - right) + input.data[b + band]! * right;
        const below = input.data[c + band]! * (1 - right) + input.data[d + band]! * right;
        data[out++] = floor(fround(above * (1 - lower) + below * lower));
      }
    }
  }
}
