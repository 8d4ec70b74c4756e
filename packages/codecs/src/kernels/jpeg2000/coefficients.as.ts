// From decoded code-blocks, twice the coefficient each, to a window of a subband.

/** Maximum shift of a region of interest (T.800 annex H): magnitudes of 2^shift and more belong to it, scaled up. */
export function undoMaxShift(coefficients: usize, count: i32, shift: i32): void {
  for (let i: usize = 0; i < <usize>count << 2; i += 4) {
    const value = load<i32>(coefficients + i);
    const magnitude = abs(value);
    if (magnitude >>> 1 < 1 << shift) continue;
    const scaled = magnitude >>> shift;
    store<i32>(coefficients + i, value < 0 ? -scaled : scaled);
  }
}

/** i32 to i16. Reads and writes whole vectors: 28 bytes after `source` are read, 14 after `target` written. */
export function narrowCoefficients(source: usize, count: i32, target: usize): void {
  for (let i: usize = 0; i < <usize>count; i += 8) {
    const at = source + (i << 2);
    v128.store(target + (i << 1), i16x8.narrow_i32x4_s(v128.load(at), v128.load(at, 16)));
  }
}

// @ts-ignore: decorator
@inline
function loadFour(source: usize, index: usize, narrow: bool): v128 {
  return narrow
    ? i32x4.extend_low_i16x8_s(v128.load64_zero(source + (index << 1)))
    : v128.load(source + (index << 2));
}

// @ts-ignore: decorator
@inline
function loadOne(source: usize, index: usize, narrow: bool): i32 {
  return narrow ? <i32>load<i16>(source + (index << 1)) : load<i32>(source + (index << 2));
}

/**
 * Copies a rectangle of a code-block to where it belongs, halved towards zero.
 *
 * @param sourceStride Samples from row to row of the block, `targetStride` of the window. `source` and `target` point at
 *   the rectangle's first sample. `narrow`: the block holds i16.
 */
export function placeReversible(
  source: usize,
  sourceStride: usize,
  narrow: bool,
  width: usize,
  height: usize,
  target: usize,
  targetStride: usize,
): void {
  for (let y: usize = 0; y < height; y++) {
    const row = y * sourceStride;
    const output = target + ((y * targetStride) << 2);
    let x: usize = 0;
    for (; x + 4 <= width; x += 4) {
      const value = loadFour(source, row + x, narrow);
      v128.store(output + (x << 2), i32x4.shr_s(i32x4.add(value, i32x4.shr_u(value, 31)), 1));
    }
    for (; x < width; x++) store<i32>(output + (x << 2), loadOne(source, row + x, narrow) / 2);
  }
}

/** The same for irreversible coefficients: floats, times half the quantization step (T.800 equation E-6 with r = 1/2). */
export function placeIrreversible(
  source: usize,
  sourceStride: usize,
  narrow: bool,
  width: usize,
  height: usize,
  target: usize,
  targetStride: usize,
  halfStep: f32,
): void {
  const factor = f32x4.splat(halfStep);
  for (let y: usize = 0; y < height; y++) {
    const row = y * sourceStride;
    const output = target + ((y * targetStride) << 2);
    let x: usize = 0;
    for (; x + 4 <= width; x += 4) {
      const value = f32x4.convert_i32x4_s(loadFour(source, row + x, narrow));
      v128.store(output + (x << 2), f32x4.mul(value, factor));
    }
    for (; x < width; x++) store<f32>(output + (x << 2), halfStep * <f32>loadOne(source, row + x, narrow));
  }
}
