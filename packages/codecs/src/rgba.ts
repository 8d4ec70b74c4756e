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
  const rgba = new Uint8Array((data.length / bands) * 4);
  spread(data, bands, rgba, 255);
  return rgba;
}

/** The same of 16-bit samples, each rounded to 10 bits. */
export function toRgba10({ bands, data }: PixelBuffer): Uint16Array {
  if (!(data instanceof Uint16Array)) throw new ImageError('unsupported', 'Only 8 and 16-bit samples can be encoded');
  const rgba = new Uint16Array((data.length / bands) * 4);
  if (bands === 4) rgba.set(data);
  else spread(data, bands, rgba, 65535);
  for (let i = 0; i < rgba.length; i++) rgba[i] = (rgba[i]! * 1023 + 32767) / 65535;
  return rgba;
}

function spread<Samples extends Uint8Array | Uint16Array>(
  data: Samples,
  bands: number,
  rgba: Samples,
  opaque: number,
): void {
  const pixelCount = data.length / bands;
  switch (bands) {
    case 1:
      for (let i = 0, to = 0; i < pixelCount; i++) {
        const gray = data[i]!;
        rgba[to++] = gray;
        rgba[to++] = gray;
        rgba[to++] = gray;
        rgba[to++] = opaque;
      }
      return;
    case 2:
      for (let from = 0, to = 0; from < data.length; ) {
        const gray = data[from++]!;
        rgba[to++] = gray;
        rgba[to++] = gray;
        rgba[to++] = gray;
        rgba[to++] = data[from++]!;
      }
      return;
    case 3:
      for (let from = 0, to = 0; from < data.length; ) {
        rgba[to++] = data[from++]!;
        rgba[to++] = data[from++]!;
        rgba[to++] = data[from++]!;
        rgba[to++] = opaque;
      }
      return;
    default:
      throw new ImageError('unsupported', `${bands} bands cannot be encoded as RGBA`);
  }
}
