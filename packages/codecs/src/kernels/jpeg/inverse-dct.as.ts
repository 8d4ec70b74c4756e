// Inverse 8x8 cosine transform in 16-bit lanes with 32-bit products.
//
// Loeffler, Ligtenberg, Moschytz, "Practical fast 1-D DCT algorithms with 11 multiplications" (1989), with 13-bit
// constants, columns first, two extra bits kept between the passes: the arithmetic of the IJG "slow integer" transform,
// so that results equal those of libjpeg sample by sample.

/** Dequantised coefficients of the current block, row-major i16; 16 bytes behind it take writes that do not count. */
export const BLOCK: usize = memory.data(128 + 16, 16);
/** 8 x 8 samples before they are averaged. */
const FULL: usize = memory.data(64, 16);

/** Zigzag index to byte offset in {@link BLOCK}; 64 to 127 lead to the bytes behind it. */
export const OFFSET_OF: usize = memory.data(128);

// prettier-ignore
const ROW_MAJOR: usize = memory.data<u8>([
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55,
  62, 63,
]);

export function prepareBlockOrder(): void {
  for (let k = 0; k < 128; k++) store<u8>(OFFSET_OF + k, k < 64 ? load<u8>(ROW_MAJOR + k) << 1 : 128);
}

// @ts-ignore: decorator
@inline
function low(a: v128, b: v128): v128 {
  return i16x8.shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}
// @ts-ignore: decorator
@inline
function high(a: v128, b: v128): v128 {
  return i16x8.shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}
/** a * ka + b * kb for each pair of an interleaved vector. */
// @ts-ignore: decorator
@inline
function rotate(pairs: v128, ka: i16, kb: i16): v128 {
  return i32x4.dot_i16x8_s(pairs, i16x8(ka, kb, ka, kb, ka, kb, ka, kb));
}
// @ts-ignore: decorator
@inline
function descaledSum(aLow: v128, aHigh: v128, bLow: v128, bHigh: v128, shift: i32): v128 {
  return i16x8.narrow_i32x4_s(i32x4.shr_s(i32x4.add(aLow, bLow), shift), i32x4.shr_s(i32x4.add(aHigh, bHigh), shift));
}
// @ts-ignore: decorator
@inline
function descaledDifference(aLow: v128, aHigh: v128, bLow: v128, bHigh: v128, shift: i32): v128 {
  return i16x8.narrow_i32x4_s(i32x4.shr_s(i32x4.sub(aLow, bLow), shift), i32x4.shr_s(i32x4.sub(aHigh, bHigh), shift));
}

/** Transforms {@link BLOCK} to 8 rows of 8 samples. */
export function inverseTransform(to: usize, stride: usize): void {
  let r0 = v128.load(BLOCK), r1 = v128.load(BLOCK, 16), r2 = v128.load(BLOCK, 32), r3 = v128.load(BLOCK, 48);
  let r4 = v128.load(BLOCK, 64), r5 = v128.load(BLOCK, 80), r6 = v128.load(BLOCK, 96), r7 = v128.load(BLOCK, 112);
  for (let pass = 0; pass < 2; pass++) {
    // The second pass also adds the level shift of 128, scaled.
    const rounding = i32x4.splat(pass == 0 ? 1 << 10 : (1 << 17) + (128 << 18));
    const shift = pass == 0 ? 11 : 18;

    // Even part.
    let pairsLow = low(r2, r6), pairsHigh = high(r2, r6);
    const e2Low = rotate(pairsLow, 4433, -10704), e2High = rotate(pairsHigh, 4433, -10704);
    const e3Low = rotate(pairsLow, 10703, 4433), e3High = rotate(pairsHigh, 10703, 4433);
    const sum = i16x8.add(r0, r4), difference = i16x8.sub(r0, r4);
    const e0Low = i32x4.add(i32x4.shl(i32x4.extend_low_i16x8_s(sum), 13), rounding);
    const e0High = i32x4.add(i32x4.shl(i32x4.extend_high_i16x8_s(sum), 13), rounding);
    const e1Low = i32x4.add(i32x4.shl(i32x4.extend_low_i16x8_s(difference), 13), rounding);
    const e1High = i32x4.add(i32x4.shl(i32x4.extend_high_i16x8_s(difference), 13), rounding);
    const t0Low = i32x4.add(e0Low, e3Low), t0High = i32x4.add(e0High, e3High);
    const t3Low = i32x4.sub(e0Low, e3Low), t3High = i32x4.sub(e0High, e3High);
    const t1Low = i32x4.add(e1Low, e2Low), t1High = i32x4.add(e1High, e2High);
    const t2Low = i32x4.sub(e1Low, e2Low), t2High = i32x4.sub(e1High, e2High);

    // Odd part.
    const z3 = i16x8.add(r7, r3), z4 = i16x8.add(r5, r1);
    pairsLow = low(z3, z4), pairsHigh = high(z3, z4);
    const z3Low = rotate(pairsLow, -6436, 9633), z3High = rotate(pairsHigh, -6436, 9633);
    const z4Low = rotate(pairsLow, 9633, 6437), z4High = rotate(pairsHigh, 9633, 6437);
    pairsLow = low(r7, r1), pairsHigh = high(r7, r1);
    const o0Low = i32x4.add(rotate(pairsLow, -4927, -7373), z3Low);
    const o0High = i32x4.add(rotate(pairsHigh, -4927, -7373), z3High);
    const o3Low = i32x4.add(rotate(pairsLow, -7373, 4926), z4Low);
    const o3High = i32x4.add(rotate(pairsHigh, -7373, 4926), z4High);
    pairsLow = low(r5, r3), pairsHigh = high(r5, r3);
    const o1Low = i32x4.add(rotate(pairsLow, -4176, -20995), z4Low);
    const o1High = i32x4.add(rotate(pairsHigh, -4176, -20995), z4High);
    const o2Low = i32x4.add(rotate(pairsLow, -20995, 4177), z3Low);
    const o2High = i32x4.add(rotate(pairsHigh, -20995, 4177), z3High);

    const s0 = descaledSum(t0Low, t0High, o3Low, o3High, shift), s7 = descaledDifference(t0Low, t0High, o3Low, o3High, shift);
    const s1 = descaledSum(t1Low, t1High, o2Low, o2High, shift), s6 = descaledDifference(t1Low, t1High, o2Low, o2High, shift);
    const s2 = descaledSum(t2Low, t2High, o1Low, o1High, shift), s5 = descaledDifference(t2Low, t2High, o1Low, o1High, shift);
    const s3 = descaledSum(t3Low, t3High, o0Low, o0High, shift), s4 = descaledDifference(t3Low, t3High, o0Low, o0High, shift);

    // Transpose.
    const a0 = low(s0, s4), a1 = high(s0, s4), a2 = low(s1, s5), a3 = high(s1, s5);
    const a4 = low(s2, s6), a5 = high(s2, s6), a6 = low(s3, s7), a7 = high(s3, s7);
    const b0 = low(a0, a4), b1 = high(a0, a4), b2 = low(a1, a5), b3 = high(a1, a5);
    const b4 = low(a2, a6), b5 = high(a2, a6), b6 = low(a3, a7), b7 = high(a3, a7);
    r0 = low(b0, b4), r1 = high(b0, b4), r2 = low(b1, b5), r3 = high(b1, b5);
    r4 = low(b2, b6), r5 = high(b2, b6), r6 = low(b3, b7), r7 = high(b3, b7);
  }
  storeRows(to, stride, i8x16.narrow_i16x8_u(r0, r1), i8x16.narrow_i16x8_u(r2, r3));
  storeRows(to + 4 * stride, stride, i8x16.narrow_i16x8_u(r4, r5), i8x16.narrow_i16x8_u(r6, r7));
}

