import { isFloat } from '../../pixels/dtype.ts';
import { integerStage, requireBands, type StageDefinition, whiteOf } from '../stage.ts';

/**
 * Without a profile: R = (1 - C) (1 - K), G = (1 - M) (1 - K), B = (1 - Y) (1 - K), where 1 is full ink. Integers
 * round to nearest. Bands after K (alpha) follow blue.
 */
export const cmykToRgb: StageDefinition<'cmyk-to-rgb'> = {
  outputShape(_step, input) {
    requireBands('cmyk-to-rgb', input, 4);
    whiteOf('cmyk-to-rgb', input.dtype);
    return { ...input, bands: input.bands - 1, dtype: isFloat(input.dtype) ? 'float32' : input.dtype };
  },

  create(_step, { bands, dtype }) {
    const white = whiteOf('cmyk-to-rgb', dtype);
    if (isFloat(dtype)) {
      return {
        kind: 'point',
        process(input, output, pixelCount) {
          for (let pixel = 0, i = 0, out = 0; pixel < pixelCount; pixel++, i += bands) {
            const light = 1 - input[i + 3]!;
            for (let b = 0; b < 3; b++) output[out++] = (1 - input[i + b]!) * light;
            for (let b = 4; b < bands; b++) output[out++] = input[i + b]!;
          }
        },
      };
    }
    return integerStage('cmyk-to-rgb', bands - 1, (input, output, pixelCount) => {
      for (let pixel = 0, i = 0, out = 0; pixel < pixelCount; pixel++, i += bands) {
        const light = white - input[i + 3]!;
        for (let b = 0; b < 3; b++) output[out++] = ((white - input[i + b]!) * light) / white + 0.5;
        for (let b = 4; b < bands; b++) output[out++] = input[i + b]!;
      }
    });
  },
};
