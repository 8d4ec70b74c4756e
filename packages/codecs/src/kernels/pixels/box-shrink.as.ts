// Means of boxes of uint8 and uint16 samples: columns are summed down the rows of a box row in vectors, then along it.

/** Sums `rows` rows of `samples` u8 (`wide`: u16) samples into u32 at `sums`. Writes up to 15 sums beyond. */
export function sumRows(from: usize, rowByteLength: usize, rows: i32, samples: i32, wide: bool, sums: usize): void {
  if (wide) {
    for (let i = 0; i < samples; i += 8) {
      let low = i32x4.splat(0), high = i32x4.splat(0);
      let at = from + (i << 1);
      for (let row = 0; row < rows; row++, at += rowByteLength) {
        const values = v128.load(at);
        low = i32x4.add(low, i32x4.extend_low_i16x8_u(values));
        high = i32x4.add(high, i32x4.extend_high_i16x8_u(values));
      }
      v128.store(sums + (i << 2), low);
      v128.store(sums + (i << 2), high, 16);
    }
    return;
  }
  // At most 181 rows: 181 * 255 fits 16 bits.
  for (let i = 0; i < samples; i += 16) {
    let low = i16x8.splat(0), high = i16x8.splat(0);
    let at = from + i;
    for (let row = 0; row < rows; row++, at += rowByteLength) {
      const values = v128.load(at);
      low = i16x8.add(low, i16x8.extend_low_i8x16_u(values));
      high = i16x8.add(high, i16x8.extend_high_i8x16_u(values));
    }
    const to = sums + (i << 2);
    v128.store(to, i32x4.extend_low_i16x8_u(low));
    v128.store(to, i32x4.extend_high_i16x8_u(low), 16);
    v128.store(to, i32x4.extend_low_i16x8_u(high), 32);
    v128.store(to, i32x4.extend_high_i16x8_u(high), 48);
  }
}

/** Bits of the reciprocal that divides exactly: see {@link meanOf}. */
const RECIPROCAL_BITS_8: u64 = 40;
const RECIPROCAL_BITS_16: u64 = 46;

/**
 * floor(sum / count + 1/2) as floor((2 sum + count) / (2 count)), by a reciprocal rounded up. Exact while the error,
 * below (2 sum + count) / 2^bits, stays below 1 / (2 count): 8-bit samples up to 32768 a box, 16-bit ones up to 16384.
 */
// @ts-ignore: decorator
@inline
function meanOf(sum: u32, count: u32, reciprocal: u64, bits: u64): u32 {
  return <u32>((<u64>(2 * sum + count) * reciprocal) >> bits);
}

/** Means along one row of sums: boxes of `shrink` pixels, the last one of what is left. Writes up to 3 beyond. */
export function meansOfRow(sums: usize, width: i32, bands: i32, shrink: i32, rows: i32, wide: bool, to: usize): void {
  const boxes = (width + shrink - 1) / shrink;
  const bits = wide ? RECIPROCAL_BITS_16 : RECIPROCAL_BITS_8;
  const sampleBytes: usize = wide ? 2 : 1;
  let count = shrink * rows;
  let reciprocal = ((<u64>1 << bits) + 2 * count - 1) / (2 * count);
  for (let box = 0; box < boxes; box++) {
    const pixels = min(shrink, width - box * shrink);
    if (pixels < shrink) {
      count = pixels * rows;
      reciprocal = ((<u64>1 << bits) + 2 * count - 1) / (2 * count);
    }
    const from = sums + <usize>(box * shrink * bands << 2);
    for (let band = 0; band < bands; band += 4) {
      // Four bands at once; lanes beyond the last band are computed and not kept.
      let four = i32x4.splat(0);
      let at = from + (band << 2);
      for (let i = 0; i < pixels; i++, at += bands << 2) four = i32x4.add(four, v128.load(at));
      const kept = min(4, bands - band);
      for (let lane = 0; lane < kept; lane++) {
        const sum = <u32>i32x4.extract_lane(four, 0);
        four = i32x4.shuffle(four, four, 1, 2, 3, 0);
        const mean = meanOf(sum, count, reciprocal, bits);
        if (wide) store<u16>(to, <u16>mean);
        else store<u8>(to, <u8>mean);
        to += sampleBytes;
      }
    }
  }
}