// @ts-ignore: decorator
@inline
function storeRows(to: usize, stride: usize, first: v128, second: v128): void {
  v128.store64_lane(to, first, 0);
  v128.store64_lane(to + stride, first, 1);
  v128.store64_lane(to + 2 * stride, second, 0);
  v128.store64_lane(to + 3 * stride, second, 1);
}

/** Zeros {@link BLOCK}. */
// @ts-ignore: decorator
@inline
export function clearBlock(): void {
  const zero = i16x8.splat(0);
  v128.store(BLOCK, zero);
  v128.store(BLOCK, zero, 16);
  v128.store(BLOCK, zero, 32);
  v128.store(BLOCK, zero, 48);
  v128.store(BLOCK, zero, 64);
  v128.store(BLOCK, zero, 80);
  v128.store(BLOCK, zero, 96);
  v128.store(BLOCK, zero, 112);
}

/** The sample that a block with only this dequantised DC value consists of. */
// @ts-ignore: decorator
@inline
function flatSample(dc: i32): i32 {
  return max(0, min(255, ((dc + 4) >> 3) + 128));
}

/**
 * Samples of one block at 1 / 2^shift of its size: each is the mean of the 2^shift x 2^shift full-size ones.
 * `flat`: the block has no coefficients but `dc`. Otherwise they are in {@link BLOCK}, which is cleared.
 */
export function reconstruct(to: usize, stride: usize, shift: i32, dc: i32, flat: bool): void {
  if (shift == 3) {
    store<u8>(to, <u8>flatSample(dc));
    if (!flat) clearBlock();
    return;
  }
  if (flat) {
    const sample = i8x16.splat(<u8>flatSample(dc));
    const rows = 8 >> shift;
    for (let row = 0; row < rows; row++) {
      if (shift == 0) v128.store64_lane(to, sample, 0);
      else if (shift == 1) v128.store32_lane(to, sample, 0);
      else v128.store16_lane(to, sample, 0);
      to += stride;
    }
    return;
  }
  store<i16>(BLOCK, <i16>dc);
  if (shift == 0) inverseTransform(to, stride);
  else {
    inverseTransform(FULL, 8);
    average(to, stride, shift);
  }
  clearBlock();
}

function average(to: usize, stride: usize, shift: i32): void {
  const side = 1 << shift, outputs = 8 >> shift;
  const half = 1 << (2 * shift - 1);
  for (let y = 0; y < outputs; y++) {
    for (let x = 0; x < outputs; x++) {
      let sum = half;
      const corner = FULL + ((y << shift) << 3) + (x << shift);
      for (let j = 0; j < side; j++) for (let i = 0; i < side; i++) sum += <i32>load<u8>(corner + (j << 3) + i);
      store<u8>(to + x, <u8>(sum >> (2 * shift)));
    }
    to += stride;
  }
}
