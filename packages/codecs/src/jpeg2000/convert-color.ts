import type { Jpeg2000Color, Jpeg2000Lab } from '@sectile/core/jpeg2000';
import type { PixelBuffer } from '@sectile/core/pixels';

/** Turns stored color spaces into those that pictures are handed out in, in place. `bits`: of each sample. */
export function convertColor(pixels: PixelBuffer, { convert }: Jpeg2000Color, bits: number): void {
  if (convert === 'none') return;
  if (convert === 'invert') invert(pixels, bits);
  else if (convert === 'sycc') syccToRgb(pixels, bits);
  else if (convert === 'esrgb') esrgbToSrgb(pixels, bits);
  else cielabToTiff(pixels, convert, bits);
}

function invert({ data, bands }: PixelBuffer, bits: number): void {
  const maximum = 2 ** bits - 1;
  for (let i = 0; i < data.length; i += bands) data[i] = maximum - data[i]!;
}

/** IEC 61966-2-1 amendment 1, F.2: full-range luma, chroma around the middle. */
function syccToRgb({ data, bands }: PixelBuffer, bits: number): void {
  const maximum = 2 ** bits - 1;
  const middle = 2 ** (bits - 1);
  const clamp = (value: number): number => (value < 0 ? 0 : value > maximum ? maximum : Math.round(value));
  for (let i = 0; i + 2 < data.length; i += bands) {
    const y = data[i]!;
    const cb = data[i + 1]! - middle;
    const cr = data[i + 2]! - middle;
    data[i] = clamp(y + 1.402 * cr);
    data[i + 1] = clamp(y - 0.344136 * cb - 0.714136 * cr);
    data[i + 2] = clamp(y + 1.772 * cb);
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
