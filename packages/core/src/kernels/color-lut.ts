import { ImageError } from '../errors.ts';
import type { PixelBuffer } from '../pixels/pixel-buffer.ts';

/** One color for each sample value of a band: the TypeScript twin of `Kernels.applyColorLut`. */
export function lookUpColors(input: PixelBuffer, band: number, colors: Uint32Array): PixelBuffer {
  const { width, height, bands, data } = input;
  assertColorLut(input, band, colors);
  const output = new Uint8Array(width * height * 3);
  for (let out = 0, from = band; out < output.length; out += 3, from += bands) {
    const color = colors[data[from]!]!;
    output[out] = color;
    output[out + 1] = color >>> 8;
    output[out + 2] = color >>> 16;
  }
  return { width, height, bands: 3, dtype: 'uint8', data: output };
}

/** @throws ImageError `codec` for a table of another length than the samples have values, or a band that is not there. */
export function assertColorLut({ data, bands, dtype }: PixelBuffer, band: number, colors: Uint32Array): void {
  const entries = data instanceof Uint8Array ? 256 : data instanceof Uint16Array ? 65536 : 0;
  if (colors.length !== entries || band >= bands) {
    throw new ImageError('codec', `A table of ${colors.length} colors does not fit ${bands} x ${dtype}`);
  }
}
