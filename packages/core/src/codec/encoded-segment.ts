import type { DType } from '../pixels/dtype.ts';
import type { RareTiffFields } from './codec.ts';
import type { DecoderId } from './formats.ts';
import type { JpegRows } from './jpeg-rows.ts';
import type { Jpeg2000Window } from './jpeg2000-window.ts';

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
    /** CIELab with signed a* and b* (photometric 8) to ICCLab, whose samples can be averaged. */
    | { readonly kind: 'signed-lab' }
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

/** Bytes of an open file of this process that have not been read yet. */
export interface FileRange {
  readonly descriptor: number;
  /** Offset and length of each range; one after another, in this order, they are the bytes. */
  readonly ranges: Float64Array;
}

/** One stored part of a segment: a whole contiguous segment, or one plane of it. */
export interface EncodedPart {
  readonly codec: DecoderId;
  /** Empty when the part is still to be read from `file`. */
  readonly bytes: Uint8Array;
  /** Only in segments that were asked for with `deferReads`. */
  readonly file?: FileRange | undefined;
}

/** A segment as stored, ready to be decoded without touching the file again. Structured-cloneable. */
export interface EncodedSegment {
  /** Size in pixels that decoding yields; edge tiles of a TIFF are stored at full size. */
  readonly width: number;
  readonly height: number;
  /** First pixel within the segment's place in the level, where only a part of it was read. Default: its corner. */
  readonly x?: number | undefined;
  readonly y?: number | undefined;
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
  /** Rows of a JPEG file, whose headers are in `tables`. */
  readonly jpegRows?: JpegRows | undefined;
  /** A window of a JPEG 2000 image: its only part holds the bytes of the code-blocks. Posted to a thread, its arrays may go along. */
  readonly jpeg2000?: Jpeg2000Window | undefined;
}
