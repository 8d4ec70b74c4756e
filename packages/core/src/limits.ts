import { ImageError } from './errors.ts';

/** Refusals by policy. Checked while parsing files and while planning requests. */
export interface Limits {
  /** Pixels of a full-size image that will be opened at all. */
  readonly maxImagePixels: number;
  /** Width or height of an output, in pixels (iipsrv `MAX_CVT`). `Infinity` for none. */
  readonly maxOutputSide: number;
  /** Pixels of an output. */
  readonly maxOutputPixels: number;
  /** Source pixels that one request may decode, over all its segments. */
  readonly maxDecodePixels: number;
  /** Pixels of one strip or tile. */
  readonly maxSegmentPixels: number;
  /** Bytes of one encoded strip or tile. */
  readonly maxSegmentBytes: number;
  /** Image file directories of one TIFF, SubIFDs included. */
  readonly maxDirectories: number;
  /** Fields of one directory. */
  readonly maxFields: number;
  /** Bytes of one tag value other than segment offsets and byte counts (ICC, XMP, ...). */
  readonly maxTagBytes: number;
  /** Strips or tiles of one directory. */
  readonly maxSegments: number;
  /** Samples of one pixel. */
  readonly maxBands: number;
  /** Boxes of one JP2 file, and markers of one codestream. */
  readonly maxBoxes: number;
  /** Bytes of working memory that one request may need, estimated before it starts. */
  readonly maxWorkingBytes: number;
}

/** Roomy enough for whole slides and maps, tight enough that a hostile file cannot take the process down. */
export const DEFAULT_LIMITS: Limits = {
  maxImagePixels: 2 ** 42,
  maxOutputSide: 5000,
  maxOutputPixels: 5000 * 5000,
  maxDecodePixels: 2 ** 29,
  maxSegmentPixels: 2 ** 26,
  maxSegmentBytes: 2 ** 28,
  maxDirectories: 4096,
  maxFields: 4096,
  maxTagBytes: 2 ** 24,
  maxSegments: 2 ** 26,
  maxBands: 4096,
  maxBoxes: 65536,
  maxWorkingBytes: 2 ** 30,
};

/** Throws a `limit` error when `value` (of what `what` names) exceeds `maximum`. `NaN` exceeds everything. */
export function assertWithin(value: number, maximum: number, what: string): void {
  if (!(value <= maximum)) {
    // Numbers that nobody counts with are not worth telling.
    const told = Number.isSafeInteger(value) ? `is ${value}, more than` : 'is more than';
    throw new ImageError('limit', `${what} ${told} the limit of ${maximum}`);
  }
}
