// RGB to YCbCr (ITU-T T.871 clause 7) for the encoder: 8-bit pixels to f32 samples scaled by 2^15.
//
// Nothing is rounded on the way: products and sums of a pixel fit the 24 bits of a float. Chroma of 4:2:0 is computed
// from the sums of 2x2 pixels, which is the same by linearity and a quarter of the work; it is scaled by 2^17 then.

/** Rows of 16 f32 samples. */
export const LUMA: usize = memory.data(16 * 64, 16);
export const BLUE_CHROMA: usize = memory.data(16 * 64, 16);
export const RED_CHROMA: usize = memory.data(16 * 64, 16);
/** Bytes between two rows of the three planes above. */
export const SAMPLE_STRIDE: usize = 64;

// Four pixels to (R, G) pairs of i16, and to B as i32: byte indices for three and four bytes a pixel.
// prettier-ignore
const PAIR_INDICES_RGB: usize = memory.data<u8>([0, 128, 1, 128, 3, 128, 4, 128, 6, 128, 7, 128, 9, 128, 10, 128], 16);
// prettier-ignore
const BLUE_INDICES_RGB: usize = memory.data<u8>([2, 128, 128, 128, 5, 128, 128, 128, 8, 128, 128, 128, 11, 128, 128, 128], 16);
// prettier-ignore
const PAIR_INDICES_RGBA: usize = memory.data<u8>([0, 128, 1, 128, 4, 128, 5, 128, 8, 128, 9, 128, 12, 128, 13, 128], 16);
// prettier-ignore
const BLUE_INDICES_RGBA: usize = memory.data<u8>([2, 128, 128, 128, 6, 128, 128, 128, 10, 128, 128, 128, 14, 128, 128, 128], 16);

// Weights times 2^15. Those of a chroma sum up to exactly 0, those of luma to 2^15.
// @ts-ignore: decorator
@inline
function luma(pair: v128, blue: v128): v128 {
  return i32x4.add(
    i32x4.dot_i16x8_s(pair, i16x8(9798, 19235, 9798, 19235, 9798, 19235, 9798, 19235)),
    i32x4.dot_i16x8_s(blue, i16x8(3735, 0, 3735, 0, 3735, 0, 3735, 0)),
  );
}
// @ts-ignore: decorator
@inline
function blueChroma(pair: v128, blue: v128): v128 {
  return i32x4.add(
    i32x4.dot_i16x8_s(pair, i16x8(-5529, -10855, -5529, -10855, -5529, -10855, -5529, -10855)),
    i32x4.dot_i16x8_s(blue, i16x8(16384, 0, 16384, 0, 16384, 0, 16384, 0)),
  );
}
// @ts-ignore: decorator
@inline
function redChroma(pair: v128, blue: v128): v128 {
  return i32x4.add(
    i32x4.dot_i16x8_s(pair, i16x8(16384, -13720, 16384, -13720, 16384, -13720, 16384, -13720)),
    i32x4.dot_i16x8_s(blue, i16x8(-2664, 0, -2664, 0, -2664, 0, -2664, 0)),
  );
}

// @ts-ignore: decorator
@inline
function storeFloats(address: usize, integers: v128): void {
  v128.store(address, f32x4.convert_i32x4_s(integers));
}

/** 16 x 8 pixels of `bands` 3 or 4 to full-size planes. May read 4 bytes beyond the last pixel. */
export function convert444(pixels: usize, rowByteLength: usize, bands: i32): void {
  const pairIndices = v128.load(bands == 3 ? PAIR_INDICES_RGB : PAIR_INDICES_RGBA);
  const blueIndices = v128.load(bands == 3 ? BLUE_INDICES_RGB : BLUE_INDICES_RGBA);
  const step = <usize>bands << 2;
  for (let row: usize = 0; row < 8 * SAMPLE_STRIDE; row += SAMPLE_STRIDE) {
    let at = pixels;
    for (let offset = row; offset < row + 64; offset += 16) {
      const four = v128.load(at);
      const pair = i8x16.swizzle(four, pairIndices), blue = i8x16.swizzle(four, blueIndices);
      storeFloats(LUMA + offset, luma(pair, blue));
      storeFloats(BLUE_CHROMA + offset, blueChroma(pair, blue));
      storeFloats(RED_CHROMA + offset, redChroma(pair, blue));
      at += step;
    }
    pixels += rowByteLength;
  }
}

