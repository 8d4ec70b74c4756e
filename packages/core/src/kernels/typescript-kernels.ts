import { ImageError } from '../errors.ts';
import type { PixelBuffer } from '../pixels/pixel-buffer.ts';
import { boxShrinkPixels } from '../resample/box-shrink.ts';
import { resamplePixels } from '../resample/resample.ts';
import { lookUpColors } from './color-lut.ts';
import type { Kernels } from './kernels.ts';
import { shadeElevationPixels } from './shade-elevations.ts';
import { undoDifferencing } from './undo-differencing.ts';
import { weighThreeBands } from './weigh-bands.ts';

/** The hot loops in plain TypeScript: the oracle of the WebAssembly ones, and what runs where SIMD is missing. */
export const typescriptKernels: Kernels = {
  name: 'typescript',
  boxShrink: boxShrinkPixels,
  resample: resamplePixels,
  applyLut: lookUp,
  applyColorLut: lookUpColors,
  weighBands: weighThreeBands,
  shadeElevations: shadeElevationPixels,
  undoDifferencing,
};

function lookUp(input: PixelBuffer, lut: Uint8Array | Uint16Array): PixelBuffer {
  const { data, bands } = input;
  if (!(data instanceof Uint8Array || data instanceof Uint16Array)) {
    throw new ImageError('codec', `A lookup table does not apply to ${input.dtype}`);
  }
  const entries = data instanceof Uint8Array ? 256 : 65536;
  const perBand = lut.length === entries * bands && bands > 1;
  if (!perBand && lut.length !== entries) {
    throw new ImageError('codec', `A lookup table of ${lut.length} entries does not fit ${bands} x ${input.dtype}`);
  }
  const output = lut instanceof Uint8Array ? new Uint8Array(data.length) : new Uint16Array(data.length);
  if (perBand) {
    for (let band = 0; band < bands; band++) {
      const start = band * entries;
      for (let i = band; i < data.length; i += bands) output[i] = lut[start + data[i]!]!;
    }
  } else {
    for (let i = 0; i < data.length; i++) output[i] = lut[data[i]!]!;
  }
  return { ...input, dtype: lut instanceof Uint8Array ? 'uint8' : 'uint16', data: output };
}
