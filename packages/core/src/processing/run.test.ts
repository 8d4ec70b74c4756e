import { describe, expect, test } from 'vitest';
import { isImageError } from '../errors.ts';
import { typescriptKernels } from '../kernels/typescript-kernels.ts';
import type { PixelBuffer } from '../pixels/pixel-buffer.ts';
import { runStages } from './run.ts';
import type { StageStep } from './stage-step.ts';

/** Every 25th pixel of an 8-bit ramp over 300 pixels. The answers below are those of iipsrv 1.3 to such requests. */
const RAMP = [0, 21, 42, 63, 85, 106, 127, 149, 170, 191, 213, 234];
const BYTE = { minimum: 0, maximum: 255 };

function row(bands: number, data: readonly number[]): PixelBuffer {
  return { width: data.length / bands, height: 1, bands, dtype: 'uint8', data: Uint8Array.from(data) };
}

/** What iipsrv computes: its steps between normalizing and truncating. */
function asIipsrv(pixels: PixelBuffer, steps: readonly StageStep[], range = BYTE): number[] {
  const ranges = Array.from({ length: pixels.bands }, () => range);
  const all: StageStep[] = [{ kind: 'normalize', ranges }, ...steps, { kind: 'quantize', bits: 8, truncate: true }];
  return [...runStages(pixels, all, typescriptKernels).data];
}

function withinOne(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((v, i) => {
    expect(Math.abs(v - expected[i]!)).toBeLessThanOrEqual(1);
  });
}

describe('answers of iipsrv', () => {
  const exact: Record<string, [StageStep[], number[]]> = {
    'no step': [[], RAMP],
    'GAM=2': [[{ kind: 'gamma', exponent: 2 }], [0, 1, 6, 15, 28, 44, 63, 87, 113, 143, 177, 214]],
    'GAM=log': [[{ kind: 'log' }], [0, 142, 172, 191, 204, 214, 223, 230, 236, 241, 246, 251]],
    'CNT=2': [[{ kind: 'contrast', gain: 2 }], [0, 42, 84, 126, 170, 212, 254, 255, 255, 255, 255, 255]],
  };
  test.each(Object.entries(exact))('%s', (_command, [steps, expected]) => {
    expect(asIipsrv(row(1, RAMP), steps)).toEqual(expected);
  });

  // Single precision before truncation moves some of these by one.
  test('INV', () => {
    const expected = [255, 234, 213, 191, 169, 148, 127, 105, 84, 63, 41, 20];
    withinOne(asIipsrv(row(1, RAMP), [{ kind: 'invert' }]), expected);
  });

  test('MINMAX=0:100,200', () => {
    const expected = [0, 0, 0, 0, 0, 15, 68, 124, 178, 232, 255, 255];
    withinOne(asIipsrv(row(1, RAMP), [], { minimum: 100, maximum: 200 }), expected);
  });

  test('CNT=st with histogram limits 2 and 247', () => {
    const expected = [0, 19, 41, 63, 86, 108, 130, 152, 174, 196, 219, 241];
    withinOne(asIipsrv(row(1, RAMP), [], { minimum: 2, maximum: 247 }), expected);
  });

  const every33 = [0, 28, 56, 84, 112, 140, 168, 197];
  test('CMP=hot', () => {
    const expected = [0, 0, 0, 84, 0, 0, 168, 0, 0, 252, 0, 0, 255, 81, 0, 255, 165, 0, 255, 249, 0, 255, 255, 81];
    expect(asIipsrv(row(1, every33), [{ kind: 'colormap', name: 'hot' }])).toEqual(expected);
  });

  test('CMP=jet', () => {
    const expected = [
      0, 0, 127, 0, 0, 239, 0, 96, 255, 0, 208, 255, 65, 255, 189, 177, 255, 77, 255, 220, 0, 255, 104, 0, 247, 0, 0,
      135, 0, 0, 127, 0, 0,
    ];
    const ramp = row(1, [...every33, 225, 253, 255]);
    expect(asIipsrv(ramp, [{ kind: 'colormap', name: 'jet' }])).toEqual(expected);
  });

  const normals = row(
    3,
    [0, 32, 64, 96, 128, 160, 192, 224].flatMap((x) => [x, 128, 255]),
  );
  test.each([
    [90, 30, [171, 142, 113, 85, 56, 27, 0, 0]],
    [270, 0, [0, 0, 0, 0, 0, 32, 64, 96]],
    [0, 90, [89, 89, 89, 89, 89, 89, 89, 89]],
  ])('SHD=%i,%i', (azimuthDegrees, altitudeDegrees, expected) => {
    expect(asIipsrv(normals, [{ kind: 'hillshade', azimuthDegrees, altitudeDegrees }])).toEqual(expected);
  });

  test('CIELAB with its white taken as D65', () => {
    const lab = row(
      3,
      [0, 32, 64, 96, 128, 160, 192, 224].flatMap((l) => [l, 20, 256 - 30]),
    );
    const steps: StageStep[] = [
      { kind: 'cielab-to-rgb', encoding: 'cielab', bits: 8, white: 'd65' },
      { kind: 'quantize', bits: 8, truncate: true },
    ];
    expect([...runStages(lab, steps, typescriptKernels).data]).toEqual(
      [
        [9, 0, 46],
        [33, 24, 74],
        [63, 50, 105],
        [94, 79, 137],
        [127, 109, 170],
        [160, 141, 205],
        [195, 175, 240],
        [230, 209, 255],
      ].flat(),
    );
  });

  test('a 16-bit ramp with CNT=1.0001', () => {
    const data = Uint16Array.from({ length: 12 }, (_, i) => 218 * 25 * i);
    const pixels: PixelBuffer = { width: 12, height: 1, bands: 1, dtype: 'uint16', data };
    const expected = [0, 21, 42, 63, 84, 106, 127, 148, 169, 190, 212, 233];
    expect(asIipsrv(pixels, [{ kind: 'contrast', gain: 1.0001 }], { minimum: 0, maximum: 65535 })).toEqual(expected);
  });
});

