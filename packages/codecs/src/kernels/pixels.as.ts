// The hot loops of `Kernels` in vectors. The caller hands pictures over in bands of rows, so that memory stays small.

import { arenaAllocate, arenaReset } from './arena.as';
import { premultiply as premultiplyPixels, unpremultiply } from './pixels/alpha.as';
import { meansOfRow, sumRows } from './pixels/box-shrink.as';
import { undoRow } from './pixels/differencing.as';
import { lookUp as lookUpSamples, lookUpColors as lookUpPixels } from './pixels/lookup.as';
import { blendRows16, blendRows8, blendRowsFloat, resampleRow, storeRow16, storeRow8 } from './pixels/resample.as';
import { shadeRow, widenRow } from './pixels/shade-elevations.as';
import { weighBands as weighPixels } from './pixels/weigh-bands.as';

/** Bytes that vector loops may touch behind what they work on. */
const SLACK: usize = 64;

/** Forgets everything allocated. */
export function reset(): void {
  arenaReset();
}

/** Address of `byteLength` bytes, contents unknown. */
export function allocate(byteLength: usize): usize {
  return arenaAllocate(byteLength + SLACK);
}

/** Box means of `rows` rows of u8 (`wide`: u16) pixels to ceil(rows / shrink) rows at `to`. */
export function boxShrink(from: usize, width: i32, rows: i32, bands: i32, wide: bool, shrink: i32, to: usize): void {
  const samples = width * bands;
  const sums = allocate(<usize>samples << 2);
  const sampleBytes = wide ? 2 : 1;
  const rowByteLength = <usize>(samples * sampleBytes);
  const outputRowByteLength = <usize>((width + shrink - 1) / shrink * bands * sampleBytes);
  for (let row = 0; row < rows; row += shrink) {
    const boxRows = min(shrink, rows - row);
    sumRows(from + row * rowByteLength, rowByteLength, boxRows, samples, wide, sums);
    meansOfRow(sums, width, bands, shrink, boxRows, wide, to);
    to += outputRowByteLength;
  }
}

// Resampling: one picture part after another with the same columns.
let bands: i32 = 0;
let sampleBytes: i32 = 1;
let alpha: bool = false;
let columnStarts: usize = 0;
let columnWeights: usize = 0;
let columnTaps: i32 = 0;
let size: i32 = 0;
let blended: usize = 0;
let resampled: usize = 0;

/**
 * Begins to resample rows of `width` pixels of u8 (`newSampleBytes` 1), u16 (2) or f32 (4) samples to rows of `newSize`
 * pixels. `starts` and `weights` describe the columns; `premultiplied`: colors are multiplied by the last band.
 */
export function beginResample(
  width: i32,
  newBands: i32,
  newSampleBytes: i32,
  premultiplied: bool,
  starts: usize,
  weights: usize,
  taps: i32,
  newSize: i32,
): void {
  bands = newBands;
  sampleBytes = newSampleBytes;
  alpha = premultiplied;
  columnStarts = starts;
  columnWeights = weights;
  columnTaps = taps;
  size = newSize;
  blended = allocate(<usize>(width * bands) << 2);
  memory.fill(blended + (<usize>(width * bands) << 2), 0, SLACK);
  resampled = allocate(<usize>(size * bands) << 2);
}

/** Colors times alpha, as f32: `pixels` pixels from `from` to `to`. */
export function premultiply(from: usize, pixels: i32, to: usize): void {
  premultiplyPixels(from, pixels, bands, sampleBytes, to);
}

/** One row of the result at `to`, from `taps` rows at `from`, which are f32 when premultiplied. */
export function resample(from: usize, width: i32, weights: usize, taps: i32, to: usize): void {
  const samples = width * bands;
  const inputBytes = alpha ? 4 : sampleBytes;
  const rowByteLength = <usize>(samples * inputBytes);
  if (inputBytes == 1) blendRows8(from, rowByteLength, samples, weights, taps, blended);
  else if (inputBytes == 2) blendRows16(from, rowByteLength, samples, weights, taps, blended);
  else blendRowsFloat(from, rowByteLength, samples, weights, taps, blended);
  resampleRow(blended, bands, columnStarts, columnWeights, columnTaps, size, resampled);
  if (alpha) unpremultiply(resampled, size, bands);
  if (sampleBytes == 1) storeRow8(resampled, size * bands, to);
  else if (sampleBytes == 2) storeRow16(resampled, size * bands, to);
  else memory.copy(to, resampled, <usize>(size * bands) << 2);
}

/** See `lookUp` in `pixels/lookup.as.ts`. */
export function lookUp(from: usize, count: i32, bands: i32, table: usize, entriesPerBand: i32, inputBytes: i32, outputBytes: i32, to: usize): void {
  lookUpSamples(from, count, bands, table, entriesPerBand, inputBytes, outputBytes, to);
}

/** See `lookUpColors` in `pixels/lookup.as.ts`. */
export function lookUpColors(from: usize, pixels: i32, step: i32, inputBytes: i32, colors: usize, to: usize): void {
  lookUpPixels(from, pixels, step, inputBytes, colors, to);
}

/** See `weighBands` in `pixels/weigh-bands.as.ts`. */
export function weighBands(
  from: usize, pixels: i32, wide: bool,
  a: f32, b: f32, c: f32, offset: f32,
  noX: i32, noY: i32, noZ: i32,
  to: usize,
): void {
  weighPixels(from, pixels, wide, a, b, c, offset, noX, noY, noZ, to);
}

/**
 * Shades of `outputRows` rows of elevations, from row `first` of the `rows` at `from`, which hold a row more on either
 * side where the picture has one. See `pixels/shade-elevations.as.ts`.
 */
export function shadeElevations(
  from: usize, width: i32, rows: i32, type: i32, missing: f32,
  lightX: f32, lightY: f32, lightZ: f32, scale: f32,
  first: i32, outputRows: i32, to: usize,
): void {
  const paddedBytes = (<usize>width << 2) + 8 + SLACK;
  const ring = allocate(paddedBytes * 3);
  const sampleBytes = type == 0 ? 1 : type == 3 ? 4 : 2;
  let widened = 0;
  for (let row = first; row < first + outputRows; row++) {
    for (const needed = min(rows, row + 2); widened < needed; widened++) {
      widenRow(from + <usize>(widened * width * sampleBytes), width, type, missing, ring + <usize>(widened % 3) * paddedBytes);
    }
    const above = ring + <usize>(max(0, row - 1) % 3) * paddedBytes;
    const middle = ring + <usize>(row % 3) * paddedBytes;
    const below = ring + <usize>(min(rows - 1, row + 1) % 3) * paddedBytes;
    shadeRow(above, middle, below, width, lightX, lightY, lightZ, scale, to);
    to += <usize>width;
  }
}

/** Undoes TIFF predictor 2 on `byteLength` bytes of rows of u8 samples, in place. */
export function undoDifferencing(from: usize, byteLength: i32, rowByteLength: i32, bands: i32): void {
  for (let offset = 0; offset < byteLength; offset += rowByteLength) {
    undoRow(from + offset, min(rowByteLength, byteLength - offset), bands);
  }
}
