import type { Jpeg2000Color, Jpeg2000Lab, Jpeg2000Matrix } from '@sectile/core/jpeg2000';
import type { PixelBuffer } from '@sectile/core/pixels';

/** Turns stored color spaces into those that pictures are handed out in, in place. `bits`: of each sample. */
export function convertColor(pixels: PixelBuffer, { convert }: Jpeg2000Color, bits: number): void {
  if (convert === 'none') return;
  if (convert === 'invert') invert(pixels, bits);
  else if (convert === 'esrgb') esrgbToSrgb(pixels, bits);
  else if (convert.kind === 'matrix') undoMatrix(pixels, convert, bits);
  else cielabToTiff(pixels, convert, bits);
}

function invert({ data, bands }: PixelBuffer, bits: number): void {
  const maximum = 2 ** bits - 1;
  for (let i = 0; i < data.length; i += bands) data[i] = maximum - data[i]!;
}

/** Sums of stored samples for red, green and blue (or gray alone), straight to samples of the full range. */
function undoMatrix(pixels: PixelBuffer, { weights, hasChromas, fullRange }: Jpeg2000Matrix, bits: number): void {
  const maximum = 2 ** bits - 1;
  const unit = 2 ** (bits - 8);
  const middle = 2 ** (bits - 1);
  const black = fullRange ? 0 : 16 * unit;
  const toFull = fullRange ? 1 : maximum / (219 * unit);
  const chromaToFull = fullRange ? 1 : maximum / (224 * unit);
  const bandCount = weights.length === 1 ? 1 : 3;
  const isChroma = (column: number): boolean => hasChromas && column > 0;
  const factors = weights.map((weight, i) => weight * (isChroma(i % bandCount) ? chromaToFull : toFull));
  const offsets = Array.from({ length: bandCount }, (_, row) => {
    const columns = factors.slice(row * bandCount, (row + 1) * bandCount);
    return -columns.reduce((sum, factor, column) => sum + factor * (isChroma(column) ? middle : black), 0);
  });
  if (bandCount === 1) scaleFirst(pixels, { factor: factors[0]!, offset: offsets[0]!, maximum });
  else mixThree(pixels, factors, offsets, maximum);
}

function scaleFirst(
  { data, bands }: PixelBuffer,
  { factor, offset, maximum }: { readonly factor: number; readonly offset: number; readonly maximum: number },
): void {
  for (let i = 0; i < data.length; i += bands) {
    data[i] = clampDown(factor * data[i]! + offset + 0.5, maximum);
  }
}

/** Rounded down, within 0 and `maximum`. */
function clampDown(value: number, maximum: number): number {
  return value >= maximum ? maximum : value > 0 ? Math.floor(value) : 0;
}

function mixThree(
  { data, bands }: PixelBuffer,
  factors: readonly number[],
  offsets: readonly number[],
  maximum: number,
): void {
  const [a, b, c, d, e, f, g, h, k] = factors as [
    ...[number, number, number],
    ...[number, number, number],
    ...[number, number, number],
  ];
  // Rounded to nearest by rounding down.
  const [red, green, blue] = [offsets[0]! + 0.5, offsets[1]! + 0.5, offsets[2]! + 0.5];
  for (let i = 0; i + 2 < data.length; i += bands) {
    const x = data[i]!;
    const y = data[i + 1]!;
    const z = data[i + 2]!;
    data[i] = clampDown(a * x + b * y + c * z + red, maximum);
    data[i + 1] = clampDown(d * x + e * y + f * z + green, maximum);
    data[i + 2] = clampDown(g * x + h * y + k * z + blue, maximum);
  }
}

/** PIMA 7667: n-bit e-sRGB is 255 * 2^(n - 9) times the value, plus 2^(n - 2) + 2^(n - 3). Clipped to sRGB's gamut. */
function esrgbToSrgb({ data, bands }: PixelBuffer, bits: number): void {
  const maximum = 2 ** bits - 1;
  const unit = 255 * 2 ** (bits - 9);
  const zero = 2 ** (bits - 2) + 2 ** (bits - 3);
  for (let i = 0; i + 2 < data.length; i += bands) {
    for (let band = i; band < i + 3; band++) {
      const value = (data[band]! - zero) / unit;
      data[band] = Math.round(maximum * Math.min(1, Math.max(0, value)));
    }
  }
}

/**
 * Lab samples by range and offset (T.801 M.11.7.4.1) to the encoding that TIFF has (photometric 8): L* over the whole
 * range, a* and b* as signed numbers with 8 bits before the binary point.
 */
function cielabToTiff({ data, bands }: PixelBuffer, { range, offset }: Jpeg2000Lab, bits: number): void {
  const maximum = 2 ** bits - 1;
  const unit = 2 ** (bits - 8);
  const wrap = 2 ** bits;
  const half = wrap / 2;
  for (let i = 0; i + 2 < data.length; i += bands) {
    const lightness = ((data[i]! - offset[0]) * range[0]) / maximum;
    data[i] = Math.round(Math.min(1, Math.max(0, lightness / 100)) * maximum);
    for (let c = 1; c < 3; c++) {
      const value = Math.round((((data[i + c]! - offset[c]!) * range[c]!) / maximum) * unit);
      const clipped = Math.min(half - 1, Math.max(-half, value));
      data[i + c] = clipped < 0 ? clipped + wrap : clipped;
    }
  }
}
