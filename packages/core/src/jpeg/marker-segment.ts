import { ImageError } from '../errors.ts';
import { SOI, standsAlone } from './markers.ts';

/** One marker with what belongs to it. */
export interface MarkerSegment {
  /** Second byte of the marker. */
  readonly marker: number;
  /** Where the payload begins (behind marker and length), from the beginning of the bytes. */
  readonly payloadOffset: number;
  /** Empty for markers that stand alone. Not copied. */
  readonly payload: Uint8Array;
  /** Where the next marker, or entropy-coded data, begins. */
  readonly end: number;
}

/** True for bytes that begin as a JPEG file does: SOI and another marker. */
export function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === SOI && bytes[2] === 0xff;
}

/**
 * The segment that begins at or behind `offset`. Bytes before its marker are skipped, as decoders in general do.
 *
 * @returns `undefined` when the bytes end before the segment does.
 * @throws ImageError `malformed` for a length below 2.
 */
export function readMarkerSegment(bytes: Uint8Array, offset: number): MarkerSegment | undefined {
  let at = offset;
  while (at + 1 < bytes.length && !(bytes[at] === 0xff && bytes[at + 1] !== 0xff && bytes[at + 1] !== 0)) at++;
  if (at + 1 >= bytes.length) return undefined;
  const marker = bytes[at + 1]!;
  const payloadOffset = at + (standsAlone(marker) ? 2 : 4);
  if (payloadOffset > bytes.length) return undefined;
  if (standsAlone(marker)) return { marker, payloadOffset, payload: bytes.subarray(0, 0), end: payloadOffset };
  const byteLength = (bytes[at + 2]! << 8) | bytes[at + 3]!;
  if (byteLength < 2) throw new ImageError('malformed', `A JPEG segment of ${byteLength} bytes`);
  const end = at + 2 + byteLength;
  if (end > bytes.length) return undefined;
  return { marker, payloadOffset, payload: bytes.subarray(payloadOffset, end), end };
}
