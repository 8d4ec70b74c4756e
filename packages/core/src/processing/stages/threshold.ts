import { histogramOf, otsuThreshold } from '../../color/histogram.ts';
import { allocateSamples } from '../../pixels/dtype.ts';
import type { PixelBuffer } from '../../pixels/pixel-buffer.ts';
import { colorBandsOf, type StageDefinition, whiteOf } from '../stage.ts';

/**
 * v < threshold becomes 0, everything else white (255, 65535, or 1 for float). `otsu` takes the threshold from the
 * histogram of the pixels at hand, so tiles of one picture may differ: planners that can, pass a number.
 */
export const threshold: StageDefinition<'threshold'> = {
  outputShape(_step, input) {
    whiteOf('threshold', input.dtype);
    return input;
  },

  create(step, { bands, dtype }) {
    const colors = colorBandsOf(step, bands);
    const white = whiteOf('threshold', dtype);
    const limitOf = (pixels: PixelBuffer): number => {
      if (step.value !== 'otsu') return step.value;
      const ranges = Array.from({ length: bands }, () => ({ minimum: 0, maximum: white }));
      // Bins are rounded: the samples of bin t begin half a bin below t.
      const bin = otsuThreshold(histogramOf(pixels, ranges, { bands: colors }));
      return white === 255 ? bin : ((bin - 0.5) / 255) * white;
    };
    return {
      kind: 'buffer',
      apply(pixels) {
        const limit = limitOf(pixels);
        const data = allocateSamples(pixels.dtype, pixels.data.length);
        for (let start = 0; start < data.length; start += bands) {
          for (let i = start; i < start + colors; i++) data[i] = pixels.data[i]! < limit ? 0 : white;
          for (let i = start + colors; i < start + bands; i++) data[i] = pixels.data[i]!;
        }
        return { ...pixels, data };
      },
    };
  },
};
