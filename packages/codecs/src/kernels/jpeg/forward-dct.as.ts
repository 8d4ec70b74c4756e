// Forward 8x8 cosine transform and quantisation in f32x4.
//
// Arai, Agui, Nakajima, "A fast DCT-SQ scheme for images" (1988): five multiplications for eight points, the result
// scaled by a factor for each frequency that is folded into the quantisation table. Floats keep every bit that integer
// versions round away between the passes, which is worth 1 dB at quality 100.

import { horizontalFrequency, storedIndex, verticalFrequency } from './coefficient-order.as';

/** Result of the first pass: [vertical frequency][x], f32. */
const COLUMNS: usize = memory.data(256, 16);

/** sqrt(2) * cos(k * pi / 16), and 1 for k = 0: what the transform scales frequency k by, beside 2 * sqrt(2). */
// prettier-ignore
const SCALE: usize = memory.data<f64>([
  1.0, 1.387039845322148, 1.306562964876377, 1.1758756024193586, 1.0, 0.7856949583871022, 0.5411961001461969,
  0.2758993792829431,
]);

/** 1.5 * 2^23: adding it rounds a float to a whole number, which then stands in the low bits. */
const ROUND: f32 = 12582912.0;
const ROUND_BITS: i32 = 0x4b400000;

/**
 * Fills 64 multipliers (f32, in stored order) from 64 divisors (u16, in zigzag order). `sampleScale` is what samples
 * are multiplied by before they come here.
 */
export function prepareMultipliers(multipliers: usize, divisors: usize, sampleScale: f64): void {
  for (let k = 0; k < 64; k++) {
    const scale = load<f64>(SCALE + (horizontalFrequency(k) << 3)) * load<f64>(SCALE + (verticalFrequency(k) << 3));
    const divisor = <f64>load<u16>(divisors + (k << 1));
    store<f32>(multipliers + (storedIndex(k) << 2), <f32>(1.0 / (divisor * scale * 8.0 * sampleScale)));
  }
}

/**
 * Transforms one block of f32 samples and stores 64 quantised i16.
 *
 * `levelShift` is taken from the sum of all samples: 64 * 128 * sampleScale for unsigned samples, else 0.
 */
export function transformBlock(samples: usize, stride: usize, multipliers: usize, levelShift: f32, block: usize): void {
  verticalPass(samples, stride, COLUMNS);
  verticalPass(samples + 16, stride, COLUMNS + 16);
  horizontalPass(COLUMNS, multipliers, levelShift, block);
  horizontalPass(COLUMNS + 128, multipliers + 128, 0, block + 64);
}

/** Four columns: eight vectors `stride` bytes apart to eight vectors 32 bytes apart. */
// @ts-ignore: decorator
@inline
function verticalPass(from: usize, stride: usize, to: usize): void {
  const x0 = v128.load(from), x1 = v128.load(from + stride);
  const x2 = v128.load(from + 2 * stride), x3 = v128.load(from + 3 * stride);
  const x4 = v128.load(from + 4 * stride), x5 = v128.load(from + 5 * stride);
  const x6 = v128.load(from + 6 * stride), x7 = v128.load(from + 7 * stride);

  const s0 = f32x4.add(x0, x7), d0 = f32x4.sub(x0, x7), s1 = f32x4.add(x1, x6), d1 = f32x4.sub(x1, x6);
  const s2 = f32x4.add(x2, x5), d2 = f32x4.sub(x2, x5), s3 = f32x4.add(x3, x4), d3 = f32x4.sub(x3, x4);

  const e0 = f32x4.add(s0, s3), e3 = f32x4.sub(s0, s3), e1 = f32x4.add(s1, s2), e2 = f32x4.sub(s1, s2);
  const r = f32x4.mul(f32x4.add(e2, e3), f32x4.splat(0.7071067811865476));
  v128.store(to, f32x4.add(e0, e1));
  v128.store(to, f32x4.sub(e0, e1), 4 * 32);
  v128.store(to, f32x4.add(e3, r), 2 * 32);
  v128.store(to, f32x4.sub(e3, r), 6 * 32);

  const o0 = f32x4.add(d3, d2), o1 = f32x4.add(d2, d1), o2 = f32x4.add(d1, d0);
  const z5 = f32x4.mul(f32x4.sub(o0, o2), f32x4.splat(0.3826834323650898));
  const z2 = f32x4.add(f32x4.mul(o0, f32x4.splat(0.541196100146197)), z5);
  const z4 = f32x4.add(f32x4.mul(o2, f32x4.splat(1.3065629648763766)), z5);
  const z3 = f32x4.mul(o1, f32x4.splat(0.7071067811865476));
  const a = f32x4.add(d0, z3), b = f32x4.sub(d0, z3);
  v128.store(to, f32x4.add(b, z2), 5 * 32);
  v128.store(to, f32x4.sub(b, z2), 3 * 32);
  v128.store(to, f32x4.add(a, z4), 1 * 32);
  v128.store(to, f32x4.sub(a, z4), 7 * 32);
}

