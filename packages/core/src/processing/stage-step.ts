import type { IccConversion } from '../color/icc-conversion.ts';
import type { RgbSpace } from '../color/rgb-space.ts';
import type { BandRange } from '../metadata/image-info.ts';

/**
 * Steps with `colorBands` act on that many leading bands; the bands after them (alpha) pass through unchanged and
 * keep their place after the color. Left out, the step acts on all bands; `rotate` and `watermark`, which tell alpha
 * from color by it, then take the last of two and of four bands for alpha.
 */
export interface ColorStep {
  readonly colorBands?: number | undefined;
}

/** CIELAB (TIFF photometric 8 and 9) to RGB 0..1. Further bands pass through unscaled. */
export interface CielabToRgbStep {
  readonly kind: 'cielab-to-rgb';
  readonly encoding: 'cielab' | 'icclab';
  readonly bits: 8 | 16 | 32;
  /** White that the samples refer to. Default `d50`, adapted to D65; `d65` is what iipsrv assumes. */
  readonly white?: 'd50' | 'd65' | undefined;
  /** Default `srgb`. */
  readonly space?: RgbSpace | undefined;
}

/** Light on a map of surface normals (three bands, 0..1); one band comes out. */
export interface HillshadeStep extends ColorStep {
  readonly kind: 'hillshade';
  /** Where the light stands, clockwise from 12 o'clock. */
  readonly azimuthDegrees: number;
  /** Height of the light: 0 grazes the surface, 90 is overhead. */
  readonly altitudeDegrees: number;
}

/** Light on an elevation raster (band 0, before normalizing); one band 0..1 comes out. Border 1. */
export interface ElevationHillshadeStep {
  readonly kind: 'elevation-hillshade';
  readonly azimuthDegrees: number;
  readonly altitudeDegrees: number;
  /** Distance between neighbor pixels **of the level in use**, in the unit of the elevations. */
  readonly cellSize: number;
  /** Factor on the elevations; 1 for none. */
  readonly verticalExaggeration: number;
  /** Elevation that stands for none. */
  readonly noData?: number | undefined;
}

/** Picture that is laid over an answer. */
export interface WatermarkOverlay {
  /** Identity of the pixels (a hash): stands for them in cache keys. */
  readonly id: string;
  readonly width: number;
  readonly height: number;
  /** RGBA, unassociated alpha, `width * height * 4` bytes. */
  readonly data: Uint8Array;
}

/**
 * Where an overlay lies in its block: somewhere that only the seed decides, at an edge or in the middle; or one beside
 * the other all over the picture.
 */
export type WatermarkPlacement =
  | 'random'
  | 'repeat'
  | 'center'
  | 'top-left'
  | 'top-right'
  | 'bottom-left'
  | 'bottom-right';

/** Overlay once in each block, or repeated without blocks. */
export interface WatermarkStep extends ColorStep {
  readonly kind: 'watermark';
  readonly overlay: WatermarkOverlay;
  /** 0..1, multiplies the overlay's alpha. */
  readonly opacity: number;
  /** Default `random`. */
  readonly placement?: WatermarkPlacement | undefined;
  /** `repeat`: where in an overlay the picture begins, in pixels of the overlay. Default 0, 0. */
  readonly shift?: { readonly x: number; readonly y: number } | undefined;
  /** 0..1, chance of each block to carry the overlay. `repeat` always does. */
  readonly probability: number;
  /** Side of a block in pixels; a picture no larger is one block. */
  readonly blockSide: number;
  /** Unsigned 32-bit; the same seed gives the same places. */
  readonly seed: number;
}

/**
 * One processing step of a plan, in numbers. Plain data: a plan can be printed, compared, hashed and sent to a worker.
 * Each kind has one file in `processing/stages/` that turns it into a `Stage`.
 *
 * "Normalized" steps want float samples 0..1: put `normalize` before them and `quantize` after.
 */
