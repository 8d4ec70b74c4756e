import { ByteCursor } from '../bytes/byte-cursor.ts';
import { ImageError } from '../errors.ts';
import { assertWithin, type Limits } from '../limits.ts';
import type { RangeSource, ReadOptions } from '../source/range-source.ts';
import { type FieldType, fieldType } from './field-types.ts';
import type { TiffHeader } from './header.ts';

/** Where a field's value is: in the field itself, or elsewhere in the file and not read yet. */
export type FieldLocation =
  | { readonly kind: 'inline'; readonly bytes: Uint8Array }
  | { readonly kind: 'offset'; readonly byteOffset: number };

/** One field of a directory. `count` values of `type`; the value itself is read when asked for. */
export interface Field {
  readonly tag: number;
  readonly type: FieldType;
  readonly count: number;
  readonly location: FieldLocation;
}

/** One image file directory (IFD). */
export interface Directory {
  readonly byteOffset: number;
  readonly fields: ReadonlyMap<number, Field>;
  /** Offset of the next directory of the chain; 0 after the last one. */
  readonly nextOffset: number;
}

/** Reads one directory, without the values that lie elsewhere. */
export async function readDirectory(
  source: RangeSource,
  header: TiffHeader,
  byteOffset: number,
  options: ReadOptions & { readonly limits: Limits },
): Promise<Directory> {
  const { format, littleEndian } = header;
  if (byteOffset < format.headerByteLength || byteOffset + format.fieldCountByteLength > source.byteLength) {
    throw new ImageError('malformed', `A directory at ${byteOffset}, outside the file of ${source.byteLength} bytes`);
  }
  const countBytes = await source.read(byteOffset, format.fieldCountByteLength, options);
  const countCursor = new ByteCursor(countBytes, { littleEndian, fileOffset: byteOffset });
  const fieldCount = format.fieldCountByteLength === 2 ? countCursor.uint16() : countCursor.uint64();
  if (fieldCount === 0) throw new ImageError('malformed', `The directory at ${byteOffset} has no fields`);
  assertWithin(fieldCount, options.limits.maxFields, 'Number of fields of a directory');
  const fieldsOffset = byteOffset + format.fieldCountByteLength;
  const byteLength = fieldCount * format.fieldByteLength + format.offsetByteLength;
  // Some writers leave out the last four bytes when they would be zero and the directory ends the file.
  const available = Math.min(byteLength, source.byteLength - fieldsOffset);
  const bytes = await source.read(fieldsOffset, available, options);
  return parseDirectory(bytes, header, { byteOffset, fieldCount });
}

/**
 * Parses the fields of a directory (TIFF 6.0 section 2).
 *
 * @param bytes From behind the number of fields to the end of the next-directory offset.
 */
export function parseDirectory(
  bytes: Uint8Array,
  header: TiffHeader,
  place: { readonly byteOffset: number; readonly fieldCount: number },
): Directory {
  const { format, littleEndian } = header;
  const cursor = new ByteCursor(bytes, { littleEndian, fileOffset: place.byteOffset + format.fieldCountByteLength });
  const fields = new Map<number, Field>();
  for (let i = 0; i < place.fieldCount; i++) {
    const field = parseField(cursor, format.offsetByteLength);
    // Of a tag that comes twice the first is meant: libtiff reads it so.
    if (field && !fields.has(field.tag)) fields.set(field.tag, field);
  }
  const nextOffset = cursor.remaining === 0 ? 0 : readOffset(cursor, format.offsetByteLength);
  return { byteOffset: place.byteOffset, fields, nextOffset };
}

/** Bytes 0-1 tag, 2-3 type, then count and value (or its offset), each of the format's offset size. */
function parseField(cursor: ByteCursor, offsetByteLength: 4 | 8): Field | undefined {
  const tag = cursor.uint16();
  const type = fieldType(cursor.uint16());
  if (!type) {
    cursor.skip(2 * offsetByteLength);
    return undefined;
  }
  const count = readOffset(cursor, offsetByteLength);
  const valueByteLength = count * type.byteLength;
  if (valueByteLength <= offsetByteLength) {
    const bytes = cursor.take(offsetByteLength).subarray(0, valueByteLength);
    return { tag, type, count, location: { kind: 'inline', bytes } };
  }
  return { tag, type, count, location: { kind: 'offset', byteOffset: readOffset(cursor, offsetByteLength) } };
}

function readOffset(cursor: ByteCursor, offsetByteLength: 4 | 8): number {
  return offsetByteLength === 4 ? cursor.uint32() : cursor.uint64();
}
