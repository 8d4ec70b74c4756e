import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runStages } from '../../packages/core/src/processing/run.ts';
import { shapeOf } from '../../packages/core/src/processing/stage.ts';
import type { StageStep, WatermarkStep } from '../../packages/core/src/processing/stage-step.ts';
import { shapeAfter } from '../../packages/core/src/processing/stage-table.ts';
import { DTYPES, type Input, KERNELS, noise, pictureOf } from '../reference/compare-stages.ts';
import { referenceStages } from '../reference/stages.ts';

/** Types that have a black and a white, which laying over and leaving open need. */
const WITH_WHITE: readonly Input[] = ['uint8', 'uint16', 'float32', 'float64'];

const scene = fc.record({
  width: fc.integer({ min: 1, max: 40 }),
  height: fc.integer({ min: 1, max: 40 }),
  bands: fc.integer({ min: 1, max: 5 }),
  colorBands: fc.option(fc.integer({ min: 1, max: 5 })),
  seed: fc.nat(),
});

type Scene = typeof scene extends fc.Arbitrary<infer T> ? T : never;

/** All bands are color, or all but the last. */
function scopeOf({ bands, colorBands }: Scene): { readonly colorBands?: number } {
  if (colorBands === null) return {};
  return { colorBands: bands > 1 && colorBands < bands ? bands - 1 : bands };
}

/** Samples 0..1 for floats, and some pixels that are fully transparent or opaque. */
function picture(dtype: Input, { width, height, bands, seed }: Scene): ReturnType<typeof noise> {
  const pixels = noise(dtype, { width, height, bands }, seed);
  const isFloat = dtype.startsWith('float');
  const white = isFloat ? 1 : dtype === 'uint8' ? 255 : 65535;
  if (isFloat) for (let i = 0; i < pixels.data.length; i++) pixels.data[i] = (pixels.data[i]! + 2) / 5;
  for (let i = bands - 1, n = seed % 5; i < pixels.data.length; i += bands, n++) {
    if (n % 5 === 0) pixels.data[i] = 0;
    if (n % 5 === 1) pixels.data[i] = white;
  }
  return pixels;
}

/** Integers are the naive answer rounded, floats that answer itself. */
function expectRounded(pixels: ReturnType<typeof noise>, step: StageStep): void {
  const expected = referenceStages(pictureOf(pixels), [step], { exact: true }).pixels.flat();
  // Colors of overlays are kept in single precision.
  const slack = pixels.dtype.startsWith('float') ? 1e-6 : 0.5 + (pixels.dtype === 'uint8' ? 2e-5 : 0.005);
  for (const kernels of KERNELS) {
    const actual = runStages(pixels, [step], kernels);
    expect(shapeOf(actual)).toEqual(shapeAfter([step], shapeOf(pixels)));
    expect(actual.data.length).toBe(expected.length);
    let worst = 0;
    for (let i = 0; i < expected.length; i++) worst = Math.max(worst, Math.abs(actual.data[i]! - expected[i]!));
    expect(worst).toBeLessThanOrEqual(slack);
  }
}

test.each(WITH_WHITE)('turned by any angle, %s agrees with the naive executor', (dtype) => {
  const angles = fc.oneof(
    // Thousandths: what a turn of less uncovers may be as little as the last digits of a sine.
    fc.integer({ min: -400_000, max: 800_000 }).map((n) => n / 1000),
    fc.integer({ min: 0, max: 24 }).map((n) => n * 15),
  );
  fc.assert(
    fc.property(scene, angles, fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 5 }), (made, degrees, fill) => {
      const white = dtype === 'uint16' ? 65535 : 255;
      const background = fill.map((v) => (dtype.startsWith('float') ? v / 255 : (v * white) / 255));
      expectRounded(picture(dtype, made), { kind: 'rotate', degrees, background, ...scopeOf(made) });
    }),
    { numRuns: 60 },
  );
});

const marks: fc.Arbitrary<Omit<WatermarkStep, 'colorBands'>> = fc
  .record({
    size: fc.record({ width: fc.integer({ min: 1, max: 12 }), height: fc.integer({ min: 1, max: 12 }) }),
    // Below, products of it have too few digits left for either to be right.
    opacity: fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 1e-9, max: 1, noNaN: true })),
    placement: fc.constantFrom(
      ...(['random', 'repeat', 'center', 'top-left', 'top-right', 'bottom-left', 'bottom-right', undefined] as const),
    ),
    shift: fc.option(fc.record({ x: fc.integer({ min: 0, max: 30 }), y: fc.integer({ min: 0, max: 30 }) })),
    probability: fc.constantFrom(0, 0.3, 0.7, 1),
    blockSide: fc.integer({ min: 1, max: 50 }),
    seed: fc.integer({ min: 0, max: 0xffffffff }),
  })
  .map(({ size, shift, ...rest }) => {
    const { data } = noise('uint8', { ...size, bands: 4 }, rest.seed);
    for (let i = 3, n = 0; i < data.length; i += 4, n++) if (n % 3 > 0) data[i] = n % 3 === 1 ? 255 : 0;
    const overlay = { id: 'noise', ...size, data: data as Uint8Array };
    return { kind: 'watermark', overlay, ...(shift === null ? {} : { shift }), ...rest };
  });

describe('a watermark', () => {
  test.each(WITH_WHITE)('on %s agrees with the naive executor', (dtype) => {
    fc.assert(
      fc.property(scene, marks, (made, step) => {
        expectRounded(picture(dtype, made), { ...step, ...scopeOf(made) });
      }),
      { numRuns: 120 },
    );
  });

  test('needs samples with a black and a white', () => {
    const [step] = fc.sample(marks, 1);
    for (const dtype of DTYPES.filter((type) => !WITH_WHITE.includes(type))) {
      const pixels = noise(dtype, { width: 2, height: 2, bands: 3 }, 1);
      expect(() => runStages(pixels, [step!], KERNELS[0]!)).toThrow(expect.objectContaining({ kind: 'request' }));
    }
  });
});
