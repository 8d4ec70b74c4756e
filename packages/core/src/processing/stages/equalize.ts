import { ImageError } from '../../errors.ts';
import { colorBandsOf, type StageDefinition } from '../stage.ts';

/**
 * out = lut[v] on 8-bit samples. On 16-bit samples a table of 256 entries (see `equalizeLut`) stands for the values
 * 0, 257, 514 ... 65535 in both directions, with straight lines between; one of 65536 entries is taken as it is.
 */
export const equalize: StageDefinition<'equalize'> = {
  outputShape(step, input) {
    const entries = step.lut.length;
    const fits =
      (input.dtype === 'uint8' && entries === 256) ||
      (input.dtype === 'uint16' && (entries === 256 || entries === 65536));
    if (!fits) throw new ImageError('request', `A table of ${entries} entries does not fit ${input.dtype} samples`);
    return input;
  },

  sources: (_step, bands) => Array.from({ length: bands }, (_, band) => band),

  create(step, { bands, dtype }) {
    const colors = colorBandsOf(step, bands);
    const lut = dtype === 'uint16' && step.lut.length === 256 ? interpolated(step.lut) : Uint16Array.from(step.lut);
    return {
      kind: 'point',
      process(input, output, pixelCount) {
        for (let start = 0; start < pixelCount * bands; start += bands) {
          for (let i = start; i < start + colors; i++) output[i] = lut[input[i]!]!;
          for (let i = start + colors; i < start + bands; i++) output[i] = input[i]!;
        }
      },
    };
  },
};

function interpolated(lut: readonly number[]): Uint16Array {
  return Uint16Array.from({ length: 65536 }, (_, value) => {
    const index = Math.floor(value / 257);
    const low = lut[index] ?? 0;
    const high = lut[index + 1] ?? low;
    return low * 257 + (high - low) * (value - index * 257);
  });
}
