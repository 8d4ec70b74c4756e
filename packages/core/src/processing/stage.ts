import { ImageError } from '../errors.ts';
import type { Rect } from '../geometry/rect.ts';
import type { Size } from '../geometry/size.ts';
import type { Kernels } from '../kernels/kernels.ts';
import { type DType, isFloat } from '../pixels/dtype.ts';
import type { PixelBuffer } from '../pixels/pixel-buffer.ts';
import type { StageStep } from './stage-step.ts';

/** Size, bands and sample type of pixels without the pixels: what planning needs to know. */
export interface PixelShape extends Size {
  readonly bands: number;
  readonly dtype: DType;
}

/**
 * Interleaved samples on their way into a stage. Float32, except for the first stage of a run whose source samples
 * do not fit a float32 exactly (32-bit integers, float64).
 */
export type WorkingSamples = Float32Array | Float64Array;

/** Each output pixel depends on the input pixel at the same place only. */
export interface PointStage {
  readonly kind: 'point';
  /** Reads `pixelCount` pixels from the start of `input`, writes as many to `output`; the two never overlap. */
  process(input: WorkingSamples, output: Float32Array, pixelCount: number): void;
}

/** Each output pixel depends on the input pixels up to `border` rows and columns away. */
export interface NeighborhoodStage {
  readonly kind: 'neighborhood';
  /** At least 1. */
  readonly border: number;
  /**
   * Computes one output row of `width` pixels. `rows` holds 2 * border + 1 input rows, top to bottom, each
   * `width + 2 * border` pixels long. The executor repeats the edge pixel where the picture ends.
   */
  processRow(rows: readonly Float32Array[], output: Float32Array, width: number): void;
}

/** Needs all pixels at once (geometry, statistics), or works on integer samples directly. */
export interface BufferStage {
  readonly kind: 'buffer';
  /** May return its input when there is nothing to do; never writes to it. */
  apply(pixels: PixelBuffer, kernels: Kernels): PixelBuffer;
  /** The part of what `apply` gives. Left out: the part is cut out of all of it. */
  applyToPart?(pixels: PixelBuffer, kernels: Kernels, part: Rect): PixelBuffer;
}

/** Arithmetic of one step. Stages own no pixels, know no tiles and do not allocate per row. */
export type Stage = PointStage | NeighborhoodStage | BufferStage;

/** Names of the steps. */
export type StageKind = StageStep['kind'];

/** The step of one kind. */
export type StepOf<K extends StageKind> = Extract<StageStep, { kind: K }>;

/** What one file in `stages/` declares. */
export interface StageDefinition<K extends StageKind> {
  /** @throws ImageError `request` when the step does not fit such pixels. */
  outputShape(step: StepOf<K>, input: PixelShape): PixelShape;
  /** Pixels beyond the edge that one output pixel looks at. Left out: 0. */
  border?(step: StepOf<K>): number;
  /**
   * For steps whose every output band is a function of one input band: the number of that band, for each output
   * band. Runs of such steps on 8 and 16-bit samples become lookup tables.
   */
  sources?(step: StepOf<K>, bands: number): readonly number[];
  create(step: StepOf<K>, input: PixelShape): Stage;
}

/** The shape of a buffer. */
export function shapeOf(pixels: PixelBuffer): PixelShape {
  return { width: pixels.width, height: pixels.height, bands: pixels.bands, dtype: pixels.dtype };
}

/** The shape itself when samples are float, else a `request` error: the plan forgot to normalize. */
export function requireFloat(kind: StageKind, shape: PixelShape): PixelShape {
  if (!isFloat(shape.dtype)) {
    throw new ImageError('request', `${kind} needs normalized samples, not ${shape.dtype}`);
  }
  return { ...shape, dtype: 'float32' };
}

/** The shape itself when it has at least so many bands, else a `request` error. */
export function requireBands(kind: StageKind, shape: PixelShape, bands: number): PixelShape {
  if (shape.bands < bands) {
    throw new ImageError('request', `${kind} needs ${bands} bands, but there are ${shape.bands}`);
  }
  return shape;
}

/** Leading bands that a step acts on: `colorBands`, at most all. */
export function colorBandsOf(step: { readonly colorBands?: number | undefined }, bands: number): number {
  return Math.min(step.colorBands ?? bands, bands);
}

/** Leading bands that are color, where a step without `colorBands` takes the last of two or four for alpha. */
export function opaqueBandsOf(step: { readonly colorBands?: number | undefined }, bands: number): number {
  return colorBandsOf(step, step.colorBands === undefined && (bands === 2 || bands === 4) ? bands - 1 : bands);
}

/** The value that stands for white: 255, 65535, or 1 for float samples. Other types have none: a `request` error. */
export function whiteOf(kind: StageKind, dtype: DType): number {
  if (dtype === 'uint8') return 255;
  if (dtype === 'uint16') return 65535;
  if (isFloat(dtype)) return 1;
  throw new ImageError('request', `${kind} does not work on ${dtype} samples`);
}

/** Samples of the types that stages handle without going through floats. */
export type IntegerSamples = Uint8Array | Uint16Array;

/** True for the two sample types that stages handle directly. */
export function isDirect(dtype: DType): boolean {
  return dtype === 'uint8' || dtype === 'uint16';
}

/** A buffer stage that maps pixel by pixel on 8 or 16-bit samples, `outputBands` bands out, same sample type. */
export function integerStage(
  kind: StageKind,
  outputBands: number,
  map: (input: IntegerSamples, output: IntegerSamples, pixelCount: number) => void,
): BufferStage {
  return {
    kind: 'buffer',
    apply(pixels) {
      const { width, height, dtype, data } = pixels;
      if (!(data instanceof Uint8Array || data instanceof Uint16Array)) {
        throw new ImageError('request', `${kind} does not work on ${dtype} samples`);
      }
      const sampleCount = width * height * outputBands;
      const output = data instanceof Uint8Array ? new Uint8Array(sampleCount) : new Uint16Array(sampleCount);
      map(data, output, width * height);
      return { width, height, bands: outputBands, dtype, data: output };
    },
  };
}
