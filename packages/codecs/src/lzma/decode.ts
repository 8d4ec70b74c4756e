import type { ByteDecoder } from '@sectile/core/codec';
import { ImageError } from '@sectile/core/errors';
import { decodeLzma2 } from './lzma2.ts';

const SIGNATURE = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00];
const STREAM_HEADER_BYTES = 12;
const FILTER_DELTA = 0x03;
const FILTER_LZMA2 = 0x21;
/** Bytes of the check behind each block, by its type (XZ format, 2.1.1.2). */
const CHECK_BYTES = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];

/**
 * LZMA in TIFF (compression 34925): an .xz stream with LZMA2 and perhaps a delta filter before it, which is what libtiff
 * writes. Checks are not verified, as with deflate: a picture with one wrong byte is worth more than none.
 */
export const lzmaDecoder: ByteDecoder = {
  kind: 'bytes',
  decode(bytes, byteLength) {
    if (!SIGNATURE.every((byte, index) => bytes[index] === byte)) {
      throw new ImageError('codec', 'The XZ signature is missing');
    }
    const output = new Uint8Array(byteLength);
    const checkBytes = CHECK_BYTES[(bytes[7] ?? 0) & 15] ?? 0;
    let at = STREAM_HEADER_BYTES;
    let filled = 0;
    // A header size of 0 begins the index, which follows the last block.
    while (at < bytes.length && bytes[at] !== 0 && filled < byteLength) {
      const { end, deltaDistance } = parseBlockHeader(bytes, at);
      const block = decodeLzma2(bytes, end, output, filled);
      if (deltaDistance > 0) undoDelta(output, filled, block.filled, deltaDistance);
      filled = block.filled;
      if (!block.complete) break;
      at = end + Math.ceil((block.at - end) / 4) * 4 + checkBytes;
    }
    if (filled === 0 && byteLength > 0) throw new ImageError('codec', 'The LZMA data is broken');
    return filled === byteLength ? output : output.subarray(0, filled);
  },
};

/** Block header (XZ format, 3.1). `deltaDistance` is 0 without a delta filter. */
function parseBlockHeader(bytes: Uint8Array, start: number): { end: number; deltaDistance: number } {
  const end = start + (bytes[start]! + 1) * 4;
  const flags = bytes[start + 1] ?? 0;
  let at = start + 2;
  const number = (): number => {
    let value = 0;
    for (let shift = 0; at < end; shift += 7) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    return value;
  };
  if (flags & 0x40) number();
  if (flags & 0x80) number();
  let deltaDistance = 0;
  for (let left = (flags & 3) + 1; left > 0; left--) {
    const filter = number();
    const propertyBytes = number();
    if (filter === FILTER_DELTA && left > 1) deltaDistance = (bytes[at] ?? 0) + 1;
    else if (filter !== FILTER_LZMA2 || left > 1) {
      throw new ImageError('unsupported', `XZ filter ${filter} is not supported`);
    }
    at += propertyBytes;
  }
  return { end, deltaDistance };
}

/** Each byte is what it adds to the one `distance` before it in its block (XZ format, 5.3.3). */
function undoDelta(bytes: Uint8Array, start: number, end: number, distance: number): void {
  for (let i = start + distance; i < end; i++) bytes[i] = bytes[i]! + bytes[i - distance]!;
}
