import { describe, expect, test } from 'vitest';
import { ascii, fixed, gamma, iccProfile, parametric, u16, u32 } from '../../../../test/fixtures/icc-profile.ts';
import { isImageError } from '../errors.ts';
import { typescriptKernels } from '../kernels/typescript-kernels.ts';
import { runStages } from '../processing/run.ts';
import { conversionBands, iccConversion } from './icc-conversion.ts';
import { parseIccProfile } from './icc-profile.ts';

/** Ink or light 0..1 to a color of the connection space, 0..1 each. Any smooth formula will do. */
type Formula = (...samples: number[]) => readonly [number, number, number];

const press: Formula = (c = 0, m = 0, y = 0, k = 0) => {
  const lightness = (1 - 0.35 * c - 0.5 * m - 0.1 * y) * (1 - 0.85 * k);
  return [Math.max(0.05, lightness), 0.5 + (0.25 * m - 0.15 * c) * (1 - k), 0.5 + (0.3 * y - 0.18 * c) * (1 - k)];
};
const scanner: Formula = (r = 0, g = 0, b = 0) => [
  0.25 * r + 0.6 * g + 0.1 * b,
  0.5 + 0.25 * (r - g),
  0.5 + 0.2 * (g - b),
];

/** The points of a grid, the last sample running fastest. */
function grid(inputs: number, side: number, formula: Formula): readonly number[] {
  return Array.from({ length: side ** inputs }, (_, point) =>
    formula(
      ...Array.from({ length: inputs }, (_, i) => (Math.floor(point / side ** (inputs - 1 - i)) % side) / (side - 1)),
    ),
  ).flat();
}

const IDENTITY = [1, 0, 0, 0, 1, 0, 0, 0, 1].flatMap(fixed);

function lut16(inputs: number, side: number, formula: Formula): number[] {
  const ramp = [0, 0.4, 1].flatMap((v) => u16(Math.round(v * 65535)));
  return [
    ...[...ascii('mft2'), ...u32(0), inputs, 3, side, 0, ...IDENTITY, ...u16(3), ...u16(2)],
    ...Array.from({ length: inputs }, () => ramp).flat(),
    // The older encoding has L* 100 at 0xFF00.
    ...grid(inputs, side, formula).flatMap((v) => u16(Math.round(v * 0xff00))),
    ...[0, 1, 2].flatMap(() => [...u16(0), ...u16(65535)]),
  ];
}

function lut8(inputs: number, side: number, formula: Formula): number[] {
  const ramp = Array.from({ length: 256 }, (_, i) => i);
  return [
    ...[...ascii('mft1'), ...u32(0), inputs, 3, side, 0, ...IDENTITY],
    ...Array.from({ length: inputs }, () => ramp).flat(),
    ...grid(inputs, side, formula).map((v) => Math.round(v * 255)),
    ...[0, 1, 2].flatMap(() => ramp),
  ];
}

/** All five parts: A curves, grid of 2, 3 and 4 points, M curves, matrix, B curves. */
function lutAToB(formula: Formula): number[] {
  const sides = [2, 3, 4];
  const points = Array.from({ length: 24 }, (_, i) =>
    formula(Math.floor(i / 12), (Math.floor(i / 4) % 3) / 2, (i % 4) / 3),
  ).flat();
  const three = (bytes: readonly number[]): number[] =>
    [0, 1, 2].flatMap(() => [...bytes, ...new Array<number>(-bytes.length & 3).fill(0)]);
  const b = three(gamma(1));
  const matrix = [0.98, 0.01, 0, 0, 0.97, 0.02, 0.01, 0, 0.96, 0.004, 0.01, -0.005].flatMap(fixed);
  const m = three(parametric(0, [1.1]));
  const clut = [...sides, ...new Array<number>(13).fill(0), 2, 0, 0, 0];
  clut.push(...points.flatMap((v) => u16(Math.round(v * 65535))));
  const a = three(gamma(1.5));
  const parts = [b, matrix, m, clut, a];
  const startOf = (index: number): number => 32 + parts.slice(0, index).flat().length;
  return [
    ...[...ascii('mAB '), ...u32(0), 3, 3, 0, 0],
    ...parts.flatMap((_, index) => u32(startOf(index))),
    ...parts.flat(),
  ];
}

const PROFILES = {
  'lut16 of CMYK': iccProfile('CMYK', 2, { A2B0: lut16(4, 3, press) }, 'Lab '),
  'lut8 of CMYK': iccProfile('CMYK', 2, { A2B0: lut8(4, 2, () => [0, 0, 0]), A2B1: lut8(4, 4, press) }, 'Lab '),
  'lut16 of RGB': iccProfile('RGB ', 2, { A2B0: lut16(3, 5, scanner) }, 'Lab '),
  'lutAToB of RGB': iccProfile('RGB ', 4, { A2B0: lutAToB(scanner) }, 'Lab '),
};
type Name = keyof typeof PROFILES;

