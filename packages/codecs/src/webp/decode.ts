import type { DecodeRequest, ImageDecoder } from '@sectile/core/codec';
import { ImageError } from '@sectile/core/errors';
import type { PixelBuffer } from '@sectile/core/pixels';
import { parseWebpHeader } from '@sectile/core/webp';
import { createModule } from '#vendor/webp-decode';
import { assertPixelCount } from '../pixel-count.ts';
import { dropAlpha } from '../rgba.ts';
import { type CallCodec, emscriptenCodec } from '../wasm/emscripten.ts';

interface WebpModule {
  decode(
    bytes: Uint8Array,
  ): { readonly data: Uint8ClampedArray; readonly width: number; readonly height: number } | null;
}

/** libwebp: lossy and lossless stills to 8-bit RGB, or RGB and unassociated alpha where the file declares it. */
export function createWebpDecoder(wasm: WebAssembly.Module): ImageDecoder {
  const call: CallCodec<WebpModule> = emscriptenCodec({ name: 'WebP decoder', createModule, wasm });
  return { kind: 'image', decode: (bytes, request) => decodeWebp(call, bytes, request) };
}

function decodeWebp(call: CallCodec<WebpModule>, bytes: Uint8Array, request: DecodeRequest): PixelBuffer {
  const { width, height, hasAlpha, animated } = parseWebpHeader(bytes);
  if (animated) throw new ImageError('unsupported', 'Animated WebP is not decoded');
  assertPixelCount(width, height, request.maxPixels);
  const decoded = call((codec) => codec.decode(bytes));
  if (decoded === null) throw new ImageError('codec', 'The WebP data is broken');
  if (decoded.width !== width || decoded.height !== height) {
    throw new ImageError('codec', 'The WebP frame and its header differ in size');
  }
  const bands = request.bands ?? (hasAlpha ? 4 : 3);
  const rgba = new Uint8Array(decoded.data.buffer, decoded.data.byteOffset, decoded.data.length);
  return { width, height, bands: bands === 4 ? 4 : 3, dtype: 'uint8', data: bands === 4 ? rgba : dropAlpha(rgba) };
}
