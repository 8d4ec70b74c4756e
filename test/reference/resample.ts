import type { PixelBuffer } from '@sectile/core/pixels';
import type { ResampleStep } from '@sectile/core/render';

/**
 * The naive resampler: double precision, straight from the formulas of `ResampleKernel`, both axes at once, every
 * weight computed again for every pixel. Nothing is rounded. Only for tests.
 *
 * @returns Samples of `step.size`, interleaved.
 */
export function referenceResample(input: PixelBuffer, step: ResampleStep): Float64Array {
  const { source, size } = step;
  const scaleX = source.width / size.width;
  const scaleY = source.height / size.height;
  const result = new Float64Array(size.width * size.height * input.bands);
  for (let y = 0; y < size.height; y++) {
    const rows = weightsOf(step.kernel, source.y + y * scaleY, scaleY);
    for (let x = 0; x < size.width; x++) {
      const columns = weightsOf(step.kernel, source.x + x * scaleX, scaleX);
      result.set(weightedMean(input, columns, rows, step.premultiply), (y * size.width + x) * input.bands);
    }
  }
  return result;
}

type Weights = readonly (readonly [position: number, weight: number])[];

function weightedMean(input: PixelBuffer, columns: Weights, rows: Weights, premultiply: boolean): number[] {
  const { bands, width, height, data } = input;
  const alpha = bands - 1;
  const sums = new Array<number>(bands).fill(0);
  let total = 0;
  for (const [row, rowWeight] of rows) {
    for (const [column, columnWeight] of columns) {
      const at = (clamp(row, height) * width + clamp(column, width)) * bands;
      const weight = rowWeight * columnWeight;
      total += weight;
      for (let b = 0; b < bands; b++) {
        sums[b]! += weight * data[at + b]! * (premultiply && b < alpha ? data[at + alpha]! : 1);
      }
    }
  }
  return sums.map((sum, b) => {
    if (!premultiply || b === alpha) return sum / total;
    return sums[alpha]! > 0 ? sum / sums[alpha]! : 0;
  });
}

function clamp(position: number, length: number): number {
  return Math.min(length - 1, Math.max(0, position));
}

function weightsOf(kernel: ResampleStep['kernel'], from: number, scale: number): Weights {
  const center = from + scale / 2;
  if (kernel === 'nearest') return [[Math.floor(center), 1]];
  const weights: [number, number][] = [];
  const stretch = Math.max(1, scale);
  const reach = Math.ceil(3 * stretch) + 1;
  for (let p = Math.floor(center) - reach; p <= Math.floor(center) + reach; p++) {
    const distance = Math.abs(p + 0.5 - center) / stretch;
    if (kernel === 'area') weights.push([p, Math.max(0, Math.min(p + 1, from + scale) - Math.max(p, from))]);
    else if (kernel === 'bilinear') weights.push([p, Math.max(0, 1 - distance)]);
    else weights.push([p, distance < 3 ? sinc(distance) * sinc(distance / 3) : 0]);
  }
  return weights;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** Means of boxes, those at the right and bottom of the pixels they have; NaN does not count. Nothing is rounded. */
export function referenceBoxShrink(input: PixelBuffer, shrink: number): Float64Array {
  const width = Math.ceil(input.width / shrink);
  const height = Math.ceil(input.height / shrink);
  const result = new Float64Array(width * height * input.bands);
  for (let i = 0; i < result.length; i++) {
    const band = i % input.bands;
    const x = Math.floor(i / input.bands) % width;
    const y = Math.floor(i / input.bands / width);
    const values: number[] = [];
    for (let row = y * shrink; row < Math.min(input.height, (y + 1) * shrink); row++) {
      for (let column = x * shrink; column < Math.min(input.width, (x + 1) * shrink); column++) {
        values.push(input.data[(row * input.width + column) * input.bands + band]!);
      }
    }
    const numbers = values.filter((value) => !Number.isNaN(value));
    result[i] = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  }
  return result;
}
