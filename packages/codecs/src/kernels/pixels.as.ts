// The hot loops of `Kernels` in vectors. The caller hands pictures over in bands of rows, so that memory stays small.

import { arenaAllocate, arenaReset } from './arena.as';
import { premultiply as premultiplyPixels, unpremultiply } from './pixels/alpha.as';
import { meansOfRow, sumRows } from './pixels/box-shrink.as';
import { undoRow } from './pixels/differencing.as';
import { lookUp as lookUpSamples, lookUpColors as lookUpPixels } from './pixels/lookup.as';
import { blendRows16, blendRows8, blendRowsFloat, resampleRow, storeRow16, storeRow8 } from './pixels/resample.as';
import { setLight, shadeRow, widenRow } from './pixels/shade-elevations.as';
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

// Light on elevations: one part of a picture after another.
let elevationType: i32 = 0;
let missing: f32 = NaN;
let limit: f32 = 0;

/** Elevations this large times a slope's factor of 1 leave room for squares: far above all there are. */
const LARGEST_ELEVATION: f32 = 1e15;

/**
 * Begins to shade elevations of a type (see `pixels/shade-elevations.as.ts`), `missing` of which are none, in light from a
 * direction.
 */
export function beginShading(newType: i32, newMissing: f32, x: f32, y: f32, z: f32, scale: f32): void {
  elevationType = newType;
  missing = newMissing;
  limit = LARGEST_ELEVATION / max<f32>(1, abs<f32>(scale));
  setLight(x, y, z, scale);
}

/**
 * Shades of `outputRows` rows of `outputWidth` pixels, from pixel (`left`, `first`) of the `rows` rows of `width` elevations
 * at `from`, which hold a row and a column more on every side where the picture has them.
 */
export function shadeElevations(
  from: usize, width: i32, rows: i32,
  left: i32, first: i32, outputWidth: i32, outputRows: i32,
  to: usize,
): void {
  const paddedBytes = (<usize>width << 2) + 8 + SLACK;
  const ring = allocate(paddedBytes * 3);
  const rowByteLength = <usize>(width * (elevationType == 0 ? 1 : elevationType == 3 ? 4 : 2));
  let widened = max(0, first - 1);
  // How many of the last rows in a row were plain.
  let plainRows = 0;
  for (let row = first; row < first + outputRows; row++) {
    for (const needed = min(rows, row + 2); widened < needed; widened++) {
      const padded = ring + <usize>(widened % 3) * paddedBytes;
      const plain = widenRow(from + <usize>widened * rowByteLength, width, elevationType, missing, limit, padded);
      plainRows = plain ? plainRows + 1 : 0;
    }
    const above = max(0, row - 1), below = min(rows - 1, row + 1);
    shadeRow(
      ring + <usize>(above % 3) * paddedBytes + (<usize>left << 2),
      ring + <usize>(row % 3) * paddedBytes + (<usize>left << 2),
      ring + <usize>(below % 3) * paddedBytes + (<usize>left << 2),
      outputWidth, plainRows > below - above, to,
    );
    to += <usize>outputWidth;
  }
}

/** Undoes TIFF predictor 2 on `byteLength` bytes of rows of samples of one, two or four bytes, in place. */
export function undoDifferencing(from: usize, byteLength: i32, rowByteLength: i32, bands: i32, sampleBytes: i32): void {
  for (let offset = 0; offset < byteLength; offset += rowByteLength) {
    const row = from + offset;
    const rowLength = min(rowByteLength, byteLength - offset);
    if (sampleBytes == 1) undoRow<u8>(row, rowLength, bands);
    else if (sampleBytes == 2) undoRow<u16>(row, rowLength, bands);
    else undoRow<u32>(row, rowLength, bands);
  }
}
