import type { OutputFormat } from '../codec/formats.ts';

/** Which level the client counts from, and how far. Zero-based. */
export interface LevelSpec {
  /**
   * - `full`: 0 is `info.levels[0]`, full size.
   * - `smallest`: 0 is the last of `info.levels` (IIP resolutions).
   * - `one-tile`: halving, rounded down, until both sides fit one tile; 0 is that level (Zoomify tiers). The level
   *   itself is the full size divided by that power of two and rounded up.
   * - `one-pixel`: halving, rounded up, until 1x1; 0 is that level (Deep Zoom).
   *
   * Tiles of the last two are squares as wide as `info.tileSize`.
   * Levels of the last two need not be stored: the planner makes them from the next larger level.
   */
  readonly from: 'full' | 'smallest' | 'one-tile' | 'one-pixel';
  readonly index: number;
}

/** What part of the picture. Pixels are of the full size unless stated. */
export type RegionSpec =
  | { readonly kind: 'full' }
  | { readonly kind: 'square' }
  | { readonly kind: 'pixels'; readonly x: number; readonly y: number; readonly width: number; readonly height: number }
  | {
      readonly kind: 'percent';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
    }
  /** Fractions 0 to 1 of the picture (IIP RGN), each clamped. */
  | {
      readonly kind: 'fraction';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
    }
  /** A tile of the grid of `level`, turned as `rotation` says, by column and row or by row-major index. Needs `level`. */
  | { readonly kind: 'tile'; readonly col: number; readonly row: number }
  | { readonly kind: 'tile-index'; readonly index: number };

/** How large. `upscale` false: asking for more pixels than the region has is a `request` error or a clamp, see each. */
export type SizeSpec =
  /** Pixels of the region at `level`, or, without one, of the region at full size, reduced to fit the limits. */
  | { readonly kind: 'native' }
  /** The region at full size, reduced to fit the limits; with `upscale: 'allow'` enlarged to them (IIIF `^max`). */
  | { readonly kind: 'max' }
  | { readonly kind: 'width'; readonly width: number }
  | { readonly kind: 'height'; readonly height: number }
  | { readonly kind: 'exact'; readonly width: number; readonly height: number }
  /** As large as fits in the box, aspect kept. */
  | { readonly kind: 'fit'; readonly width: number; readonly height: number }
  | { readonly kind: 'percent'; readonly percent: number };

/** What happens when the wanted size is larger than the region at full size. */
export type UpscaleRule =
  /** Scale up. */
  | 'allow'
  /** Answer with a `request` error (IIIF without `^`). `fit` never errs: it stays at the region's size. */
  | 'reject'
  /** Deliver the region's own size (iipsrv with `ALLOW_UPSCALING=0`). */
  | 'clamp';

/** One step of image processing that a client asked for; applied in the order of `processing/stage-order.ts`. */
export type Adjustment =
  | { readonly kind: 'contrast'; readonly gain: number }
  | { readonly kind: 'gamma'; readonly exponent: number }
  | { readonly kind: 'log' }
  | { readonly kind: 'invert' }
  | { readonly kind: 'range'; readonly band: number | 'all'; readonly minimum: number; readonly maximum: number }
  | { readonly kind: 'colormap'; readonly name: string }
  | { readonly kind: 'color-twist'; readonly matrix: readonly (readonly number[])[] }
  | HillshadeAdjustment
  | { readonly kind: 'convolution'; readonly kernel: string | readonly number[] }
  | { readonly kind: 'stretch' }
  | { readonly kind: 'equalize' };

/** Light from one side: on a map of normals where the picture has three colors, on elevations where it has one. */
export interface HillshadeAdjustment {
  readonly kind: 'hillshade';
  /** Where the light stands, clockwise from the top. */
  readonly azimuthDegrees: number;
  /** 0 grazes the surface, 90 is overhead. */
  readonly altitudeDegrees: number;
  /** Elevations only: factor on them. Default 1. */
  readonly verticalExaggeration?: number | undefined;
  /** Elevations only: distance of neighbor pixels at full size, in the unit of the elevations. Default 1. */
  readonly cellSize?: number | undefined;
}

/** Colors of the answer. `default` and `color` keep what the image has. */
export type QualitySpec = 'default' | 'color' | 'gray' | 'bitonal';

/** File to deliver. */
export interface OutputSpec {
  readonly format: OutputFormat;
  /** Encoder quality as the client gave it; `undefined`: the configured default, and pass-through is allowed. */
  readonly quality?: number | undefined;
  /** TIFF output. */
  readonly compression?: 'none' | 'lzw' | 'deflate' | 'jpeg' | 'webp' | 'zstd' | undefined;
  /** JPEG: by the slower encoder of smaller files; several scans from coarse to fine. Default: as configured for exports. */
  readonly optimize?: boolean | undefined;
  readonly progressive?: boolean | undefined;
  /**
   * Bits of a sample of the answer. 8 and 16: what is shown, from black to white. `native`: the samples as they are
   * stored, where the format can hold them and nothing is asked for that changes them, else 16 for images of more than
   * 8 bits. Default: `native` for TIFF where that keeps the samples, else 8. JPEG and WebP give 8 whatever is asked for,
   * AVIF 10 where it is more.
   */
  readonly bits?: 8 | 16 | 'native' | undefined;
  /** `tile` outputs carry the ICC profile at most; `export` also XMP, EXIF and density. */
  readonly metadata: 'tile' | 'export';
}

/** What a client wants, symbolically: no fact of the image is needed to build it. Plain, frozen data. */
export interface RenderRequest {
  /** Page of the stack, 0-based. */
  readonly page: number;
  /** JPEG 2000 quality layers to decode, at least 1; more than there are means all. `undefined`: as configured. */
  readonly layers?: number | undefined;
  /** The grid of tiles, and the level whose pixels a `native` size means. */
  readonly level?: LevelSpec | undefined;
  readonly region: RegionSpec;
  readonly size: SizeSpec;
  readonly upscale: UpscaleRule;
  /**
   * When the wanted size exceeds `Limits.maxOutputSide` or `maxOutputPixels`: `reject` (default) answers with a
   * `request` error (IIIF), `clamp` reduces it, aspect kept (IIP). `max` and `native` always stay within.
   */
  readonly overLimit?: 'reject' | 'clamp' | undefined;
  readonly adjustments: readonly Adjustment[];
  /** Mirror left to right first, then turn clockwise, 0 <= degrees < 360. */
  readonly rotation: { readonly mirror: boolean; readonly degrees: number };
  readonly quality: QualitySpec;
  readonly output: OutputSpec;
}
