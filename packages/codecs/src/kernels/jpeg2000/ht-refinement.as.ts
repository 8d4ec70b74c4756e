// The passes that refine a high-throughput code-block by one bit-plane: significance propagation and magnitude refinement
// (ITU-T T.814 clauses 7.4 and 7.5).
//
// Samples are visited as in other code-blocks, in stripes of four rows, column by column. A byte holds the significance of a
// column of four, the topmost lowest; bytes lie in rows of `width + 2` with a border of zeros around.
import { bitsAt, unstuffBackward, unstuffForward } from './ht-bits.as';

// At most 256 stripes of 4 columns or one of 1024.
const CLEANED = memory.data(4096, 16);
const SIGNIFICANT = memory.data(4096, 16);
// A sample takes two bits of the first pass at most, one of the second.
const PROPAGATION_BYTES: usize = 1024;
const REFINEMENT_BYTES: usize = 512;
const PROPAGATION_BITS = memory.data(1024 + 64, 16);
const REFINEMENT_BITS = memory.data(512 + 64, 16);

/** Significance by columns of four, out of the quads' words. */
function spreadQuads(quads: usize, width: i32, height: i32): void {
  const quadsWide = (width + 1) >> 1;
  const pitch = width + 2;
  memory.fill(CLEANED, 0, <usize>(pitch * (((height + 3) >> 2) + 2)));
  for (let y = 0; y < (height + 1) >> 1; y++) {
    const line = CLEANED + <usize>(pitch * ((y >> 1) + 1) + 1);
    const shift = (y & 1) << 1;
    // The second row of the last quads may lie below the code-block.
    const rows: u32 = 2 * y + 1 < height ? 3 : 1;
    for (let x = 0; x < width; x++) {
      const word = load<u32>(quads + (<usize>(y * (quadsWide + 2) + (x >> 1) + 1) << 2));
      const pair = (word >>> (4 + ((x & 1) << 1))) & rows;
      store<u8>(line + x, <u8>(<u32>load<u8>(line + x) | (pair << shift)));
    }
  }
}

/** A column with the samples above and below: bit 0 above, 1 to 4 its own, 5 below. */
// @ts-ignore: decorator
@inline
function columnAround(column: usize, pitch: usize, causal: bool): u32 {
  const below = causal ? 0 : <u32>load<u8>(column + pitch) & 1;
  return (<u32>load<u8>(column - pitch) >>> 3) | (<u32>load<u8>(column) << 1) | (below << 5);
}

/** Decodes which samples beside significant ones become so, four columns at a time, then their signs. */
function propagate(width: i32, height: i32, causal: bool, half: i32, values: usize, stride: usize): void {
  const pitch = <usize>(width + 2);
  let at: usize = 0;
  for (let y = 0; y < height; y += 4) {
    const rows = min(4, height - y);
    const line = SIGNIFICANT + pitch * <usize>((y >> 2) + 1) + 1;
    for (let x = 0; x < width; x += 4) {
      let fresh: u32 = 0;
      for (let i = x; i < min(x + 4, width); i++) {
        const column = line + i;
        let own = columnAround(column, pitch, causal);
        const beside = columnAround(column - 1, pitch, causal) | columnAround(column + 1, pitch, causal);
        for (let row = 0; row < rows; row++) {
          if ((own >>> row) & 2) continue;
          if ((((beside >>> row) & 7) | ((own >>> row) & 5)) == 0) continue;
          const bit = <u32>bitsAt(PROPAGATION_BITS, at++) & 1;
          own |= bit << (row + 1);
          fresh |= bit << (((i - x) << 2) + row);
        }
        store<u8>(column, <u8>((own >>> 1) & 15));
      }
      for (; fresh != 0; fresh &= fresh - 1) {
        const place = ctz(fresh);
        const negative = -(<i32>bitsAt(PROPAGATION_BITS, at++) & 1);
        const value = values + <usize>(y + (place & 3)) * stride + (<usize>(x + (place >> 2)) << 2);
        store<i32>(value, ((3 * half) ^ negative) - negative);
      }
    }
  }
}

/** Decodes one more bit of each sample that the cleanup pass made significant. */
function refine(width: i32, height: i32, half: i32, values: usize, stride: usize): void {
  const pitch = <usize>(width + 2);
  let at: usize = 0;
  for (let y = 0; y < height; y += 4) {
    const line = CLEANED + pitch * <usize>((y >> 2) + 1) + 1;
    for (let x = 0; x < width; x++) {
      for (let column = <u32>load<u8>(line + x); column != 0; column &= column - 1) {
        const value = values + <usize>(y + ctz(column)) * stride + (<usize>x << 2);
        const old = load<i32>(value);
        const sign = old >> 31;
        // The half that stood for the unknown rest becomes this plane's bit and a new half.
        const change = <i32>bitsAt(REFINEMENT_BITS, at++) & 1 ? half : -half;
        store<i32>(value, old + ((change ^ sign) - sign));
      }
    }
  }
}

/**
 * Refines the values of a cleanup pass by the segment from `from` to `end`.
 *
 * @param both Magnitudes are refined too. @param half What half a unit of the new bit-plane weighs.
 * @param quads Words of the cleanup pass, rows with one before and after.
 */
export function refineBlock(
  from: usize,
  end: usize,
  both: bool,
  width: i32,
  height: i32,
  causal: bool,
  half: i32,
  quads: usize,
  values: usize,
  stride: usize,
): void {
  spreadQuads(quads, width, height);
  memory.copy(SIGNIFICANT, CLEANED, <usize>((width + 2) * (((height + 3) >> 2) + 2)));
  unstuffForward(from, end, PROPAGATION_BITS, PROPAGATION_BITS + PROPAGATION_BYTES, 0);
  propagate(width, height, causal, half, values, stride);
  if (!both) return;
  unstuffBackward(from, end, REFINEMENT_BITS, REFINEMENT_BITS + REFINEMENT_BYTES);
  refine(width, height, half, values, stride);
}
