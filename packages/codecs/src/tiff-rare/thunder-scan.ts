import type { Size } from '@sectile/core/geometry';

/** What 2 and 3 bits add to the pixel before; `undefined` stands for no pixel. */
const SMALL_STEPS = [0, 1, undefined, -1] as const;
const LARGE_STEPS = [0, 1, 2, 3, undefined, -3, -2, -1] as const;

/**
 * ThunderScan 4-bit gray (TIFF compression 32809). The top two bits of a byte say what it is: a run of the pixel before,
 * three small steps, two larger ones, or a value. Each row begins with black; what is missing is black.
 *
 * @returns One byte a pixel, 0 to 15.
 */
export function decodeThunderScan(bytes: Uint8Array, { width, height }: Size): Uint8Array {
  const samples = new Uint8Array(width * height);
  let at = 0;
  for (let row = 0; row < height; row++) {
    at = decodeRow(bytes, at, samples.subarray(row * width, (row + 1) * width));
  }
  return samples;
}

/** Returns where the next row begins. */
function decodeRow(bytes: Uint8Array, at: number, row: Uint8Array): number {
  let filled = 0;
  let last = 0;
  const step = (change: number | undefined): void => {
    if (change === undefined || filled >= row.length) return;
    last = (last + change) & 15;
    row[filled++] = last;
  };
  while (filled < row.length && at < bytes.length) {
    const code = bytes[at++]!;
    switch (code >> 6) {
      case 0: {
        const end = Math.min(row.length, filled + code);
        row.fill(last, filled, end);
        filled = end;
        break;
      }
      case 1:
        step(SMALL_STEPS[((code >> 4) & 3) as 0]);
        step(SMALL_STEPS[((code >> 2) & 3) as 0]);
        step(SMALL_STEPS[(code & 3) as 0]);
        break;
      case 2:
        step(LARGE_STEPS[((code >> 3) & 7) as 0]);
        step(LARGE_STEPS[(code & 7) as 0]);
        break;
      default:
        last = code & 15;
        row[filled++] = last;
    }
  }
  return at;
}