function toSrgb(name: Name, samples: readonly number[]): number[] {
  const conversion = iccConversion(parseIccProfile(PROFILES[name]));
  if (conversion === undefined) throw new Error('The profile has no conversion');
  expect(conversionBands(conversion)).toBe(samples.length);
  const data = Float32Array.from(samples, (v) => v / 100);
  const pixels = { width: 1, height: 1, bands: samples.length, dtype: 'float32', data } as const;
  return Array.from(runStages(pixels, [{ kind: 'icc-to-rgb', conversion }], typescriptKernels).data, (v) => v * 255);
}

describe('tables', () => {
  // Little CMS 2.14: transicc -i<profile> -o*sRGB -t1 -n -c0, clipped to 0..255. Samples are percentages.
  test.each<[Name, number[], number[]]>([
    ['lut16 of CMYK', [0, 0, 0, 0], [253.64, 255.0, 255.0]],
    ['lut16 of CMYK', [100, 100, 100, 100], [15.6, 17.14, 17.67]],
    ['lut16 of CMYK', [20, 70, 40, 10], [188.24, 114.7, 112.58]],
    ['lut16 of CMYK', [80, 10, 5, 0], [56.67, 182.71, 226.15]],
    ['lut16 of CMYK', [33, 33, 33, 33], [149.2, 147.6, 146.73]],
    ['lut16 of CMYK', [0, 50, 90, 60], [121.87, 86.15, 41.36]],
    ['lut16 of CMYK', [64, 12, 88, 25], [123.93, 143.29, 84.47]],
    ['lut8 of CMYK', [0, 0, 0, 0], [255.0, 255.0, 255.0]],
    ['lut8 of CMYK', [100, 100, 100, 100], [17.09, 17.09, 17.09]],
    ['lut8 of CMYK', [20, 70, 40, 10], [174.2, 95.62, 90.64]],
    ['lut8 of CMYK', [80, 10, 5, 0], [39.47, 176.43, 221.1]],
    ['lut8 of CMYK', [33, 33, 33, 33], [129.04, 114.62, 107.89]],
    ['lut8 of CMYK', [0, 50, 90, 60], [103.35, 70.06, 36.34]],
    ['lut8 of CMYK', [64, 12, 88, 25], [108.04, 125.08, 72.32]],
    ['lut16 of RGB', [0, 0, 0], [0.0, 0.43, 1.2]],
    ['lut16 of RGB', [100, 100, 100], [239.24, 240.92, 241.53]],
    ['lut16 of RGB', [20, 70, 40], [49.98, 121.3, 79.84]],
    ['lut16 of RGB', [80, 10, 5], [111.67, 14.56, 57.2]],
    ['lut16 of RGB', [33, 33, 33], [58.42, 59.73, 60.21]],
    ['lut16 of RGB', [0, 50, 90], [0.0, 88.98, 116.04]],
    ['lut16 of RGB', [64, 12, 88], [85.63, 49.81, 128.98]],
    ['lutAToB of RGB', [0, 0, 0], [0.0, 10.18, 28.85]],
    ['lutAToB of RGB', [100, 100, 100], [210.18, 241.52, 255.0]],
    ['lutAToB of RGB', [20, 70, 40], [0.0, 100.69, 80.03]],
    ['lutAToB of RGB', [80, 10, 5], [82.92, 9.59, 63.8]],
    ['lutAToB of RGB', [33, 33, 33], [6.61, 42.98, 59.84]],
    ['lutAToB of RGB', [0, 50, 90], [0.0, 76.23, 123.06]],
    ['lutAToB of RGB', [64, 12, 88], [25.58, 41.56, 131.25]],
  ])('%s convert %j as Little CMS does', (name, samples, expected) => {
    toSrgb(name, samples).forEach((v, band) => {
      expect(Math.abs(v - expected[band]!)).toBeLessThan(0.5);
    });
  });
});

test('extra bands follow the color', () => {
  const conversion = iccConversion(parseIccProfile(PROFILES['lut16 of CMYK']));
  if (conversion === undefined) throw new Error('The profile has no conversion');
  const pixels = { width: 2, height: 1, bands: 5, dtype: 'float32' } as const;
  const data = Float32Array.of(0, 0, 0, 0, 0.25, 0, 0, 0, 1, 0.75);
  const result = runStages({ ...pixels, data }, [{ kind: 'icc-to-rgb', conversion }], typescriptKernels);
  expect(result.bands).toBe(4);
  expect([result.data[3], result.data[7]]).toEqual([0.25, 0.75]);
});

test('hostile bytes end in an error of kind malformed, wherever they are cut', () => {
  for (const bytes of Object.values(PROFILES)) {
    for (let length = 140; length < bytes.length - 3; length += 31) {
      try {
        parseIccProfile(bytes.subarray(0, length));
        expect.unreachable();
      } catch (error) {
        expect(isImageError(error, 'malformed')).toBe(true);
      }
    }
  }
});
