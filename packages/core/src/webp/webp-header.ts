import { asciiOf } from '../bytes/text.ts';
import { ImageError } from '../errors.ts';
import type { Size } from '../geometry/size.ts';

/** What the beginning of a WebP file tells (RFC 9649, sections 2.5 to 2.7). */
export interface WebpHeader extends Size {
  readonly hasAlpha: boolean;
  readonly lossless: boolean;
  readonly animated: boolean;
}

/** One RIFF chunk; `byteOffset` is where its payload begins in the file. */
export interface WebpChunk {
  readonly type: string;
  readonly byteOffset: number;
  readonly byteLength: number;
}

const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const FLAG_ALPHA = 0x10;
const FLAG_ANIMATION = 0x02;

/**
 * The chunks whose headers lie in `bytes`, the first of which begins the file. Payloads are padded to even lengths; the
 * last one may reach beyond `bytes`.
 *
 * @throws ImageError `malformed` when this is not a WebP file.
 */
export function* webpChunks(bytes: Uint8Array): Generator<WebpChunk> {
  if (!isWebp(bytes)) throw new ImageError('malformed', 'The WebP signature is missing');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = RIFF_HEADER_BYTES;
  while (at + CHUNK_HEADER_BYTES <= bytes.length) {
    const type = asciiOf(bytes.subarray(at, at + 4));
    const byteLength = view.getUint32(at + 4, true);
    yield { type, byteOffset: at + CHUNK_HEADER_BYTES, byteLength };
    at += CHUNK_HEADER_BYTES + byteLength + (byteLength & 1);
  }
}

/** True for bytes that begin as a WebP file does. */
export function isWebp(bytes: Uint8Array): boolean {
  return asciiOf(bytes.subarray(0, 4)) === 'RIFF' && asciiOf(bytes.subarray(8, 12)) === 'WEBP';
}

/**
 * Parses as much as `bytes` hold of a file's beginning. The canvas of an extended file is its size.
 *
 * @throws ImageError `malformed` when no size is found in them.
 */
export function parseWebpHeader(bytes: Uint8Array): WebpHeader {
  let size: Size | undefined;
  let hasAlpha = false;
  let lossless = false;
  let animated = false;
  for (const { type, byteOffset } of webpChunks(bytes)) {
    const payload = bytes.subarray(byteOffset);
    if (type === 'VP8X' && payload.length >= 10) {
      const flags = payload[0] ?? 0;
      hasAlpha ||= (flags & FLAG_ALPHA) !== 0;
      animated = (flags & FLAG_ANIMATION) !== 0;
      size ??= { width: uint24(payload, 4) + 1, height: uint24(payload, 7) + 1 };
    } else if (type === 'ALPH') {
      hasAlpha = true;
    } else if (type === 'VP8 ') {
      size ??= lossySize(payload);
      break;
    } else if (type === 'VP8L') {
      const header = losslessHeader(payload);
      hasAlpha ||= header.hasAlpha;
      lossless = true;
      size ??= header;
      break;
    }
  }
  if (!size || size.width === 0 || size.height === 0) throw new ImageError('malformed', 'The WebP file has no size');
  return { width: size.width, height: size.height, hasAlpha, lossless, animated };
}

/** Key frame header of VP8 (RFC 6386, 9.1): 3 bytes of tag, a start code, two sizes of 14 bits. */
function lossySize(payload: Uint8Array): Size {
  const [startsRight, width, height] = [
    payload[3] === 0x9d && payload[4] === 0x01 && payload[5] === 0x2a && payload.length >= 10,
    (payload[6] ?? 0) | ((payload[7] ?? 0) << 8),
    (payload[8] ?? 0) | ((payload[9] ?? 0) << 8),
  ];
  if (!startsRight) throw new ImageError('malformed', 'The VP8 frame has no start code');
  return { width: width & 0x3fff, height: height & 0x3fff };
}

/** Header of VP8L (RFC 9649, 3.4): signature 0x2f, sizes less one of 14 bits each, the alpha bit. */
function losslessHeader(payload: Uint8Array): Size & { hasAlpha: boolean } {
  if (payload[0] !== 0x2f || payload.length < 5) throw new ImageError('malformed', 'The VP8L signature is missing');
  const bits = new DataView(payload.buffer, payload.byteOffset, payload.byteLength).getUint32(1, true);
  return {
    width: (bits & 0x3fff) + 1,
    height: ((bits >>> 14) & 0x3fff) + 1,
    hasAlpha: ((bits >>> 28) & 1) === 1,
  };
}

function uint24(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
}
