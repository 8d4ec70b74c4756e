import { ByteCursor } from '../bytes/byte-cursor.ts';
import { ImageError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import type { Density } from '../metadata/image-info.ts';
import { parseBoxes } from './boxes.ts';

/**
 * A color specification box (T.800 I.5.3.3, T.801 M.11.7.3, T.814 annex D): a numbered color space, a profile, or the matrix
 * between components and RGB by its number in H.273.
 */
export type ColorSpecification =
  | { readonly kind: 'matrix'; readonly matrix: number; readonly fullRange: boolean }
  | { readonly kind: 'enumerated'; readonly space: number; readonly parameters: readonly number[] }
  | { readonly kind: 'icc'; readonly profile: Uint8Array };

/** A palette box (I.5.3.4): `columns[c].values[entry]`. */
export interface Palette {
  readonly entryCount: number;
  readonly columns: readonly { readonly bits: number; readonly signed: boolean; readonly values: Int32Array }[];
}

/** One channel of a component mapping box (I.5.3.5). */
export interface ChannelMapping {
  readonly component: number;
  /** Column of the palette; `undefined` for the component as it is. */
  readonly column: number | undefined;
}

/** One entry of a channel definition box (I.5.3.6). */
export interface ChannelDefinition {
  readonly channel: number;
  /** 0 color, 1 opacity, 2 premultiplied opacity, 65535 unspecified. */
  readonly type: number;
  /** 0 the whole image, n the n-th color, 65535 none. */
  readonly association: number;
}

/**
 * What the JP2 header box says beside the codestream. Size, components and depths (ihdr, bpcc) are taken from SIZ, which
 * is what the samples follow.
 */
export interface Jp2Header {
  readonly colors: readonly ColorSpecification[];
  readonly palette: Palette | undefined;
  readonly mapping: readonly ChannelMapping[] | undefined;
  readonly channels: readonly ChannelDefinition[] | undefined;
  readonly density: Density | undefined;
}

/** The header of a codestream without a file around it. */
export const EMPTY_HEADER: Jp2Header = {
  colors: [],
  palette: undefined,
  mapping: undefined,
  channels: undefined,
  density: undefined,
};

/** Parses the contents of a `jp2h` box. @throws ImageError `malformed` | `unsupported` | `limit`. */
export function parseJp2Header(bytes: Uint8Array, limits: Limits): Jp2Header {
  const boxes = parseBoxes(bytes, limits);
  const contents = (type: string): Uint8Array | undefined => boxes.find((box) => box.type === type)?.bytes;
  const palette = contents('pclr');
  const mapping = contents('cmap');
  const channels = contents('cdef');
  const resolution = contents('res ');
  return {
    colors: boxes.filter(({ type }) => type === 'colr').flatMap((box) => parseColor(box.bytes) ?? []),
    palette: palette && parsePalette(cursorOf(palette)),
    mapping: mapping && parseMapping(cursorOf(mapping)),
    channels: channels && parseChannels(cursorOf(channels)),
    density: resolution && parseDensity(resolution, limits),
  };
}

function cursorOf(bytes: Uint8Array): ByteCursor {
  return new ByteCursor(bytes, { littleEndian: false });
}

function parseColor(bytes: Uint8Array): ColorSpecification | undefined {
  const cursor = cursorOf(bytes);
  const method = cursor.uint8();
  cursor.skip(2); // Precedence and approximation: the first color specification wins.
  if (method === 1) {
    const space = cursor.uint32();
    const parameters: number[] = [];
    while (cursor.remaining >= 4) parameters.push(cursor.uint32());
    return { kind: 'enumerated', space, parameters };
  }
  if (method === 5) {
    cursor.skip(4); // Primaries and transfer function: as everywhere, what RGB means is the viewer's business.
    const matrix = cursor.uint16();
    return { kind: 'matrix', matrix, fullRange: (cursor.uint8() & 0x80) !== 0 };
  }
  if (method === 2 || method === 3) return { kind: 'icc', profile: cursor.take(cursor.remaining).slice() };
  return undefined;
}

function parsePalette(cursor: ByteCursor): Palette {
  const entryCount = cursor.uint16();
  const columnCount = cursor.uint8();
  if (entryCount === 0 || entryCount > 1024 || columnCount === 0)
    throw new ImageError('malformed', 'A palette without entries');
  const columns = Array.from({ length: columnCount }, () => {
    const depth = cursor.uint8();
    const bits = (depth & 0x7f) + 1;
    if (bits > 31) throw new ImageError('unsupported', `A palette of ${bits} bits`);
    return { bits, signed: (depth & 0x80) !== 0, values: new Int32Array(entryCount) };
  });
  for (let entry = 0; entry < entryCount; entry++) {
    for (const { bits, signed, values } of columns) {
      let value = 0;
      for (let byte = 0; byte < Math.ceil(bits / 8); byte++) value = (value << 8) | cursor.uint8();
      values[entry] = signed ? (value << (32 - bits)) >> (32 - bits) : value;
    }
  }
  return { entryCount, columns };
}

function parseMapping(cursor: ByteCursor): ChannelMapping[] {
  const channels: ChannelMapping[] = [];
  while (cursor.remaining >= 4) {
    const component = cursor.uint16();
    const mapped = cursor.uint8() === 1;
    const column = cursor.uint8();
    channels.push({ component, column: mapped ? column : undefined });
  }
  return channels;
}

function parseChannels(cursor: ByteCursor): ChannelDefinition[] {
  const count = cursor.uint16();
  return Array.from({ length: count }, () => ({
    channel: cursor.uint16(),
    type: cursor.uint16(),
    association: cursor.uint16(),
  }));
}

/** Capture resolution, else display resolution (I.5.3.7), from samples a meter. Zeros are taken as unknown. */
function parseDensity(bytes: Uint8Array, limits: Limits): Density | undefined {
  const boxes = parseBoxes(bytes, limits);
  const box = boxes.find(({ type }) => type === 'resc') ?? boxes.find(({ type }) => type === 'resd');
  if (!box || box.bytes.length < 10) return undefined;
  const view = new DataView(box.bytes.buffer, box.bytes.byteOffset, box.bytes.byteLength);
  const perCentimeter = (at: number, exponent: number): number =>
    ((view.getUint16(at) / view.getUint16(at + 2)) * 10 ** view.getInt8(exponent)) / 100;
  const y = perCentimeter(0, 8);
  const x = perCentimeter(4, 9);
  const known = Number.isFinite(x) && Number.isFinite(y) && x > 0 && y > 0;
  return known ? { x, y, unit: 'cm' } : undefined;
}
