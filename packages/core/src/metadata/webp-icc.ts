import { asciiOf } from '../bytes/text.ts';
import { ImageError } from '../errors.ts';
import type { Size } from '../geometry/size.ts';

interface Chunk {
  readonly type: string;
  readonly payload: Uint8Array;
}

const FLAG_ICC = 0x20;
const FLAG_ALPHA = 0x10;

/**
 * A copy of a WebP file with an ICC profile (RFC 9649 section 2.7): a simple file becomes an extended one, with VP8X,
 * ICCP and the picture; in an extended one the profile is added. A file that has a profile already is returned as it is.
 *
 * @throws ImageError `malformed` for bytes that are no complete WebP file.
 */
export function insertIccIntoWebp(bytes: Uint8Array, icc: Uint8Array): Uint8Array {
  const chunks = chunksOf(bytes);
  if (icc.length === 0 || chunks.some(({ type }) => type === 'ICCP')) return bytes;
  const [first, ...others] = chunks;
  if (!first) throw new ImageError('malformed', 'A WebP file without chunks');
  const profile = { type: 'ICCP', payload: icc };
  if (first.type !== 'VP8X') return riffOf([extendedHeader(first), profile, ...chunks]);
  const payload = first.payload.slice();
  payload[0] = (payload[0] ?? 0) | FLAG_ICC;
  return riffOf([{ type: 'VP8X', payload }, profile, ...others]);
}

function chunksOf(bytes: Uint8Array): Chunk[] {
  if (asciiOf(bytes.subarray(0, 4)) !== 'RIFF' || asciiOf(bytes.subarray(8, 12)) !== 'WEBP') {
    throw new ImageError('malformed', 'Not a WebP file');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Chunk[] = [];
  for (let at = 12; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at + 4, true);
    const payload = bytes.subarray(at + 8, at + 8 + length);
    if (payload.length < length) throw new ImageError('malformed', 'A WebP file that ends within a chunk');
    chunks.push({ type: asciiOf(bytes.subarray(at, at + 4)), payload });
    at += 8 + length + (length & 1);
  }
  return chunks;
}

/** VP8X payload: flags, 24 bits reserved, width - 1 and height - 1 of 24 bits each. */
function extendedHeader(picture: Chunk): Chunk {
  const { width, height, alpha } = pictureFacts(picture);
  const payload = new Uint8Array(10);
  payload[0] = FLAG_ICC | (alpha ? FLAG_ALPHA : 0);
  const view = new DataView(payload.buffer);
  view.setUint16(4, (width - 1) & 0xffff, true);
  view.setUint8(6, (width - 1) >> 16);
  view.setUint16(7, (height - 1) & 0xffff, true);
  view.setUint8(9, (height - 1) >> 16);
  return { type: 'VP8X', payload };
}

function pictureFacts({ type, payload }: Chunk): Size & { readonly alpha: boolean } {
  if (payload.length < 10) throw new ImageError('malformed', 'A WebP picture without a header');
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  if (type === 'VP8 ') {
    // Frame tag (3 bytes), start code (3 bytes), width and height of 14 bits each (RFC 6386 section 9.1).
    return { width: view.getUint16(6, true) & 0x3fff, height: view.getUint16(8, true) & 0x3fff, alpha: false };
  }
  if (type === 'VP8L') {
    // Signature (1 byte), width - 1 and height - 1 of 14 bits each, alpha_is_used (RFC 9649 section 3.4).
    const bits = view.getUint32(1, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1, alpha: ((bits >> 28) & 1) === 1 };
  }
  throw new ImageError('malformed', `A WebP file that begins with a chunk ${type}`);
}

function riffOf(chunks: readonly Chunk[]): Uint8Array {
  const byteLength = chunks.reduce((sum, { payload }) => sum + 8 + payload.length + (payload.length & 1), 12);
  const bytes = new Uint8Array(byteLength);
  const view = new DataView(bytes.buffer);
  const setText = (at: number, text: string) => {
    for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
  };
  setText(0, 'RIFF');
  view.setUint32(4, byteLength - 8, true);
  setText(8, 'WEBP');
  let at = 12;
  for (const { type, payload } of chunks) {
    setText(at, type);
    view.setUint32(at + 4, payload.length, true);
    bytes.set(payload, at + 8);
    at += 8 + payload.length + (payload.length & 1);
  }
  return bytes;
}
