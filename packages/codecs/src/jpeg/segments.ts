import type { OutputMetadata } from '@sectile/core/codec';
import type { HuffmanTable } from './huffman-table.ts';

/** Payload bytes that fit a marker segment beside its two length bytes. */
const MAX_PAYLOAD = 65533;

/** A marker segment: 0xFF, the marker, a big-endian length that counts itself, the payload. */
export function segment(marker: number, ...payload: readonly (readonly number[] | Uint8Array)[]): Uint8Array {
  const byteLength = payload.reduce((sum, part) => sum + part.length, 2);
  const bytes = new Uint8Array(byteLength + 2);
  bytes.set([0xff, marker, byteLength >> 8, byteLength & 255]);
  let offset = 4;
  for (const part of payload) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** DQT: one table of 8-bit divisors in zigzag order. */
export function quantizationSegment(id: number, divisors: Uint16Array): Uint8Array {
  return segment(0xdb, [id], Uint8Array.from(divisors));
}

/** DHT: one table. */
export function huffmanSegment(tableClass: 'dc' | 'ac', id: number, table: HuffmanTable): Uint8Array {
  return segment(0xc4, [(tableClass === 'dc' ? 0 : 0x10) | id], table.counts, table.symbols);
}

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

const ICC_HEADER = ascii('ICC_PROFILE\0');
const XMP_HEADER = ascii('http://ns.adobe.com/xap/1.0/\0');
const EXIF_HEADER = ascii('Exif\0\0');

/**
 * APP0 (JFIF, with the density) and what else travels along: Exif and XMP as APP1, the profile in APP2 chunks, text as
 * comments. Exif and XMP that do not fit one segment, and profiles that do not fit 255, are left out: they have no
 * form that readers in general would find.
 */
export function metadataSegments(metadata: OutputMetadata = {}): readonly Uint8Array[] {
  const { density, exif, xmp, icc, text = {} } = metadata;
  const segments = [jfifSegment(density)];
  if (exif && EXIF_HEADER.length + exif.length <= MAX_PAYLOAD) segments.push(segment(0xe1, EXIF_HEADER, exif));
  if (xmp && XMP_HEADER.length + xmp.length <= MAX_PAYLOAD) segments.push(segment(0xe1, XMP_HEADER, xmp));
  if (icc) segments.push(...iccSegments(icc));
  for (const [key, value] of Object.entries(text)) {
    segments.push(segment(0xfe, new TextEncoder().encode(`${key}: ${value}`).subarray(0, MAX_PAYLOAD)));
  }
  return segments;
}

/** ITU-T T.871 clause 10.1. */
function jfifSegment(density: OutputMetadata['density']): Uint8Array {
  const clamp = (value: number) => Math.min(65535, Math.max(1, Math.round(value)));
  const x = density ? clamp(density.x) : 1;
  const y = density ? clamp(density.y) : 1;
  const unit = density ? (density.unit === 'inch' ? 1 : 2) : 0;
  return segment(0xe0, ascii('JFIF\0'), [1, 1, unit, x >> 8, x & 255, y >> 8, y & 255, 0, 0]);
}

/** ICC.1 annex B.4: numbered chunks. */
function iccSegments(icc: Uint8Array): readonly Uint8Array[] {
  const chunkBytes = MAX_PAYLOAD - ICC_HEADER.length - 2;
  const count = Math.ceil(icc.length / chunkBytes);
  if (count > 255) return [];
  return Array.from({ length: count }, (_, i) =>
    segment(0xe2, ICC_HEADER, [i + 1, count], icc.subarray(i * chunkBytes, (i + 1) * chunkBytes)),
  );
}
