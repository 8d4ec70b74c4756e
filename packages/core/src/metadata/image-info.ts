import type { Size } from '../geometry/size.ts';
import type { DType } from '../pixels/dtype.ts';

/**
 * What decoded samples mean. Palettes, WhiteIsZero and YCbCr are storage, undone while decoding: they appear here
 * as `rgb` or `grayscale`.
 */
export type ColorModel = 'grayscale' | 'rgb' | 'cmyk' | 'cielab' | 'icclab' | 'multiband';

/** Meaning of a band beyond those of the color model. */
export type ExtraSample = 'unspecified' | 'associated-alpha' | 'unassociated-alpha';

/** One resolution of the pyramid. Level 0 is full size; each next one is smaller. */
export interface LevelInfo extends Size {
  /** Size of a segment (tile, or strip: then `tileWidth === width`). Edge segments decode to the full or the cut size. */
  readonly tileWidth: number;
  readonly tileHeight: number;
  /**
   * Full size divided by level size, as a client means it: exactly 2 when the level is the half within rounding
   * (150 of 301), else the true ratio. Always at least 1.
   */
  readonly downsampleX: number;
  readonly downsampleY: number;
  /** False for a level that the file does not hold and that is made by reduction when asked for. */
  readonly stored: boolean;
  /** Stored tiles that can be sent as they are, in this format. */
  readonly passThrough?: PassThroughInfo | undefined;
}

/** A level whose segments are complete JPEG or WebP pictures (tables merged) in standard colors. */
export interface PassThroughInfo {
  readonly format: 'jpg' | 'webp';
}

/** Lowest and highest value of a band that display maps to black and white. */
export interface BandRange {
  readonly minimum: number;
  readonly maximum: number;
}

/** One page of a stack: a focal plane, a wavelength, a view. */
export interface StackPage {
  readonly name: string;
  /** Factor that turns samples into physical units; 1 when unknown. */
  readonly scale: number;
}

/** Resolution of the scan in pixels per unit at full size. */
export interface Density {
  readonly x: number;
  readonly y: number;
  readonly unit: 'inch' | 'cm' | 'none';
}

/** Text and binary metadata kept as found. Text keys are iipsrv's: creator, rights, date, description, title ... */
export interface ImageMetadata {
  readonly text: Readonly<Record<string, string>>;
  readonly icc?: Uint8Array | undefined;
  readonly xmp?: Uint8Array | undefined;
  readonly exif?: Uint8Array | undefined;
  /** GeoJP2: a TIFF file of one pixel that holds GeoTIFF fields. */
  readonly geotiff?: Uint8Array | undefined;
  readonly density?: Density | undefined;
  /** TIFF/EXIF orientation 1 to 8, kept but not applied. */
  readonly orientation: number;
}

/** Everything a protocol or a planner needs to know about an opened image. Plain data. */
export interface ImageInfo extends Size {
  /** Container: `tiff`, `jpeg`, `png`, `webp`, `jpeg2000`. */
  readonly format: string;
  /** Samples per pixel as decoded, extra samples included. */
  readonly bands: number;
  readonly dtype: DType;
  /** Bits of one sample as stored (1, 2, 4, ... 64). Samples below 8 bits are scaled to 8 on decoding; 9 to 15 stay raw. */
  readonly bitsPerSample: number;
  readonly color: ColorModel;
  /** One entry for each band beyond the color model's own. */
  readonly extraSamples: readonly ExtraSample[];
  /** One entry a band. */
  readonly ranges: readonly BandRange[];
  /** The file says what its ranges are. Else they are those of the type, and for floats, 0 to 1, a guess. */
  readonly statesRanges?: boolean | undefined;
  /** Samples of this value hold nothing (GDAL_NODATA). */
  readonly noData?: number | undefined;
  /** Sorted from full size to smallest; never empty; level 0 always `stored` or made from strips. */
  readonly levels: readonly LevelInfo[];
  /** Tile size to tell clients, in pixels of the output. */
  readonly tileSize: Size;
  /** One entry a page; a single picture has one page with an empty name. All pages share `levels`. */
  readonly pages: readonly StackPage[];
  /**
   * Of a sequence of files: the numbers that tell them apart, sorted. The pages are the horizontal views of the first
   * vertical view, then those of the next.
   */
  readonly views?: { readonly horizontal: readonly number[]; readonly vertical: readonly number[] } | undefined;
  /** How the file stores it, for people: compression and photometric by the format's own names. */
  readonly storage: { readonly compression: string; readonly photometric: string; readonly layout: string };
  readonly metadata: ImageMetadata;
}
