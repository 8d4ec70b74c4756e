import type { SampleLayout } from '../codec/encoded-segment.ts';
import { ImageError } from '../errors.ts';
import type { PixelBuffer } from '../pixels/pixel-buffer.ts';
import { ycbcrToRgb } from './ycbcr.ts';

type Convert = SampleLayout['convert'];
type Palette = Extract<Convert, { kind: 'palette' }>;
type Affine = Extract<Convert, { kind: 'affine' }>;

/**
 * Undoes how TIFF stores colors, after samples are interleaved: also for pictures that an image decoder delivered.
 * Never writes to the input; returns it where there is nothing to do.
 */
export function convertSamples(
  pixels: PixelBuffer,
  layout: Pick<SampleLayout, 'convert' | 'bitsPerSample'>,
): PixelBuffer {
  const { convert } = layout;
  switch (convert.kind) {
    case 'keep':
      return pixels;
    case 'invert':
      return invert(pixels, layout.bitsPerSample);
    case 'signed-lab':
      return toIccLab(pixels, layout.bitsPerSample);
    case 'palette':
      return applyPalette(pixels, convert);
    case 'affine':
      return applyAffine(pixels, convert);
    case 'ycbcr':
      if (!(pixels.data instanceof Uint8Array)) throw new ImageError('unsupported', 'YCbCr that is not 8-bit');
      return { ...pixels, data: ycbcrToRgb(pixels.data, pixels.bands, convert) };
  }
}

/** WhiteIsZero: the first band is turned over within its range; floats around 0 to 1. */
function invert(pixels: PixelBuffer, bitsPerSample: number): PixelBuffer {
  const data = pixels.data.slice();
  const sum = invertSum(pixels, bitsPerSample);
  for (let i = 0; i < data.length; i += pixels.bands) data[i] = sum - data[i]!;
  return { ...pixels, data };
}

/** Sum of a value and its inverse. */
function invertSum({ dtype }: PixelBuffer, bitsPerSample: number): number {
  if (dtype === 'float32' || dtype === 'float64') return 1;
  if (dtype === 'int8' || dtype === 'int16' || dtype === 'int32') return -1;
  return 2 ** Math.max(8, bitsPerSample) - 1;
}

/**
 * L* 100 goes from the highest sample to 255 and no fraction (ICC.1 v2, 6.3.4.2; the same with 8 bits), a* and b* from
 * two's complement to an offset of 128.
 */
function toIccLab(pixels: PixelBuffer, bitsPerSample: number): PixelBuffer {
  const data = pixels.data.slice();
  const half = 2 ** (bitsPerSample - 1);
  const lightness = (255 * 2 ** (bitsPerSample - 8)) / (2 ** bitsPerSample - 1);
  for (let i = 0; i < data.length; i += pixels.bands) {
    data[i] = Math.round(data[i]! * lightness);
    for (let k = i + 1; k < i + 3; k++) data[k] = data[k]! < half ? data[k]! + half : data[k]! - half;
  }
  return { ...pixels, data };
}

/** Index to red, green and blue, the upper 8 bits of each; further bands stay behind them. */
function applyPalette(pixels: PixelBuffer, palette: Palette): PixelBuffer {
  const { data, bands } = pixels;
  const red = palette.red.map((value) => value >> 8);
  const green = palette.green.map((value) => value >> 8);
  const blue = palette.blue.map((value) => value >> 8);
  const outBands = bands + 2;
  const result = new Uint8Array((data.length / bands) * outBands);
  for (let from = 0, to = 0; from < data.length; from += bands, to += outBands) {
    const index = data[from]!;
    result[to] = red[index]!;
    result[to + 1] = green[index]!;
    result[to + 2] = blue[index]!;
    for (let extra = 1; extra < bands; extra++) result[to + 2 + extra] = data[from + extra]!;
  }
  return { ...pixels, bands: outBands, dtype: 'uint8', data: result };
}

/** Each of the first bands times `scale` plus `offset`, rounded and clamped to 8 bits. */
function applyAffine(pixels: PixelBuffer, { scale, offset }: Affine): PixelBuffer {
  const data = new Uint8ClampedArray(pixels.data);
  for (const [band, factor] of scale.entries()) {
    const added = offset[band] ?? 0;
    for (let i = band; i < data.length; i += pixels.bands) data[i] = data[i]! * factor + added;
  }
  return { ...pixels, dtype: 'uint8', data: new Uint8Array(data.buffer) };
}
