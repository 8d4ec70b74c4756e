import { ImageError } from '../errors.ts';

const SOI = 0xd8;
const EOI = 0xd9;
const APP14 = 0xee;
const SOS = 0xda;

/** Adobe APP14 segment with transform 0: the components are RGB (or CMYK) as they are, not YCbCr. */
const ADOBE_NO_TRANSFORM = Uint8Array.of(
  ...[0xff, APP14, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65], // length 14, "Adobe"
  ...[0, 100, 0, 0, 0, 0, 0], // version, flags0, flags1, transform
);

/**
 * Makes a complete JPEG of an abbreviated stream (TIFF Technical Note 2): the shared tables without their EOI, then
 * the tile without its SOI.
 *
 * @param options.rgb The components are RGB. Decoders take three components for YCbCr unless an Adobe marker says
 *   otherwise, so one is added where neither stream has it.
 */
export function mergeJpegTables(
  tables: Uint8Array | undefined,
  tile: Uint8Array,
  options: { readonly rgb: boolean },
): Uint8Array {
  if (tile[0] !== 0xff || tile[1] !== SOI)
    throw new ImageError('malformed', 'A JPEG tile that does not begin with SOI');
  const shared = tables ? tableSegments(tables) : new Uint8Array(0);
  const adobe = options.rgb && !hasAdobeMarker(shared) && !hasAdobeMarker(tile.subarray(2));
  if (!adobe && shared.length === 0) return tile;
  const parts = [tile.subarray(0, 2), adobe ? ADOBE_NO_TRANSFORM : new Uint8Array(0), shared, tile.subarray(2)];
  const merged = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    merged.set(part, position);
    position += part.length;
  }
  return merged;
}

/** The segments between SOI and EOI. */
function tableSegments(tables: Uint8Array): Uint8Array {
  const start = tables[0] === 0xff && tables[1] === SOI ? 2 : 0;
  const last = tables.length - 2;
  const end = last >= start && tables[last] === 0xff && tables[last + 1] === EOI ? last : tables.length;
  return tables.subarray(start, end);
}

/** Walks marker segments up to the first scan. */
function hasAdobeMarker(segments: Uint8Array): boolean {
  let at = 0;
  while (at + 4 <= segments.length && segments[at] === 0xff) {
    const marker = segments[at + 1] ?? 0;
    if (marker === SOS) return false;
    if (marker === APP14 && segments[at + 4] === 0x41 && segments[at + 5] === 0x64) return true;
    at += 2 + (((segments[at + 2] ?? 0) << 8) | (segments[at + 3] ?? 0));
  }
  return false;
}
