import { describe, expect, test } from 'vitest';
import { isImageError } from '../errors.ts';
import { typescriptKernels } from '../kernels/typescript-kernels.ts';
import type { PixelBuffer } from '../pixels/pixel-buffer.ts';
import { CONVOLUTION_KERNEL_NAMES, convolutionStep } from './convolution-kernels.ts';
import { runStages } from './run.ts';

function convolved(kernel: string | number[], data: readonly number[], width: number): number[] {
  const pixels: PixelBuffer = {
    width,
    height: data.length / width,
    bands: 1,
    dtype: 'float32',
    data: Float32Array.from(data),
  };
  return [...runStages(pixels, [convolutionStep(kernel)], typescriptKernels).data];
}

describe('convolutionStep', () => {
  test('names divide by the sum of their weights where that is above 0', () => {
    const divisors = CONVOLUTION_KERNEL_NAMES.map((name) => [name, convolutionStep(name).divisor]);
    expect(Object.fromEntries(divisors)).toEqual({
      sobel: 1,
      prewitt: 1,
      scharr: 1,
      laplace: 1,
      gaussian: 16,
      sharpen: 1,
      emboss: 1,
    });
  });

  test('is a correlation: weights are not turned around', () => {
    const dot = [0, 0, 0, 0, 1, 0, 0, 0, 0];
    expect(convolved([1, 2, 3, 4, 5, 6, 7, 8, 9], dot, 3).map((v) => Math.round(v * 45))).toEqual([
      9, 8, 7, 6, 5, 4, 3, 2, 1,
    ]);
  });

  test('repeats the edge pixel beyond the picture', () => {
    expect(convolved('sobel', [0, 1, 3], 3)).toEqual([4, 12, 8]);
    expect(convolved('gaussian', [5, 5, 5, 5], 2)).toEqual([5, 5, 5, 5]);
    expect(convolved('gaussian', [7], 1)).toEqual([7]);
  });

  test('a single weight is divided by itself', () => {
    expect(convolved([3], [1, 2], 2)).toEqual([1, 2]);
    expect(convolved([-2], [1, 2], 2)).toEqual([-2, -4]);
  });

  test.each([['blur'], ['constructor'], [[1, 2, 3, 4]], [[]], [[Number.NaN]], [new Array<number>(49).fill(1)]])(
    'refuses %j',
    (kernel) => {
      expect(() => convolutionStep(kernel)).toThrow(
        expect.toSatisfy((error: unknown) => isImageError(error, 'request')),
      );
    },
  );
});
