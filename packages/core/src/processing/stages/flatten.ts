import { ImageError } from '../../errors.ts';
import { isFloat } from '../../pixels/dtype.ts';
import { integerStage, requireBands, type StageDefinition, whiteOf } from '../stage.ts';

/**
 * Composes over an opaque background and drops alpha, the last band:
 * unassociated out = c a + background (1 - a), associated out = c + background (1 - a), with a = alpha / white.
 * Integers round to nearest. `background` is in sample units, one value for each color band.
 */
export const flatten: StageDefinition<'flatten'> = {
  outputShape(step, input) {
    requireBands('flatten', input, 2);
    whiteOf('flatten', input.dtype);
    if (step.background.length !== input.bands - 1) {
      throw new ImageError('request', `flatten has ${step.background.length} colors for ${input.bands - 1} bands`);
    }
    return { ...input, bands: input.bands - 1, dtype: isFloat(input.dtype) ? 'float32' : input.dtype };
  },

  create(step, { bands, dtype }) {
    const colors = bands - 1;
    const background = Float64Array.from(step.background);
    const white = whiteOf('flatten', dtype);
    if (isFloat(dtype)) {
      return {
        kind: 'point',
        process(input, output, pixelCount) {
          for (let pixel = 0, i = 0, out = 0; pixel < pixelCount; pixel++, i += bands) {
            const alpha = input[i + colors]!;
            const weight = step.associated ? 1 : alpha;
            for (let b = 0; b < colors; b++) output[out++] = input[i + b]! * weight + background[b]! * (1 - alpha);
          }
        },
      };
    }
    return integerStage('flatten', colors, (input, output, pixelCount) => {
      for (let pixel = 0, i = 0, out = 0; pixel < pixelCount; pixel++, i += bands) {
        const alpha = input[i + colors]!;
        const weight = step.associated ? white : alpha;
        for (let b = 0; b < colors; b++) {
          const v = Math.floor((input[i + b]! * weight + background[b]! * (white - alpha)) / white + 0.5);
          output[out++] = Math.min(v, white);
        }
      }
    });
  },
};
