import { ImageError } from '@sectile/core/errors';

/** Refuses a picture larger than the decoder was asked for, before anything is allocated for it. */
export function assertPixelCount(width: number, height: number, maxPixels: number): void {
  if (width * height > maxPixels) {
    throw new ImageError('limit', `A picture of ${width}x${height} where at most ${maxPixels} pixels are expected`);
  }
}
