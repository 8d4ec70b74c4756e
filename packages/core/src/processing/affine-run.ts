import type { Kernels } from '../kernels/kernels.ts';
import { allocateSamples, type DType, type SampleArray } from '../pixels/dtype.ts';
import type { PixelBuffer } from '../pixels/pixel-buffer.ts';
import { type BufferStage, colorBandsOf, isDirect, type PixelShape, type StepOf } from './stage.ts';
import type { StageStep } from './stage-step.ts';
import { outputShape } from './stage-table.ts';
import { lightOnNormals } from './stages/hillshade.ts';

/** A run of steps that is one matrix between integers, and how many steps it stands for. */
export interface AffineRun {
  readonly stage: BufferStage;
  readonly count: number;
  readonly output: PixelShape;
}

/** Output band k is `offsets[k]` and the sum of `rows[k][j]` times input sample j, clamped and rounded to nearest. */
interface AffineMap {
  readonly rows: readonly (readonly number[])[];
  readonly offsets: readonly number[];
  /** A pixel of exactly these samples becomes 0: a normal map without a surface. */
  readonly hole?: readonly [number, number, number] | undefined;
}

/**
 * The leading steps as one matrix, where they take 8 or 16-bit samples to such samples by sums of products alone:
 * normalize, then colors twisted, gained, inverted or light on normals, then quantize. Saves the floats in between.
 * `undefined` where the steps are anything else, or round as iipsrv does.
 */
export function affineRun(steps: readonly StageStep[], input: PixelShape): AffineRun | undefined {
  const end = steps.findIndex(({ kind }) => kind === 'quantize') + 1;
  const quantize = steps[end - 1];
  if (!isDirect(input.dtype) || quantize?.kind !== 'quantize' || quantize.truncate) return undefined;
  // Where no bands are mixed, tables or a stream do as well.
  if (!steps.slice(0, end).some(({ kind }) => kind === 'color-twist' || kind === 'hillshade')) return undefined;
  let map = identity(input.bands);
  for (const step of steps.slice(0, end - 1)) {
    // What light clips at 0 has to be clipped there by quantizing.
    const next = map.hole === undefined ? followedBy(map, step) : undefined;
    if (next === undefined) return undefined;
    map = next;
  }
  // Only the kernel for 8 bits knows of holes.
  if (map.hole !== undefined && quantize.bits !== 8) return undefined;
  const white = quantize.bits === 8 ? 255 : 65535;
  const scaled = {
    ...map,
    rows: map.rows.map((row) => row.map((v) => v * white)),
    offsets: map.offsets.map((v) => v * white),
  };
  const output = steps.slice(0, end).reduce((shape, step) => outputShape(step, shape), input);
  return {
    stage: { kind: 'buffer', apply: (pixels, kernels) => applyAffine(pixels, scaled, output.dtype, kernels) },
    count: end,
    output,
  };
}

function identity(bands: number): AffineMap {
  const rows = Array.from({ length: bands }, (_, k) => Array.from({ length: bands }, (_, j) => (j === k ? 1 : 0)));
  return { rows, offsets: rows.map(() => 0) };
}

function followedBy(map: AffineMap, step: StageStep): AffineMap | undefined {
  const bands = map.rows.length;
  switch (step.kind) {
    case 'normalize':
      return normalized(map, step);
    case 'contrast':
      return scaledBands(map, colorBandsOf(step, bands), step.gain, 0);
    case 'invert':
      return scaledBands(map, colorBandsOf(step, bands), -1, 1);
    case 'color-twist':
      return twisted(map, step);
    case 'hillshade':
      return shaded(map, step);
    default:
      return undefined;
  }
}

function normalized(map: AffineMap, { ranges, single }: StepOf<'normalize'>): AffineMap | undefined {
  const widths = ranges.map(({ minimum, maximum }) => maximum - minimum);
  if (single || widths.some((width) => Math.abs(width) < 1e-30)) return undefined;
  return {
    rows: map.rows.map((row, k) => row.map((v) => v / widths[k]!)),
    offsets: map.offsets.map((v, k) => (v - ranges[k]!.minimum) / widths[k]!),
  };
}

function scaledBands(map: AffineMap, colors: number, factor: number, offset: number): AffineMap {
  return {
    rows: map.rows.map((row, k) => (k < colors ? row.map((v) => v * factor) : row)),
    offsets: map.offsets.map((v, k) => (k < colors ? v * factor + offset : v)),
  };
}

/** New bands as sums of the color bands, then the bands after the color. */
function mixed(map: AffineMap, colors: number, weights: readonly (readonly number[])[]): AffineMap {
  const sum = (row: readonly number[], value: (band: number) => number): number =>
    row.slice(0, colors).reduce((total, weight, band) => total + weight * value(band), 0);
  const columns = map.rows[0]?.length ?? 0;
  return {
    rows: [
      ...weights.map((row) => Array.from({ length: columns }, (_, j) => sum(row, (band) => map.rows[band]![j]!))),
      ...map.rows.slice(colors),
    ],
    offsets: [...weights.map((row) => sum(row, (band) => map.offsets[band]!)), ...map.offsets.slice(colors)],
  };
}

function twisted(map: AffineMap, step: StepOf<'color-twist'>): AffineMap {
  return mixed(map, colorBandsOf(step, map.rows.length), step.matrix);
}

function shaded(map: AffineMap, step: StepOf<'hillshade'>): AffineMap | undefined {
  const isDiagonal = map.rows.every((row, k) => row.every((weight, j) => j === k || weight === 0));
  // The stored samples that are 0 once normalized.
  const hole = map.offsets.map((v, k) => -v / map.rows[k]![k]!);
  if (map.rows.length !== 3 || colorBandsOf(step, 3) !== 3 || !isDiagonal || !hole.every(Number.isInteger)) {
    return undefined;
  }
  const { weights, offset } = lightOnNormals(step);
  const lit = mixed(map, 3, [weights]);
  return { ...lit, offsets: [lit.offsets[0]! + offset], hole: hole as [number, number, number] };
}

function applyAffine(pixels: PixelBuffer, map: AffineMap, dtype: DType, kernels: Kernels): PixelBuffer {
  const { width, height, bands, data } = pixels;
  if (bands === 3 && map.rows.length === 1 && dtype === 'uint8') {
    const weights = map.rows[0] as readonly [number, number, number];
    return kernels.weighBands(pixels, { weights, offset: map.offsets[0]!, hole: map.hole });
  }
  const outputBands = map.rows.length;
  const output = allocateSamples(dtype, width * height * outputBands);
  const white = dtype === 'uint8' ? 255 : 65535;
  sumAll(data, output, map, white);
  return { width, height, bands: outputBands, dtype, data: output };
}

function sumAll(input: SampleArray, output: SampleArray, { rows, offsets }: AffineMap, white: number): void {
  const columns = rows[0]!.length;
  const weights = Float64Array.from(rows.flat());
  const outputBands = rows.length;
  const starts = Float64Array.from(offsets, (offset) => offset + 0.5);
  for (let out = 0, pixel = 0; out < output.length; pixel += columns) {
    for (let k = 0, w = 0; k < outputBands; k++) {
      let v = starts[k]!;
      for (let j = pixel; j < pixel + columns; j++) v += weights[w++]! * input[j]!;
      output[out++] = v >= white ? white : v > 0 ? v | 0 : 0;
    }
  }
}
