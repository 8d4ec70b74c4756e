import { ByteCursor } from '../bytes/byte-cursor.ts';
import { asciiOf, textOf } from '../bytes/text.ts';
import { ImageError } from '../errors.ts';
import { readIccCurve } from './icc-curve.ts';
import { type IccTable, readIccTable } from './icc-table.ts';
import type { ToneCurve } from './tone-curve.ts';

/** What a viewer or a conversion needs of an ICC profile (ICC.1:2022, clauses 7.2 and 9). */
export interface IccProfile {
  readonly version: { readonly major: number; readonly minor: number };
  /** Profile class, four characters: `mntr`, `scnr`, `prtr`, `spac` ... */
  readonly deviceClass: string;
  /** Color space of the samples: `RGB`, `GRAY`, `CMYK`, `Lab` ... without trailing blanks. */
  readonly colorSpace: string;
  /** Profile connection space: `XYZ` or `Lab`. */
  readonly connectionSpace: string;
  readonly renderingIntent: 'perceptual' | 'relative' | 'saturation' | 'absolute';
  readonly description: string;
  /** XYZ of the media white, relative to D50. */
  readonly whitePoint?: readonly number[] | undefined;
  /** Red, green and blue colorants as columns of a matrix, rows one after another: linear RGB to XYZ under D50. */
  readonly colorants?: readonly number[] | undefined;
  /** Samples to linear light: three curves, or one of a gray profile. */
  readonly curves?: readonly ToneCurve[] | undefined;
  /** Samples to the connection space, relative to the media white. Counts before matrix and curves. */
  readonly table?: IccTable | undefined;
}

interface Tag {
  readonly offset: number;
  readonly size: number;
}

type Tags = ReadonlyMap<string, Tag>;

const HEADER_BYTES = 128;
const MAX_TAGS = 256;
const MAX_TEXT_BYTES = 512;
const INTENTS = ['perceptual', 'relative', 'saturation', 'absolute'] as const;

/**
 * Reads the header, the description, and matrix, curves and table where there are any. Tags of other kinds are skipped.
 * @throws ImageError `malformed` for bytes that are not a profile, or whose tags leave it.
 */
export function parseIccProfile(bytes: Uint8Array): IccProfile {
  const cursor = new ByteCursor(bytes, { littleEndian: false });
  cursor.seek(8);
  const major = cursor.uint8();
  const minor = cursor.uint8() >> 4;
  cursor.seek(12);
  const deviceClass = signature(cursor);
  const colorSpace = signature(cursor);
  const connectionSpace = signature(cursor);
  cursor.seek(36);
  if (signature(cursor) !== 'acsp') throw new ImageError('malformed', 'These bytes are not an ICC profile');
  cursor.seek(64);
  const renderingIntent = INTENTS[cursor.uint32() & 3] ?? 'perceptual';
  const tags = readTags(cursor);
  return {
    version: { major, minor },
    deviceClass,
    colorSpace,
    connectionSpace,
    renderingIntent,
    description: readDescription(cursor, tags),
    whitePoint: readXyz(cursor, tags.get('wtpt')),
    colorants: readColorants(cursor, tags),
    curves: readCurves(cursor, tags, colorSpace === 'GRAY' ? ['kTRC'] : ['rTRC', 'gTRC', 'bTRC']),
    table: readTable(cursor, tags, connectionSpace),
  };
}

function readTags(cursor: ByteCursor): Tags {
  cursor.seek(HEADER_BYTES);
  const count = cursor.uint32();
  if (count > MAX_TAGS) throw new ImageError('malformed', `An ICC profile claims ${count} tags`);
  const tags = new Map<string, Tag>();
  for (let i = 0; i < count; i++) tags.set(signature(cursor), { offset: cursor.uint32(), size: cursor.uint32() });
  return tags;
}

/** Moves to the content of a tag of this type, past the type and its reserved bytes. */
function enter(cursor: ByteCursor, tag: Tag | undefined, type: string): boolean {
  if (tag === undefined) return false;
  cursor.seek(tag.offset);
  const found = signature(cursor);
  cursor.skip(4);
  return found === type;
}

function readXyz(cursor: ByteCursor, tag: Tag | undefined): readonly number[] | undefined {
  return enter(cursor, tag, 'XYZ') ? [fixed(cursor), fixed(cursor), fixed(cursor)] : undefined;
}

function readColorants(cursor: ByteCursor, tags: Tags): readonly number[] | undefined {
  const [red, green, blue] = ['rXYZ', 'gXYZ', 'bXYZ'].map((name) => readXyz(cursor, tags.get(name)));
  if (red === undefined || green === undefined || blue === undefined) return undefined;
  return [0, 1, 2].flatMap((row) => [red[row] ?? 0, green[row] ?? 0, blue[row] ?? 0]);
}

function readCurves(cursor: ByteCursor, tags: Tags, names: readonly string[]): readonly ToneCurve[] | undefined {
  const curves = names.map((name) => readCurve(cursor, tags.get(name))).filter((curve) => curve !== undefined);
  return curves.length === names.length ? curves : undefined;
}

function readCurve(cursor: ByteCursor, tag: Tag | undefined): ToneCurve | undefined {
  if (tag === undefined) return undefined;
  cursor.seek(tag.offset);
  return readIccCurve(cursor);
}

/** The relative colorimetric table, or the perceptual one where it is missing. */
function readTable(cursor: ByteCursor, tags: Tags, connectionSpace: string): IccTable | undefined {
  const tag = tags.get('A2B1') ?? tags.get('A2B0');
  return tag && readIccTable(cursor, tag.offset, connectionSpace);
}

/** Version 2 has ASCII text, version 4 texts in several languages as UTF-16; the first one is taken. */
function readDescription(cursor: ByteCursor, tags: Tags): string {
  const tag = tags.get('desc');
  if (enter(cursor, tag, 'desc')) {
    const byteLength = cursor.uint32();
    return textOf(cursor.take(Math.min(byteLength, cursor.remaining, MAX_TEXT_BYTES)));
  }
  if (tag === undefined || !enter(cursor, tag, 'mluc') || cursor.uint32() === 0) return '';
  cursor.skip(8);
  const byteLength = Math.min(cursor.uint32(), MAX_TEXT_BYTES);
  cursor.seek(tag.offset + cursor.uint32());
  return String.fromCharCode(...Array.from({ length: byteLength >> 1 }, () => cursor.uint16())).replace(/\0+$/, '');
}

function signature(cursor: ByteCursor): string {
  return asciiOf(cursor.take(4)).trimEnd();
}

/** `s15Fixed16Number`. */
function fixed(cursor: ByteCursor): number {
  return (cursor.uint32() | 0) / 65536;
}
