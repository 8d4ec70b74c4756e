import { colorBandsOf, requireFloat, type StageDefinition } from '../stage.ts';

/** v' = 1 - v, on normalized samples: the negative. */
export const invert: StageDefinition<'invert'> = {
  outputShape: (_step, input) => requireFloat('invert', input),

  sources: (_step, bands) => Array.from({ length: bands }, (_, band) => band),

  create(step, { bands }) {
    const colors = colorBandsOf(step, bands);
    return {
      kind: 'point',
      process(input, output, pixelCount) {
        const sampleCount = pixelCount * bands;
        for (let start = 0; start < sampleCount; start += bands) {
          for (let i = start; i < start + colors; i++) output[i] = 1 - input[i]!;
          for (let i = start + colors; i < start + bands; i++) output[i] = input[i]!;
        }
      },
    };
  },
};
