import type { ByteDecoder } from '@sectile/core/codec';
import { ImageError } from '@sectile/core/errors';
import type { Zlib } from './zlib.ts';

/** Deflate in a zlib wrapper (TIFF compression 8 and 32946; TIFF technical note 2). */
export function createDeflateDecoder(zlib: Zlib): ByteDecoder {
  return {
    kind: 'bytes',
    decode(bytes, byteLength) {
      const inflated = zlib.inflate(bytes, byteLength);
      if (inflated.length === 0 && byteLength > 0 && bytes.length > 2 && !isEmptyStream(bytes)) {
        throw new ImageError('codec', 'The deflate data is broken');
      }
      return inflated;
    },
  };
}

/** A zlib header and an end-of-block code of the fixed table, or an empty stored block. */
function isEmptyStream(bytes: Uint8Array): boolean {
  return bytes[0] === 0x78 && (bytes[2] === 0x03 || bytes[2] === 0x01);
}
