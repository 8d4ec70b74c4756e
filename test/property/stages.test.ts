import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { typescriptKernels } from '../../packages/core/src/kernels/typescript-kernels.ts';
import { allocateSamples, type DType } from '../../packages/core/src/pixels/dtype.ts';
import type { PixelBuffer } from '../../packages/core/src/pixels/pixel-buffer.ts';
import { convolutionStep } from '../../packages/core/src/processing/convolution-kernels.ts';
import { runStages } from '../../packages/core/src/processing/run.ts';
import { shapeOf } from '../../packages/core/src/processing/stage.ts';
import type { StageStep } from '../../packages/core/src/processing/stage-step.ts';
import { shapeAfter, totalBorder } from '../../packages/core/src/processing/stage-table.ts';
import {
  DTYPES,
  expectAsReference,
  INPUTS,
  type Input,
  KERNELS,
  noise,
  pictureOf,
} from '../reference/compare-stages.ts';
import { referenceStages } from '../reference/stages.ts';

function as(dtype: DType, pixels: PixelBuffer): PixelBuffer {
  const data = allocateSamples(dtype, pixels.data.length);
  data.set(pixels.data);
  return { ...pixels, dtype, data };
}

const toneStep = (colorBands: number): fc.Arbitrary<StageStep> =>
  fc.oneof(
    fc
      .double({ min: 0.2, max: 4, noNaN: true })
      .map((exponent): StageStep => ({ kind: 'gamma', exponent, colorBands })),
    // No denormal gains: single precision makes zeros of them, and below zero jet is black.
    fc
      .integer({ min: 0, max: 300 })
      .map((percent): StageStep => ({ kind: 'contrast', gain: percent / 100, colorBands })),
    fc.constantFrom<StageStep>({ kind: 'log', colorBands }, { kind: 'invert', colorBands }),
  );

const mixStep: fc.Arbitrary<StageStep> = fc.oneof(
  fc
    .array(
      fc.array(
        fc.integer({ min: -100, max: 100 }).map((percent) => percent / 100),
        { minLength: 1, maxLength: 4 },
      ),
      {
        minLength: 1,
        maxLength: 4,
      },
    )
    .map((matrix): StageStep => ({ kind: 'color-twist', matrix })),
  fc
    .constantFrom('hot', 'cold', 'jet', 'gray', 'red', 'green', 'blue')
    .map((name): StageStep => ({ kind: 'colormap', name })),
  fc.constant<StageStep>({ kind: 'grayscale' }),
);

function gainOf({ weights, divisor }: ReturnType<typeof convolutionStep>): number {
  return weights.reduce((sum, weight) => sum + Math.abs(weight), 0) / Math.abs(divisor);
}

const kernelStep: fc.Arbitrary<ReturnType<typeof convolutionStep>> = fc
  .constantFrom('sobel', 'prewitt', 'scharr', 'laplace', 'gaussian', 'sharpen', 'emboss')
  .map((name) => convolutionStep(name));

const kernel5Step: fc.Arbitrary<ReturnType<typeof convolutionStep>> = fc
  .array(fc.integer({ min: -3, max: 5 }), { minLength: 25, maxLength: 25 })
  .map((weights) => convolutionStep(weights));

const light = fc.record({
  azimuthDegrees: fc.integer({ min: -360, max: 720 }),
  altitudeDegrees: fc.integer({ min: 0, max: 90 }),
});

function rangesOf(dtype: Input, bands: number): StageStep {
  const { minimum, maximum } = INPUTS[dtype];
  return { kind: 'normalize', ranges: Array.from({ length: bands }, () => ({ minimum, maximum })) };
}

const scene = fc
  .record({
    dtype: fc.constantFrom<Input>(...DTYPES),
    bands: fc.integer({ min: 1, max: 4 }),
    // Streams go chunk by chunk, of 1024 pixels or a row: pictures of less than one, of several, and of odd rests.
    width: fc.oneof(fc.integer({ min: 1, max: 17 }), fc.integer({ min: 60, max: 90 })),
    height: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 20, max: 40 })),
    seed: fc.nat(),
    bits: fc.constantFrom<8 | 16>(8, 16),
  })
  .chain((base) =>
    fc
      .array(fc.oneof({ weight: 3, arbitrary: toneStep(Math.min(3, base.bands)) }, { weight: 1, arbitrary: mixStep }), {
        maxLength: 4,
      })
      .map((steps) => ({ ...base, steps: withoutRootsOfNothing(steps) })),
  );

