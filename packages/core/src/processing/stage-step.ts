import type { BandRange } from '../metadata/image-info.ts';

/**
 * One processing step of a plan, in numbers. Plain data: a plan can be printed, compared, hashed and sent to a worker.
 * Each kind has one file in `processing/stages/` that turns it into a `Stage`.
 */
export type StageStep =
  /** CIELAB (TIFF photometric 8, 9 or 10 encodings) to sRGB 0..1. */
  | { readonly kind: 'cielab-to-srgb'; readonly encoding: 'cielab' | 'icclab'; readonly bits: 8 | 16 | 32 }
  /** CMYK to RGB without a profile. */
  | { readonly kind: 'cmyk-to-rgb' }
  /** Samples to 0..1 by (v - minimum) / (maximum - minimum), one range a band. Not clipped. */
  | { readonly kind: 'normalize'; readonly ranges: readonly BandRange[] }
  | { readonly kind: 'hillshade'; readonly azimuthDegrees: number; readonly altitudeDegrees: number }
  | { readonly kind: 'color-twist'; readonly matrix: readonly (readonly number[])[] }
  | { readonly kind: 'gamma'; readonly exponent: number }
  | { readonly kind: 'log' }
  | { readonly kind: 'invert' }
  | { readonly kind: 'colormap'; readonly name: string }
  | {
      readonly kind: 'convolution';
      readonly weights: readonly number[];
      readonly side: number;
      readonly divisor: number;
    }
  | { readonly kind: 'contrast'; readonly gain: number }
  /** 0..1 to unsigned integers, clamped, rounded to nearest. */
  | { readonly kind: 'quantize'; readonly bits: 8 | 16 }
  /** Keep these bands, in this order. */
  | { readonly kind: 'select-bands'; readonly bands: readonly number[] }
  /** Compose over an opaque background (0..255 or 0..65535 by dtype) and drop the last band, which is alpha. */
  | { readonly kind: 'flatten'; readonly background: readonly number[]; readonly associated: boolean }
  /** Associated (premultiplied) to unassociated alpha. */
  | { readonly kind: 'unpremultiply' }
  | { readonly kind: 'grayscale' }
  /** Otsu's threshold, or a given one, to 0 and the maximum. */
  | { readonly kind: 'threshold'; readonly value: number | 'otsu' }
  | { readonly kind: 'equalize'; readonly lut: readonly number[] }
  | { readonly kind: 'mirror'; readonly axis: 'horizontal' | 'vertical' }
  /** Clockwise by a multiple of 90. */
  | { readonly kind: 'turn'; readonly degrees: 90 | 180 | 270 }
  /** Clockwise by any angle; the canvas grows, corners get `background` (with alpha 0 where there is alpha). */
  | { readonly kind: 'rotate'; readonly degrees: number; readonly background: readonly number[] };
