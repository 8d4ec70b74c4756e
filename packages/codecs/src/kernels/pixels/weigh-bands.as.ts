// Three bands of integers to one of u8: a sum of products in single precision, four pixels at a time.

/**
 * `pixels` pixels of three u8 (`wide`: u16) samples: min(255, max(0, a x + b y + c z + offset)), rounded down. Pixels of
 * exactly (noX, noY, noZ) become 0. Reads up to 23 bytes beyond, writes up to 3.
 */
export function weighBands(
  from: usize, pixels: i32, wide: bool,
  a: f32, b: f32, c: f32, offset: f32,
  noX: i32, noY: i32, noZ: i32,
  to: usize,
): void {
  const wa = f32x4.splat(a), wb = f32x4.splat(b), wc = f32x4.splat(c), start = f32x4.splat(offset);
  const holeX = i32x4.splat(noX), holeY = i32x4.splat(noY), holeZ = i32x4.splat(noZ);
  const white = f32x4.splat(255.5), zero = i32x4.splat(0), low = i32x4.splat(0xffff);
  const step: usize = wide ? 24 : 12;
  for (let pixel = 0; pixel < pixels; pixel += 4, from += step, to += 4) {
    let x: v128, y: v128, z: v128;
    if (wide) {
      const first = v128.load(from), second = v128.load(from, 8);
      x = v128.and(i8x16.shuffle(first, second, 0, 1, 0, 0, 6, 7, 0, 0, 12, 13, 0, 0, 26, 27, 0, 0), low);
      y = v128.and(i8x16.shuffle(first, second, 2, 3, 0, 0, 8, 9, 0, 0, 14, 15, 0, 0, 28, 29, 0, 0), low);
      z = v128.and(i8x16.shuffle(first, second, 4, 5, 0, 0, 10, 11, 0, 0, 24, 25, 0, 0, 30, 31, 0, 0), low);
    } else {
      const four = v128.load(from);
      x = i8x16.shuffle(four, zero, 0, 16, 16, 16, 3, 16, 16, 16, 6, 16, 16, 16, 9, 16, 16, 16);
      y = i8x16.shuffle(four, zero, 1, 16, 16, 16, 4, 16, 16, 16, 7, 16, 16, 16, 10, 16, 16, 16);
      z = i8x16.shuffle(four, zero, 2, 16, 16, 16, 5, 16, 16, 16, 8, 16, 16, 16, 11, 16, 16, 16);
    }
    const hole = v128.and(v128.and(i32x4.eq(x, holeX), i32x4.eq(y, holeY)), i32x4.eq(z, holeZ));
    let sum = f32x4.add(start, f32x4.mul(f32x4.convert_i32x4_s(x), wa));
    sum = f32x4.add(sum, f32x4.mul(f32x4.convert_i32x4_s(y), wb));
    sum = f32x4.add(sum, f32x4.mul(f32x4.convert_i32x4_s(z), wc));
    const whole = v128.andnot(i32x4.trunc_sat_f32x4_u(f32x4.min(sum, white)), hole);
    const words = i16x8.narrow_i32x4_u(whole, whole);
    v128.store32_lane(to, i8x16.narrow_i16x8_u(words, words), 0);
  }
}
