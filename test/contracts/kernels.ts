import type { ElevationLight, Kernels, UnsignedSamples } from '@sectile/core/codec';
import { growRect } from '@sectile/core/geometry';
import { allocateSamples, cropPixels, type DType, isFloat, type PixelBuffer, sampleLimits } from '@sectile/core/pixels';
import type { ResampleKernel, ResampleStep } from '@sectile/core/render';
import { describe, expect, test } from 'vitest';
import { referenceBoxShrink, referenceResample } from '../reference/resample.ts';

/** Samples without pattern over the whole range of the type; the same for the same seed. */
export function noise(
  shape: { readonly width: number; readonly height: number; readonly bands: number; readonly dtype: DType },
  seed = 1,
): PixelBuffer {
  const data = allocateSamples(shape.dtype, shape.width * shape.height * shape.bands);
  const [minimum, maximum] = isFloat(shape.dtype) ? [-1, 2] : sampleLimits(shape.dtype);
  let state = seed >>> 0;
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const value = minimum + (state / 0xffffffff) * (maximum - minimum);
    data[i] = isFloat(shape.dtype) ? value : Math.round(value);
  }
  return { ...shape, data };
}

const DTYPES: readonly DType[] = ['uint8', 'uint16', 'float32', 'int16', 'uint32'];
const BANDS = [1, 2, 3, 4, 5];
const SIZES = [
  { width: 1, height: 1 },
  { width: 7, height: 5 },
  { width: 16, height: 16 },
  { width: 33, height: 18 },
  { width: 65, height: 3 },
];

/** Resamplings that cover reducing, enlarging, both at once, fractional edges and edges beyond the picture's center. */
const STEPS: readonly {
  readonly name: string;
  readonly step: (width: number, height: number) => Omit<ResampleStep, 'kernel' | 'premultiply'>;
}[] = [
  { name: 'half', step: (width, height) => whole(width, height, 0.5) },
  { name: 'a third and a bit', step: (width, height) => whole(width, height, 0.37) },
  { name: 'one and a half', step: (width, height) => whole(width, height, 1.5) },
  {
    name: 'narrower and taller',
    step: (width, height) => ({
      source: { x: 0, y: 0, width, height },
      size: { width: Math.ceil(width / 3), height: height * 2 },
    }),
  },
  {
    name: 'a fractional part',
    step: (width, height) => ({
      source: { x: width * 0.13, y: height * 0.31, width: width * 0.71, height: height * 0.53 },
      size: { width: Math.ceil(width * 0.4), height: Math.ceil(height * 0.3) },
    }),
  },
];

function whole(width: number, height: number, factor: number): Omit<ResampleStep, 'kernel' | 'premultiply'> {
  return {
    source: { x: 0, y: 0, width, height },
    size: { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) },
  };
}

const RESAMPLE_KERNELS: readonly ResampleKernel[] = ['nearest', 'area', 'bilinear', 'lanczos3'];

/** Largest difference to the exact value, in steps of integer types, or relative to the range of floats. */
function tolerance(dtype: DType): number {
  if (isFloat(dtype)) return 1e-5;
  // Weights are single precision: 24 bits of 32.
  return dtype === 'uint32' ? 2 ** 10 : 1;
}

function expectClose(actual: PixelBuffer, exact: Float64Array): void {
  expect(actual.data.length).toBe(exact.length);
  const [minimum, maximum] = sampleLimits(actual.dtype);
  let worst = 0;
  for (let i = 0; i < exact.length; i++) {
    const clamped = Math.min(maximum, Math.max(minimum, exact[i]!));
    worst = Math.max(worst, Math.abs(actual.data[i]! - clamped));
  }
  expect(worst).toBeLessThanOrEqual(tolerance(actual.dtype));
}

/** Holds an implementation of {@link Kernels} to naive double-precision arithmetic. */
export function describeKernels(name: string, load: () => Kernels | Promise<Kernels>): void {
  describe(`kernels: ${name}`, () => {
    for (const dtype of DTYPES) {
      describeBoxShrink(dtype, load);
      describeResample(dtype, load);
    }
    describeNan(load);
    describeTables(load);
    describeColorTables(load);
    describeWeights(load);
    describeElevations(load);
    describeElevationParts(load);
    describePredictor(load);
  });
}

