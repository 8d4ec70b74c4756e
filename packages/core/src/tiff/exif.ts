import { isImageError } from '../errors.ts';
import { assertWithin } from '../limits.ts';
import type { ReadOptions } from '../source/range-source.ts';
import type { Directory, Field } from './directory.ts';
import { readFieldBytes } from './field-value.ts';
import { TAGS } from './tags.ts';
import type { TiffFile } from './tiff-file.ts';

/** Tags of the main directory that belong to the shot and not to the storage: make, model, orientation, time, author. */
const COPIED_TAGS: readonly number[] = [
  TAGS.Make.id,
  TAGS.Model.id,
  TAGS.Orientation.id,
  TAGS.DateTime.id,
  TAGS.Artist.id,
  TAGS.Copyright.id,
];

/** Points from the Exif directory to another one, which would have to be copied as well; nobody misses it. */
const INTEROPERABILITY_IFD = 40965;

/** Field types of Exif 2.32 section 4.6.2 end with SRATIONAL, 10; later ones have no place in an Exif block. */
const EXIF_TYPE_CODES: Readonly<Record<string, number>> = {
  BYTE: 1,
  ASCII: 2,
  SHORT: 3,
  LONG: 4,
  RATIONAL: 5,
  SBYTE: 6,
  UNDEFINED: 7,
  SSHORT: 8,
  SLONG: 9,
  SRATIONAL: 10,
};

interface ExifField {
  readonly tag: number;
  readonly typeCode: number;
  readonly count: number;
  readonly bytes: Uint8Array;
}

/**
 * The Exif block of a picture, or `undefined` where it has none. A damaged one counts as none: it must not keep the
 * picture from being shown.
 */
export async function readExif(
  file: TiffFile,
  directory: Directory,
  options?: ReadOptions,
): Promise<Uint8Array | undefined> {
  try {
    return await copyExif(file, directory, options);
  } catch (error) {
    if (isImageError(error, 'malformed') || isImageError(error, 'limit')) return undefined;
    throw error;
  }
}

/**
 * Copies the Exif and GPS directories of a picture into a block of their own, which is a small TIFF file in the file's
 * byte order, without the `Exif\0\0` prefix.
 */
async function copyExif(file: TiffFile, directory: Directory, options?: ReadOptions): Promise<Uint8Array | undefined> {
  const values = await file.values(directory, ['ExifIFD', 'GPSIFD'], options);
  const exifOffset = values.number('ExifIFD');
  if (!exifOffset) return undefined;
  const gpsOffset = values.number('GPSIFD');
  const walker = file.walker();
  const copied = [...directory.fields.values()].filter(({ tag }) => COPIED_TAGS.includes(tag));
  const [main, exif, gps] = await Promise.all([
    readFields(file, copied, options),
    walker.read(exifOffset, options).then(({ fields }) => readFields(file, [...fields.values()], options)),
    gpsOffset
      ? walker.read(gpsOffset, options).then(({ fields }) => readFields(file, [...fields.values()], options))
      : [],
  ]);
  return writeExif(main, exif, gps, file.header.littleEndian);
}

async function readFields(file: TiffFile, fields: readonly Field[], options?: ReadOptions): Promise<ExifField[]> {
  let byteLength = 0;
  const read = async (field: Field): Promise<ExifField[]> => {
    const typeCode = EXIF_TYPE_CODES[field.type.name];
    if (typeCode === undefined || field.tag === INTEROPERABILITY_IFD) return [];
    byteLength += field.count * field.type.byteLength;
    assertWithin(byteLength, file.limits.maxTagBytes, 'Bytes of Exif data');
    const bytes = await readFieldBytes(file.source, field, field.count, options);
    return [{ tag: field.tag, typeCode, count: field.count, bytes }];
  };
  const copies = await Promise.all(fields.map(read));
  return copies.flat().sort((a, b) => a.tag - b.tag);
}

const HEADER_BYTES = 8;

function writeExif(
  main: readonly ExifField[],
  exif: readonly ExifField[],
  gps: readonly ExifField[],
  littleEndian: boolean,
): Uint8Array {
  const pointers = gps.length > 0 ? [TAGS.ExifIFD.id, TAGS.GPSIFD.id] : [TAGS.ExifIFD.id];
  const exifOffset = HEADER_BYTES + directoryBytes(main, pointers.length);
  const gpsOffset = exifOffset + directoryBytes(exif, 0);
  const block = new Uint8Array(gpsOffset + (gps.length > 0 ? directoryBytes(gps, 0) : 0));
  const view = new DataView(block.buffer);
  block.fill(littleEndian ? 0x49 : 0x4d, 0, 2);
  view.setUint16(2, 42, littleEndian);
  view.setUint32(4, HEADER_BYTES, littleEndian);
  const links = [exifOffset, gpsOffset].slice(0, pointers.length).map((target, i) => {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, target, littleEndian);
    return { tag: pointers[i] ?? 0, typeCode: 4, count: 1, bytes };
  });
  writeDirectory(view, HEADER_BYTES, [...main, ...links], littleEndian);
  writeDirectory(view, exifOffset, exif, littleEndian);
  if (gps.length > 0) writeDirectory(view, gpsOffset, gps, littleEndian);
  return block;
}

/** Bytes of a directory and of the values behind it, each at an even offset. */
function directoryBytes(fields: readonly ExifField[], inlineFields: number): number {
  const values = fields.reduce((sum, { bytes }) => sum + (bytes.length > 4 ? evenly(bytes.length) : 0), 0);
  return 2 + 12 * (fields.length + inlineFields) + 4 + values;
}

function evenly(byteLength: number): number {
  return byteLength + (byteLength & 1);
}

function writeDirectory(view: DataView, start: number, fields: readonly ExifField[], littleEndian: boolean): void {
  const block = new Uint8Array(view.buffer);
  view.setUint16(start, fields.length, littleEndian);
  let valueOffset = start + 2 + 12 * fields.length + 4;
  for (const [i, { tag, typeCode, count, bytes }] of fields.entries()) {
    const at = start + 2 + 12 * i;
    view.setUint16(at, tag, littleEndian);
    view.setUint16(at + 2, typeCode, littleEndian);
    view.setUint32(at + 4, count, littleEndian);
    if (bytes.length <= 4) {
      block.set(bytes, at + 8);
    } else {
      view.setUint32(at + 8, valueOffset, littleEndian);
      block.set(bytes, valueOffset);
      valueOffset += evenly(bytes.length);
    }
  }
}
