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
import { type Picture, referenceStages } from '../reference/stages.ts';

const INPUTS = {
  uint8: { kind: 'uint8', minimum: 0, maximum: 255 },
  uint16: { kind: 'uint16', minimum: 0, maximum: 65535 },
  uint32: { kind: 'uint32', minimum: 0, maximum: 4294967295 },
  int16: { kind: 'int16', minimum: -32768, maximum: 32767 },
  float32: { kind: 'float', minimum: -2, maximum: 3 },
  float64: { kind: 'float', minimum: -2, maximum: 3 },
} as const;
type Input = keyof typeof INPUTS;

/** Pseudo-random samples over the whole range of the type. */
function noise(
  dtype: Input,
  { width, height, bands }: { width: number; height: number; bands: number },
  seed: number,
): PixelBuffer {
  const { minimum, maximum } = INPUTS[dtype];
  const data = allocateSamples(dtype, width * height * bands);
  let state = seed >>> 0;
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const v = minimum + (state / 4294967295) * (maximum - minimum);
    data[i] = dtype.startsWith('float') ? v : Math.round(v);
  }
  return { width, height, bands, dtype, data };
}

function pictureOf({ width, height, bands, dtype, data }: PixelBuffer): Picture {
  const pixels = Array.from({ length: width * height }, (_, i) => Array.from(data.slice(i * bands, (i + 1) * bands)));
  return { width, height, pixels, kind: INPUTS[dtype as Input]?.kind ?? 'float' };
}

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
    fc.double({ min: 0, max: 3, noNaN: true }).map((gain): StageStep => ({ kind: 'contrast', gain, colorBands })),
    fc.constantFrom<StageStep>({ kind: 'log', colorBands }, { kind: 'invert', colorBands }),
  );

const mixStep: fc.Arbitrary<StageStep> = fc.oneof(
  fc
    .array(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 4,
    })
    .map((matrix): StageStep => ({ kind: 'color-twist', matrix })),
  fc.constantFrom('hot', 'cold', 'jet', 'gray').map((name): StageStep => ({ kind: 'colormap', name })),
  fc.constant<StageStep>({ kind: 'grayscale' }),
);

const kernelStep: fc.Arbitrary<StageStep> = fc
  .constantFrom('sobel', 'prewitt', 'scharr', 'laplace', 'gaussian', 'sharpen', 'emboss')
  .map((name) => convolutionStep(name));

const kernel5Step: fc.Arbitrary<StageStep> = fc
  .array(fc.integer({ min: -3, max: 5 }), { minLength: 25, maxLength: 25 })
  .map((weights) => convolutionStep(weights));

function rangesOf(dtype: Input, bands: number): StageStep {
  const { minimum, maximum } = INPUTS[dtype];
  return { kind: 'normalize', ranges: Array.from({ length: bands }, () => ({ minimum, maximum })) };
}

const scene = fc
  .record({
    dtype: fc.constantFrom<Input>('uint8', 'uint16', 'uint32', 'int16', 'float32', 'float64'),
    bands: fc.integer({ min: 1, max: 4 }),
    width: fc.integer({ min: 1, max: 17 }),
    height: fc.integer({ min: 1, max: 9 }),
    seed: fc.nat(),
    bits: fc.constantFrom<8 | 16>(8, 16),
  })
  .chain((base) =>
    fc
      .array(fc.oneof({ weight: 3, arbitrary: toneStep(Math.min(3, base.bands)) }, { weight: 1, arbitrary: mixStep }), {
        maxLength: 4,
      })
      .map((steps) => ({ ...base, steps })),
  );