function describeBoxShrink(dtype: DType, load: () => Kernels | Promise<Kernels>): void {
  test.each(BANDS)(`boxShrink averages ${dtype} with %i bands`, async (bands) => {
    const kernels = await load();
    for (const size of SIZES) {
      for (const shrink of [2, 3, 4, 8]) {
        const input = noise({ ...size, bands, dtype }, bands + shrink);
        const output = kernels.boxShrink(input, shrink);
        expect(output).toMatchObject({
          width: Math.ceil(size.width / shrink),
          height: Math.ceil(size.height / shrink),
          bands,
          dtype,
        });
        expectClose(output, referenceBoxShrink(input, shrink));
      }
    }
  });
}

function describeResample(dtype: DType, load: () => Kernels | Promise<Kernels>): void {
  test.each(RESAMPLE_KERNELS)(`resample by %s, ${dtype}`, async (kernel) => {
    const kernels = await load();
    for (const bands of BANDS) {
      for (const size of SIZES) {
        for (const { step } of STEPS) {
          const input = noise({ ...size, bands, dtype }, bands);
          const whole: ResampleStep = { ...step(size.width, size.height), kernel, premultiply: false };
          const output = kernels.resample(input, whole);
          expect(output).toMatchObject({ ...whole.size, bands, dtype });
          expectClose(output, referenceResample(input, whole));
        }
      }
    }
  });

  if (dtype !== 'uint8' && dtype !== 'uint16' && dtype !== 'float32') return;
  test.each([2, 4])(`resample weights ${dtype} colors with alpha, %i bands`, async (bands) => {
    const kernels = await load();
    for (const { step } of STEPS) {
      const input = noise({ width: 33, height: 18, bands, dtype }, 7);
      // Alpha below zero is no alpha.
      for (let i = bands - 1; i < input.data.length; i += bands) input.data[i] = Math.abs(input.data[i]!);
      const premultiplied: ResampleStep = { ...step(33, 18), kernel: 'area', premultiply: true };
      expectClose(kernels.resample(input, premultiplied), referenceResample(input, premultiplied));
    }
  });
}

function describeNan(load: () => Kernels | Promise<Kernels>): void {
  test('boxShrink leaves NaN out of averages', async () => {
    const kernels = await load();
    const data = Float32Array.of(1, Number.NaN, Number.NaN, Number.NaN, 3, 5, Number.NaN, Number.NaN);
    const output = kernels.boxShrink({ width: 4, height: 2, bands: 1, dtype: 'float32', data }, 2);
    expect(Array.from(output.data)).toEqual([3, Number.NaN]);
  });
}

function describeTables(load: () => Kernels | Promise<Kernels>): void {
  test('applyLut looks every sample up, all bands in one table or each in its own', async () => {
    const kernels = await load();
    const input = noise({ width: 33, height: 5, bands: 3, dtype: 'uint8' }, 3);
    const inverse = Uint8Array.from({ length: 256 }, (_, i) => 255 - i);
    expect(kernels.applyLut(input, inverse)).toEqual({
      ...input,
      data: (input.data as Uint8Array).map((v) => 255 - v),
    });
    const perBand = Uint16Array.from({ length: 768 }, (_, i) => 1000 * Math.floor(i / 256) + (i % 256));
    const output = kernels.applyLut(input, perBand);
    expect(output.dtype).toBe('uint16');
    expect(Array.from(output.data)).toEqual(Array.from(input.data, (v, i) => 1000 * (i % 3) + v));
  });

  test('applyLut narrows 16-bit samples', async () => {
    const kernels = await load();
    const input = noise({ width: 9, height: 7, bands: 2, dtype: 'uint16' }, 5);
    const lut = Uint8Array.from({ length: 65536 }, (_, i) => i >> 8);
    const output = kernels.applyLut(input, lut);
    expect(output.dtype).toBe('uint8');
    expect(Array.from(output.data)).toEqual(Array.from(input.data, (v) => v >> 8));
  });
}

