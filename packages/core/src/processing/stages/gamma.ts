import { colorBandsOf, requireFloat, type StageDefinition } from '../stage.ts';

/** v' = max(v, 0) ^ exponent, on normalized samples: 2 darkens mid-tones, 0.5 lightens them. White stays white. */
export const gamma: StageDefinition<'gamma'> = {
  outputShape: (_step, input) => requireFloat('gamma', input),

  sources: (_step, bands) => Array.from({ length: bands }, (_, band) => band),

  create(step, { bands }) {
    const colors = colorBandsOf(step, bands);
    const { exponent } = step;
    const zero = 0 ** exponent;
    return {
      kind: 'point',
      process(input, output, pixelCount) {
        const sampleCount = pixelCount * bands;
        for (let start = 0; start < sampleCount; start += bands) {
          for (let i = start; i < start + colors; i++) {
            const v = input[i]!;
            output[i] = v > 0 ? v ** exponent : zero;
          }
          for (let i = start + colors; i < start + bands; i++) output[i] = input[i]!;
        }
      },
    };
  },
};
