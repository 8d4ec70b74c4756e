import { ImageError } from '../errors.ts';

const SOI = 0xd8;
const APP0 = 0xe0;
const APP2 = 0xe2;
const APP14 = 0xee;

/** "ICC_PROFILE\0", then number of the chunk from 1 and number of chunks (ICC.1:2010 annex B.4). */
const SIGNATURE = Uint8Array.from([...'ICC_PROFILE\0'], (character) => character.charCodeAt(0));
const HEADER_BYTES = SIGNATURE.length + 2;
/** A segment's length field counts itself and holds at most 65535. */
const MAX_CHUNK_BYTES = 65535 - 2 - HEADER_BYTES;

/**
 * A copy of a JPEG file with an ICC profile, in APP2 segments behind SOI and any APP0 (JFIF) and APP14 (Adobe)
 * segments there. A file that has a profile already is returned as it is.
 *
 * @throws ImageError `malformed` for bytes that are no JPEG file, `unsupported` for a profile above 255 segments (16 MB).
 */
export function insertIccIntoJpeg(bytes: Uint8Array, icc: Uint8Array): Uint8Array {
  if (bytes[0] !== 0xff || bytes[1] !== SOI) throw new ImageError('malformed', 'Not a JPEG file');
  const chunkCount = Math.ceil(icc.length / MAX_CHUNK_BYTES);
  if (chunkCount > 255) throw new ImageError('unsupported', `An ICC profile of ${icc.length} bytes in a JPEG file`);
  const { insertAt, hasProfile } = scanSegments(bytes);
  if (hasProfile || chunkCount === 0) return bytes;
  const added = icc.length + chunkCount * (4 + HEADER_BYTES);
  const result = new Uint8Array(bytes.length + added);
  result.set(bytes.subarray(0, insertAt));
  let at = insertAt;
  for (let chunk = 0; chunk < chunkCount; chunk++) {
    const data = icc.subarray(chunk * MAX_CHUNK_BYTES, (chunk + 1) * MAX_CHUNK_BYTES);
    const length = 2 + HEADER_BYTES + data.length;
    result.set([0xff, APP2, length >> 8, length & 255, ...SIGNATURE, chunk + 1, chunkCount], at);
    at += 4 + HEADER_BYTES;
    result.set(data, at);
    at += data.length;
  }
  result.set(bytes.subarray(insertAt), at);
  return result;
}

/** Walks the application segments that open the file. */
function scanSegments(bytes: Uint8Array): { insertAt: number; hasProfile: boolean } {
  let insertAt = 2;
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1] ?? 0;
    if (marker < APP0 || marker > 0xef) break;
    if (marker === APP2 && SIGNATURE.every((byte, i) => bytes[at + 4 + i] === byte)) {
      return { insertAt, hasProfile: true };
    }
    at += 2 + (((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0));
    if (marker === APP0 || marker === APP14) insertAt = Math.min(at, bytes.length);
  }
  return { insertAt, hasProfile: false };
}
