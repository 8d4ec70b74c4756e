// Brings rows of subsampled components to full width.
//
// Factors of 2 interpolate linearly with the weights 3/4 and 1/4 and the alternating rounding of the IJG's "fancy"
// upsampling, so that results equal those of libjpeg. Other factors repeat samples.

import { Component, maxH, maxV, pictureShift, width } from './frame.as';

/** Sums 3 * near + far of a row, i16, with one sample of margin on either side. */
let sums: usize = 0;

export function useSums(address: usize): void {
  sums = address + 16;
}

/** The samples of result row `y` of a component: its own row, or `row` filled with upsampled samples. */
export function upsampledRow(it: Component, y: i32, row: usize): usize {
  const side = 8 >> it.shift;
  const fullSide = 8 >> pictureShift;
  // Result pixels a sample, as fractions of the same denominator.
  const stepX = maxH * fullSide, ownX = it.h * side, stepY = maxV * fullSide, ownY = it.v * side;
  const doubleX = stepX == 2 * ownX, doubleY = stepY == 2 * ownY;
  const interpolates = pictureShift < 3;
  if (stepX == ownX && stepY == ownY) return rowAddress(it, y);
  if (stepX == ownX && doubleY && interpolates) {
    blendRows(it, y, row);
  } else if (doubleX && interpolates && it.width > 2 && stepY == ownY) {
    doubleRow(rowAddress(it, y), it.width, row);
  } else if (doubleX && interpolates && it.width > 2 && doubleY) {
    doubleBothWays(it, y, row);
  } else {
    repeatSamples(rowAddress(it, y * ownY / stepY), ownX, stepX, row);
  }
  return row;
}

/** A row of the component; those beyond the picture repeat the last one. */
// @ts-ignore: decorator
@inline
function rowAddress(it: Component, y: i32): usize {
  return it.plane + <usize>(max(0, min(y, it.height - 1)) * it.stride);
}

/** The row above for the upper one of two result rows, the row below for the lower one. */
// @ts-ignore: decorator
@inline
function fartherRow(it: Component, y: i32): usize {
  return rowAddress(it, (y >> 1) + ((y & 1) == 0 ? -1 : 1));
}

function repeatSamples(from: usize, own: i32, step: i32, to: usize): void {
  for (let x = 0; x < width; x++) store<u8>(to + x, load<u8>(from + x * own / step));
}

/** Twice as many rows: (3 * near + far + 1 or 2) / 4. */
function blendRows(it: Component, y: i32, to: usize): void {
  const near = rowAddress(it, y >> 1), far = fartherRow(it, y);
  const rounding = i16x8.splat((y & 1) == 0 ? 1 : 2), three = i16x8.splat(3);
  for (let x = 0; x < it.width; x += 8) {
    const sum = i16x8.add(i16x8.mul(v128.load8x8_u(near + x), three), v128.load8x8_u(far + x));
    const mean = i16x8.shr_u(i16x8.add(sum, rounding), 2);
    v128.store64_lane(to + x, i8x16.narrow_i16x8_u(mean, mean), 0);
  }
}

/** Twice as many columns: (3 * near + left + 1) / 4 and (3 * near + right + 2) / 4; the ends keep their value. */
function doubleRow(from: usize, samples: i32, to: usize): void {
  const three = i16x8.splat(3), one = i16x8.splat(1), two = i16x8.splat(2);
  const first = load<u8>(from), last = load<u8>(from + samples - 1);
  for (let x = 0; x < samples; x += 8) {
    const scaled = i16x8.mul(v128.load8x8_u(from + x), three);
    const left = i16x8.shr_u(i16x8.add(i16x8.add(scaled, v128.load8x8_u(from + x - 1)), one), 2);
    const right = i16x8.shr_u(i16x8.add(i16x8.add(scaled, v128.load8x8_u(from + x + 1)), two), 2);
    v128.store(to + (x << 1), v128.or(left, i16x8.shl(right, 8)));
  }
  store<u8>(to, first);
  store<u8>(to + 2 * samples - 1, last);
}

/** Twice as many rows and columns: weights 9, 3, 3, 1 of 16, rounded by 8 (even columns) and 7 (odd ones). */
function doubleBothWays(it: Component, y: i32, to: usize): void {
  const near = rowAddress(it, y >> 1), far = fartherRow(it, y);
  const samples = it.width;
  const three = i16x8.splat(3);
  for (let x = 0; x < samples; x += 8) {
    const sum = i16x8.add(i16x8.mul(v128.load8x8_u(near + x), three), v128.load8x8_u(far + x));
    v128.store(sums + (x << 1), sum);
  }
  // With the ends repeated, (3 * s + s + 8) / 16 is what the ends get.
  store<i16>(sums - 2, load<i16>(sums));
  store<i16>(sums + (samples << 1), load<i16>(sums + ((samples - 1) << 1)));
  const eight = i16x8.splat(8), seven = i16x8.splat(7);
  for (let x = 0; x < samples; x += 8) {
    const at = sums + (x << 1);
    const scaled = i16x8.mul(v128.load(at), three);
    const left = i16x8.shr_u(i16x8.add(i16x8.add(scaled, v128.load(at - 2)), eight), 4);
    const right = i16x8.shr_u(i16x8.add(i16x8.add(scaled, v128.load(at + 2)), seven), 4);
    v128.store(to + (x << 1), v128.or(left, i16x8.shl(right, 8)));
  }
}
