import { isFloat } from '../../pixels/dtype.ts';
import { integerStage, requireBands, type StageDefinition, whiteOf } from '../stage.ts';

/**
 * Associated to unassociated alpha, the last band: out = c white / alpha, at most white; integers round to nearest.
 * Fully transparent pixels become black.
 */
export const unpremultiply: StageDefinition<'unpremultiply'> = {
  outputShape(_step, input) {
    requireBands('unpremultiply', input, 2);
    whiteOf('unpremultiply', input.dtype);
    return isFloat(input.dtype) ? { ...input, dtype: 'float32' } : input;
  },

  create(_step, { bands, dtype }) {
    const colors = bands - 1;
    const white = whiteOf('unpremultiply', dtype);
    if (isFloat(dtype)) {
      return {
        kind: 'point',
        process(input, output, pixelCount) {
          for (let pixel = 0, i = 0; pixel < pixelCount; pixel++, i += bands) {
            const alpha = input[i + colors]!;
            for (let b = 0; b < colors; b++) output[i + b] = alpha > 0 ? Math.min(1, input[i + b]! / alpha) : 0;
            output[i + colors] = alpha;
          }
        },
      };
    }
    return integerStage('unpremultiply', bands, (input, output, pixelCount) => {
      for (let pixel = 0, i = 0; pixel < pixelCount; pixel++, i += bands) {
        const alpha = input[i + colors]!;
        output[i + colors] = alpha;
        if (alpha === 0) continue;
        for (let b = 0; b < colors; b++) {
          const v = Math.floor((input[i + b]! * white) / alpha + 0.5);
          output[i + b] = Math.min(v, white);
        }
      }
    });
  },
};
