import type { EncodeOptions } from '../codec/codec.ts';
import type { OutputFormat } from '../codec/formats.ts';
import type { Rect } from '../geometry/rect.ts';
import type { Size } from '../geometry/size.ts';
import type { DType } from '../pixels/dtype.ts';
import type { StageStep } from '../processing/stage-step.ts';
import type { SegmentRef } from '../pyramid/image-reader.ts';
import type { CornerKernel, ResampleKernel, ResampleStep } from '../resample/resample-step.ts';

/** The stored tile already is the answer: read, merge tables, send. */
export interface PassThroughPlan {
  readonly kind: 'pass-through';
  readonly segment: SegmentRef;
  readonly format: OutputFormat;
  /** Put the profile into the stored stream. */
  readonly embedIcc: boolean;
  /** Size of the answer in pixels. */
  readonly size: Size;
  /** What to do where the tile turns out not to be stored (sparse files). */
  readonly fallback: PixelsPlan;
}

/** Decode, assemble, process, resample, encode. Numeric: nothing is left to decide. */
export interface PixelsPlan {
  readonly kind: 'pixels';
  readonly page: number;
  readonly level: number;
  /** JPEG 2000: quality layers to use, at most; all by default. */
  readonly layers?: number | undefined;
  /** Every segment that touches `window`, row by row. */
  readonly segments: readonly SegmentRef[];
  /** Segment size of the level, to place segments: segment (col, row) starts at (col * tileWidth, row * tileHeight). */
  readonly tileWidth: number;
  readonly tileHeight: number;
  /** Whole pixels of the level that the working buffer covers: the crop and its borders, clipped to the level. */
  readonly window: Rect;
  /** Box reduction while assembling, a whole number; the working buffer is ceil(window / shrink). 1 = none. */
  readonly shrink: number;
  /** Samples of the working buffer when it has been assembled. */
  readonly bands: number;
  readonly dtype: DType;
  /** Before resampling, in order. */
  readonly stages: readonly StageStep[];
  readonly resample?: ResampleStep<ResampleKernel | CornerKernel> | undefined;
  /** After resampling, in order: grayscale, threshold, mirror, rotate, ... */
  readonly finish: readonly StageStep[];
  readonly output: {
    readonly format: OutputFormat;
    readonly options: EncodeOptions;
    /** Size of the answer in pixels, rotation included. */
    readonly size: Size;
  };
  /** Work, for limits and for scheduling. `pixels`: source pixels decoded; `workingBytes`: estimate of memory. */
  readonly cost: { readonly pixels: number; readonly segments: number; readonly workingBytes: number };
}

/** How a request will be answered. */
export type RenderPlan = PassThroughPlan | PixelsPlan;

/** A finished file. */
export interface EncodedImage {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly width: number;
  readonly height: number;
}
