// TIFF predictor 2 on samples of type T: running sums along a row, for each band by itself, modulo their size.
//
// A vector of differences becomes a vector of sums by adding it to itself moved up by one, two, four ... pixels; then the
// last pixel of the vector before is added to every pixel.

/** The lowest byte of `v` comes to byte `by`, zeros below it. */
// @ts-ignore: decorator
@inline
function up1(v: v128): v128 {
  return i8x16.shuffle(i8x16.splat(0), v, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
}
// @ts-ignore: decorator
@inline
function up2(v: v128): v128 {
  return i8x16.shuffle(i8x16.splat(0), v, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29);
}
// @ts-ignore: decorator
@inline
function up3(v: v128): v128 {
  return i8x16.shuffle(i8x16.splat(0), v, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28);
}
// @ts-ignore: decorator
@inline
function up4(v: v128): v128 {
  return i8x16.shuffle(i8x16.splat(0), v, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27);
}
// @ts-ignore: decorator
@inline
function up6(v: v128): v128 {
  return i8x16.shuffle(i8x16.splat(0), v, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25);
}
// @ts-ignore: decorator
@inline
function up8(v: v128): v128 {
  return i8x16.shuffle(i8x16.splat(0), v, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23);
}

/** The sums of the pixels of a vector, of which those of three bands fill twelve bytes only. */
// @ts-ignore: decorator
@inline
function sumPixels<T>(v: v128, pixelBytes: i32): v128 {
  if (pixelBytes == 1) v = v128.add<T>(v, up1(v));
  if (pixelBytes <= 2) v = v128.add<T>(v, up2(v));
  if (pixelBytes == 3) v = v128.add<T>(v, up3(v));
  if (pixelBytes <= 2 || pixelBytes == 4) v = v128.add<T>(v, up4(v));
  if (pixelBytes == 3 || pixelBytes == 6) v = v128.add<T>(v, up6(v));
  if (pixelBytes <= 2 || pixelBytes == 4 || pixelBytes == 8) v = v128.add<T>(v, up8(v));
  return v;
}

/** The last pixel, over and over. */
// @ts-ignore: decorator
@inline
function lastPixel(v: v128, pixelBytes: i32): v128 {
  if (pixelBytes == 1) return i8x16.shuffle(v, v, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15);
  if (pixelBytes == 2) return i8x16.shuffle(v, v, 14, 15, 14, 15, 14, 15, 14, 15, 14, 15, 14, 15, 14, 15, 14, 15);
  if (pixelBytes == 3) return i8x16.shuffle(v, v, 9, 10, 11, 9, 10, 11, 9, 10, 11, 9, 10, 11, 9, 10, 11, 9);
  if (pixelBytes == 4) return i8x16.shuffle(v, v, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15);
  if (pixelBytes == 6) return i8x16.shuffle(v, v, 6, 7, 8, 9, 10, 11, 6, 7, 8, 9, 10, 11, 6, 7, 8, 9);
  if (pixelBytes == 8) return i8x16.shuffle(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
  return v;
}

/** Sums whole vectors. @returns What comes after them. */
// @ts-ignore: decorator
@inline
function sumVectors<T>(row: usize, end: usize, pixelBytes: i32): usize {
  const threeBands = pixelBytes % 3 == 0;
  let at = row;
  let last = i8x16.splat(0);
  for (; at + 16 <= end; at += threeBands ? 12 : 16) {
    const sums = v128.add<T>(sumPixels<T>(v128.load(at), pixelBytes), last);
    if (threeBands) {
      v128.store64_lane(at, sums, 0);
      v128.store32_lane(at + 8, sums, 2);
    } else {
      v128.store(at, sums);
    }
    last = lastPixel(sums, pixelBytes);
  }
  return at;
}

/** Undoes the differencing of one row of `byteLength` bytes, in place. */
export function undoRow<T>(row: usize, byteLength: i32, bands: i32): void {
  const end = row + byteLength;
  const sampleBytes = sizeof<T>();
  let at = row;
  if (bands == 1) at = sumVectors<T>(row, end, sampleBytes);
  else if (bands == 2) at = sumVectors<T>(row, end, 2 * sampleBytes);
  else if (bands == 3) at = sumVectors<T>(row, end, 3 * sampleBytes);
  else if (bands == 4) at = sumVectors<T>(row, end, 4 * sampleBytes);
  const pixelBytes = <usize>bands * sampleBytes;
  for (at = max(at, row + pixelBytes); at < end; at += sampleBytes) {
    store<T>(at, load<T>(at) + load<T>(at - pixelBytes));
  }
}
