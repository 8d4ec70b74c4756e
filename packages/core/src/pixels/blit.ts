import { ImageError } from '../errors.ts';
import { intersectRects, type Rect } from '../geometry/rect.ts';
import type { SampleArray } from './dtype.ts';
import { type PixelBuffer, takePixels } from './pixel-buffer.ts';

/** Samples that are copied one by one in the time that two views of their row take. */
const SHORT_ROW = 32;

/**
 * Copies `source` into `target` with its top-left pixel at (x, y) of the target; what lies outside the target is
 * left out.
 *
 * @throws ImageError `codec` when bands or sample types differ.
 */
export function blit(source: PixelBuffer, target: PixelBuffer, x: number, y: number): void {
  if (source.bands !== target.bands || source.dtype !== target.dtype) {
    throw new ImageError(
      'codec',
      `Pixels of ${source.bands} x ${source.dtype} do not fit a picture of ${target.bands} x ${target.dtype}`,
    );
  }
  const part = intersectRects(
    { x, y, width: source.width, height: source.height },
    { x: 0, y: 0, width: target.width, height: target.height },
  );
  if (part.width === 0 || part.height === 0) return;
  const from: SampleArray = source.data;
  const to: SampleArray = target.data;
  const fromStride = source.width * source.bands;
  const toStride = target.width * target.bands;
  let fromStart = (part.y - y) * fromStride + (part.x - x) * source.bands;
  let toStart = part.y * toStride + part.x * source.bands;
  const length = part.width * source.bands;
  if (length === fromStride && length === toStride) {
    to.set(from.subarray(fromStart, fromStart + length * part.height), toStart);
    return;
  }
  if (length <= SHORT_ROW) {
    for (let row = 0; row < part.height; row++) {
      for (let i = 0; i < length; i++) to[toStart + i] = from[fromStart + i]!;
      fromStart += fromStride;
      toStart += toStride;
    }
    return;
  }
  for (let row = 0; row < part.height; row++) {
    to.set(from.subarray(fromStart, fromStart + length), toStart);
    fromStart += fromStride;
    toStart += toStride;
  }
}

/** The pixels of `rect`, which lies inside, in memory from `takeBytes`; the buffer itself when it is all of it. */
export function cropPixels(pixels: PixelBuffer, rect: Rect): PixelBuffer {
  if (rect.x === 0 && rect.y === 0 && rect.width === pixels.width && rect.height === pixels.height) return pixels;
  const cropped = takePixels(rect.width, rect.height, pixels.bands, pixels.dtype);
  blit(pixels, cropped, -rect.x, -rect.y);
  return cropped;
}
