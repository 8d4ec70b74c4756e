import type { EncodedSegment } from '../codec/encoded-segment.ts';
import type { Rect } from '../geometry/rect.ts';
import type { ImageInfo } from '../metadata/image-info.ts';
import type { ReadOptions } from '../source/range-source.ts';

export type { EncodedPart, EncodedSegment, FileRange, SampleLayout } from '../codec/encoded-segment.ts';

/** Names one segment: a strip or a tile, of one plane where planes are stored apart. Plain data. */
export interface SegmentRef {
  /** Page of the stack, 0-based. */
  readonly page: number;
  readonly level: number;
  readonly col: number;
  readonly row: number;
  /** JPEG 2000: quality layers to use, at most; all by default. */
  readonly layers?: number | undefined;
}

/** Options of `ImageReader.readSegments`. */
export interface ReadSegmentsOptions extends ReadOptions {
  /**
   * Leave parts that lie in an open file of this process unread where that is possible (`EncodedPart.file`): whoever
   * decodes them reads them, and the reader stays open until then.
   */
  readonly deferReads?: boolean | undefined;
  /** The pixels of the level that are needed: of a segment, others may be left out where that saves work. */
  readonly window?: Rect | undefined;
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
  readSegments(
    refs: readonly SegmentRef[],
    options?: ReadSegmentsOptions,
  ): Promise<readonly (EncodedSegment | undefined)[]>;
  /**
   * Reads one stored tile as a complete file of `info.levels[level].passThrough.format`, tables merged, or
   * `undefined` when that tile cannot be passed through (sparse).
   */
  readStoredTile(ref: SegmentRef, options?: ReadOptions): Promise<Uint8Array | undefined>;
  close(): Promise<void>;
}
