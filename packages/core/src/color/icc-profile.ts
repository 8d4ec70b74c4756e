import { ByteCursor } from '../bytes/byte-cursor.ts';
import { asciiOf, textOf } from '../bytes/text.ts';
import { ImageError } from '../errors.ts';
import { PARAMETER_COUNTS, type ToneCurve } from './tone-curve.ts';

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
}

interface Tag {
  readonly offset: number;
  readonly size: number;
}

type Tags = ReadonlyMap<string, Tag>;

const HEADER_BYTES = 128;
const MAX_TAGS = 256;
const MAX_TEXT_BYTES = 512;
// Kept points of a sampled curve: read with straight lines, 257 are within 1e-5 of any display's curve.
const MAX_CURVE_POINTS = 257;
const INTENTS = ['perceptual', 'relative', 'saturation', 'absolute'] as const;

/**
 * Reads the header, the description, and matrix and curves where there are any. Tags of other kinds are skipped.
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
  if (enter(cursor, tag, 'curv')) return readSampledCurve(cursor);
  if (!enter(cursor, tag, 'para')) return undefined;
  const type = cursor.uint16();
  if (type !== 0 && type !== 1 && type !== 2 && type !== 3 && type !== 4) {
    throw new ImageError('malformed', `An ICC profile has a parametric curve of type ${type}`);
  }
  cursor.skip(2);
  const parameters = Array.from({ length: PARAMETER_COUNTS[type] }, () => fixed(cursor));
  return { kind: 'parametric', type, parameters };
}

/** `curveType` (clause 10.6): nothing is the identity, one value is a gamma, more are samples. */
function readSampledCurve(cursor: ByteCursor): ToneCurve {
  const count = cursor.uint32();
  if (count === 0) return { kind: 'table', values: [] };
  if (count === 1) return { kind: 'parametric', type: 0, parameters: [cursor.uint16() / 256] };
  const start = cursor.position;
  cursor.skip(count * 2);
  const sampleAt = (index: number): number => {
    cursor.seek(start + index * 2);
    return cursor.uint16() / 65535;
  };
  if (count <= MAX_CURVE_POINTS) return { kind: 'table', values: Array.from({ length: count }, (_, i) => sampleAt(i)) };
  const values = Array.from({ length: MAX_CURVE_POINTS }, (_, i) => {
    const position = (i * (count - 1)) / (MAX_CURVE_POINTS - 1);
    const index = Math.min(count - 2, Math.floor(position));
    return sampleAt(index) + (sampleAt(index + 1) - sampleAt(index)) * (position - index);
  });
  return { kind: 'table', values };
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