function describeColorTables(load: () => Kernels | Promise<Kernels>): void {
  test.each(['uint8', 'uint16'] as const)('applyColorLut gives each %s sample of a band its color', async (dtype) => {
    const kernels = await load();
    const colors = Uint32Array.from(
      { length: dtype === 'uint8' ? 256 : 65536 },
      (_, i) => Math.imul(i, 2654435761) >>> 8,
    );
    for (const bands of [1, 2, 4]) {
      for (const { width, height } of [...SIZES, { width: 1300, height: 900 }]) {
        const input = noise({ width, height, bands, dtype }, bands);
        const output = kernels.applyColorLut(input, bands - 1, colors);
        expect({ ...output, data: output.data.length }).toEqual({
          width,
          height,
          bands: 3,
          dtype: 'uint8',
          data: width * height * 3,
        });
        const isRight = output.data.every((value, i) => {
          const color = colors[input.data[Math.floor(i / 3) * bands + bands - 1]!]!;
          return value === ((color >>> (8 * (i % 3))) & 255);
        });
        expect(isRight).toBe(true);
      }
    }
    const three = noise({ width: 2, height: 2, bands: 3, dtype }, 1);
    expect(() => kernels.applyColorLut(three, 3, colors)).toThrow(/colors/);
    expect(() => kernels.applyColorLut(three, 0, colors.subarray(1))).toThrow(/colors/);
  });
}

function describeWeights(load: () => Kernels | Promise<Kernels>): void {
  test.each([
    ['uint8', 1],
    ['uint16', 257],
  ] as const)('weighBands sums three bands of %s', async (dtype, unit) => {
    const kernels = await load();
    const weights = [-0.35 / unit, 0.8 / unit, 0.71 / unit] as const;
    for (const { width, height } of [...SIZES, { width: 1300, height: 900 }]) {
      const input = noise({ width, height, bands: 3, dtype }, width);
      input.data.set([12, 34, 56], 0);
      const hole = [12, 34, 56] as const;
      const output = kernels.weighBands(input, { weights, offset: 20, hole });
      expect({ ...output, data: output.data.length }).toEqual({
        width,
        height,
        bands: 1,
        dtype: 'uint8',
        data: width * height,
      });
      expect(output.data[0]).toBe(0);
      const isClose = output.data.every((value, i) => {
        const exact = weights.reduce((sum, weight, band) => sum + weight * input.data[i * 3 + band]!, 20);
        return i === 0 || Math.abs(value - Math.min(255, Math.max(0, exact))) < 0.501;
      });
      expect(isClose).toBe(true);
    }
    const two = noise({ width: 2, height: 2, bands: 2, dtype }, 1);
    expect(() => kernels.weighBands(two, { weights, offset: 0 })).toThrow(/three bands/);
  });
}

function describeElevations(load: () => Kernels | Promise<Kernels>): void {
  const elevations: readonly DType[] = ['uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32', 'float32', 'float64'];
  test.each(elevations)('shadeElevations lights %s', async (dtype) => {
    const kernels = await load();
    const [minimum, maximum] = isFloat(dtype) ? [-1, 2] : sampleLimits(dtype);
    for (const { width, height } of [...SIZES, { width: 1300, height: 900 }]) {
      for (const bands of [1, 3]) {
        const input = noise({ width, height, bands, dtype }, width + bands);
        const noData = input.data[0];
        if (isFloat(dtype) && input.data.length > 40) input.data.set([Number.NaN, Number.POSITIVE_INFINITY], 36);
        const light = { x: -0.48, y: 0.36, z: 0.8, scale: 1 / (maximum - minimum), noData };
        const output = kernels.shadeElevations(input, light);
        expect({ ...output, data: output.data.length }).toEqual({
          ...{ width, height, bands: 1, dtype: 'uint8', data: width * height },
        });
        expect(farthestShade(input, light, output)).toBeLessThan(0.51);
      }
    }
  });
}

