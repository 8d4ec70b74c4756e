import { assertColormap, colormapNamed } from '../../color/colormaps.ts';
import { colorBandsOf, requireFloat, type StageDefinition } from '../stage.ts';

/**
 * Band 0, normalized and clamped to 0..1, to red, green and blue: linear between the equally spaced colors of the
 * named map (see `color/colormaps.ts`). Other color bands are dropped, bands after the color follow blue.
 */
export const colormap: StageDefinition<'colormap'> = {
  outputShape(step, input) {
    assertColormap(step.name);
    const extra = input.bands - colorBandsOf(step, input.bands);
    return { ...requireFloat('colormap', input), bands: 3 + extra };
  },

  sources(step, bands) {
    const colors = colorBandsOf(step, bands);
    return [0, 0, 0, ...Array.from({ length: bands - colors }, (_, i) => colors + i)];
  },

  create(step, { bands }) {
    const colors = colorBandsOf(step, bands);
    const map = colormapNamed(step.name);
    const points = Float64Array.from(map.colors);
    const last = points.length / 3 - 1;
    const below = Float64Array.from(map.below ?? map.colors.slice(0, 3));
    return {
      kind: 'point',
      process(input, output, pixelCount) {
        for (let pixel = 0, start = 0, out = 0; pixel < pixelCount; pixel++, start += bands) {
          const v = input[start]!;
          if (v >= 0) {
            const position = v < 1 ? v * last : last;
            const index = Math.min(last - 1, Math.floor(position));
            const weight = position - index;
            for (let k = index * 3; k < index * 3 + 3; k++) {
              output[out++] = points[k]! + (points[k + 3]! - points[k]!) * weight;
            }
          } else {
            for (let k = 0; k < 3; k++) output[out++] = below[k]!;
          }
          for (let i = start + colors; i < start + bands; i++) output[out++] = input[i]!;
        }
      },
    };
  },
};
