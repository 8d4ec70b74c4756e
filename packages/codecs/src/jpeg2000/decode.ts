import { DEFAULT_LIMITS, type Limits } from '@sectile/core';
import type { DecodeRequest, ImageDecoder } from '@sectile/core/codec';
import { ImageError } from '@sectile/core/errors';
import {
  type Jpeg2000Color,
  type Jpeg2000Window,
  openJp2,
  readBlocks,
  readFromMemory,
  SYCC,
} from '@sectile/core/jpeg2000';
import type { PixelBuffer } from '@sectile/core/pixels';
import { KernelHost } from '../kernels/kernel-host.ts';
import { BlockCache } from './block-cache.ts';
import { decodePlanes } from './decode-planes.ts';
import type { Jpeg2000Kernel } from './kernel.ts';
import { planesToPixels } from './to-pixels.ts';

/** Settings of {@link createJpeg2000Decoder}. */
export interface Jpeg2000DecoderOptions {
  /** Memory that keeps decoded code-blocks for the next window, see {@link BlockCache}; without it none are kept. */
  readonly blockMemory?: ArrayBufferLike | undefined;
}

/**
 * JPEG 2000 Part 1 decoder on the SIMD kernel `jpeg2000`. Takes the code-blocks of a window (`request.jpeg2000`), or a
 * whole JP2 file or codestream.
 */
export function createJpeg2000Decoder(module: WebAssembly.Module, options: Jpeg2000DecoderOptions = {}): ImageDecoder {
  const host = new KernelHost<Jpeg2000Kernel>(module);
  const cache = options.blockMemory === undefined ? undefined : new BlockCache(options.blockMemory);
  return {
    kind: 'image',
    decode(bytes, request) {
      const { window, body } = request.jpeg2000
        ? { window: request.jpeg2000, body: bytes }
        : windowOfFile(bytes, request);
      assertPixels(window, request);
      return host.run((kernel): PixelBuffer => {
        kernel.reset();
        return planesToPixels(kernel, window, decodePlanes(kernel, window, body, cache));
      });
    },
  };
}

function assertPixels({ width, height }: Jpeg2000Window, { maxPixels }: DecodeRequest): void {
  if (width * height > maxPixels) {
    throw new ImageError('limit', `A picture of ${width} x ${height} pixels is more than the limit of ${maxPixels}`);
  }
}

/** All of a file in memory, as one window. */
function windowOfFile(bytes: Uint8Array, request: DecodeRequest): { window: Jpeg2000Window; body: Uint8Array } {
  const limits: Limits = { ...DEFAULT_LIMITS, maxImagePixels: request.maxPixels * 4 ** (request.discardLevels ?? 0) };
  const file = readFromMemory(openJp2(bytes.length, limits), bytes);
  const discard = Math.min(request.discardLevels ?? 0, file.codestream.levels);
  const rect = { x: 0, y: 0, ...file.codestream.size(discard) };
  if (rect.width * rect.height === 0) throw new ImageError('malformed', 'A resolution without samples');
  const wanted = { discard, rect, color: requestedColor(file.color.color, request), cacheKey: undefined };
  const located = readFromMemory(file.codestream.locate(wanted), bytes);
  return { window: located.window, body: readFromMemory(readBlocks(located), bytes) };
}

/** A container that knows better has the last word. */
function requestedColor(color: Jpeg2000Color, { colorTransform }: DecodeRequest): Jpeg2000Color {
  if (colorTransform === undefined) return color;
  return { ...color, convert: colorTransform === 'ycbcr' && color.bands.length >= 3 ? SYCC : 'none' };
}
