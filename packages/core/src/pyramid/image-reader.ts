import type { RareTiffFields } from '../codec/codec.ts';
import type { DecoderId } from '../codec/formats.ts';
import type { ImageInfo } from '../metadata/image-info.ts';
import type { DType } from '../pixels/dtype.ts';
import type { ReadOptions } from '../source/range-source.ts';

/** Names one segment: a strip or a tile, of one plane where planes are stored apart. Plain data. */
export interface SegmentRef {
  /** Page of the stack, 0-based. */
  readonly page: number;
  readonly level: number;
  readonly col: number;
  readonly row: number;
}

/** How the bytes of a segment become pixels once decompressed. Plain data; shared by all segments of a level. */
export interface SampleLayout {
  readonly dtype: DType;
  readonly bitsPerSample: number;
  readonly sampleFormat: 'uint' | 'int' | 'float';
  readonly littleEndian: boolean;
  /** TIFF Predictor: 1 none, 2 horizontal differencing, 3 floating point. */
  readonly predictor: 1 | 2 | 3;
  /** TIFF FillOrder 2 and a byte compression: reverse the bits of each byte before decompressing. */
  readonly reverseBits: boolean;
  /** Bands of the stored segment: 1 for a plane, else all. */
  readonly storedBands: number;
  /** What is undone after unpacking; `keep` hands samples out as stored. */
  readonly convert:
    | { readonly kind: 'keep' }
    | { readonly kind: 'invert' }
    | { readonly kind: 'palette'; readonly red: Uint16Array; readonly green: Uint16Array; readonly blue: Uint16Array }
    /** Each of the first bands times `scale` plus `offset`, rounded and clamped to uint8. */
    | { readonly kind: 'affine'; readonly scale: readonly number[]; readonly offset: readonly number[] }
    | {
        readonly kind: 'ycbcr';
        readonly subsampling: readonly [number, number];
        readonly coefficients: readonly [number, number, number];
        readonly referenceBlackWhite: readonly number[];
      };
}

/** One stored part of a segment: a whole contiguous segment, or one plane of it. */
export interface EncodedPart {
  readonly codec: DecoderId;
  readonly bytes: Uint8Array;
}

/** A segment as stored, ready to be decoded without touching the file again. Structured-cloneable. */
export interface EncodedSegment {
  /** Size in pixels that decoding yields; edge tiles of a TIFF are stored at full size. */
  readonly width: number;
  readonly height: number;
  /** Bands after decoding. */
  readonly bands: number;
  readonly dtype: DType;
  /** One part, or one for each plane in band order. A part may be `undefined`: sparse, all samples `background`. */
  readonly parts: readonly (EncodedPart | undefined)[];
  readonly layout: SampleLayout;
  /** Abbreviated JPEG streams: the shared tables. */
  readonly tables?: Uint8Array | undefined;
  readonly colorTransform?: 'none' | 'ycbcr' | undefined;
  readonly tiff?: RareTiffFields | undefined;
  readonly discardLevels?: number | undefined;
}

/** One opened image, whatever its container. */
export interface ImageReader {
  readonly info: ImageInfo;
  /** Identity of the bytes: the source's revision. */
  readonly revision: string;
  readonly lastModified?: Date | undefined;
  /**
   * Reads segments, in the order asked for; `undefined` for a sparse one (nothing stored: background).
   * Neighbouring byte ranges are read together.
   *
   * @throws ImageError `not-found` for a page, level, column or row that does not exist; `source`; `malformed`.
   */
  readSegments(refs: readonly SegmentRef[], options?: ReadOptions): Promise<readonly (EncodedSegment | undefined)[]>;
  /**
   * Reads one stored tile as a complete file of `info.levels[level].passThrough.format`, tables merged, or
   * `undefined` when that tile cannot be passed through (sparse).
   */
  readStoredTile(ref: SegmentRef, options?: ReadOptions): Promise<Uint8Array | undefined>;
  close(): Promise<void>;
}