/**
 * Mixed bands are some 1e-8 off in single precision, also where they should be zero, and the slope of a root has no bound there: a
 * fifth root makes 8 of 255 out of it. What comes after a mix has bounded slopes: gammas of 1 and more, one logarithm.
 */
function withoutRootsOfNothing(steps: readonly StageStep[]): StageStep[] {
  const mix = steps.findIndex(({ kind }) => kind === 'color-twist' || kind === 'colormap' || kind === 'grayscale');
  if (mix < 0) return [...steps];
  const firstLog = steps.findIndex(({ kind }, i) => i > mix && kind === 'log');
  return steps
    .filter(({ kind }, i) => i < mix || kind !== 'log' || i === firstLog)
    .map((step, i) => (i > mix && step.kind === 'gamma' ? { ...step, exponent: Math.max(1, step.exponent) } : step));
}

/** A table of an S. */
const CURVED = Array.from({ length: 256 }, (_, i) => Math.round(255 * (3 * (i / 255) ** 2 - 2 * (i / 255) ** 3)));

describe('stages', () => {
  test.each(DTYPES)('agree with the naive double precision executor on %s', (dtype) => {
    fc.assert(
      fc.property(scene, fc.option(fc.oneof(kernelStep, kernel5Step)), (made, kernel) => {
        const pixels = noise(dtype, made, made.seed);
        const quantize: StageStep = { kind: 'quantize', bits: made.bits };
        const steps = [rangesOf(dtype, made.bands), ...made.steps, ...(kernel ? [kernel] : []), quantize];
        // A kernel adds up what single precision left off each sample.
        const gain = Math.max(1, kernel ? gainOf(kernel) : 0);
        expectAsReference(pixels, steps, gain * (made.bits === 8 ? 0.002 : 0.5));
      }),
      { numRuns: 30 },
    );
  });

  test.each(DTYPES)('light on normals agrees with the naive executor on %s', (dtype) => {
    const linear = (colorBands: number) =>
      fc.option(
        fc.oneof(
          fc
            .double({ min: 0.3, max: 1.5, noNaN: true })
            .map((gain): StageStep => ({ kind: 'contrast', gain, colorBands })),
          fc.constant<StageStep>({ kind: 'invert', colorBands }),
        ),
      );
    fc.assert(
      fc.property(scene, light, linear(3), linear(1), (made, { azimuthDegrees, altitudeDegrees }, pre, post) => {
        const bands = 3 + (made.bands % 2);
        const pixels = noise(dtype, { ...made, bands }, made.seed);
        // No surface: black whatever the light.
        pixels.data.fill(INPUTS[dtype].minimum, 0, bands);
        const shade: StageStep = { kind: 'hillshade', azimuthDegrees, altitudeDegrees, colorBands: 3 };
        const steps = [rangesOf(dtype, bands), ...(pre ? [pre] : []), shade, ...(post ? [post] : [])];
        expectAsReference(pixels, [...steps, { kind: 'quantize', bits: made.bits }], made.bits === 8 ? 0.002 : 0.5);
      }),
      { numRuns: 20 },
    );
  });

  test.each(DTYPES)('light on elevations agrees with the naive executor on %s', (dtype) => {
    const { minimum, maximum } = INPUTS[dtype];
    const ground = fc.record({
      steepness: fc.double({ min: 0.1, max: 4, noNaN: true }),
      exaggeration: fc.integer({ min: -2, max: 3 }),
    });
    fc.assert(
      fc.property(scene, light, ground, fc.boolean(), (made, sun, { steepness, exaggeration }, hasHoles) => {
        const pixels = noise(dtype, made, made.seed);
        const hole = dtype.startsWith('float') ? -9999 : minimum;
        if (hasHoles) for (let i = 0; i < pixels.data.length; i += 7 * made.bands) pixels.data[i] = hole;
        if (hasHoles && dtype.startsWith('float')) pixels.data[pixels.data.length >> 1] = Number.NaN;
        const step: StageStep = {
          ...{ kind: 'elevation-hillshade', ...sun, verticalExaggeration: exaggeration },
          ...{ cellSize: (maximum - minimum) / steepness, ...(hasHoles ? { noData: hole } : {}) },
        };
        expectAsReference(pixels, [step, { kind: 'quantize', bits: 8 }], 0.002);
      }),
      { numRuns: 20 },
    );
  });

  test('lookup tables equal the float arithmetic that they replace, bit for bit', () => {
    const integers = fc
      .tuple(scene, fc.boolean())
      .filter(([{ dtype }]) => dtype === 'uint8' || dtype === 'uint16')
      // Sums of integers that are quantized are one matrix, without rounding in between.
      .filter(([{ steps }, quantized]) => !(quantized && steps.some(({ kind }) => kind === 'color-twist')));
    fc.assert(
      fc.property(integers, ([made, quantized]) => {
        const pixels = noise(made.dtype, made, made.seed);
        const last: StageStep[] = quantized ? [{ kind: 'quantize', bits: made.bits }] : [];
        const steps = [rangesOf(made.dtype, made.bands), ...made.steps, ...last];
        // Float samples of the same values cannot be tabulated.
        const floats = runStages(as('float32', pixels), steps, typescriptKernels);
        for (const kernels of KERNELS) expect(runStages(pixels, steps, kernels)).toEqual(floats);
      }),
      { numRuns: 40 },
    );
  });

  test('do not depend on how pixels are cut into buffers', () => {
    fc.assert(
      fc.property(scene, fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 6 }), (made, heights) => {
        const pixels = noise(made.dtype, made, made.seed);
        const steps = [rangesOf(made.dtype, made.bands), ...made.steps];
        for (const kernels of KERNELS) {
          const whole = runStages(pixels, steps, kernels);
          const parts: number[] = [];
          for (let y = 0, i = 0; y < made.height; i++) {
            const height = Math.min(heights[i % heights.length]!, made.height - y);
            const part = crop(pixels, { x: 0, y, width: made.width, height });
            for (const v of runStages(part, steps, kernels).data) parts.push(v);
            y += height;
          }
          expect(parts).toEqual([...whole.data]);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('a mosaic of tiles with borders equals the whole picture, neighborhoods included', () => {
    fc.assert(
      fc.property(
        fc.record({
          width: fc.integer({ min: 1, max: 40 }),
          height: fc.integer({ min: 1, max: 30 }),
          bands: fc.integer({ min: 1, max: 4 }),
          tile: fc.integer({ min: 1, max: 16 }),
          seed: fc.nat(),
          dtype: fc.constantFrom(...DTYPES),
          isShaded: fc.boolean(),
        }),
        fc.array(fc.oneof(kernelStep, kernel5Step, toneStep(1)), { minLength: 1, maxLength: 3 }),
        ({ tile, seed, dtype, isShaded, ...shape }, steps) => {
          const pixels = noise(dtype, shape, seed);
          const { minimum, maximum } = INPUTS[dtype];
          const shade: StageStep = {
            ...{ kind: 'elevation-hillshade', azimuthDegrees: 300, altitudeDegrees: 40 },
            ...{ cellSize: maximum - minimum, verticalExaggeration: 2 },
          };
          const first = isShaded ? shade : rangesOf(dtype, shape.bands);
          const all = [first, ...steps, { kind: 'quantize', bits: 8 } as const];
          const whole = runStages(pixels, all, typescriptKernels);
          const border = totalBorder(all);
          for (let y = 0; y < shape.height; y += tile) {
            for (let x = 0; x < shape.width; x += tile) {
              const inner = {
                x,
                y,
                width: Math.min(tile, shape.width - x),
                height: Math.min(tile, shape.height - y),
              };
              const left = Math.max(0, x - border);
              const top = Math.max(0, y - border);
              const outer = {
                x: left,
                y: top,
                width: Math.min(shape.width, x + inner.width + border) - left,
                height: Math.min(shape.height, y + inner.height + border) - top,
              };
              const middle = { ...inner, x: x - left, y: y - top };
              const part = runStages(crop(pixels, outer), all, typescriptKernels);
              expect(crop(part, middle)).toEqual(crop(whole, inner));
              expect(runStages(crop(pixels, outer), all, typescriptKernels, middle)).toEqual(crop(whole, inner));
            }
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  test('a part of the result is that part, whatever the last pass', () => {
    const pixels = noise('uint16', { width: 37, height: 21, bands: 1 }, 5);
    const part = { x: 3, y: 2, width: 30, height: 11 };
    const range: StageStep = rangesOf('uint16', 1);
    const shade: StageStep = {
      ...{ kind: 'elevation-hillshade', azimuthDegrees: 300, altitudeDegrees: 40 },
      ...{ cellSize: 1e4, verticalExaggeration: 2 },
    };
    const quantize: StageStep = { kind: 'quantize', bits: 8 };
    const chains: StageStep[][] = [
      [],
      [range, quantize],
      [shade],
      [shade, quantize],
      [shade, quantize, { kind: 'select-bands', bands: [0, 0] }],
      [range, convolutionStep('sobel'), quantize],
      [range, { kind: 'colormap', name: 'jet' }, quantize],
      [range, quantize, { kind: 'mirror', axis: 'horizontal' }],
    ];
    for (const kernels of KERNELS) {
      for (const steps of chains) {
        const whole = runStages(pixels, steps, kernels);
        expect(runStages(pixels, steps, kernels, part)).toEqual(crop(whole, part));
        expect(runStages(pixels, steps, kernels, { x: 0, y: 0, width: 37, height: 21 })).toEqual(whole);
      }
    }
  });

  test('integer paths agree with the naive executor', () => {
    const steps: fc.Arbitrary<StageStep> = fc.constantFrom<StageStep>(
      { kind: 'grayscale' },
      { kind: 'cmyk-to-rgb' },
      { kind: 'flatten', background: [10, 200, 90], associated: false },
      { kind: 'flatten', background: [10, 200, 90], associated: true },
      { kind: 'mirror', axis: 'horizontal' },
      { kind: 'mirror', axis: 'vertical' },
      { kind: 'turn', degrees: 90 },
      { kind: 'turn', degrees: 180 },
      { kind: 'turn', degrees: 270 },
      { kind: 'select-bands', bands: [2, 0, 0] },
      { kind: 'unpremultiply' },
      { kind: 'add-alpha' },
      { kind: 'threshold', value: 77, colorBands: 3 },
      { kind: 'threshold', value: 30000 },
      // Of one or three bands no mean lies halfway between two bins.
      { kind: 'threshold', value: 'otsu', colorBands: 1 },
      { kind: 'threshold', value: 'otsu', colorBands: 3 },
      { kind: 'equalize', lut: CURVED },
      { kind: 'equalize', lut: CURVED, colorBands: 3 },
    );
    const sizes = fc.record({ width: fc.integer({ min: 1, max: 70 }), height: fc.integer({ min: 1, max: 40 }) });
    fc.assert(
      fc.property(fc.constantFrom<Input>('uint8', 'uint16'), sizes, fc.nat(), steps, (dtype, size, seed, step) => {
        const pixels = noise(dtype, { ...size, bands: 4 }, seed);
        const expected = referenceStages(pictureOf(pixels), [step]);
        for (const kernels of KERNELS) {
          const actual = runStages(pixels, [step], kernels);
          expect(shapeOf(actual)).toEqual(shapeAfter([step], shapeOf(pixels)));
          expect(pictureOf(actual).pixels).toEqual(expected.pixels);
        }
      }),
      { numRuns: 120 },
    );
  });

  test.each(['float32', 'float64'] as const)('color and alpha of %s agree with the naive executor', (dtype) => {
    const steps: fc.Arbitrary<StageStep> = fc.constantFrom<StageStep>(
      { kind: 'grayscale' },
      { kind: 'cmyk-to-rgb' },
      { kind: 'flatten', background: [0.1, 0.7, 0.4], associated: false },
      { kind: 'flatten', background: [0.1, 0.7, 0.4], associated: true },
      { kind: 'select-bands', bands: [2, 0, 0] },
      { kind: 'unpremultiply' },
      { kind: 'threshold', value: 0.3, colorBands: 3 },
      { kind: 'threshold', value: 'otsu', colorBands: 3 },
    );
    const sizes = fc.record({ width: fc.integer({ min: 1, max: 70 }), height: fc.integer({ min: 1, max: 40 }) });
    fc.assert(
      fc.property(sizes, fc.nat(), steps, (size, seed, step) => {
        const pixels = noise(dtype, { ...size, bands: 4 }, seed);
        for (let i = 3; i < pixels.data.length; i += 4) pixels.data[i] = Math.min(1, Math.max(0, pixels.data[i]!));
        const expected = referenceStages(pictureOf(pixels), [step]).pixels.flat();
        const actual = runStages(pixels, [step], typescriptKernels);
        expect(shapeOf(actual)).toEqual(shapeAfter([step], shapeOf(pixels)));
        expect(actual.data.length).toBe(expected.length);
        expected.forEach((v, i) => {
          expect(Math.abs(actual.data[i]! - v)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(v)));
        });
      }),
      { numRuns: 60 },
    );
  });

  test('steps that need black and white refuse integers without', () => {
    const steps: StageStep[] = [
      { kind: 'grayscale' },
      { kind: 'cmyk-to-rgb' },
      { kind: 'flatten', background: [0, 0, 0], associated: false },
      { kind: 'unpremultiply' },
      { kind: 'add-alpha' },
      { kind: 'threshold', value: 3 },
      { kind: 'rotate', degrees: 10, background: [] },
      { kind: 'equalize', lut: CURVED },
    ];
    for (const dtype of ['int8', 'int16', 'uint32', 'int32'] as const) {
      const pixels = noise(dtype, { width: 3, height: 2, bands: 4 }, 1);
      for (const step of steps) {
        expect(() => runStages(pixels, [step], typescriptKernels), `${step.kind} of ${dtype}`).toThrow(
          expect.objectContaining({ kind: 'request' }),
        );
      }
    }
  });

  test('16-bit integers become 8 bits, rounded or as iipsrv does', () => {
    const pixels = noise('uint16', { width: 256, height: 256, bands: 1 }, 5);
    pixels.data.forEach((_, i) => {
      pixels.data[i] = i;
    });
    for (const truncate of [false, true]) {
      const steps: StageStep[] = [{ kind: 'quantize', bits: 8, truncate }];
      const expected = referenceStages(pictureOf(pixels), steps).pixels.flat();
      expect([...runStages(pixels, steps, typescriptKernels).data]).toEqual(expected);
    }
  });

  test('turns and mirrors move samples of every type', () => {
    for (const dtype of DTYPES) {
      for (const bands of [1, 2, 3, 4, 5]) {
        const pixels = noise(dtype, { width: 7, height: 5, bands }, 3);
        const steps: StageStep[] = [
          { kind: 'turn', degrees: 90 },
          { kind: 'mirror', axis: 'vertical' },
        ];
        const actual = runStages(pixels, steps, typescriptKernels);
        expect(actual.dtype).toBe(dtype);
        expect(pictureOf(actual).pixels).toEqual(referenceStages(pictureOf(pixels), steps).pixels);
      }
    }
  });
});

function crop(pixels: PixelBuffer, rect: { x: number; y: number; width: number; height: number }): PixelBuffer {
  const { bands } = pixels;
  const data = allocateSamples(pixels.dtype, rect.width * rect.height * bands);
  for (let row = 0; row < rect.height; row++) {
    const from = ((rect.y + row) * pixels.width + rect.x) * bands;
    data.set(pixels.data.subarray(from, from + rect.width * bands), row * rect.width * bands);
  }
  return { ...pixels, width: rect.width, height: rect.height, data };
}
