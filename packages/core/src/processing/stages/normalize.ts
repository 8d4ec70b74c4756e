import { ImageError } from '../../errors.ts';
import type { BandRange } from '../../metadata/image-info.ts';
import type { PointStage, StageDefinition } from '../stage.ts';

// Ranges narrower than this have no slope: they act as a step.
const NARROWEST = 1e-30;

/**
 * v' = (v - minimum) / (maximum - minimum), one range a band, in double precision. Not clipped: values outside the
 * range leave 0..1. NaN and infinities become 0. A range without width is a step: 0 up to it, 1 above. A minimum
 * above the maximum turns the band around. With `single` every operation rounds to single precision, as in iipsrv.
 */
export const normalize: StageDefinition<'normalize'> = {
  outputShape(step, input) {
    if (step.ranges.length !== input.bands) {
      throw new ImageError('request', `normalize has ${step.ranges.length} ranges for ${input.bands} bands`);
    }
    return { ...input, dtype: 'float32' };
  },

  sources: (_step, bands) => Array.from({ length: bands }, (_, band) => band),

  create(step, { bands }) {
    const minimum = Float64Array.from(step.ranges, (range) => range.minimum);
    const factor = Float64Array.from(step.ranges, (range) => {
      const width = range.maximum - range.minimum;
      return Math.abs(width) > NARROWEST ? 1 / width : Number.POSITIVE_INFINITY;
    });
    if (step.single) return singlePrecision(step.ranges, bands);
    return {
      kind: 'point',
      process(input, output, pixelCount) {
        for (let band = 0; band < bands; band++) {
          const low = minimum[band]!;
          const scale = factor[band]!;
          const sampleCount = pixelCount * bands;
          if (scale === Number.POSITIVE_INFINITY) {
            for (let i = band; i < sampleCount; i += bands) {
              const v = input[i]!;
              output[i] = v > low && v < Number.POSITIVE_INFINITY ? 1 : 0;
            }
            continue;
          }
          for (let i = band; i < sampleCount; i += bands) {
            const v = (input[i]! - low) * scale;
            // v - v is 0 for every finite v, and NaN otherwise.
            output[i] = v - v === 0 ? v : 0;
          }
        }
      },
    };
  },
};

function singlePrecision(ranges: readonly BandRange[], bands: number): PointStage {
  const minimum = Float32Array.from(ranges, (range) => range.minimum);
  const factor = Float32Array.from(ranges, (range) => {
    const width = range.maximum - range.minimum;
    return Math.abs(width) > NARROWEST ? 1 / width : 1 / NARROWEST;
  });
  return {
    kind: 'point',
    process(input, output, pixelCount) {
      for (let i = 0; i < pixelCount * bands; i++) {
        const v = Math.fround(input[i]! - minimum[i % bands]!) * factor[i % bands]!;
        output[i] = v - v === 0 ? v : 0;
      }
    },
  };
}
