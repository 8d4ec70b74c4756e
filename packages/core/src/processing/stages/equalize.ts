import { ImageError } from '../../errors.ts';
import { colorBandsOf, type StageDefinition } from '../stage.ts';

/** out = lut[v], on 8-bit (256 entries) or 16-bit samples (65536 entries). The table comes from `equalizeLut`. */
export const equalize: StageDefinition<'equalize'> = {
  outputShape(step, input) {
    const entries = input.dtype === 'uint8' ? 256 : input.dtype === 'uint16' ? 65536 : 0;
    if (step.lut.length !== entries) {
      throw new ImageError('request', `A table of ${step.lut.length} entries does not fit ${input.dtype} samples`);
    }
    return input;
  },

  sources: (_step, bands) => Array.from({ length: bands }, (_, band) => band),

  create(step, { bands }) {
    const colors = colorBandsOf(step, bands);
    const lut = Uint16Array.from(step.lut);
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
