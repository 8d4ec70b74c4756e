import { ImageError } from '../../errors.ts';
import type { PixelShape, StageDefinition } from '../stage.ts';

/**
 * Light on an elevation raster (band 0; other bands are dropped), 0..1.
 *
 * Slopes by Horn's weights (Proc. IEEE 69, 1981) on the 3x3 neighborhood a b c / d e f / g h i:
 * p = ((c + 2 f + i) - (a + 2 d + g)) / (8 cell), q = ((g + 2 h + i) - (a + 2 b + c)) / (8 cell), both times the
 * vertical exaggeration. The normal (-p, -q, 1), x to the right and y down, meets the light
 * (sin A cos E, -cos A cos E, sin E); out = max(0, cosine of the angle between them). Level ground is sin E.
 *
 * Neighbors without a finite elevation, or with that of `noData`, count as level with the center; without one in the
 * center the output is 0.
 */
export const elevationHillshade: StageDefinition<'elevation-hillshade'> = {
  outputShape(step, input): PixelShape {
    if (!(step.cellSize > 0)) throw new ImageError('request', `Cell size is ${step.cellSize}, but must be above 0`);
    return { ...input, bands: 1, dtype: 'float32' };
  },

  border: () => 1,

  create(step, { bands }) {
    const azimuth = (step.azimuthDegrees * Math.PI) / 180;
    const altitude = (step.altitudeDegrees * Math.PI) / 180;
    const lightX = Math.sin(azimuth) * Math.cos(altitude);
    const lightY = -Math.cos(azimuth) * Math.cos(altitude);
    const lightZ = Math.sin(altitude);
    const scale = step.verticalExaggeration / (8 * step.cellSize);
    const { noData } = step;
    return {
      kind: 'neighborhood',
      border: 1,
      processRow(rows, output, width) {
        const [above, middle, below] = noData === undefined ? rows : rows.map((row) => withoutData(row, noData));
        if (!(above && middle && below)) return;
        for (let x = 0, left = 0; x < width; x++, left += bands) {
          const center = left + bands;
          const right = center + bands;
          const e = middle[center]!;
          let a = above[left]!;
          let b = above[center]!;
          let c = above[right]!;
          let d = middle[left]!;
          let f = middle[right]!;
          let g = below[left]!;
          let h = below[center]!;
          let i = below[right]!;
          const sum = a + b + c + d + e + f + g + h + i;
          // One that is not finite makes the sum so.
          if (sum - sum !== 0) {
            a = finiteOr(a, e);
            b = finiteOr(b, e);
            c = finiteOr(c, e);
            d = finiteOr(d, e);
            f = finiteOr(f, e);
            g = finiteOr(g, e);
            h = finiteOr(h, e);
            i = finiteOr(i, e);
          }
          const p = (c + 2 * f + i - (a + 2 * d + g)) * scale;
          const q = (g + 2 * h + i - (a + 2 * b + c)) * scale;
          const shade = (lightZ - p * lightX - q * lightY) / Math.sqrt(1 + p * p + q * q);
          output[x] = shade > 0 && e - e === 0 ? Math.min(shade, 1) : 0;
        }
      },
    };
  },
};

function withoutData(row: Float32Array, noData: number): Float32Array {
  const missing = Math.fround(noData);
  return row.map((value) => (value === missing ? Number.NaN : value));
}

function finiteOr(value: number, otherwise: number): number {
  return value - value === 0 ? value : otherwise;
}
