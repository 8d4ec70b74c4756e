import { describe, expect, test } from 'vitest';
import type { PixelBuffer } from '../pixels/pixel-buffer.ts';
import { equalizeLut, histogramOf, occupiedBins, otsuThreshold, stretchRange } from './histogram.ts';

const BYTE = { minimum: 0, maximum: 255 };

function gray(values: readonly number[]): PixelBuffer {
  return { width: values.length, height: 1, bands: 1, dtype: 'uint8', data: Uint8Array.from(values) };
}

describe('histogramOf', () => {
  test('counts the rounded mean of the color bands and leaves alpha out', () => {
    const data = Uint8Array.of(10, 20, 31, 255, 0, 0, 1, 0);
    const bins = histogramOf({ width: 2, height: 1, bands: 4, dtype: 'uint8', data }, [BYTE, BYTE, BYTE, BYTE], {
      bands: 3,
    });
    expect(bins[20]).toBe(1);
    expect(bins[0]).toBe(1);
    expect(bins.reduce((sum, n) => sum + n)).toBe(2);
  });

  test('scales by the range, clamps, and skips what is not a number', () => {
    const data = Float32Array.of(-5, 1, 2, 3, 9, Number.NaN);
    const bins = histogramOf({ width: 6, height: 1, bands: 1, dtype: 'float32', data }, [{ minimum: 1, maximum: 3 }], {
      bands: 1,
    });
    expect([bins[0], bins[128], bins[255]]).toEqual([2, 1, 2]);
  });
});

describe('stretchRange', () => {
  test('maps the occupied bins to black and white, in data units', () => {
    const bins = histogramOf(gray([51, 80, 204]), [BYTE], { bands: 1 });
    expect(occupiedBins(bins)).toEqual({ first: 51, last: 204 });
    expect(stretchRange(bins, BYTE)).toEqual({ minimum: 51, maximum: 204 });
    const float = stretchRange(bins, { minimum: -1, maximum: 1 });
    expect(float.minimum).toBeCloseTo(-0.6, 12);
    expect(float.maximum).toBeCloseTo(0.6, 12);
  });

  test('leaves a picture of one value alone', () => {
    expect(stretchRange(histogramOf(gray([7, 7]), [BYTE], { bands: 1 }), BYTE)).toEqual(BYTE);
    expect(stretchRange(new Uint32Array(256), BYTE)).toEqual(BYTE);
  });
});

describe('otsuThreshold', () => {
  test('separates two groups just above the dark one', () => {
    expect(otsuThreshold(histogramOf(gray([10, 10, 11, 200, 201]), [BYTE], { bands: 1 }))).toBe(12);
  });

  test('maximizes the variance between the classes', () => {
    const values = Array.from({ length: 500 }, (_, i) => (((i * i * 7) % 256) ** 1.2 % 256) | 0);
    const variance = (t: number): number => {
      const dark = values.filter((v) => v < t);
      const light = values.filter((v) => v >= t);
      if (dark.length === 0 || light.length === 0) return 0;
      const mean = (group: readonly number[]): number => group.reduce((sum, v) => sum + v, 0) / group.length;
      return dark.length * light.length * (mean(dark) - mean(light)) ** 2;
    };
    const best = Math.max(...Array.from({ length: 256 }, (_, t) => variance(t)));
    expect(variance(otsuThreshold(histogramOf(gray(values), [BYTE], { bands: 1 })))).toBeCloseTo(best, 3);
  });

  test('is 0 for a picture of one value, which stays white', () => {
    expect(otsuThreshold(histogramOf(gray([9, 9, 9]), [BYTE], { bands: 1 }))).toBe(0);
  });
});

describe('equalizeLut', () => {
  test('spreads the textbook example', () => {
    // Counts 1, 2, 1 at 50, 100, 150: cdf 1, 3, 4 less the darkest 1, over 3.
    const lut = equalizeLut(histogramOf(gray([50, 100, 100, 150]), [BYTE], { bands: 1 }));
    expect([lut[0], lut[50], lut[99], lut[100], lut[150], lut[255]]).toEqual([0, 0, 0, 170, 255, 255]);
  });

  test('leaves a picture of one value and an empty histogram alone', () => {
    expect(equalizeLut(histogramOf(gray([5]), [BYTE], { bands: 1 }))[77]).toBe(77);
    expect(equalizeLut(new Uint32Array(256))[200]).toBe(200);
  });
});
