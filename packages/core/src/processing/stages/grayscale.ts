import { isFloat } from '../../pixels/dtype.ts';
import { integerStage, type StageDefinition, whiteOf } from '../stage.ts';

// BT.601 luma weights in thousandths: whole numbers keep ties exact, and gray stays exactly itself.
const RED = 299;
const GREEN = 587;
const BLUE = 114;
const ONE = 1000;

/**
 * Y = 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601, clause 2.5.1) of the first three bands, rounded to nearest for
 * integers. Bands after them (alpha) follow the luma. Pictures of one or two bands are gray already.
 */
export const grayscale: StageDefinition<'grayscale'> = {
  outputShape(_step, input) {
    whiteOf('grayscale', input.dtype);
    const dtype = isFloat(input.dtype) ? 'float32' : input.dtype;
    return { ...input, dtype, bands: input.bands < 3 ? input.bands : input.bands - 2 };
  },

  create(_step, { bands, dtype }) {
    if (bands < 3 && !isFloat(dtype)) return { kind: 'buffer', apply: (pixels) => pixels };
    if (bands < 3) {
      return {
        kind: 'point',
        process: (input, output, pixelCount) => output.set(input.subarray(0, pixelCount * bands)),
      };
    }
    if (isFloat(dtype)) {
      return {
        kind: 'point',
        process(input, output, pixelCount) {
          for (let pixel = 0, i = 0, out = 0; pixel < pixelCount; pixel++, i += bands) {
            output[out++] = (RED * input[i]! + GREEN * input[i + 1]! + BLUE * input[i + 2]!) / ONE;
            for (let b = 3; b < bands; b++) output[out++] = input[i + b]!;
          }
        },
      };
    }
    return integerStage('grayscale', bands - 2, (input, output, pixelCount) => {
      for (let pixel = 0, i = 0, out = 0; pixel < pixelCount; pixel++, i += bands) {
        output[out++] = (RED * input[i]! + GREEN * input[i + 1]! + BLUE * input[i + 2]! + ONE / 2) / ONE;
        for (let b = 3; b < bands; b++) output[out++] = input[i + b]!;
      }
    });
  },
};
