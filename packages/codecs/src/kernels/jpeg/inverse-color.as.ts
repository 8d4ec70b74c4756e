// YCbCr to RGB (ITU-T T.871 clause 7) and interleaving for the decoder. The color arithmetic has 16 fractional bits and
// rounds as libjpeg does: results are equal.

// @ts-ignore: decorator
@inline
function interleaveLow(a: v128, b: v128): v128 {
  return i16x8.shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}
// @ts-ignore: decorator
@inline
function interleaveHigh(a: v128, b: v128): v128 {
  return i16x8.shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

/** (cb * kb + cr * kr + 2^15) >> 16 for eight pairs. */
// @ts-ignore: decorator
@inline
function weighted(pairsLow: v128, pairsHigh: v128, kb: i16, kr: i16): v128 {
  const weights = i16x8(kb, kr, kb, kr, kb, kr, kb, kr), half = i32x4.splat(32768);
  return i16x8.narrow_i32x4_s(
    i32x4.shr_s(i32x4.add(i32x4.dot_i16x8_s(pairsLow, weights), half), 16),
    i32x4.shr_s(i32x4.add(i32x4.dot_i16x8_s(pairsHigh, weights), half), 16),
  );
}

// The weights in units of 2^-16 are 91881 (red of cr), 116130 (blue of cb), -22554 and -46802 (green of cb, cr). Whole
// multiples of 2^16 are taken out, so that the rest fits 16 bits.
// @ts-ignore: decorator
@inline
function redOf(y: v128, cr: v128, pairsLow: v128, pairsHigh: v128): v128 {
  return i16x8.add(i16x8.add(y, cr), weighted(pairsLow, pairsHigh, 0, 26345));
}
// @ts-ignore: decorator
@inline
function greenOf(y: v128, cr: v128, pairsLow: v128, pairsHigh: v128): v128 {
  return i16x8.add(i16x8.sub(y, cr), weighted(pairsLow, pairsHigh, -22554, 18734));
}
// @ts-ignore: decorator
@inline
function blueOf(y: v128, cb: v128, pairsLow: v128, pairsHigh: v128): v128 {
  return i16x8.add(i16x8.add(y, i16x8.shl(cb, 1)), weighted(pairsLow, pairsHigh, -14942, 0));
}

// Byte indices that spread 16 R, G or B over 48 bytes, one vector of 16 after another; 128 gives 0.
// prettier-ignore
const SPREAD: usize = memory.data<u8>([
  0, 128, 128, 1, 128, 128, 2, 128, 128, 3, 128, 128, 4, 128, 128, 5,
  128, 128, 6, 128, 128, 7, 128, 128, 8, 128, 128, 9, 128, 128, 10, 128,
  128, 11, 128, 128, 12, 128, 128, 13, 128, 128, 14, 128, 128, 15, 128, 128,
  128, 0, 128, 128, 1, 128, 128, 2, 128, 128, 3, 128, 128, 4, 128, 128,
  5, 128, 128, 6, 128, 128, 7, 128, 128, 8, 128, 128, 9, 128, 128, 10,
  128, 128, 11, 128, 128, 12, 128, 128, 13, 128, 128, 14, 128, 128, 15, 128,
  128, 128, 0, 128, 128, 1, 128, 128, 2, 128, 128, 3, 128, 128, 4, 128,
  128, 5, 128, 128, 6, 128, 128, 7, 128, 128, 8, 128, 128, 9, 128, 128,
  10, 128, 128, 11, 128, 128, 12, 128, 128, 13, 128, 128, 14, 128, 128, 15,
], 16);

// @ts-ignore: decorator
@inline
function spread(r: v128, g: v128, b: v128, third: usize): v128 {
  const indices = SPREAD + third;
  return v128.or(
    v128.or(i8x16.swizzle(r, v128.load(indices)), i8x16.swizzle(g, v128.load(indices, 48))),
    i8x16.swizzle(b, v128.load(indices, 96)),
  );
}

// @ts-ignore: decorator
@inline
function storeRgb(to: usize, r: v128, g: v128, b: v128): void {
  v128.store(to, spread(r, g, b, 0));
  v128.store(to, spread(r, g, b, 16), 16);
  v128.store(to, spread(r, g, b, 32), 32);
}

/** Four rows of samples, 16 pixels at a time, as four interleaved bytes. */
// @ts-ignore: decorator
@inline
function storeFour(to: usize, a: v128, b: v128, c: v128, d: v128): void {
  const abLow = i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const abHigh = i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  const cdLow = i8x16.shuffle(c, d, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const cdHigh = i8x16.shuffle(c, d, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  v128.store(to, interleaveLow(abLow, cdLow));
  v128.store(to, interleaveHigh(abLow, cdLow), 16);
  v128.store(to, interleaveLow(abHigh, cdHigh), 32);
  v128.store(to, interleaveHigh(abHigh, cdHigh), 48);
}

/** How rows of components become pixels. */
export const COLOR_NONE: i32 = 0;
export const COLOR_YCBCR: i32 = 1;

/**
 * One row of three or four components to interleaved bytes. With `transform` the first three are YCbCr. Bytes are XORed
 * with `invert`, 0 or 255 (the fourth component with `invertFourth`). Writes up to 15 pixels beyond `width`.
 */
export function interleaveColors(rows: SampleRows, to: usize, width: i32, transform: i32): void {
  const offset = i16x8.splat(128);
  const flip = i8x16.splat(rows.invert), flipFourth = i8x16.splat(rows.invertFourth);
  const step: usize = rows.count == 3 ? 48 : 64;
  for (let x = 0; x < width; x += 16) {
    let a = v128.load(rows.first + x), b = v128.load(rows.second + x), c = v128.load(rows.third + x);
    if (transform == COLOR_YCBCR) {
      const yLow = i16x8.extend_low_i8x16_u(a), yHigh = i16x8.extend_high_i8x16_u(a);
      const cbLow = i16x8.sub(i16x8.extend_low_i8x16_u(b), offset), cbHigh = i16x8.sub(i16x8.extend_high_i8x16_u(b), offset);
      const crLow = i16x8.sub(i16x8.extend_low_i8x16_u(c), offset), crHigh = i16x8.sub(i16x8.extend_high_i8x16_u(c), offset);
      const pairs0 = interleaveLow(cbLow, crLow), pairs1 = interleaveHigh(cbLow, crLow);
      const pairs2 = interleaveLow(cbHigh, crHigh), pairs3 = interleaveHigh(cbHigh, crHigh);
      a = i8x16.narrow_i16x8_u(redOf(yLow, crLow, pairs0, pairs1), redOf(yHigh, crHigh, pairs2, pairs3));
      b = i8x16.narrow_i16x8_u(greenOf(yLow, crLow, pairs0, pairs1), greenOf(yHigh, crHigh, pairs2, pairs3));
      c = i8x16.narrow_i16x8_u(blueOf(yLow, cbLow, pairs0, pairs1), blueOf(yHigh, cbHigh, pairs2, pairs3));
    }
    a = v128.xor(a, flip);
    b = v128.xor(b, flip);
    c = v128.xor(c, flip);
    if (rows.count == 3) storeRgb(to, a, b, c);
    else storeFour(to, a, b, c, v128.xor(v128.load(rows.fourth + x), flipFourth));
    to += step;
  }
}

/** Rows of samples of one result row. */
@unmanaged
export class SampleRows {
  first: usize;
  second: usize;
  third: usize;
  fourth: usize;
  count: i32;
  invert: u8;
  invertFourth: u8;
}
