// From transformed components to samples: multiple component transforms (T.800 annex G), level shift, clamping, interleaving.
// Planes have 64 bytes after their last sample that may be overwritten.

/** Equations G-6 to G-8, in place: three planes of i32. */
export function inverseRct(first: usize, second: usize, third: usize, count: usize): void {
  for (let i: usize = 0; i < count << 2; i += 16) {
    const y0 = v128.load(first + i);
    const y1 = v128.load(second + i);
    const y2 = v128.load(third + i);
    const green = i32x4.sub(y0, i32x4.shr_s(i32x4.add(y1, y2), 2));
    v128.store(first + i, i32x4.add(y2, green));
    v128.store(second + i, green);
    v128.store(third + i, i32x4.add(y1, green));
  }
}

/** Equations G-12 to G-14, in place: three planes of f32. */
export function inverseIct(first: usize, second: usize, third: usize, count: usize): void {
  const redCr = f32x4.splat(1.402);
  const greenCb = f32x4.splat(0.344136);
  const greenCr = f32x4.splat(0.714136);
  const blueCb = f32x4.splat(1.772);
  for (let i: usize = 0; i < count << 2; i += 16) {
    const y = v128.load(first + i);
    const cb = v128.load(second + i);
    const cr = v128.load(third + i);
    v128.store(first + i, f32x4.add(y, f32x4.mul(cr, redCr)));
    v128.store(second + i, f32x4.sub(f32x4.sub(y, f32x4.mul(cb, greenCb)), f32x4.mul(cr, greenCr)));
    v128.store(third + i, f32x4.add(y, f32x4.mul(cb, blueCb)));
  }
}

/** Adds `offset` to i32 samples and clamps them, from rows of one plane to those of another; strides are in bytes. */
export function finishIntegers(
  source: usize,
  sourceStride: usize,
  target: usize,
  targetStride: usize,
  width: usize,
  height: i32,
  offset: i32,
  minimum: i32,
  maximum: i32,
): void {
  const shift = i32x4.splat(offset);
  const lowest = i32x4.splat(minimum);
  const highest = i32x4.splat(maximum);
  for (let y = 0; y < height; y++) {
    let i: usize = 0;
    for (; i + 16 <= width << 2; i += 16) {
      const value = i32x4.add(v128.load(source + i), shift);
      v128.store(target + i, i32x4.min_s(i32x4.max_s(value, lowest), highest));
    }
    for (; i < width << 2; i += 4) store<i32>(target + i, min(max(load<i32>(source + i) + offset, minimum), maximum));
    source += sourceStride;
    target += targetStride;
  }
}

/** The same for f32 samples, rounded to nearest, ties to even. */
export function finishFloats(
  source: usize,
  sourceStride: usize,
  target: usize,
  targetStride: usize,
  width: usize,
  height: i32,
  offset: i32,
  minimum: i32,
  maximum: i32,
): void {
  const shift = i32x4.splat(offset);
  const lowest = i32x4.splat(minimum - offset);
  const highest = i32x4.splat(maximum - offset);
  for (let y = 0; y < height; y++) {
    // Clamped before the shift is added, so that nothing wraps.
    let i: usize = 0;
    for (; i + 16 <= width << 2; i += 16) {
      const rounded = i32x4.trunc_sat_f32x4_s(f32x4.nearest(v128.load(source + i)));
      v128.store(target + i, i32x4.add(i32x4.min_s(i32x4.max_s(rounded, lowest), highest), shift));
    }
    for (; i < width << 2; i += 4) {
      const rounded = i32x4.trunc_sat_f32x4_s(f32x4.nearest(v128.load32_zero(source + i)));
      const sample = i32x4.add(i32x4.min_s(i32x4.max_s(rounded, lowest), highest), shift);
      v128.store32_lane(target + i, sample, 0);
    }
    source += sourceStride;
    target += targetStride;
  }
}

/** Samples 0..255 of three i32 planes to bytes, band by band for each pixel. Up to 63 bytes after `output` are written. */
export function interleaveThreeBytes(first: usize, second: usize, third: usize, count: usize, output: usize): void {
  for (let i: usize = 0; i < count; i += 16) {
    const a = narrowSixteen(first + (i << 2));
    const b = narrowSixteen(second + (i << 2));
    const c = narrowSixteen(third + (i << 2));
    const target = output + 3 * i;
    const ab0 = i8x16.shuffle(a, b, 0, 16, 0, 1, 17, 0, 2, 18, 0, 3, 19, 0, 4, 20, 0, 5);
    v128.store(target, i8x16.shuffle(ab0, c, 0, 1, 16, 3, 4, 17, 6, 7, 18, 9, 10, 19, 12, 13, 20, 15));
    const ab1 = i8x16.shuffle(a, b, 21, 0, 6, 22, 0, 7, 23, 0, 8, 24, 0, 9, 25, 0, 10, 26);
    v128.store(target, i8x16.shuffle(ab1, c, 0, 21, 2, 3, 22, 5, 6, 23, 8, 9, 24, 11, 12, 25, 14, 15), 16);
    const ab2 = i8x16.shuffle(a, b, 0, 11, 27, 0, 12, 28, 0, 13, 29, 0, 14, 30, 0, 15, 31, 0);
    v128.store(target, i8x16.shuffle(ab2, c, 26, 1, 2, 27, 4, 5, 28, 7, 8, 29, 10, 11, 30, 13, 14, 31), 32);
  }
}

// @ts-ignore: decorator
@inline
function narrowSixteen(plane: usize): v128 {
  const low = i16x8.narrow_i32x4_s(v128.load(plane), v128.load(plane, 16));
  const high = i16x8.narrow_i32x4_s(v128.load(plane, 32), v128.load(plane, 48));
  return i8x16.narrow_i16x8_u(low, high);
}

/** Copies `rows` rows of `rowBytes` bytes between planes of different strides, given in bytes. */
export function copyRows(
  source: usize,
  sourceStride: usize,
  target: usize,
  targetStride: usize,
  rowBytes: usize,
  rows: i32,
): void {
  for (let y = 0; y < rows; y++) {
    memory.copy(target, source, rowBytes);
    source += sourceStride;
    target += targetStride;
  }
}
