import { ByteCursor } from '../bytes/byte-cursor.ts';
import { ImageError } from '../errors.ts';

/** All that differs between classic TIFF and BigTIFF: sizes in bytes. */
export interface TiffFormat {
  readonly name: 'TIFF' | 'BigTIFF';
  readonly version: number;
  readonly headerByteLength: number;
  /** Size of the number of fields that opens a directory. */
  readonly fieldCountByteLength: number;
  /** Size of a file offset, of a field's count, and so of the value that fits into a field itself. */
  readonly offsetByteLength: 4 | 8;
  /** Size of one field of a directory: tag (2), type (2), count, value or offset. */
  readonly fieldByteLength: number;
}

export const CLASSIC_TIFF: TiffFormat = {
  name: 'TIFF',
  version: 42,
  headerByteLength: 8,
  fieldCountByteLength: 2,
  offsetByteLength: 4,
  fieldByteLength: 12,
};

export const BIG_TIFF: TiffFormat = {
  name: 'BigTIFF',
  version: 43,
  headerByteLength: 16,
  fieldCountByteLength: 8,
  offsetByteLength: 8,
  fieldByteLength: 20,
};

/** The first bytes of a TIFF file. */
export interface TiffHeader {
  readonly format: TiffFormat;
  readonly littleEndian: boolean;
  readonly firstDirectoryOffset: number;
}

const LITTLE_ENDIAN = 0x4949; // "II"
const BIG_ENDIAN = 0x4d4d; // "MM"

/** True when the first four bytes are those of a TIFF or BigTIFF file. */
export function isTiff(bytes: Uint8Array): boolean {
  if (bytes.length < 4 || bytes[0] !== bytes[1] || (bytes[0] !== 0x49 && bytes[0] !== 0x4d)) return false;
  const [low, high] = bytes[0] === 0x49 ? [bytes[2], bytes[3]] : [bytes[3], bytes[2]];
  return high === 0 && (low === CLASSIC_TIFF.version || low === BIG_TIFF.version);
}

/**
 * Parses the header (TIFF 6.0 section 2; BigTIFF design of libtiff).
 *
 * @param bytes The first 16 bytes of the file, or all when it is shorter.
 */
export function parseTiffHeader(bytes: Uint8Array): TiffHeader {
  if (!isTiff(bytes)) throw new ImageError('malformed', 'Not a TIFF file');
  // Bytes 0-1 byte order, 2-3 version; classic: 4-7 first directory;
  // BigTIFF: 4-5 size of offsets (8), 6-7 zero, 8-15 first directory.
  const order = new ByteCursor(bytes, { littleEndian: false }).uint16();
  const littleEndian = order === LITTLE_ENDIAN;
  if (!littleEndian && order !== BIG_ENDIAN) throw new ImageError('malformed', 'Not a TIFF file');
  const cursor = new ByteCursor(bytes, { littleEndian });
  cursor.skip(2);
  if (cursor.uint16() === CLASSIC_TIFF.version) {
    return { format: CLASSIC_TIFF, littleEndian, firstDirectoryOffset: cursor.uint32() };
  }
  const offsetByteLength = cursor.uint16();
  if (offsetByteLength !== 8) {
    throw new ImageError('malformed', `A BigTIFF with offsets of ${offsetByteLength} bytes; only 8 is defined`);
  }
  cursor.skip(2);
  return { format: BIG_TIFF, littleEndian, firstDirectoryOffset: cursor.uint64() };
}
