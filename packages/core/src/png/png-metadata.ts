import { textOf } from '../bytes/text.ts';
import { orientationOfExif } from '../metadata/exif-orientation.ts';
import type { Density, ImageMetadata } from '../metadata/image-info.ts';
import { inflateWithin } from './inflate-within.ts';

/** A chunk that has been read. */
export interface PngChunkBytes {
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** Chunks that {@link parsePngMetadata} makes something of. */
export const PNG_METADATA_CHUNKS: ReadonlySet<string> = new Set(['iCCP', 'eXIf', 'pHYs', 'tEXt', 'zTXt', 'iTXt']);

/** Keywords of PNG 11.3.3.1 and our names for them. */
const TEXT_KEYS: Readonly<Record<string, string>> = {
  Title: 'title',
  Author: 'creator',
  Copyright: 'rights',
  Description: 'description',
  'Creation Time': 'date',
  Software: 'software',
};
const XMP_KEYWORD = 'XML:com.adobe.xmp';
const INCH_IN_METERS = 0.0254;

/** Gathers metadata. What is damaged or too large is left out. */
export async function parsePngMetadata(chunks: readonly PngChunkBytes[], maxBytes: number): Promise<ImageMetadata> {
  const text: Record<string, string> = {};
  let icc: Uint8Array | undefined;
  let xmp: Uint8Array | undefined;
  let exif: Uint8Array | undefined;
  let density: Density | undefined;
  for (const { type, bytes } of chunks) {
    if (type === 'iCCP') {
      // Profile name, NUL, compression method 0, compressed profile (PNG 11.3.2.3).
      const name = bytes.indexOf(0);
      if (name > 0) icc = await inflateWithin(bytes.subarray(name + 2), maxBytes);
    } else if (type === 'eXIf') {
      exif = bytes;
    } else if (type === 'pHYs') {
      density = densityOf(bytes);
    } else {
      const entry = await textEntryOf(type, bytes, maxBytes);
      if (entry?.keyword === XMP_KEYWORD) xmp = entry.value;
      const key = TEXT_KEYS[entry?.keyword ?? ''];
      if (entry && key !== undefined) text[key] = textOf(entry.value);
    }
  }
  return { text, icc, xmp, exif, density, orientation: orientationOfExif(exif) };
}

/** pHYs (PNG 11.3.4.3): pixels per unit of each axis, and whether the unit is the meter. */
function densityOf(bytes: Uint8Array): Density | undefined {
  if (bytes.length < 9 || bytes[8] !== 1) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [x, y] = [view.getUint32(0), view.getUint32(4)];
  if (x === 0 || y === 0) return undefined;
  return { x: x * INCH_IN_METERS, y: y * INCH_IN_METERS, unit: 'inch' };
}

interface TextEntry {
  readonly keyword: string;
  readonly value: Uint8Array;
}

/** tEXt, zTXt and iTXt (PNG 11.3.3). */
async function textEntryOf(type: string, bytes: Uint8Array, maxBytes: number): Promise<TextEntry | undefined> {
  const end = bytes.indexOf(0);
  if (end < 1 || end > 79) return undefined;
  const keyword = textOf(bytes.subarray(0, end));
  const rest = bytes.subarray(end + 1);
  if (type === 'tEXt') return { keyword, value: rest };
  if (type === 'zTXt') return withValue(keyword, await inflateWithin(rest.subarray(1), maxBytes));
  const compressed = rest[0] === 1;
  const languageEnd = rest.indexOf(0, 2);
  const translatedEnd = languageEnd < 0 ? -1 : rest.indexOf(0, languageEnd + 1);
  if (translatedEnd < 0) return undefined;
  const value = rest.subarray(translatedEnd + 1);
  return withValue(keyword, compressed ? await inflateWithin(value, maxBytes) : value);
}

function withValue(keyword: string, value: Uint8Array | undefined): TextEntry | undefined {
  return value && { keyword, value };
}
