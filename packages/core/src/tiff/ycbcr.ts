import type { SampleLayout } from '../codec/encoded-segment.ts';
import type { Size } from '../geometry/size.ts';

type YcbcrConvert = Extract<SampleLayout['convert'], { kind: 'ycbcr' }>;

/**
 * Spreads subsampled data units into interleaved YCbCr of full size: each unit holds `across * down` luma samples, row
 * by row, then one Cb and one Cr (TIFF 6.0 section 21). Chroma is repeated, as libtiff does.
 */
export function spreadDataUnits(bytes: Uint8Array, size: Size, [across, down]: readonly [number, number]): Uint8Array {
  const { width, height } = size;
  const result = new Uint8Array(width * height * 3);
  const unitBytes = across * down + 2;
  const unitsPerRow = Math.ceil(width / across);
  for (let y = 0; y < height; y++) {
    const unitRow = Math.floor(y / down) * unitsPerRow * unitBytes;
    const lumaRow = (y % down) * across;
    for (let x = 0; x < width; x++) {
      const unit = unitRow + Math.floor(x / across) * unitBytes;
      const at = (y * width + x) * 3;
      result[at] = bytes[unit + lumaRow + (x % across)]!;
      result[at + 1] = bytes[unit + unitBytes - 2]!;
      result[at + 2] = bytes[unit + unitBytes - 1]!;
    }
  }
  return result;
}

/** Spreads a chroma plane of reduced size to full size by repetition. */
export function spreadPlane(bytes: Uint8Array, size: Size, [across, down]: readonly [number, number]): Uint8Array {
  const { width, height } = size;
  const result = new Uint8Array(width * height);
  const storedWidth = Math.ceil(width / across);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / down) * storedWidth;
    for (let x = 0; x < width; x++) result[y * width + x] = bytes[row + Math.floor(x / across)]!;
  }
  return result;
}

/**
 * Converts interleaved YCbCr to RGB; further bands stay. TIFF 6.0 sections 20 and 21: codes are first mapped by
 * ReferenceBlackWhite to luma 0..255 and chroma -127..127, then
 * `R = Cr (2 - 2 LumaRed) + Y`, `B = Cb (2 - 2 LumaBlue) + Y`, `G = (Y - LumaBlue B - LumaRed R) / LumaGreen`.
 */
export function ycbcrToRgb(samples: Uint8Array, bands: number, convert: YcbcrConvert): Uint8Array {
  const [lumaRed, lumaGreen, lumaBlue] = convert.coefficients;
  const [y0 = 0, y1 = 255, cb0 = 128, cb1 = 255, cr0 = 128, cr1 = 255] = convert.referenceBlackWhite;
  const luma = codeTable(y0, y1, 255);
  const cb = codeTable(cb0, cb1, 127);
  const cr = codeTable(cr0, cr1, 127);
  const redOfCr = cr.map((value) => value * (2 - 2 * lumaRed));
  const blueOfCb = cb.map((value) => value * (2 - 2 * lumaBlue));
  // G = Y - (LumaBlue * (B - Y) + LumaRed * (R - Y)) / LumaGreen, for the three coefficients add up to 1.
  const greenOfCb = blueOfCb.map((value) => (-lumaBlue * value) / lumaGreen);
  const greenOfCr = redOfCr.map((value) => (-lumaRed * value) / lumaGreen);
  const result = new Uint8ClampedArray(samples);
  for (let at = 0; at + 2 < samples.length; at += bands) {
    const y = luma[samples[at]!]!;
    const blue = samples[at + 1]!;
    const red = samples[at + 2]!;
    result[at] = y + redOfCr[red]!;
    result[at + 1] = y + greenOfCb[blue]! + greenOfCr[red]!;
    result[at + 2] = y + blueOfCb[blue]!;
  }
  return new Uint8Array(result.buffer);
}

/** FullRangeValue of each code: (code - black) * range / (white - black). */
function codeTable(black: number, white: number, range: number): Float32Array {
  return Float32Array.from({ length: 256 }, (_, code) => ((code - black) * range) / (white - black));
}
