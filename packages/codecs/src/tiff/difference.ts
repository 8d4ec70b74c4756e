import { isFloat, type PixelBuffer, type SampleArray } from '@sectile/core/pixels';

/** Horizontal differencing (TIFF predictor 2) into a new buffer; floats come back as they are. */
export function differenceRows(pixels: PixelBuffer): PixelBuffer {
  if (isFloat(pixels.dtype)) return pixels;
  const data = pixels.data.slice();
  const rowSamples = pixels.width * pixels.bands;
  for (let row = data.length - rowSamples; row >= 0; row -= rowSamples)
    differenceRow(data, row, rowSamples, pixels.bands);
  return { ...pixels, data };
}

/** Differences wrap in the array's own type, as the predictor asks for. */
function differenceRow(data: SampleArray, start: number, rowSamples: number, bands: number): void {
  for (let at = start + rowSamples - 1; at >= start + bands; at--) data[at] = data[at]! - data[at - bands]!;
}
