import { colorBandsOf, requireFloat, type StageDefinition } from '../stage.ts';

const LN_256 = Math.log(256);

/** v' = ln(1 + 255 v) / ln 256, on normalized samples: lifts shadows; 0 and 1 stay. Negative values become 0. */
export const log: StageDefinition<'log'> = {
  outputShape: (_step, input) => requireFloat('log', input),

  sources: (_step, bands) => Array.from({ length: bands }, (_, band) => band),

  create(step, { bands }) {
    const colors = colorBandsOf(step, bands);
    return {
      kind: 'point',
      process(input, output, pixelCount) {
        const sampleCount = pixelCount * bands;
        for (let start = 0; start < sampleCount; start += bands) {
          for (let i = start; i < start + colors; i++) {
            const v = input[i]!;
            output[i] = v > 0 ? Math.log1p(255 * v) / LN_256 : 0;
          }
          for (let i = start + colors; i < start + bands; i++) output[i] = input[i]!;
        }
      },
    };
  },
};
