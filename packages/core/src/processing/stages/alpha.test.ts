import { describe, expect, test } from 'vitest';
import { typescriptKernels } from '../../kernels/typescript-kernels.ts';
import type { PixelBuffer } from '../../pixels/pixel-buffer.ts';
import { runStages } from '../run.ts';
import type { StageStep } from '../stage-step.ts';

function run(pixels: PixelBuffer, step: StageStep): number[] {
  return [...runStages(pixels, [step], typescriptKernels).data];
}

function bytes(bands: number, data: readonly number[]): PixelBuffer {
  return { width: data.length / bands, height: 1, bands, dtype: 'uint8', data: Uint8Array.from(data) };
}

function floats(bands: number, data: readonly number[]): PixelBuffer {
  return { width: data.length / bands, height: 1, bands, dtype: 'float32', data: Float32Array.from(data) };
}

describe('unpremultiply', () => {
  test('divides by alpha, rounds and clamps', () => {
    expect(run(bytes(2, [64, 128, 200, 100, 9, 0, 17, 255]), { kind: 'unpremultiply' })).toEqual([
      128, 128, 255, 100, 0, 0, 17, 255,
    ]);
  });

  test('does the same to floats and 16-bit samples', () => {
    expect(run(floats(2, [0.25, 0.5, 0.5, 0]), { kind: 'unpremultiply' })).toEqual([0.5, 0.5, 0, 0]);
    const deep: PixelBuffer = { width: 1, height: 1, bands: 2, dtype: 'uint16', data: Uint16Array.of(1000, 32768) };
    expect(run(deep, { kind: 'unpremultiply' })).toEqual([2000, 32768]);
  });

  test('undoes premultiplying', () => {
    for (let alpha = 1; alpha < 256; alpha += 7) {
      for (let v = 0; v < 256; v += 5) {
        const premultiplied = Math.round((v * alpha) / 255);
        const [out] = run(bytes(2, [premultiplied, alpha]), { kind: 'unpremultiply' });
        expect(Math.abs(out! - v)).toBeLessThanOrEqual(0.5 + 255 / alpha / 2);
      }
    }
  });
});

describe('flatten', () => {
  test('composes over the background', () => {
    const step: StageStep = { kind: 'flatten', background: [255], associated: false };
    expect(run(bytes(2, [0, 0, 0, 255, 100, 128]), step)).toEqual([255, 0, 177]);
    const associated: StageStep = { kind: 'flatten', background: [255], associated: true };
    expect(run(bytes(2, [0, 0, 0, 255, 50, 128]), associated)).toEqual([255, 0, 177]);
    expect(run(floats(2, [0.5, 0.5]), { kind: 'flatten', background: [1], associated: false })).toEqual([0.75]);
  });
});

describe('threshold', () => {
  test('puts the threshold itself on the light side and leaves alpha', () => {
    const step: StageStep = { kind: 'threshold', value: 124, colorBands: 1 };
    expect(run(bytes(2, [123, 50, 124, 60, 125, 70]), step)).toEqual([0, 50, 255, 60, 255, 70]);
  });

  test('finds its own by Otsu, at every depth', () => {
    expect(run(bytes(1, [10, 20, 15, 200, 210]), { kind: 'threshold', value: 'otsu' })).toEqual([0, 0, 0, 255, 255]);
    const deep: PixelBuffer = {
      width: 4,
      height: 1,
      bands: 1,
      dtype: 'uint16',
      data: Uint16Array.of(5000, 6000, 40000, 41000),
    };
    expect(run(deep, { kind: 'threshold', value: 'otsu' })).toEqual([0, 0, 65535, 65535]);
    expect(run(floats(1, [0.1, 0.2, 0.8]), { kind: 'threshold', value: 'otsu' })).toEqual([0, 0, 1]);
  });
});

describe('equalize', () => {
  const squared = Array.from({ length: 256 }, (_, v) => Math.round((v * v) / 255));

  test('looks up 8-bit samples', () => {
    const step: StageStep = { kind: 'equalize', lut: squared, colorBands: 1 };
    expect(run(bytes(2, [0, 9, 128, 9, 255, 9]), step)).toEqual([0, 9, 64, 9, 255, 9]);
  });

  test('draws straight lines between 256 values for 16-bit samples', () => {
    const data = Uint16Array.of(0, 257 * 16, 257 * 16 + 128, 257 * 17, 65535);
    const deep: PixelBuffer = { width: 5, height: 1, bands: 1, dtype: 'uint16', data };
    const between = squared[16]! * 257 + (squared[17]! - squared[16]!) * 128;
    expect(run(deep, { kind: 'equalize', lut: squared })).toEqual([
      0,
      squared[16]! * 257,
      between,
      squared[17]! * 257,
      65535,
    ]);
  });
});
