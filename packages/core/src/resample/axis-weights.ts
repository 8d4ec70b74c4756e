import type { ResampleKernel } from './resample-step.ts';

/** For each output column (or row): which input columns it is made of, and by how much. */
export interface AxisWeights {
  /** First input column of each output column. */
  readonly starts: Int32Array;
  /** Weights of one output column: `weights[i * taps + k]` belongs to input column `starts[i] + k`. Sum 1. */
  readonly weights: Float32Array;
  /** Weights for each output column; unused ones are 0. `starts[i] + taps` never exceeds the input's length. */
  readonly taps: number;
}

/** One axis of a `ResampleStep`. */
export interface ResampleAxis {
  /** Length of the input in pixels. */
  readonly length: number;
  /** Where the part to resample begins and how long it is, in input pixels; may be fractional. */
  readonly start: number;
  readonly extent: number;
  /** Output pixels. */
  readonly size: number;
  readonly kernel: ResampleKernel;
}

/** Input pixels that a kernel looks at beyond the edge of its source, at `scale` input pixels for an output pixel. */
export function kernelSupport(kernel: ResampleKernel, scale: number): number {
  const reach = Math.max(1, scale);
  if (kernel === 'bilinear') return reach - scale / 2;
  if (kernel === 'lanczos3') return 3 * reach - scale / 2;
  return 0;
}

/**
 * Computes the weights of one axis. See `ResampleKernel` for the formulas; weights of pixels beyond the input go to
 * the pixel at its edge.
 */
export function axisWeights(axis: ResampleAxis): AxisWeights {
  const { length, size, kernel } = axis;
  const scale = axis.extent / size;
  const taps = Math.min(length, tapsOf(kernel, scale));
  const starts = new Int32Array(size);
  const weights = new Float32Array(size * taps);
  const cell = new Float64Array(taps);
  for (let i = 0; i < size; i++) {
    const from = axis.start + i * scale;
    const [first, last] = columnsTouched(kernel, from, scale);
    const start = Math.max(0, Math.min(first, length - taps));
    starts[i] = start;
    cell.fill(0);
    let sum = 0;
    for (let column = first; column <= last; column++) {
      const weight = weightAt(kernel, column, from, scale);
      cell[Math.max(0, Math.min(column, length - 1)) - start]! += weight;
      sum += weight;
    }
    for (let k = 0; k < taps; k++) weights[i * taps + k] = cell[k]! / sum;
  }
  return { starts, weights, taps };
}

/** Input columns with a weight: those with a center inside the reach, or for `area` with a part inside the span. */
function columnsTouched(kernel: ResampleKernel, from: number, scale: number): [first: number, last: number] {
  const center = from + scale / 2;
  if (kernel === 'nearest') return [Math.floor(center), Math.floor(center)];
  if (kernel === 'area') return [Math.floor(from), Math.ceil(from + scale) - 1];
  const reach = reachOf(kernel, scale);
  return [Math.floor(center - reach + 0.5), Math.ceil(center + reach - 0.5) - 1];
}

function reachOf(kernel: 'bilinear' | 'lanczos3', scale: number): number {
  return (kernel === 'lanczos3' ? 3 : 1) * Math.max(1, scale);
}

function tapsOf(kernel: ResampleKernel, scale: number): number {
  if (kernel === 'nearest') return 1;
  if (kernel === 'area') return Math.ceil(scale) + 1;
  return Math.ceil(2 * reachOf(kernel, scale));
}

function weightAt(kernel: ResampleKernel, column: number, from: number, scale: number): number {
  const center = from + scale / 2;
  switch (kernel) {
    case 'nearest':
      return 1;
    case 'area':
      return Math.max(0, Math.min(column + 1, from + scale) - Math.max(column, from));
    case 'bilinear':
      return Math.max(0, 1 - Math.abs(column + 0.5 - center) / Math.max(1, scale));
    case 'lanczos3':
      return lanczos3((column + 0.5 - center) / Math.max(1, scale));
  }
}

function lanczos3(x: number): number {
  if (x === 0) return 1;
  if (Math.abs(x) >= 3) return 0;
  const angle = Math.PI * x;
  return (3 * Math.sin(angle) * Math.sin(angle / 3)) / (angle * angle);
}
