import type { EncodeOptions } from '../codec/codec.ts';
import type { OutputFormat } from '../codec/formats.ts';
import type { Histogram } from '../color/histogram.ts';
import type { RgbSpace } from '../color/rgb-space.ts';
import { DEFAULT_LIMITS, type Limits } from '../limits.ts';
import type { BandRange } from '../metadata/image-info.ts';
import type { DType } from '../pixels/dtype.ts';
import type { WatermarkOverlay, WatermarkPlacement } from '../processing/stage-step.ts';
import type { ResampleKernel } from '../resample/resample-step.ts';

/** What pixels an encoder takes: see `ImageEncoder.accepts`. */
export interface EncoderFacts {
  /** Numbers of bands. Left out: any. */
  readonly bands?: readonly number[] | undefined;
  readonly dtypes: readonly DType[];
  /** Of these numbers of bands the last is alpha. */
  readonly alphaBands: readonly number[];
  /** Most pixels a side. Left out: any. */
  readonly maxSide?: number | undefined;
}

/** A picture that a deployment lays over its answers. */
export interface WatermarkOptions {
  readonly overlay: WatermarkOverlay;
  /** 0..1, multiplies the overlay's alpha. */
  readonly opacity: number;
  /** 0..1, chance of each block to carry the overlay. */
  readonly probability: number;
  readonly placement: WatermarkPlacement;
  /** Of the image: the same one and the same part of it get their overlays at the same places. */
  readonly seed: number;
}

/** Policy of a deployment that a plan depends on. Plain data; the same options and request give the same plan. */
export interface PlanOptions {
  readonly limits: Limits;
  /** Formats that can be encoded: `CodecRegistry.outputFormats`. */
  readonly outputFormats: readonly OutputFormat[];
  /** Encoder quality where the request names none; see `EncodeOptions.quality`. */
  readonly qualities: Readonly<Record<OutputFormat, number>>;
  /** How JPEG exports are made (not tiles) where the request does not say. */
  readonly jpegExports: { readonly optimize: boolean; readonly progressive: boolean };
  /** TIFF output where the request names none. */
  readonly tiffCompression: NonNullable<EncodeOptions['compression']>;
  /** How pixels are interpolated when enlarging; reducing always averages the area. */
  readonly enlargeBy: Exclude<ResampleKernel, 'area'>;
  /** Send stored tiles as they are where they already are the answer. */
  readonly passThrough: boolean;
  /** Embed an ICC profile of fewer bytes than this; 0 never, negative always (iipsrv `MAX_ICC`). */
  readonly maxIccBytes: number;
  /** JPEG 2000: quality layers that are decoded, at most; 0 or less for all of them (iipsrv `MAX_LAYERS`). */
  readonly maxLayers: number;
  /**
   * `embed` sends colors as they are, with the profile; `srgb` turns those of other profiles into sRGB and sends none;
   * `display-p3` turns colors wider than sRGB into Display P3 and sends its profile. CMYK and CIELAB are converted in any
   * case, to sRGB unless it is `display-p3`.
   */
  readonly profiles: 'embed' | RgbSpace;
  /** False: no request is answered with more pixels than the region has (iipsrv `ALLOW_UPSCALING=0`). */
  readonly allowUpscaling: boolean;
  /** Rights of images that do not state their own; exports carry them. */
  readonly rights?: string | undefined;
  /** What transparent pixels and the corners of turned pictures are laid on, 0 to 255 a band. */
  readonly background: readonly [red: number, green: number, blue: number];
  /**
   * Brightness of the whole picture, over the ranges that the request shows; one for each band of images whose bands
   * are layers rather than colors. `stretch` and `equalize` cannot be planned without; `bitonal` without takes a
   * threshold from the pixels at hand, so tiles may differ. `createStatistics` makes them.
   */
  readonly histograms?: readonly Histogram[] | undefined;
  /** What the histograms hold, exactly (see `extentOf`), one for each of them; the bins are less exact. */
  readonly extents?: readonly BandRange[] | undefined;
  /** In place of `ImageInfo.ranges`, where those are a guess. */
  readonly ranges?: readonly BandRange[] | undefined;
  /** Laid over every answer; such answers never pass through. */
  readonly watermark?: WatermarkOptions | undefined;
  /** Round as iipsrv does (quantizing truncates, CIELAB is relative to D65), for answers equal to its. */
  readonly compat?: 'iipsrv' | undefined;
}

/** Defaults of iipsrv where it has them. */
export const DEFAULT_PLAN_OPTIONS: PlanOptions = {
  limits: DEFAULT_LIMITS,
  outputFormats: ['jpg', 'png', 'webp', 'avif', 'tif'],
  qualities: { jpg: 75, png: 1, webp: 50, avif: 50, tif: 1 },
  jpegExports: { optimize: false, progressive: false },
  tiffCompression: 'deflate',
  enlargeBy: 'bilinear',
  passThrough: true,
  maxIccBytes: 65536,
  maxLayers: 0,
  profiles: 'embed',
  allowUpscaling: true,
  background: [255, 255, 255],
};

const ALL_DTYPES: readonly DType[] = ['uint8', 'uint16', 'uint32', 'int8', 'int16', 'int32', 'float32', 'float64'];

/** What each output format can hold; TIFF compressed as JPEG or WebP only what these can. */
export const ENCODER_FACTS: Readonly<Record<OutputFormat, EncoderFacts>> = {
  jpg: { bands: [1, 3], dtypes: ['uint8'], alphaBands: [], maxSide: 65535 },
  png: { bands: [1, 2, 3, 4], dtypes: ['uint8', 'uint16'], alphaBands: [2, 4] },
  webp: { bands: [3, 4], dtypes: ['uint8'], alphaBands: [4], maxSide: 16383 },
  avif: { bands: [3, 4], dtypes: ['uint8', 'uint16'], alphaBands: [4], maxSide: 65536 },
  tif: { dtypes: ALL_DTYPES, alphaBands: [2, 4] },
};
