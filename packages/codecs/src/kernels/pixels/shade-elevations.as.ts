// Light on elevations, in single precision, four pixels at a time. The arithmetic is that of the TypeScript twin.

/** Types of stored elevations. */
const U8: i32 = 0;
const U16: i32 = 1;
const I16: i32 = 2;

/** 1.5 * 2^23: adding it rounds a float to a whole number, which then stands in the low bits. */
const ROUND: f32 = 12582912.0;
const ROUND_BITS: i32 = 0x4b400000;

/**
 * `width` stored elevations as f32 from `to + 4` on, with the first and the last repeated before and behind. Those equal
 * to `missing`, which may be NaN for none, become NaN. Reads up to 15 bytes beyond and writes up to 31.
 *
 * @returns Whether all are there, and smaller than `limit` either way.
 */
export function widenRow(from: usize, width: i32, type: i32, missing: f32, limit: f32, to: usize): bool {
  const none = f32x4.splat(missing), nan = f32x4.splat(NaN), bound = f32x4.splat(limit);
  let plain = i32x4.splat(-1);
  // Short integers are all there unless one of them stands for none.
  const checked = type > I16 || missing == missing || limit < 65536;
  let out = to + 4;
  for (let x = 0; x < width; x += 8, out += 32) {
    let low: v128, high: v128;
    if (type > I16) {
      low = v128.load(from + (<usize>x << 2));
      high = v128.load(from + (<usize>x << 2), 16);
    } else {
      const signed = type == I16;
      const words = type == U8 ? v128.load8x8_u(from + x) : v128.load(from + (<usize>x << 1));
      low = f32x4.convert_i32x4_s(signed ? i32x4.extend_low_i16x8_s(words) : i32x4.extend_low_i16x8_u(words));
      high = f32x4.convert_i32x4_s(signed ? i32x4.extend_high_i16x8_s(words) : i32x4.extend_high_i16x8_u(words));
    }
    if (checked) {
      low = v128.bitselect(nan, low, f32x4.eq(low, none));
      high = v128.bitselect(nan, high, f32x4.eq(high, none));
      plain = v128.and(plain, v128.and(f32x4.lt(f32x4.abs(low), bound), f32x4.lt(f32x4.abs(high), bound)));
    }
    v128.store(out, low);
    v128.store(out, high, 16);
  }
  store<f32>(to, load<f32>(to, 4));
  const last = to + 4 + (<usize>(width - 1) << 2);
  store<f32>(last, load<f32>(last), 4);
  return i32x4.all_true(plain);
}

/** `v` where it is finite, else `otherwise`. */
// @ts-ignore: decorator
@inline
function finiteOr(v: v128, otherwise: v128): v128 {
  return v128.bitselect(v, otherwise, f32x4.eq(f32x4.sub(v, v), f32x4.splat(0)));
}

/** Where the light comes from, 255 long, and what slopes are multiplied by. */
let lightX: f32 = 0;
let lightY: f32 = 0;
let lightZ: f32 = 0;
let factor: f32 = 0;

/** The light of the rows to come: a direction of length 1, and what differences are multiplied by. */
export function setLight(x: f32, y: f32, z: f32, scale: f32): void {
  lightX = 255 * x;
  lightY = 255 * y;
  lightZ = 255 * z;
  factor = scale;
}

/**
 * Shades of four pixels as i32, not yet clamped to 0..255, from the elevations to the left of each in three rows. `plain`:
 * all elevations are there, and none is so large that sums overflow. Where they are, the result is the same either way.
 */
// @ts-ignore: decorator
@inline
function shadeFour(
  above: usize, middle: usize, below: usize, plain: bool,
  x: v128, y: v128, z: v128, scale: v128,
): v128 {
  let a = v128.load(above), b = v128.load(above, 4), c = v128.load(above, 8);
  let d = v128.load(middle), f = v128.load(middle, 8);
  let g = v128.load(below), h = v128.load(below, 4), i = v128.load(below, 8);
  const e = v128.load(middle, 4);
  if (!plain) {
    a = finiteOr(a, e), b = finiteOr(b, e), c = finiteOr(c, e), d = finiteOr(d, e);
    f = finiteOr(f, e), g = finiteOr(g, e), h = finiteOr(h, e), i = finiteOr(i, e);
  }
  // Differences first: those of elevations that lie close together are exact.
  const fd = f32x4.sub(f, d), hb = f32x4.sub(h, b), ia = f32x4.sub(i, a), gc = f32x4.sub(g, c);
  const p = f32x4.mul(f32x4.add(f32x4.sub(ia, gc), f32x4.add(fd, fd)), scale);
  const q = f32x4.mul(f32x4.add(f32x4.add(ia, gc), f32x4.add(hb, hb)), scale);
  const facing = f32x4.sub(f32x4.sub(z, f32x4.mul(p, x)), f32x4.mul(q, y));
  const length = f32x4.sqrt(f32x4.add(f32x4.splat(1), f32x4.add(f32x4.mul(p, p), f32x4.mul(q, q))));
  let shade = f32x4.div(facing, length);
  if (!plain) {
    shade = v128.and(shade, v128.and(f32x4.eq(shade, shade), f32x4.eq(f32x4.sub(e, e), f32x4.splat(0))));
  }
  return i32x4.sub(f32x4.add(shade, f32x4.splat(ROUND)), i32x4.splat(ROUND_BITS));
}

/**
 * One row of u8 shades from three rows, from the elevations to the left of its first pixel on. Reads up to 68 bytes beyond,
 * writes up to 15.
 */
export function shadeRow(above: usize, middle: usize, below: usize, width: i32, plain: bool, to: usize): void {
  if (plain) shadePixels(above, middle, below, width, true, to);
  else shadePixels(above, middle, below, width, false, to);
}

// @ts-ignore: decorator
@inline
function shadePixels(above: usize, middle: usize, below: usize, width: i32, plain: bool, to: usize): void {
  const x = f32x4.splat(lightX), y = f32x4.splat(lightY), z = f32x4.splat(lightZ), scale = f32x4.splat(factor);
  for (let column = 0; column < width; column += 16, above += 64, middle += 64, below += 64, to += 16) {
    const s0 = shadeFour(above, middle, below, plain, x, y, z, scale);
    const s1 = shadeFour(above + 16, middle + 16, below + 16, plain, x, y, z, scale);
    const s2 = shadeFour(above + 32, middle + 32, below + 32, plain, x, y, z, scale);
    const s3 = shadeFour(above + 48, middle + 48, below + 48, plain, x, y, z, scale);
    v128.store(to, i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(s0, s1), i16x8.narrow_i32x4_s(s2, s3)));
  }
}