export type StageStep =
  | CielabToRgbStep
  /** CMYK to RGB without a profile; integer samples or normalized. Further bands pass through. */
  | { readonly kind: 'cmyk-to-rgb' }
  /** Normalized. From the color space of an ICC profile (see `iccConversion`) to `space`; further bands pass through. */
  | {
      readonly kind: 'icc-to-rgb';
      readonly conversion: IccConversion;
      /** Default `srgb`. */
      readonly space?: RgbSpace | undefined;
    }
  /** Samples to 0..1 by (v - minimum) / (maximum - minimum), one range a band. Not clipped. `single`: as iipsrv rounds. */
  | { readonly kind: 'normalize'; readonly ranges: readonly BandRange[]; readonly single?: boolean | undefined }
  | HillshadeStep
  | ElevationHillshadeStep
  /** Normalized. Output band k is the sum of `matrix[k][j]` times color band j; missing weights are 0. */
  | (ColorStep & { readonly kind: 'color-twist'; readonly matrix: readonly (readonly number[])[] })
  /** Normalized. v to the power of `exponent`: 2 darkens mid-tones. */
  | (ColorStep & { readonly kind: 'gamma'; readonly exponent: number })
  /** Normalized. ln(1 + 255 v) / ln 256. */
  | (ColorStep & { readonly kind: 'log' })
  /** Normalized. 1 - v. */
  | (ColorStep & { readonly kind: 'invert' })
  /** Normalized. Band 0 to red, green, blue. */
  | (ColorStep & { readonly kind: 'colormap'; readonly name: string })
  /** Float samples. Correlation with a square kernel, row by row; `border` is (side - 1) / 2. */
  | (ColorStep & {
      readonly kind: 'convolution';
      readonly weights: readonly number[];
      readonly side: number;
      readonly divisor: number;
    })
  /** Normalized. v times `gain`. */
  | (ColorStep & { readonly kind: 'contrast'; readonly gain: number })
  /**
   * 0..1 to unsigned integers, clamped, rounded to nearest; `truncate` rounds down as iipsrv does. 16-bit integers
   * count as v / 65535; truncating takes their upper byte.
   */
  | { readonly kind: 'quantize'; readonly bits: 8 | 16; readonly truncate?: boolean | undefined }
  /** Keep these bands, in this order. */
  | { readonly kind: 'select-bands'; readonly bands: readonly number[] }
  /** Compose over an opaque background (0..255 or 0..65535 by dtype) and drop the last band, which is alpha. */
  | { readonly kind: 'flatten'; readonly background: readonly number[]; readonly associated: boolean }
  /** Associated (premultiplied) to unassociated alpha; the last band is alpha. */
  | { readonly kind: 'unpremultiply' }
  /** Integer samples. Appends opaque alpha. */
  | { readonly kind: 'add-alpha' }
  /** RGB to luma; further bands pass through. One and two bands stay as they are. */
  | { readonly kind: 'grayscale' }
  /** Otsu's threshold of the pixels at hand, or a given one in sample units, to 0 and the maximum. */
  | (ColorStep & { readonly kind: 'threshold'; readonly value: number | 'otsu' })
  /** A table of 256 values 0..255 on 8-bit samples, also for 16-bit ones; or one of 65536 on 16-bit samples. */
  | (ColorStep & { readonly kind: 'equalize'; readonly lut: readonly number[] })
  /** `horizontal` swaps left and right, `vertical` top and bottom. */
  | { readonly kind: 'mirror'; readonly axis: 'horizontal' | 'vertical' }
  /** Clockwise by a multiple of 90. */
  | { readonly kind: 'turn'; readonly degrees: 90 | 180 | 270 }
  /** Clockwise by any angle; the canvas grows, corners get `background` (with alpha 0 where there is alpha). */
  | (ColorStep & { readonly kind: 'rotate'; readonly degrees: number; readonly background: readonly number[] })
  | WatermarkStep;
