// Separable resampling in single precision: down the columns first, in vectors along the row, then along that one row.

/** u8 samples: weights are i16 in units of 2^-14, two rows in one dot product. */
const WEIGHT_SCALE: f32 = 1.0 / 16384.0;

/**
 * One row of weighted sums of `taps` rows of u8 samples, as f32. `weights`: i16 pairs, one for each two rows; an odd
 * last row is paired with itself at weight 0.
 */
export function blendRows8(from: usize, rowByteLength: usize, samples: i32, weights: usize, taps: i32, to: usize): void {
  const scale = f32x4.splat(WEIGHT_SCALE);
  for (let i = 0; i < samples; i += 16) {
    let s0 = i32x4.splat(0), s1 = i32x4.splat(0), s2 = i32x4.splat(0), s3 = i32x4.splat(0);
    let at = from + i;
    for (let tap = 0; tap < taps; tap += 2) {
      const pair = v128.load32_splat(weights + (tap << 1));
      const a = v128.load(at);
      const b = tap + 1 < taps ? v128.load(at + rowByteLength) : a;
      const low = i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      const high = i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      s0 = i32x4.add(s0, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(low), pair));
      s1 = i32x4.add(s1, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(low), pair));
      s2 = i32x4.add(s2, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(high), pair));
      s3 = i32x4.add(s3, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(high), pair));
      at += 2 * rowByteLength;
    }
    const out = to + (i << 2);
    v128.store(out, f32x4.mul(f32x4.convert_i32x4_s(s0), scale));
    v128.store(out, f32x4.mul(f32x4.convert_i32x4_s(s1), scale), 16);
    v128.store(out, f32x4.mul(f32x4.convert_i32x4_s(s2), scale), 32);
    v128.store(out, f32x4.mul(f32x4.convert_i32x4_s(s3), scale), 48);
  }
}

/** As {@link blendRows8} for u16 samples; weights are f32. */
export function blendRows16(from: usize, rowByteLength: usize, samples: i32, weights: usize, taps: i32, to: usize): void {
  for (let i = 0; i < samples; i += 8) {
    let low = f32x4.splat(0), high = f32x4.splat(0);
    let at = from + (i << 1);
    for (let tap = 0; tap < taps; tap++, at += rowByteLength) {
      const weight = v128.load32_splat(weights + (tap << 2));
      const values = v128.load(at);
      low = f32x4.add(low, f32x4.mul(f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(values)), weight));
      high = f32x4.add(high, f32x4.mul(f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(values)), weight));
    }
    v128.store(to + (i << 2), low);
    v128.store(to + (i << 2), high, 16);
  }
}

/** As {@link blendRows16} for f32 samples. */
export function blendRowsFloat(from: usize, rowByteLength: usize, samples: i32, weights: usize, taps: i32, to: usize): void {
  for (let i = 0; i < samples; i += 8) {
    let low = f32x4.splat(0), high = f32x4.splat(0);
    let at = from + (i << 2);
    for (let tap = 0; tap < taps; tap++, at += rowByteLength) {
      const weight = v128.load32_splat(weights + (tap << 2));
      low = f32x4.add(low, f32x4.mul(v128.load(at), weight));
      high = f32x4.add(high, f32x4.mul(v128.load(at, 16), weight));
    }
    v128.store(to + (i << 2), low);
    v128.store(to + (i << 2), high, 16);
  }
}

/**
 * One row of f32 pixels to `size` pixels: `starts` holds the first input pixel of each (i32), `weights` its `taps`
 * weights (f32). Writes up to 3 samples beyond.
 */
export function resampleRow(from: usize, bands: i32, starts: usize, weights: usize, taps: i32, size: i32, to: usize): void {
  const pixelBytes = <usize>bands << 2;
  for (let x = 0; x < size; x++, weights += taps << 2, to += pixelBytes) {
    const first = from + <usize>load<i32>(starts + (x << 2)) * pixelBytes;
    if (bands == 1) {
      store<f32>(to, dotProduct(first, weights, taps));
      continue;
    }
    for (let band = 0; band < bands; band += 4) {
      let sum = f32x4.splat(0);
      let at = first + (band << 2);
      for (let tap = 0; tap < taps; tap++, at += pixelBytes) {
        sum = f32x4.add(sum, f32x4.mul(v128.load(at), v128.load32_splat(weights + (tap << 2))));
      }
      v128.store(to + (band << 2), sum);
    }
  }
}

// @ts-ignore: decorator
@inline
function dotProduct(values: usize, weights: usize, taps: i32): f32 {
  let four = f32x4.splat(0);
  let tap = 0;
  for (; tap + 4 <= taps; tap += 4) {
    four = f32x4.add(four, f32x4.mul(v128.load(values + (tap << 2)), v128.load(weights + (tap << 2))));
  }
  let sum =
    f32x4.extract_lane(four, 0) + f32x4.extract_lane(four, 1) + f32x4.extract_lane(four, 2) + f32x4.extract_lane(four, 3);
  for (; tap < taps; tap++) sum += load<f32>(values + (tap << 2)) * load<f32>(weights + (tap << 2));
  return sum;
}

/** f32 samples, rounded to nearest and clamped, as u8. Writes up to 15 beyond. */
export function storeRow8(from: usize, samples: i32, to: usize): void {
  const half = f32x4.splat(0.5), maximum = f32x4.splat(255.5);
  for (let i = 0; i < samples; i += 16, from += 64, to += 16) {
    const a = i32x4.trunc_sat_f32x4_u(f32x4.min(f32x4.add(v128.load(from), half), maximum));
    const b = i32x4.trunc_sat_f32x4_u(f32x4.min(f32x4.add(v128.load(from, 16), half), maximum));
    const c = i32x4.trunc_sat_f32x4_u(f32x4.min(f32x4.add(v128.load(from, 32), half), maximum));
    const d = i32x4.trunc_sat_f32x4_u(f32x4.min(f32x4.add(v128.load(from, 48), half), maximum));
    v128.store(to, i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_u(a, b), i16x8.narrow_i32x4_u(c, d)));
  }
}

/** As {@link storeRow8}, to u16. */
export function storeRow16(from: usize, samples: i32, to: usize): void {
  const half = f32x4.splat(0.5), maximum = f32x4.splat(65535.5);
  for (let i = 0; i < samples; i += 8, from += 32, to += 16) {
    const a = i32x4.trunc_sat_f32x4_u(f32x4.min(f32x4.add(v128.load(from), half), maximum));
    const b = i32x4.trunc_sat_f32x4_u(f32x4.min(f32x4.add(v128.load(from, 16), half), maximum));
    v128.store(to, i16x8.narrow_i32x4_u(a, b));
  }
}