describe('runStages', () => {
  test('rounds to nearest unless told to truncate', () => {
    const pixels = row(1, [1, 3]);
    const steps: StageStep[] = [
      { kind: 'normalize', ranges: [BYTE] },
      { kind: 'contrast', gain: 0.5 },
      { kind: 'quantize', bits: 8 },
    ];
    expect([...runStages(pixels, steps, typescriptKernels).data]).toEqual([1, 2]);
    expect(asIipsrv(pixels, [{ kind: 'contrast', gain: 0.5 }])).toEqual([0, 1]);
  });

  test('turns samples that are not finite into black', () => {
    const data = Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1);
    const pixels: PixelBuffer = { width: 4, height: 1, bands: 1, dtype: 'float32', data };
    expect(asIipsrv(pixels, [], { minimum: 0, maximum: 1 })).toEqual([0, 0, 0, 255]);
  });

  test('a range without width is a step', () => {
    expect(asIipsrv(row(1, [6, 7, 8]), [], { minimum: 7, maximum: 7 })).toEqual([0, 0, 255]);
  });

  test('32-bit integers keep differences that a float32 would lose', () => {
    const data = Uint32Array.of(4_000_000_000, 4_000_000_050, 4_000_000_100);
    const pixels: PixelBuffer = { width: 3, height: 1, bands: 1, dtype: 'uint32', data };
    expect(asIipsrv(pixels, [], { minimum: 4_000_000_000, maximum: 4_000_000_100 })).toEqual([0, 127, 255]);
  });

  test('leaves alpha alone when steps name their color bands', () => {
    const gray = row(2, [100, 50]);
    const steps: StageStep[] = [
      { kind: 'gamma', exponent: 2, colorBands: 1 },
      { kind: 'invert', colorBands: 1 },
      { kind: 'contrast', gain: 3, colorBands: 1 },
    ];
    const [v, alpha] = asIipsrv(gray, steps);
    expect(v).toBe(255);
    expect(alpha).toBe(50);
  });

  test('a color map keeps alpha after blue', () => {
    expect(asIipsrv(row(2, [255, 40]), [{ kind: 'colormap', name: 'red', colorBands: 1 }])).toEqual([255, 0, 0, 40]);
  });

  test('returns its input when there is nothing to do, and never writes to it', () => {
    const pixels = row(3, [10, 20, 30, 40, 50, 60]);
    expect(runStages(pixels, [], typescriptKernels)).toBe(pixels);
    const steps: StageStep[] = [
      { kind: 'grayscale' },
      { kind: 'threshold', value: 30 },
      { kind: 'mirror', axis: 'horizontal' },
      { kind: 'turn', degrees: 90 },
    ];
    runStages(pixels, steps, typescriptKernels);
    expect([...pixels.data]).toEqual([10, 20, 30, 40, 50, 60]);
  });

  test.each<[string, StageStep]>([
    ['gamma before normalize', { kind: 'gamma', exponent: 2 }],
    ['as many ranges as bands', { kind: 'normalize', ranges: [BYTE] }],
    ['a band that exists', { kind: 'select-bands', bands: [3] }],
    ['at least one band', { kind: 'select-bands', bands: [] }],
    ['a table of the right length', { kind: 'equalize', lut: [1, 2, 3] }],
  ])('refuses a plan without %s', (_what, step) => {
    let caught: unknown;
    try {
      runStages(row(3, [1, 2, 3]), [step], typescriptKernels);
    } catch (error) {
      caught = error;
    }
    expect(isImageError(caught, 'request')).toBe(true);
  });
});
