import { describe, expect, test } from 'vitest';
import { isImageError } from '../errors.ts';
import { typescriptKernels } from '../kernels/typescript-kernels.ts';
import { runStages } from '../processing/run.ts';
import { COLORMAP_NAMES, colormapNamed } from './colormaps.ts';

function colorsAt(name: string, values: readonly number[]): number[][] {
  const data = Float32Array.from(values);
  const pixels = { width: values.length, height: 1, bands: 1, dtype: 'float32', data } as const;
  const { data: rgb } = runStages(pixels, [{ kind: 'colormap', name }], typescriptKernels);
  return values.map((_, i) => Array.from(rgb.slice(i * 3, i * 3 + 3), (v) => v * 255));
}

// Entries 0, 64, 128, 192 and 255 of the published tables of 256 colors, times 255.
const PUBLISHED: Record<string, { tolerance: number; colors: number[][] }> = {
  viridis: {
    tolerance: 1,
    colors: [
      [68.1, 1.2, 84.0],
      [58.6, 82.2, 139.2],
      [32.5, 144.6, 140.4],
      [94.1, 201.2, 97.6],
      [253.3, 231.1, 36.7],
    ],
  },
  magma: {
    tolerance: 1,
    colors: [
      [0.4, 0.1, 3.5],
      [80.7, 18.3, 123.8],
      [182.7, 54.8, 121.2],
      [251.6, 136.6, 97.5],
      [251.7, 252.8, 191.1],
    ],
  },
  inferno: {
    tolerance: 1.1,
    colors: [
      [0.4, 0.1, 3.5],
      [87.1, 15.9, 109.5],
      [187.6, 55.1, 84.2],
      [249.5, 142.3, 8.9],
      [252.0, 254.6, 164.5],
    ],
  },
  plasma: {
    tolerance: 1.7,
    colors: [
      [12.8, 7.6, 134.6],
      [126.2, 3.1, 167.8],
      [203.5, 71.5, 119.7],
      [248.2, 149.4, 64.1],
      [239.7, 248.7, 33.5],
    ],
  },
  cividis: {
    tolerance: 3.3,
    colors: [
      [0.0, 34.5, 77.7],
      [67.3, 78.5, 107.8],
      [124.6, 123.8, 120.1],
      [187.8, 173.6, 108.1],
      [253.9, 231.9, 55.5],
    ],
  },
  turbo: {
    tolerance: 1,
    colors: [
      [48.4, 18.3, 59.2],
      [40.4, 187.6, 235.4],
      [164.1, 252.4, 59.6],
      [250.8, 125.7, 32.8],
      [122.3, 4.0, 2.7],
    ],
  },
};

describe('color maps', () => {
  test.each(Object.entries(PUBLISHED))('%s follows its published table', (name, { tolerance, colors }) => {
    colorsAt(name, [0, 64 / 255, 128 / 255, 192 / 255, 1]).forEach((color, i) => {
      color.forEach((v, band) => {
        expect(Math.abs(v - colors[i]![band]!)).toBeLessThanOrEqual(tolerance);
      });
    });
  });

  test('clamp, and jet shows what lies below black', () => {
    expect(colorsAt('hot', [-1, 2])).toEqual([
      [0, 0, 0],
      [255, 255, 255],
    ]);
    expect(colorsAt('jet', [-0.01, 0, 1, 7])).toEqual([
      [0, 0, 0],
      [0, 0, 127.5],
      [127.5, 0, 0],
      [127.5, 0, 0],
    ]);
  });

  test.each(COLORMAP_NAMES)('%s has whole colors within 0..1', (name) => {
    const { colors } = colormapNamed(name);
    expect(colors.length % 3).toBe(0);
    expect(colors.length).toBeGreaterThanOrEqual(6);
    expect(colors.every((v) => v >= 0 && v <= 1)).toBe(true);
  });

  test.each(['', 'HOT', 'constructor', 'rainbow'])('there is no map %j', (name) => {
    expect(() => colormapNamed(name)).toThrow(expect.toSatisfy((error: unknown) => isImageError(error, 'request')));
  });
});
