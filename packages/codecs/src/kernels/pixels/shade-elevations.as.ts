// Light on elevations, in single precision, four pixels at a time. The arithmetic is that of the TypeScript twin.

/** Types of stored elevations. */
const U8: i32 = 0;
const U16: i32 = 1;
const I16: i32 = 2;

/**
 * `width` stored elevations as f32 from `to + 4` on, with the first and the last repeated before and behind. Those equal
 * to `missing`, which may be NaN for none, become NaN. Reads and writes up to 15 bytes beyond.
 */
export function widenRow(from: usize, width: i32, type: i32, missing: f32, to: usize): void {
  const none = f32x4.splat(missing), nan = f32x4.splat(NaN);
  let out = to + 4;
  for (let x = 0; x < width; x += 4, out += 16) {
    let v: v128;
    if (type == U8) {
      v = f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(from + x))));
    } else if (type == U16) v = f32x4.convert_i32x4_u(v128.load16x4_u(from + (<usize>x << 1)));
    else if (type == I16) v = f32x4.convert_i32x4_s(v128.load16x4_s(from + (<usize>x << 1)));
    else v = v128.load(from + (<usize>x << 2));
    v128.store(out, v128.bitselect(nan, v, f32x4.eq(v, none)));
  }
  store<f32>(to, load<f32>(to, 4));
  const last = to + 4 + (<usize>(width - 1) << 2);
  store<f32>(last, load<f32>(last), 4);
}

/** `v` where it is finite, else `otherwise`. */
// @ts-ignore: decorator
@inline
function finiteOr(v: v128, otherwise: v128): v128 {
  return v128.bitselect(v, otherwise, f32x4.eq(f32x4.sub(v, v), f32x4.splat(0)));
}

/** One row of u8 shades from three padded rows. Reads up to 20 bytes beyond, writes up to 3. */
export function shadeRow(
  above: usize, middle: usize, below: usize, width: i32,
  lightX: f32, lightY: f32, lightZ: f32, scale: f32,
  to: usize,
): void {
  const x = f32x4.splat(lightX), y = f32x4.splat(lightY), z = f32x4.splat(lightZ), factor = f32x4.splat(scale);
  const zero = f32x4.splat(0), one = f32x4.splat(1), white = f32x4.splat(255), half = f32x4.splat(0.5);
  for (let column = 0; column < width; column += 4, above += 16, middle += 16, below += 16, to += 4) {
    let a = v128.load(above), b = v128.load(above, 4), c = v128.load(above, 8);
    let d = v128.load(middle), f = v128.load(middle, 8);
    const e = v128.load(middle, 4);
    let g = v128.load(below), h = v128.load(below, 4), i = v128.load(below, 8);
    const sum = f32x4.add(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)), f32x4.add(f32x4.add(f, g), f32x4.add(h, i)));
    // One that is not finite makes the sum so.
    if (v128.any_true(f32x4.ne(f32x4.sub(sum, sum), zero))) {
      a = finiteOr(a, e), b = finiteOr(b, e), c = finiteOr(c, e), d = finiteOr(d, e);
      f = finiteOr(f, e), g = finiteOr(g, e), h = finiteOr(h, e), i = finiteOr(i, e);
    }
    // Differences first: those of elevations that lie close together are exact.
    const fd = f32x4.sub(f, d), hb = f32x4.sub(h, b), ca = f32x4.sub(c, a), ig = f32x4.sub(i, g);
    const ga = f32x4.sub(g, a), ic = f32x4.sub(i, c);
    const p = f32x4.mul(f32x4.add(f32x4.add(ca, ig), f32x4.add(fd, fd)), factor);
    const q = f32x4.mul(f32x4.add(f32x4.add(ga, ic), f32x4.add(hb, hb)), factor);
    const facing = f32x4.sub(f32x4.sub(z, f32x4.mul(p, x)), f32x4.mul(q, y));
    const length = f32x4.sqrt(f32x4.add(one, f32x4.add(f32x4.mul(p, p), f32x4.mul(q, q))));
    const shade = f32x4.pmin(one, f32x4.pmax(zero, f32x4.div(facing, length)));
    const ground = f32x4.eq(f32x4.sub(e, e), zero);
    const whole = v128.and(i32x4.trunc_sat_f32x4_s(f32x4.add(f32x4.mul(shade, white), half)), ground);
    const words = i16x8.narrow_i32x4_u(whole, whole);
    v128.store32_lane(to, i8x16.narrow_i16x8_u(words, words), 0);
  }
}