/** Sums of neighbours: (a0 + a1, a2 + a3, b0 + b1, b2 + b3). */
// @ts-ignore: decorator
@inline
function pairSums(a: v128, b: v128): v128 {
  return i32x4.add(i32x4.shuffle(a, b, 0, 2, 4, 6), i32x4.shuffle(a, b, 1, 3, 5, 7));
}

/** 16 x 16 pixels of `bands` 3 or 4 to full-size luma and 8 x 8 chroma. May read 4 bytes beyond the last pixel. */
export function convert420(pixels: usize, rowByteLength: usize, bands: i32): void {
  const pairIndices = v128.load(bands == 3 ? PAIR_INDICES_RGB : PAIR_INDICES_RGBA);
  const blueIndices = v128.load(bands == 3 ? BLUE_INDICES_RGB : BLUE_INDICES_RGBA);
  const step = <usize>bands << 2;
  let chroma: usize = 0;
  for (let row: usize = 0; row < 16 * SAMPLE_STRIDE; row += 2 * SAMPLE_STRIDE) {
    let at = pixels;
    for (let half: usize = 0; half < 2; half++) {
      const offset = row + (half << 5);
      let four = v128.load(at);
      let pair = i8x16.swizzle(four, pairIndices), blue = i8x16.swizzle(four, blueIndices);
      storeFloats(LUMA + offset, luma(pair, blue));
      four = v128.load(at + rowByteLength);
      let pairBelow = i8x16.swizzle(four, pairIndices), blueBelow = i8x16.swizzle(four, blueIndices);
      storeFloats(LUMA + offset + SAMPLE_STRIDE, luma(pairBelow, blueBelow));
      const leftPair = i16x8.add(pair, pairBelow), leftBlue = i16x8.add(blue, blueBelow);
      at += step;

      four = v128.load(at);
      pair = i8x16.swizzle(four, pairIndices), blue = i8x16.swizzle(four, blueIndices);
      storeFloats(LUMA + offset + 16, luma(pair, blue));
      four = v128.load(at + rowByteLength);
      pairBelow = i8x16.swizzle(four, pairIndices), blueBelow = i8x16.swizzle(four, blueIndices);
      storeFloats(LUMA + offset + 16 + SAMPLE_STRIDE, luma(pairBelow, blueBelow));
      const rightPair = i16x8.add(pair, pairBelow), rightBlue = i16x8.add(blue, blueBelow);
      at += step;

      const to = chroma + (half << 4);
      storeFloats(BLUE_CHROMA + to, pairSums(blueChroma(leftPair, leftBlue), blueChroma(rightPair, rightBlue)));
      storeFloats(RED_CHROMA + to, pairSums(redChroma(leftPair, leftBlue), redChroma(rightPair, rightBlue)));
    }
    chroma += SAMPLE_STRIDE;
    pixels += 2 * rowByteLength;
  }
}

/** 16 x 8 gray pixels to unscaled luma. */
export function convertGray(pixels: usize, rowByteLength: usize): void {
  for (let row: usize = 0; row < 8 * SAMPLE_STRIDE; row += SAMPLE_STRIDE) {
    const left = v128.load8x8_u(pixels), right = v128.load8x8_u(pixels + 8);
    storeFloats(LUMA + row, i32x4.extend_low_i16x8_u(left));
    storeFloats(LUMA + row + 16, i32x4.extend_high_i16x8_u(left));
    storeFloats(LUMA + row + 32, i32x4.extend_low_i16x8_u(right));
    storeFloats(LUMA + row + 48, i32x4.extend_high_i16x8_u(right));
    pixels += rowByteLength;
  }
}
