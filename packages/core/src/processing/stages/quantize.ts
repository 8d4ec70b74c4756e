import { type PointStage, requireFloat, type StageDefinition } from '../stage.ts';

/**
 * out = floor(clamp(v, 0, 1) * (2^bits - 1) + 0.5); with `truncate` without the half, as iipsrv does. NaN becomes 0.
 * 16-bit integers become 8 bits by v / 257, rounded; truncated they keep their upper byte.
 */
export const quantize: StageDefinition<'quantize'> = {
  outputShape(step, input) {
    const shape = input.dtype === 'uint16' && step.bits === 8 ? input : requireFloat('quantize', input);
    return { ...shape, dtype: step.bits === 8 ? 'uint8' : 'uint16' };
  },

  sources: (_step, bands) => Array.from({ length: bands }, (_, band) => band),

  create(step, { bands, dtype }) {
    const white = step.bits === 8 ? 255 : 65535;
    const truncate = step.truncate === true;
    if (dtype === 'uint16') return upperByte(bands, truncate);
    return {
      kind: 'point',
      process(input, output, pixelCount) {
        const sampleCount = pixelCount * bands;
        for (let i = 0; i < sampleCount; i++) {
          // iipsrv works in single precision: without rounding to it, 85 / 255 * 255 would truncate to 84.
          const v = truncate ? Math.fround(input[i]! * white) : input[i]! * white + 0.5;
          output[i] = v >= white ? white : v > 0 ? Math.floor(v) : 0;
        }
      },
    };
  },
};

function upperByte(bands: number, truncate: boolean): PointStage {
  return {
    kind: 'point',
    process(input, output, pixelCount) {
      for (let i = 0; i < pixelCount * bands; i++) {
        output[i] = Math.floor(truncate ? input[i]! / 256 : input[i]! / 257 + 0.5);
      }
    },
  };
}
