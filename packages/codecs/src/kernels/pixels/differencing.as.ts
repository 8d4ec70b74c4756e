// TIFF predictor 2 on u8 samples: running sums along a row, for each band by itself, modulo 256.
//
// A vector of differences becomes a vector of sums by adding it to itself shifted by one, two, four ... pixels; then
// the last pixel of the vector before is added to every pixel.

// @ts-ignore: decorator
@inline
function sums1(v: v128, zero: v128): v128 {
  v = i8x16.add(v, i8x16.shuffle(zero, v, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30));
  v = i8x16.add(v, i8x16.shuffle(zero, v, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29));
  v = i8x16.add(v, i8x16.shuffle(zero, v, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27));
  return i8x16.add(v, i8x16.shuffle(zero, v, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23));
}
// @ts-ignore: decorator
@inline
function sums2(v: v128, zero: v128): v128 {
  v = i8x16.add(v, i8x16.shuffle(zero, v, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29));
  v = i8x16.add(v, i8x16.shuffle(zero, v, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27));
  return i8x16.add(v, i8x16.shuffle(zero, v, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23));
}
/** Four pixels in the first twelve bytes. */
// @ts-ignore: decorator
@inline
function sums3(v: v128, zero: v128): v128 {
  v = i8x16.add(v, i8x16.shuffle(zero, v, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28));
  return i8x16.add(v, i8x16.shuffle(zero, v, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25));
}
// @ts-ignore: decorator
@inline
function sums4(v: v128, zero: v128): v128 {
  v = i8x16.add(v, i8x16.shuffle(zero, v, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27));
  return i8x16.add(v, i8x16.shuffle(zero, v, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23));
}

/** Undoes the differencing of one row of `byteLength` bytes, in place. */
export function undoRow(row: usize, byteLength: i32, bands: i32): void {
  const end = row + byteLength;
  const zero = i8x16.splat(0);
  let at = row;
  let last = zero;
  if (bands == 1) {
    for (; at + 16 <= end; at += 16) {
      const sums = i8x16.add(sums1(v128.load(at), zero), last);
      v128.store(at, sums);
      last = i8x16.shuffle(sums, sums, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15);
    }
  } else if (bands == 2) {
    for (; at + 16 <= end; at += 16) {
      const sums = i8x16.add(sums2(v128.load(at), zero), last);
      v128.store(at, sums);
      last = i8x16.shuffle(sums, sums, 14, 15, 14, 15, 14, 15, 14, 15, 14, 15, 14, 15, 14, 15, 14, 15);
    }
  } else if (bands == 3) {
    for (; at + 16 <= end; at += 12) {
      const sums = i8x16.add(sums3(v128.load(at), zero), last);
      v128.store64_lane(at, sums, 0);
      v128.store32_lane(at + 8, sums, 2);
      last = i8x16.shuffle(sums, sums, 9, 10, 11, 9, 10, 11, 9, 10, 11, 9, 10, 11, 9, 10, 11, 9);
    }
  } else if (bands == 4) {
    for (; at + 16 <= end; at += 16) {
      const sums = i8x16.add(sums4(v128.load(at), zero), last);
      v128.store(at, sums);
      last = i8x16.shuffle(sums, sums, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15);
    }
  }
  for (at = max(at, row + bands); at < end; at++) store<u8>(at, load<u8>(at) + load<u8>(at - bands));
}
