import { colorBandsOf, requireFloat, type StageDefinition } from '../stage.ts';

/** v' = v gain, on normalized samples. Black stays black; clamping is left to `quantize`. */
export const contrast: StageDefinition<'contrast'> = {
  outputShape: (_step, input) => requireFloat('contrast', input),

  sources: (_step, bands) => Array.from({ length: bands }, (_, band) => band),

  create(step, { bands }) {
    const colors = colorBandsOf(step, bands);
    const { gain } = step;
    return {
      kind: 'point',
      process(input, output, pixelCount) {
        const sampleCount = pixelCount * bands;
        for (let start = 0; start < sampleCount; start += bands) {
          for (let i = start; i < start + colors; i++) output[i] = input[i]! * gain;
          for (let i = start + colors; i < start + bands; i++) output[i] = input[i]!;
        }
      },
    };
  },
};
