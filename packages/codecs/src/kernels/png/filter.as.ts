// PNG row filters (PNG, 9.2): Sub for the first row of a picture, Up for all others.

const SUB: u8 = 1;
const UP: u8 = 2;

/** Writes the filter type and the differences to the left. Reads up to 15 bytes beyond the row, writes as many. */
export function filterSub(row: usize, byteLength: usize, pixelByteLength: usize, output: usize): void {
  store<u8>(output++, SUB);
  for (let i: usize = 0; i < byteLength; i += 16) {
    v128.store(output + i, i8x16.sub(v128.load(row + i), v128.load(row + i - pixelByteLength)));
  }
  // The first pixel has nothing to its left; what the loop subtracted there was not part of the picture.
  memory.copy(output, row, pixelByteLength);
}

/** Writes the filter type and the differences to the row above. Reads and writes up to 15 bytes beyond. */
export function filterUp(row: usize, byteLength: usize, above: usize, output: usize): void {
  store<u8>(output++, UP);
  for (let i: usize = 0; i < byteLength; i += 16) {
    v128.store(output + i, i8x16.sub(v128.load(row + i), v128.load(above + i)));
  }
}
