// How the forward transform lays out the 64 coefficients of a block.
//
// The vector code produces them as [half of vertical frequencies][horizontal frequency][vertical frequency within the
// half]; putting them into zigzag order would cost more than the transform. They stay as they come, and the entropy
// coders look positions up for the few coefficients that are not zero.

// prettier-ignore
/** Zigzag index to row-major index (8 * vertical + horizontal frequency): ITU-T T.81 figure A.6. */
const ROW_MAJOR: usize = memory.data<u8>([
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55,
  62, 63,
]);

/** Zigzag index to byte offset of the i16 coefficient in a stored block. */
export const OFFSET_OF: usize = memory.data(64);

/** Swizzle indices that gather the bytes of four source vectors into one of zigzag order: [output][source][16]. */
const GATHER: usize = memory.data(256, 16);

/** Horizontal frequency of a zigzag index. */
export function horizontalFrequency(k: i32): i32 {
  return <i32>load<u8>(ROW_MAJOR + k) & 7;
}

/** Vertical frequency of a zigzag index. */
export function verticalFrequency(k: i32): i32 {
  return <i32>load<u8>(ROW_MAJOR + k) >> 3;
}

/** Index of the coefficient at zigzag index `k` in a stored block. */
export function storedIndex(k: i32): i32 {
  const v = verticalFrequency(k);
  return ((v >> 2) << 5) + (horizontalFrequency(k) << 2) + (v & 3);
}

/** Fills the tables. Call once. */
export function prepareCoefficientOrder(): void {
  memory.fill(GATHER, 0x80, 256);
  for (let k = 0; k < 64; k++) {
    const index = storedIndex(k);
    store<u8>(OFFSET_OF + k, <u8>(index << 1));
    store<u8>(GATHER + ((k >> 4) << 6) + ((index >> 4) << 4) + (k & 15), <u8>(index & 15));
  }
}

// @ts-ignore: decorator
@inline
function gather(output: usize, n0: v128, n1: v128, n2: v128, n3: v128): u64 {
  const indices = GATHER + (output << 6);
  const bytes = v128.or(
    v128.or(i8x16.swizzle(n0, v128.load(indices)), i8x16.swizzle(n1, v128.load(indices, 16))),
    v128.or(i8x16.swizzle(n2, v128.load(indices, 32)), i8x16.swizzle(n3, v128.load(indices, 48))),
  );
  return <u64>(i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(0))) ^ 0xffff) << (output << 4);
}

/** One bit for each coefficient of the stored block at `block` that is not zero, in zigzag order, DC lowest. */
// @ts-ignore: decorator
@inline
export function nonZeroMask(block: usize): u64 {
  const n0 = i8x16.narrow_i16x8_s(v128.load(block), v128.load(block, 16));
  const n1 = i8x16.narrow_i16x8_s(v128.load(block, 32), v128.load(block, 48));
  const n2 = i8x16.narrow_i16x8_s(v128.load(block, 64), v128.load(block, 80));
  const n3 = i8x16.narrow_i16x8_s(v128.load(block, 96), v128.load(block, 112));
  return gather(0, n0, n1, n2, n3) | gather(1, n0, n1, n2, n3) | gather(2, n0, n1, n2, n3) | gather(3, n0, n1, n2, n3);
}
