import { ImageError } from '../../errors.ts';
import type { ElevationLight } from '../../kernels/kernels.ts';
import { type PaddedRows, shadeElevationRow } from '../../kernels/shade-elevations.ts';
import type { PixelShape, StageDefinition, StepOf } from '../stage.ts';

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
    const light = lightOnElevations(step);
    return {
      kind: 'neighborhood',
      border: 1,
      processRow: (rows, output) => shadeElevationRow(rows as unknown as PaddedRows, light, output, bands),
    };
  },
};

/** The light of a step, in numbers. */
export function lightOnElevations(step: StepOf<'elevation-hillshade'>): ElevationLight {
  const azimuth = (step.azimuthDegrees * Math.PI) / 180;
  const altitude = (step.altitudeDegrees * Math.PI) / 180;
  return {
    x: Math.sin(azimuth) * Math.cos(altitude),
    y: -Math.cos(azimuth) * Math.cos(altitude),
    z: Math.sin(altitude),
    scale: step.verticalExaggeration / (8 * step.cellSize),
    noData: step.noData,
  };
}
