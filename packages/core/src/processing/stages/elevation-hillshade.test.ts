import { describe, expect, test } from 'vitest';
import { typescriptKernels } from '../../kernels/typescript-kernels.ts';
import type { PixelBuffer } from '../../pixels/pixel-buffer.ts';
import { runStages } from '../run.ts';
import type { ElevationHillshadeStep } from '../stage-step.ts';

const SUN: ElevationHillshadeStep = {
  kind: 'elevation-hillshade',
  azimuthDegrees: 315,
  altitudeDegrees: 45,
  cellSize: 1,
  verticalExaggeration: 1,
};

function terrain(size: number, height: (x: number, y: number) => number): PixelBuffer {
  const data = Float32Array.from({ length: size * size }, (_, i) => height(i % size, Math.floor(i / size)));
  return { width: size, height: size, bands: 1, dtype: 'float32', data };
}

function shade(pixels: PixelBuffer, step: Partial<ElevationHillshadeStep> = {}): PixelBuffer {
  return runStages(pixels, [{ ...SUN, ...step }], typescriptKernels);
}

describe('elevation-hillshade', () => {
  test('level ground is the sine of the altitude', () => {
    const { data } = shade(
      terrain(3, () => 812),
      { altitudeDegrees: 30 },
    );
    for (const v of data) expect(v).toBeCloseTo(0.5, 6);
  });

  // Rising by 1 to the east: the normal is (-1, 0, 1) / sqrt 2, x east, y south.
  test.each([
    [270, 45, 1],
    [90, 45, 0],
    [0, 45, 0.5],
    [180, 30, Math.SQRT1_2 / 2],
    [270, 0, Math.SQRT1_2],
  ])('a slope facing west under a sun at %i, %i degrees', (azimuthDegrees, altitudeDegrees, expected) => {
    const { data } = shade(
      terrain(5, (x) => x),
      { azimuthDegrees, altitudeDegrees },
    );
    expect(data[12]).toBeCloseTo(expected, 6);
  });

  test('a slope facing north is bright under a sun in the north', () => {
    const south = terrain(5, (_x, y) => y);
    expect(shade(south, { azimuthDegrees: 0 }).data[12]).toBeCloseTo(1, 6);
    expect(shade(south, { azimuthDegrees: 180 }).data[12]).toBeCloseTo(0, 6);
  });

  test('cell size and exaggeration scale the slope', () => {
    const slope = terrain(5, (x) => 20 * x);
    const gentle = terrain(5, (x) => x);
    expect(shade(slope, { cellSize: 20 })).toEqual(shade(gentle));
    expect(shade(gentle, { verticalExaggeration: 20 })).toEqual(shade(slope));
  });

  test('weighs the neighbors as Horn does', () => {
    // Only the corner above right is high: p = 8 / 8, q = -8 / 8.
    const { data } = shade(
      terrain(3, (x, y) => (x === 2 && y === 0 ? 8 : 0)),
      { azimuthDegrees: 90, altitudeDegrees: 30 },
    );
    const cosine = (0.5 - Math.cos(Math.PI / 6)) / Math.sqrt(3);
    expect(data[4]).toBeCloseTo(Math.max(0, cosine), 6);
    const lit = shade(
      terrain(3, (x, y) => (x === 2 && y === 0 ? 8 : 0)),
      { azimuthDegrees: 270, altitudeDegrees: 30 },
    );
    expect(lit.data[4]).toBeCloseTo((0.5 + Math.cos(Math.PI / 6)) / Math.sqrt(3), 6);
  });

  test('holes in the data are dark and do not spread', () => {
    const { data } = shade(
      terrain(5, (x, y) => (x === 2 && y === 2 ? Number.NaN : 7)),
      { altitudeDegrees: 30 },
    );
    expect(data[12]).toBe(0);
    for (const i of [6, 7, 8, 11, 13, 16, 17, 18]) expect(data[i]).toBeCloseTo(0.5, 6);
  });
});
