import type { DecodeRequest, ImageDecoder } from '@sectile/core/codec';
import { ImageError } from '@sectile/core/errors';
import type { PixelBuffer } from '@sectile/core/pixels';
import { createModule } from '#vendor/avif-decode';
import { assertPixelCount } from '../pixel-count.ts';
import { dropAlpha } from '../rgba.ts';
import { type CallCodec, emscriptenCodec } from '../wasm/emscripten.ts';
import { parseAvifHeader } from './header.ts';

interface Decoded<Data> {
  readonly data: Data;
  readonly width: number;
  readonly height: number;
}

interface AvifModule {
  decode(bytes: Uint8Array, bitDepth: 8): Decoded<Uint8ClampedArray> | null;
  decode(bytes: Uint8Array, bitDepth: 10 | 12): Decoded<Uint16Array> | null;
}

/**
 * libaom: stills to RGB, or RGB and unassociated alpha where the file has an alpha plane; 8 bits in uint8, 10 and 12
 * bits as they are in uint16.
 */
export function createAvifDecoder(wasm: WebAssembly.Module): ImageDecoder {
  const call: CallCodec<AvifModule> = emscriptenCodec({ name: 'AVIF decoder', createModule, wasm });
  return { kind: 'image', decode: (bytes, request) => decodeAvif(call, bytes, request) };
}

function decodeAvif(call: CallCodec<AvifModule>, bytes: Uint8Array, { maxPixels }: DecodeRequest): PixelBuffer {
  const { width, height, bitDepth, hasAlpha } = parseAvifHeader(bytes);
  assertPixelCount(width, height, maxPixels);
  const decoded = call((codec) => (bitDepth === 8 ? codec.decode(bytes, bitDepth) : codec.decode(bytes, bitDepth)));
  if (decoded === null) throw new ImageError('codec', 'The AVIF data is broken');
  if (decoded.width * decoded.height > maxPixels)
    throw new ImageError('limit', 'The AVIF frame is larger than its size');
  const bands = hasAlpha ? 4 : 3;
  const size = { width: decoded.width, height: decoded.height, bands };
  const { data } = decoded;
  if (data instanceof Uint16Array) return { ...size, dtype: 'uint16', data: hasAlpha ? data : dropAlpha(data) };
  const rgba = new Uint8Array(data.buffer, data.byteOffset, data.length);
  return { ...size, dtype: 'uint8', data: hasAlpha ? rgba : dropAlpha(rgba) };
}
