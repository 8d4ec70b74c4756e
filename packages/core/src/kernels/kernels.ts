import type { Rect } from '../geometry/rect.ts';
import type { PixelBuffer } from '../pixels/pixel-buffer.ts';
import type { ResampleStep } from '../resample/resample-step.ts';

/** A sum: offset + weights . samples, rounded to nearest and clamped to 0..255. */
export interface BandWeights {
  readonly weights: readonly [number, number, number];
  readonly offset: number;
  /** Pixels of exactly these samples become 0 instead. */
  readonly hole?: readonly [number, number, number] | undefined;
}

/** Light on elevations, in numbers; see the stage `elevation-hillshade`. */
export interface ElevationLight {
  /** Direction towards the light, x to the right, y down, z up, of unit length. */
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** Slope for each unit of Horn's weighted differences: exaggeration / (8 cell). */
  readonly scale: number;
  /** Elevation that stands for none, beside numbers that are not finite. */
  readonly noData?: number | undefined;
}

/** Whole words, wrapping when summed as TIFF's differences do; floats are summed as their bits. */
export type UnsignedSamples = Uint8Array | Uint16Array | Uint32Array;

/**
 * Hot loops that exist twice: in plain TypeScript in this package (the oracle, and the fallback where SIMD is
 * missing) and as WebAssembly in `@sectile/codecs`. Both must agree; `test/contracts/kernels.ts` holds them to it.
 */
export interface Kernels {
  /** Which one this is, for reports. */
  readonly name: 'typescript' | 'wasm';
  /**
   * Averages `shrink` x `shrink` boxes; partial boxes at the right and bottom average the pixels they have.
   * Integers round to nearest, halves up; NaN does not count. Result: ceil(width / shrink) x ceil(height / shrink).
   */
  boxShrink(input: PixelBuffer, shrink: number): PixelBuffer;
  /** Resamples by `step`; see `resample/`. Result dtype equals the input's. */
  resample(input: PixelBuffer, step: ResampleStep): PixelBuffer;
  /**
   * One lookup table for all bands (`lut.length` 256 or 65536), or one after another for each band. Input uint8 or
   * uint16; the output dtype is the table's.
   */
  applyLut(input: PixelBuffer, lut: Uint8Array | Uint16Array): PixelBuffer;
  /**
   * Band `band` (uint8 or uint16) as colors of three uint8 bands: `colors` has an entry for each sample value (256 or
   * 65536), red in its lowest byte, then green, then blue.
   */
  applyColorLut(input: PixelBuffer, band: number, colors: Uint32Array): PixelBuffer;
  /** One uint8 band of three uint8 or uint16 bands. Sums in single or double precision: results may differ by 1. */
  weighBands(input: PixelBuffer, weights: BandWeights): PixelBuffer;
  /**
   * Light on elevations (band 0) as one uint8 band, the edge pixels repeated beyond the picture, rounded to nearest. Of the
   * result only `part` (default: all of it). Single or double precision: results may differ by 1.
   */
  shadeElevations(input: PixelBuffer, light: ElevationLight, part?: Rect): PixelBuffer;
  /**
   * Undoes TIFF predictor 2 on interleaved rows, in place: each sample adds the one `bands` before it in the row, modulo the
   * size of its type. A row shorter than `rowSamples` may end the samples.
   */
  undoDifferencing(samples: UnsignedSamples, rowSamples: number, bands: number): void;
}
