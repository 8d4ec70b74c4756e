import { ImageError } from '../errors.ts';
import type { PixelBuffer } from '../pixels/pixel-buffer.ts';
import type { BandWeights } from './kernels.ts';

/** One band as a sum of three: the TypeScript twin of `Kernels.weighBands`. */
export function weighThreeBands(input: PixelBuffer, { weights, offset, hole }: BandWeights): PixelBuffer {
  const { width, height, data } = input;
  assertThreeBands(input);
  const output = new Uint8Array(width * height);
  const [a, b, c] = weights;
  const rounded = offset + 0.5;
  // Whole numbers stay in integer registers; -1 is no sample.
  const [noX, noY, noZ] = (hole ?? [-1, -1, -1]).map((sample) => sample | 0) as [number, number, number];
  for (let out = 0, i = 0; out < output.length; out++, i += 3) {
    const x = data[i]!;
    const y = data[i + 1]!;
    const z = data[i + 2]!;
    const v = a * x + b * y + c * z + rounded;
    const isHole = ((x - noX) | (y - noY) | (z - noZ)) === 0;
    output[out] = isHole || !(v > 0) ? 0 : v >= 255 ? 255 : v | 0;
  }
  return { width, height, bands: 1, dtype: 'uint8', data: output };
}

/** @throws ImageError `codec` for anything but three bands of uint8 or uint16. */
export function assertThreeBands({ data, bands, dtype }: PixelBuffer): void {
  if (bands === 3 && (data instanceof Uint8Array || data instanceof Uint16Array)) return;
  throw new ImageError('codec', `Weights for three bands do not fit ${bands} x ${dtype}`);
}
