import type { ByteDecoder } from '@sectile/core/codec';

/**
 * PackBits run-length coding (TIFF 6.0, section 9): a signed byte n, then n + 1 literal bytes when it is not negative,
 * or one byte to be repeated 1 - n times. -128 does nothing.
 */
export const packbitsDecoder: ByteDecoder = { kind: 'bytes', decode: decodePackbits };

function decodePackbits(bytes: Uint8Array, byteLength: number): Uint8Array {
  const output = new Uint8Array(byteLength);
  let at = 0;
  let filled = 0;
  while (at < bytes.length && filled < byteLength) {
    const header = bytes[at++]!;
    if (header < 128) {
      const end = Math.min(at + header + 1, bytes.length, at + byteLength - filled);
      output.set(bytes.subarray(at, end), filled);
      filled += end - at;
      at = end;
    } else if (header > 128) {
      if (at === bytes.length) break;
      const end = Math.min(filled + 257 - header, byteLength);
      output.fill(bytes[at++]!, filled, end);
      filled = end;
    }
  }
  return filled === byteLength ? output : output.subarray(0, filled);
}