function describeElevationParts(load: () => Kernels | Promise<Kernels>): void {
  test.each(['uint8', 'uint16', 'int16', 'float32'] as const)(
    'shadeElevations gives parts of the whole, and the same for parts with their border, %s',
    async (dtype) => {
      const kernels = await load();
      const whole = { width: 70, height: 23 };
      const input = noise({ ...whole, bands: 1, dtype }, 3);
      const [minimum, maximum] = isFloat(dtype) ? [-1, 2] : sampleLimits(dtype);
      const light = { x: 0.48, y: -0.36, z: 0.8, scale: 3 / (maximum - minimum), noData: input.data[0] };
      // Some rows have all elevations, some not, and some have such as overflow.
      input.data[70 * 9 + 30] = input.data[0]!;
      if (isFloat(dtype)) input.data.set([Number.NaN, 3e38, -3e38, Number.NEGATIVE_INFINITY, 1e20], 70 * 15 + 40);
      const shades = kernels.shadeElevations(input, light);
      for (const part of PARTS) {
        const expected = cropPixels(shades, part);
        expect(kernels.shadeElevations(input, light, part)).toEqual(expected);
        const bordered = growRect(part, 1, whole);
        const inBordered = { ...part, x: part.x - bordered.x, y: part.y - bordered.y };
        expect(kernels.shadeElevations(cropPixels(input, bordered), light, inBordered)).toEqual(expected);
      }
    },
  );
}

const PARTS = [
  { x: 0, y: 0, width: 70, height: 23 },
  { x: 0, y: 0, width: 17, height: 5 },
  { x: 1, y: 1, width: 68, height: 21 },
  { x: 29, y: 8, width: 1, height: 1 },
  { x: 33, y: 10, width: 37, height: 13 },
  { x: 16, y: 17, width: 40, height: 6 },
];

/** Largest difference to Horn's slopes in double precision. */
function farthestShade(
  { width, height, bands, data }: PixelBuffer,
  light: ElevationLight,
  output: PixelBuffer,
): number {
  const at = (x: number, y: number): number => {
    const v = data[(Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))) * bands]!;
    return v === light.noData ? Number.NaN : v;
  };
  let farthest = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const center = at(x, y);
      const z = (dx: number, dy: number): number => (Number.isFinite(at(x + dx, y + dy)) ? at(x + dx, y + dy) : center);
      const p = (z(1, -1) + 2 * z(1, 0) + z(1, 1) - z(-1, -1) - 2 * z(-1, 0) - z(-1, 1)) * light.scale;
      const q = (z(-1, 1) + 2 * z(0, 1) + z(1, 1) - z(-1, -1) - 2 * z(0, -1) - z(1, -1)) * light.scale;
      const shade = Math.max(0, (light.z - p * light.x - q * light.y) / Math.hypot(1, p, q));
      const expected = Number.isFinite(center) ? 255 * shade : 0;
      farthest = Math.max(farthest, Math.abs(output.data[y * width + x]! - expected));
    }
  }
  return farthest;
}

function describePredictor(load: () => Kernels | Promise<Kernels>): void {
  const cases = (['uint8', 'uint16', 'uint32'] as const).flatMap((dtype) =>
    [1, 2, 3, 4, 5].map((bands) => ({ dtype, bands })),
  );
  test.each(cases)('undoDifferencing of $dtype adds the sample $bands places before', async ({ dtype, bands }) => {
    const kernels = await load();
    for (const width of [1, 2, 17, 64]) {
      const stored = noise({ width, height: 3, bands, dtype }, width).data as UnsignedSamples;
      // An array of the same type wraps as its samples do.
      const expected = stored.slice();
      for (let i = 0; i < expected.length; i++) {
        if (i % (width * bands) >= bands) expected[i] = expected[i]! + expected[i - bands]!;
      }
      kernels.undoDifferencing(stored, width * bands, bands);
      expect(stored).toEqual(expected);
    }
  });

  test('undoDifferencing takes a last row that is cut short', async () => {
    const kernels = await load();
    const stored = Uint16Array.of(1, 2, 3, 4, 65535, 2);
    kernels.undoDifferencing(stored, 4, 1);
    expect([...stored]).toEqual([1, 3, 6, 10, 65535, 1]);
  });
}
