import { colorBandsOf, requireBands, requireFloat, type StageDefinition, type StepOf } from '../stage.ts';

/**
 * Light on a normal map: bands 0, 1, 2 hold the normal's x, y, z as 0..1 for -1..1 (IIP `SHD`).
 *
 * With azimuth A and altitude E the light is s = (sin A, cos A, -sin E), brought to unit length. Out = (s . o) / 2,
 * clipped to 0..1, where o = -2 (n - 0.5), so that half a normal's length of light is the most there is. A pixel whose
 * three samples are 0 has no surface and gets 0. A normal whose x is -1 (sample 0) faces a light at 90 degrees.
 */
export const hillshade: StageDefinition<'hillshade'> = {
  outputShape(step, input) {
    const colors = colorBandsOf(step, input.bands);
    requireBands('hillshade', { ...input, bands: colors }, 3);
    const extra = input.bands - colors;
    return { ...requireFloat('hillshade', input), bands: 1 + extra };
  },

  create(step, { bands }) {
    const colors = colorBandsOf(step, bands);
    const { weights, offset } = lightOnNormals(step);
    const [a, b, c] = weights;
    return {
      kind: 'point',
      process(input, output, pixelCount) {
        for (let pixel = 0, start = 0, out = 0; pixel < pixelCount; pixel++, start += bands) {
          const x = input[start]!;
          const y = input[start + 1]!;
          const z = input[start + 2]!;
          const shade = offset + a * x + b * y + c * z;
          output[out++] = (x === 0 && y === 0 && z === 0) || !(shade > 0) ? 0 : Math.min(shade, 1);
          for (let i = start + colors; i < start + bands; i++) output[out++] = input[i]!;
        }
      },
    };
  },
};

/** (s . o) / 2 with o = -2 (n - 0.5), as one sum: offset + weights . n. */
export function lightOnNormals(step: StepOf<'hillshade'>): {
  readonly weights: readonly [number, number, number];
  readonly offset: number;
} {
  const azimuth = (step.azimuthDegrees * Math.PI) / 180;
  const altitude = (step.altitudeDegrees * Math.PI) / 180;
  const [x, y, z] = [Math.sin(azimuth), Math.cos(azimuth), -Math.sin(altitude)] as const;
  const length = Math.hypot(x, y, z);
  return { weights: [-x / length, -y / length, -z / length], offset: (x + y + z) / length / 2 };
}
