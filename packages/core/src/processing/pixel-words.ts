import type { Size } from '../geometry/size.ts';
import { bytesPerSample, type DType, type SampleArray } from '../pixels/dtype.ts';
import type { PixelBuffer } from '../pixels/pixel-buffer.ts';

/** Pixels seen as opaque units of 1, 2 or 4 bytes. */
export type Words = Uint8Array | Uint16Array | Uint32Array;

/**
 * The same memory as the largest words that divide a pixel. For moving pixels without looking at them: RGBA moves as
 * one word, and every sample type goes through the same three loops.
 */
export function pixelWords(pixels: PixelBuffer): { readonly words: Words; readonly perPixel: number } {
  const { data, bands, dtype } = pixels;
  const pixelBytes = bands * bytesPerSample(dtype);
  const { buffer, byteOffset, byteLength } = data;
  if ((pixelBytes | byteOffset) % 4 === 0) {
    return { words: new Uint32Array(buffer, byteOffset, byteLength / 4), perPixel: pixelBytes / 4 };
  }
  if ((pixelBytes | byteOffset) % 2 === 0) {
    return { words: new Uint16Array(buffer, byteOffset, byteLength / 2), perPixel: pixelBytes / 2 };
  }
  return { words: new Uint8Array(buffer, byteOffset, byteLength), perPixel: pixelBytes };
}

/** A buffer like `pixels`, but of `size` and with the content of `words` (which own their memory). */
export function withWords(pixels: PixelBuffer, words: Words, size: Size): PixelBuffer {
  return { ...pixels, width: size.width, height: size.height, data: viewSamples(pixels.dtype, words) };
}

function viewSamples(dtype: DType, { buffer, byteOffset, byteLength }: Words): SampleArray {
  const length = byteLength / bytesPerSample(dtype);
  switch (dtype) {
    case 'uint8':
      return new Uint8Array(buffer, byteOffset, length);
    case 'uint16':
      return new Uint16Array(buffer, byteOffset, length);
    case 'uint32':
      return new Uint32Array(buffer, byteOffset, length);
    case 'int8':
      return new Int8Array(buffer, byteOffset, length);
    case 'int16':
      return new Int16Array(buffer, byteOffset, length);
    case 'int32':
      return new Int32Array(buffer, byteOffset, length);
    case 'float32':
      return new Float32Array(buffer, byteOffset, length);
    case 'float64':
      return new Float64Array(buffer, byteOffset, length);
  }
}
