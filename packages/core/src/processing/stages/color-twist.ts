import { ImageError } from '../../errors.ts';
import { colorBandsOf, requireFloat, type StageDefinition } from '../stage.ts';

/**
 * out_k = sum over j of matrix[k][j] in_j, on normalized samples: rows are output bands, columns are color bands.
 * Short rows count as filled with 0, weights beyond the color bands are ignored. Bands after the color follow.
 */
export const colorTwist: StageDefinition<'color-twist'> = {
  outputShape(step, input) {
    if (step.matrix.length === 0) throw new ImageError('request', 'color-twist needs at least one row');
    const extra = input.bands - colorBandsOf(step, input.bands);
    return { ...requireFloat('color-twist', input), bands: step.matrix.length + extra };
  },

  create(step, { bands }) {
    const colors = colorBandsOf(step, bands);
    const rows = step.matrix.length;
    const weights = new Float64Array(rows * colors);
    step.matrix.forEach((row, k) => {
      row.slice(0, colors).forEach((weight, j) => {
        weights[k * colors + j] = weight;
      });
    });
    return {
      kind: 'point',
      process(input, output, pixelCount) {
        for (let pixel = 0, start = 0, out = 0; pixel < pixelCount; pixel++, start += bands) {
          for (let k = 0; k < weights.length; k += colors) {
            let sum = 0;
            for (let j = 0; j < colors; j++) sum += weights[k + j]! * input[start + j]!;
            output[out++] = sum;
          }
          for (let i = start + colors; i < start + bands; i++) output[out++] = input[i]!;
        }
      },
    };
  },
};
