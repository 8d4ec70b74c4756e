import { sampleLimits } from '../pixels/convert.ts';
import type { SampleArray } from '../pixels/dtype.ts';
import { isFloat } from '../pixels/dtype.ts';
import { createPixelBuffer, type PixelBuffer } from '../pixels/pixel-buffer.ts';
import { type AxisWeights, axisWeights } from './axis-weights.ts';
import type { ResampleStep } from './resample-step.ts';

/**
 * Resamples in plain TypeScript, in double precision: first along rows, then along columns, with only the rows in
 * memory that the current output row needs. Integers are rounded to nearest and clamped to their type.
 */
export function resamplePixels(input: PixelBuffer, step: ResampleStep): PixelBuffer {
  const { source, size, kernel } = step;
  const { bands } = input;
  const output = createPixelBuffer(size.width, size.height, bands, input.dtype);
  const columns = axisWeights({
    length: input.width,
    start: source.x,
    extent: source.width,
    size: size.width,
    kernel,
  });
  const rows = axisWeights({
    length: input.height,
    start: source.y,
    extent: source.height,
    size: size.height,
    kernel,
  });
  const premultiply = step.premultiply && bands > 1;
  const line = new Float64Array(input.width * bands);
  const rowLength = size.width * bands;
  const ring = new Float64Array(rowLength * rows.taps);
  const sum = new Float64Array(rowLength);
  let nextRow = 0;
  for (let y = 0; y < size.height; y++) {
    const first = rows.starts[y]!;
    for (nextRow = Math.max(nextRow, first); nextRow < first + rows.taps; nextRow++) {
      loadLine(input, nextRow, line);
      if (premultiply) multiplyByAlpha(line, bands);
      const place = (nextRow % rows.taps) * rowLength;
      resampleLine(line, ring.subarray(place, place + rowLength), columns, bands);
    }
    sum.fill(0);
    for (let k = 0; k < rows.taps; k++) {
      const weight = rows.weights[y * rows.taps + k]!;
      if (weight !== 0) addWeighted(sum, ring, ((first + k) % rows.taps) * rowLength, weight);
    }
    if (premultiply) divideByAlpha(sum, bands);
    storeLine(sum, output, y);
  }
  return output;
}

/** Typed arrays convert on `set`, so the loops after it see one array type only. */
function loadLine(input: PixelBuffer, row: number, line: Float64Array): void {
  const data: SampleArray = input.data;
  line.set(data.subarray(row * line.length, (row + 1) * line.length));
}

function resampleLine(line: Float64Array, output: Float64Array, axis: AxisWeights, bands: number): void {
  const { starts, weights, taps } = axis;
  for (let x = 0, out = 0; x < starts.length; x++) {
    const from = starts[x]! * bands;
    for (let band = 0; band < bands; band++) {
      let value = 0;
      for (let k = 0, i = from + band, w = x * taps; k < taps; k++, i += bands, w++) value += line[i]! * weights[w]!;
      output[out++] = value;
    }
  }
}

function addWeighted(sum: Float64Array, rows: Float64Array, start: number, weight: number): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += rows[start + i]! * weight;
}

function multiplyByAlpha(line: Float64Array, bands: number): void {
  for (let i = bands - 1; i < line.length; i += bands) {
    const alpha = line[i]!;
    for (let k = i - bands + 1; k < i; k++) line[k]! *= alpha;
  }
}

function divideByAlpha(line: Float64Array, bands: number): void {
  for (let i = bands - 1; i < line.length; i += bands) {
    const alpha = line[i]!;
    for (let k = i - bands + 1; k < i; k++) line[k] = alpha > 0 ? line[k]! / alpha : 0;
  }
}

function storeLine(line: Float64Array, output: PixelBuffer, row: number): void {
  if (!isFloat(output.dtype)) roundLine(line, sampleLimits(output.dtype));
  output.data.set(line, row * line.length);
}

function roundLine(line: Float64Array, [minimum, maximum]: readonly [number, number]): void {
  for (let i = 0; i < line.length; i++) {
    const value = Math.floor(line[i]! + 0.5);
    line[i] = value >= maximum ? maximum : value > minimum ? value : minimum;
  }
}