describe('stages', () => {
  test('agree with the naive double precision executor on every sample type', () => {
    fc.assert(
      fc.property(scene, fc.option(fc.oneof(kernelStep, kernel5Step)), (made, kernel) => {
        const pixels = noise(made.dtype, made, made.seed);
        const quantize: StageStep = { kind: 'quantize', bits: made.bits };
        const steps = [rangesOf(made.dtype, made.bands), ...made.steps, ...(kernel ? [kernel] : []), quantize];
        const actual = runStages(pixels, steps, typescriptKernels);
        const expected = referenceStages(pictureOf(pixels), steps, { exact: true });
        expect(shapeOf(actual)).toEqual(shapeAfter(steps, shapeOf(pixels)));
        // Half a step of rounding, and what single precision between stages may add.
        const tolerance = 0.5 + (made.bits === 8 ? 0.001 : 0.2);
        expected.pixels.flat().forEach((v, i) => {
          expect(Math.abs(actual.data[i]! - v)).toBeLessThanOrEqual(tolerance);
        });
      }),
      { numRuns: 150 },
    );
  });

  test('lookup tables equal the float arithmetic that they replace, bit for bit', () => {
    const integers = fc.tuple(scene, fc.boolean()).filter(([{ dtype }]) => dtype === 'uint8' || dtype === 'uint16');
    fc.assert(
      fc.property(integers, ([made, quantized]) => {
        const pixels = noise(made.dtype, made, made.seed);
        const last: StageStep[] = quantized ? [{ kind: 'quantize', bits: made.bits }] : [];
        const steps = [rangesOf(made.dtype, made.bands), ...made.steps, ...last];
        const tables = runStages(pixels, steps, typescriptKernels);
        // Float samples of the same values cannot be tabulated.
        const floats = runStages(as('float32', pixels), steps, typescriptKernels);
        expect(tables).toEqual(floats);
      }),
      { numRuns: 40 },
    );
  });

  test('do not depend on how pixels are cut into buffers', () => {
    fc.assert(
      fc.property(scene, fc.nat(), (made, where) => {
        const pixels = noise(made.dtype, made, made.seed);
        const steps = [rangesOf(made.dtype, made.bands), ...made.steps];
        const whole = runStages(pixels, steps, typescriptKernels);
        const cut = where % (made.height + 1);
        const at = cut * made.width * made.bands;
        const upper = { ...pixels, height: cut, data: pixels.data.slice(0, at) };
        const lower = { ...pixels, height: made.height - cut, data: pixels.data.slice(at) };
        const parts = [upper, lower].flatMap((part) => [...runStages(part, steps, typescriptKernels).data]);
        expect(parts).toEqual([...whole.data]);
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
        }),
        fc.array(fc.oneof(kernelStep, kernel5Step, toneStep(1)), { minLength: 1, maxLength: 3 }),
        ({ tile, seed, ...shape }, steps) => {
          const pixels = noise('uint8', shape, seed);
          const all = [rangesOf('uint8', shape.bands), ...steps, { kind: 'quantize', bits: 8 } as const];
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
              const part = runStages(crop(pixels, outer), all, typescriptKernels);
              const middle = crop(part, { ...inner, x: x - left, y: y - top });
              expect(middle).toEqual(crop(whole, inner));
            }
          }
        },
      ),
      { numRuns: 40 },
    );
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
    );
    const sizes = fc.record({ width: fc.integer({ min: 1, max: 70 }), height: fc.integer({ min: 1, max: 40 }) });
    fc.assert(
      fc.property(fc.constantFrom<Input>('uint8', 'uint16'), sizes, fc.nat(), steps, (dtype, size, seed, step) => {
        const pixels = noise(dtype, { ...size, bands: 4 }, seed);
        const actual = runStages(pixels, [step], typescriptKernels);
        const expected = referenceStages(pictureOf(pixels), [step]);
        expect(shapeOf(actual)).toEqual(shapeAfter([step], shapeOf(pixels)));
        expect(pictureOf(actual).pixels).toEqual(expected.pixels);
      }),
      { numRuns: 120 },
    );
  });

  test('turns and mirrors move samples of every type', () => {
    for (const dtype of Object.keys(INPUTS) as Input[]) {
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
