import { ImageError } from '../../errors.ts';
import { allocateSamples } from '../../pixels/dtype.ts';
import { isDirect, type Stage, type StageDefinition } from '../stage.ts';

/** Output band k is input band `bands[k]`. Bands may be dropped, swapped and repeated; samples keep their type. */
export const selectBands: StageDefinition<'select-bands'> = {
  outputShape(step, input) {
    if (step.bands.length === 0) throw new ImageError('request', 'select-bands keeps no band');
    for (const band of step.bands) {
      if (!Number.isInteger(band) || band < 0 || band >= input.bands) {
        throw new ImageError('request', `There is no band ${band}, only 0 to ${input.bands - 1}`);
      }
    }
    return { ...input, bands: step.bands.length };
  },

  sources: (step) => step.bands,

  create(step, { bands, dtype }): Stage {
    const kept = Int32Array.from(step.bands);
    // Types that a float32 cannot hold exactly are copied as they are.
    if (!isDirect(dtype) && dtype !== 'float32') {
      return {
        kind: 'buffer',
        apply(pixels) {
          const pixelCount = pixels.width * pixels.height;
          const data = allocateSamples(dtype, pixelCount * kept.length);
          for (let pixel = 0, out = 0; pixel < pixelCount; pixel++) {
            for (let k = 0; k < kept.length; k++) data[out++] = pixels.data[pixel * bands + kept[k]!]!;
          }
          return { ...pixels, bands: kept.length, data };
        },
      };
    }
    return {
      kind: 'point',
      process(input, output, pixelCount) {
        for (let pixel = 0, out = 0; pixel < pixelCount; pixel++) {
          for (let k = 0; k < kept.length; k++) output[out++] = input[pixel * bands + kept[k]!]!;
        }
      },
    };
  },
};
