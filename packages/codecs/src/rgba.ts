import { ImageError } from '@sectile/core/errors';
import type { PixelBuffer } from '@sectile/core/pixels';

/** RGB of RGBA, a copy. */
export function dropAlpha(rgba: Uint8Array): Uint8Array;
export function dropAlpha(rgba: Uint16Array): Uint16Array;
export function dropAlpha(rgba: Uint8Array | Uint16Array): Uint8Array | Uint16Array {
  const sampleCount = (rgba.length / 4) * 3;
  const rgb = rgba instanceof Uint8Array ? new Uint8Array(sampleCount) : new Uint16Array(sampleCount);
  for (let from = 0, to = 0; from < rgba.length; from += 4) {
    rgb[to++] = rgba[from]!;
    rgb[to++] = rgba[from + 1]!;
    rgb[to++] = rgba[from + 2]!;
  }
  return rgb;
}

/** 8-bit gray, gray and alpha, RGB or RGBA as RGBA, opaque where there was no alpha. RGBA is returned as it is. */
export function toRgba({ bands, data }: PixelBuffer): Uint8Array {
  if (!(data instanceof Uint8Array)) throw new ImageError('unsupported', 'Only 8-bit samples can be encoded');
  if (bands === 4) return data;
  const pixelCount = data.length / bands;
  const rgba = new Uint8Array(pixelCount * 4);
  switch (bands) {
    case 1:
      for (let i = 0, to = 0; i < pixelCount; i++) {
        const gray = data[i]!;
        rgba[to++] = gray;
        rgba[to++] = gray;
        rgba[to++] = gray;
        rgba[to++] = 255;
      }
      return rgba;
    case 2:
      for (let from = 0, to = 0; from < data.length; ) {
        const gray = data[from++]!;
        rgba[to++] = gray;
        rgba[to++] = gray;
        rgba[to++] = gray;
        rgba[to++] = data[from++]!;
      }
      return rgba;
    case 3:
      for (let from = 0, to = 0; from < data.length; ) {
        rgba[to++] = data[from++]!;
        rgba[to++] = data[from++]!;
        rgba[to++] = data[from++]!;
        rgba[to++] = 255;
      }
      return rgba;
    default:
      throw new ImageError('unsupported', `${bands} bands cannot be encoded as RGBA`);
  }
}
