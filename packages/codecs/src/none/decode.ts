import type { ByteDecoder } from '@sectile/core/codec';

/** Uncompressed bytes: handed on as they are, cut to the length asked for. */
export const noneDecoder: ByteDecoder = {
  kind: 'bytes',
  decode: (bytes, byteLength) => bytes.subarray(0, byteLength),
};