/** Two vectors of floats, times their multipliers, rounded, as eight i16. */
// @ts-ignore: decorator
@inline
function quantize(a: v128, b: v128, multipliers: usize): v128 {
  const bits = i32x4.splat(ROUND_BITS), round = f32x4.splat(ROUND);
  const qa = i32x4.sub(f32x4.add(f32x4.mul(a, v128.load(multipliers)), round), bits);
  const qb = i32x4.sub(f32x4.add(f32x4.mul(b, v128.load(multipliers, 16)), round), bits);
  return i16x8.narrow_i32x4_s(qa, qb);
}

/** Four vertical frequencies: transposes, transforms along x, quantises; stores [horizontal frequency][4] as i16. */
// @ts-ignore: decorator
@inline
function horizontalPass(from: usize, multipliers: usize, levelShift: f32, to: usize): void {
  let r0 = v128.load(from), r1 = v128.load(from, 32), r2 = v128.load(from, 64), r3 = v128.load(from, 96);
  let t0 = i32x4.shuffle(r0, r1, 0, 4, 1, 5), t1 = i32x4.shuffle(r0, r1, 2, 6, 3, 7);
  let t2 = i32x4.shuffle(r2, r3, 0, 4, 1, 5), t3 = i32x4.shuffle(r2, r3, 2, 6, 3, 7);
  const x0 = i64x2.shuffle(t0, t2, 0, 2), x1 = i64x2.shuffle(t0, t2, 1, 3);
  const x2 = i64x2.shuffle(t1, t3, 0, 2), x3 = i64x2.shuffle(t1, t3, 1, 3);
  r0 = v128.load(from, 16), r1 = v128.load(from, 48), r2 = v128.load(from, 80), r3 = v128.load(from, 112);
  t0 = i32x4.shuffle(r0, r1, 0, 4, 1, 5), t1 = i32x4.shuffle(r0, r1, 2, 6, 3, 7);
  t2 = i32x4.shuffle(r2, r3, 0, 4, 1, 5), t3 = i32x4.shuffle(r2, r3, 2, 6, 3, 7);
  const x4 = i64x2.shuffle(t0, t2, 0, 2), x5 = i64x2.shuffle(t0, t2, 1, 3);
  const x6 = i64x2.shuffle(t1, t3, 0, 2), x7 = i64x2.shuffle(t1, t3, 1, 3);

  const s0 = f32x4.add(x0, x7), d0 = f32x4.sub(x0, x7), s1 = f32x4.add(x1, x6), d1 = f32x4.sub(x1, x6);
  const s2 = f32x4.add(x2, x5), d2 = f32x4.sub(x2, x5), s3 = f32x4.add(x3, x4), d3 = f32x4.sub(x3, x4);

  const o0 = f32x4.add(d3, d2), o1 = f32x4.add(d2, d1), o2 = f32x4.add(d1, d0);
  const z5 = f32x4.mul(f32x4.sub(o0, o2), f32x4.splat(0.3826834323650898));
  const z2 = f32x4.add(f32x4.mul(o0, f32x4.splat(0.541196100146197)), z5);
  const z4 = f32x4.add(f32x4.mul(o2, f32x4.splat(1.3065629648763766)), z5);
  const z3 = f32x4.mul(o1, f32x4.splat(0.7071067811865476));
  const a = f32x4.add(d0, z3), b = f32x4.sub(d0, z3);

  const e0 = f32x4.add(s0, s3), e3 = f32x4.sub(s0, s3), e1 = f32x4.add(s1, s2), e2 = f32x4.sub(s1, s2);
  const r = f32x4.mul(f32x4.add(e2, e3), f32x4.splat(0.7071067811865476));
  const dc = f32x4.sub(f32x4.add(e0, e1), f32x4.replace_lane(f32x4.splat(0), 0, levelShift));
  v128.store(to, quantize(dc, f32x4.add(a, z4), multipliers));
  v128.store(to, quantize(f32x4.add(e3, r), f32x4.sub(b, z2), multipliers + 32), 16);
  v128.store(to, quantize(f32x4.sub(e0, e1), f32x4.add(b, z2), multipliers + 64), 32);
  v128.store(to, quantize(f32x4.sub(e3, r), f32x4.sub(a, z4), multipliers + 96), 48);
}
