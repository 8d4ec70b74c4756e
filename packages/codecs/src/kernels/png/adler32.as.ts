const MODULUS: u32 = 65521;
/** Bytes after which the sums have to be reduced: 16 at a time, each lane adding up to 255 * 16 to 32 bits. */
const STRETCH: usize = 5552 & ~15;

/** The checksum of a zlib stream (RFC 1950, 8.2), continued from `adler`, which is 1 at the beginning. */
export function adler32(adler: u32, address: usize, byteLength: usize): u32 {
  let a = adler & 0xffff;
  let b = adler >> 16;
  const end = address + byteLength;
  const weightsLow = i16x8(16, 15, 14, 13, 12, 11, 10, 9);
  const weightsHigh = i16x8(8, 7, 6, 5, 4, 3, 2, 1);
  while (address + 16 <= end) {
    const stop = min(address + STRETCH, address + ((end - address) & ~15));
    let sums = i32x4.splat(0);
    let weighted = i32x4.splat(0);
    let sumsBefore = i32x4.splat(0);
    const count = <u32>(stop - address);
    for (; address < stop; address += 16) {
      const bytes = v128.load(address);
      const low = i16x8.extend_low_i8x16_u(bytes);
      const high = i16x8.extend_high_i8x16_u(bytes);
      sumsBefore = i32x4.add(sumsBefore, sums);
      sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(i16x8.add(low, high)));
      weighted = i32x4.add(weighted, i32x4.dot_i16x8_s(low, weightsLow));
      weighted = i32x4.add(weighted, i32x4.dot_i16x8_s(high, weightsHigh));
    }
    b = (b + a * count + 16 * sumOf(sumsBefore) + sumOf(weighted)) % MODULUS;
    a = (a + sumOf(sums)) % MODULUS;
  }
  for (; address < end; address++) {
    a += load<u8>(address);
    b += a;
  }
  return ((b % MODULUS) << 16) | a % MODULUS;
}

// @ts-ignore: decorator
@inline
function sumOf(lanes: v128): u32 {
  return (
    i32x4.extract_lane(lanes, 0) + i32x4.extract_lane(lanes, 1) + i32x4.extract_lane(lanes, 2) + i32x4.extract_lane(lanes, 3)
  );
}
