import { describe, expect, test } from 'vitest';
import { typescriptKernels } from '../../kernels/typescript-kernels.ts';
import type { PixelBuffer } from '../../pixels/pixel-buffer.ts';
import { runStages } from '../run.ts';
import type { StageStep } from '../stage-step.ts';
import { rotatedSize } from './rotate.ts';

function rotated(pixels: PixelBuffer, degrees: number, background: number[] = []): PixelBuffer {
  return runStages(pixels, [{ kind: 'rotate', degrees, background }], typescriptKernels);
}

function filled(width: number, height: number, pixel: (x: number, y: number) => number[]): PixelBuffer {
  const samples = Array.from({ length: width * height }, (_, i) => pixel(i % width, Math.floor(i / width)));
  const bands = samples[0]!.length;
  return { width, height, bands, dtype: 'uint8', data: Uint8Array.from(samples.flat()) };
}

describe('rotatedSize', () => {
  test.each([
    [0, 300, 200],
    [45, 354, 354],
    [90, 200, 300],
    [180, 300, 200],
    [270, 200, 300],
    [22.5, 354, 300],
    [359.9, 301, 201],
    [-90, 200, 300],
    [450, 200, 300],
  ])('300x200 by %d degrees', (degrees, width, height) => {
    expect(rotatedSize({ width: 300, height: 200 }, degrees)).toEqual({ width, height });
  });
});

describe('rotate', () => {
  test.each([90, 180, 270] as const)('by %i degrees is the turn', (degrees) => {
    const pixels = filled(7, 4, (x, y) => [x * 30, y * 60, x + y]);
    const turn: StageStep = { kind: 'turn', degrees };
    expect(rotated(pixels, degrees)).toEqual(runStages(pixels, [turn], typescriptKernels));
  });

  test('by 0 and 360 degrees changes nothing', () => {
    const pixels = filled(5, 3, (x, y) => [x * 50 + y]);
    expect(rotated(pixels, 0)).toEqual(pixels);
    expect(rotated(pixels, 360)).toEqual(pixels);
  });

  test.each([10, 33, 120, 200, 301])('by %i degrees carries a ramp along, clockwise', (degrees) => {
    const [width, height] = [60, 40];
    const ramp = filled(width, height, (x, y) => [2 * x + 3 * y]);
    const output = rotated(ramp, degrees, [0]);
    const angle = (degrees * Math.PI) / 180;
    let inside = 0;
    for (let y = 0; y < output.height; y++) {
      for (let x = 0; x < output.width; x++) {
        // The vector from the center, turned back counterclockwise (y points down).
        const dx = x + 0.5 - output.width / 2;
        const dy = y + 0.5 - output.height / 2;
        const fromX = dx * Math.cos(angle) + dy * Math.sin(angle) + width / 2 - 0.5;
        const fromY = -dx * Math.sin(angle) + dy * Math.cos(angle) + height / 2 - 0.5;
        if (fromX < 0 || fromY < 0 || fromX > width - 1 || fromY > height - 1) continue;
        inside++;
        const v = output.data[y * output.width + x]!;
        expect(Math.abs(v - (2 * fromX + 3 * fromY))).toBeLessThan(0.5 + 1e-6);
      }
    }
    expect(inside).toBeGreaterThan(2000);
  });

  test('fills the corners with the background', () => {
    const output = rotated(
      filled(20, 20, () => [200, 100, 50]),
      45,
      [1, 2, 3],
    );
    expect([...output.data.slice(0, 3)]).toEqual([1, 2, 3]);
    const center = (14 * output.width + 14) * 3;
    expect([...output.data.slice(center, center + 3)]).toEqual([200, 100, 50]);
  });

  test('leaves corners transparent where there is alpha, and colors free of what is transparent', () => {
    const halves = filled(20, 20, (x) => (x < 10 ? [255, 0, 0, 0] : [0, 0, 255, 255]));
    const output = rotated(halves, 30, [9, 9, 9, 9]);
    expect([...output.data.slice(0, 4)]).toEqual([9, 9, 9, 0]);
    for (let i = 0; i < output.data.length; i += 4) {
      if (output.data[i + 3]! > 0) expect([output.data[i], output.data[i + 2]]).toEqual([0, 255]);
    }
  });

  test('takes a fourth band for color where the step says so', () => {
    const inks = filled(4, 4, () => [10, 20, 30, 40]);
    const step: StageStep = { kind: 'rotate', degrees: 45, background: [1, 2, 3, 4], colorBands: 4 };
    expect([...runStages(inks, [step], typescriptKernels).data.slice(0, 4)]).toEqual([1, 2, 3, 4]);
  });
});
