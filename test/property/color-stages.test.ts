import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COLORMAP_NAMES, colormapNamed } from '../../packages/core/src/color/colormaps.ts';
import { typescriptKernels } from '../../packages/core/src/kernels/typescript-kernels.ts';
import { runStages } from '../../packages/core/src/processing/run.ts';
import type { StageStep } from '../../packages/core/src/processing/stage-step.ts';
import { namedColor, PUBLISHED_MAPS } from '../reference/color.ts';
import { DTYPES, expectAsReference, INPUTS, type Input, noise } from '../reference/compare-stages.ts';

const scene = fc.record({
  width: fc.oneof(fc.integer({ min: 1, max: 17 }), fc.integer({ min: 60, max: 90 })),
  height: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 20, max: 30 })),
  extra: fc.integer({ min: 0, max: 1 }),
  seed: fc.nat(),
  bits: fc.constantFrom<8 | 16>(8, 16),
  space: fc.constantFrom<'srgb' | 'display-p3'>('srgb', 'display-p3'),
});

type IccStep = Extract<StageStep, { kind: 'icc-to-rgb' }>;
type Conversion = IccStep['conversion'];
type Curve = Extract<Conversion, { curves: unknown }>['curves'][number];
type Table = Extract<Conversion, { table: unknown }>['table'];

const between = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });

/** A power with a line below it that it goes on from without a bend, as the curve of sRGB has it. */
const joined = (g: number, offset: number): readonly number[] => {
  const [a, b, d] = [1 / (1 + offset), offset / (1 + offset), offset / (g - 1)];
  return [g, a, b, (a * d + b) ** g / d, d];
};

/** A power and a line made smaller, so that `lift` brings white back to 1: one that is cut off there has a bend between two points. */
const lifted = ([g, a, b, ...line]: readonly number[], lift: number): readonly number[] => {
  const scale = (1 - lift) ** (1 / g!);
  const [slope, d] = line;
  return slope === undefined
    ? [g!, scale * a!, scale * b!, lift]
    : [g!, scale * a!, scale * b!, (1 - lift) * slope, d!, lift, lift];
};

const gammas = between(1, 2.6).map((g): Curve => ({ kind: 'parametric', type: 0, parameters: [g] }));
const curves: fc.Arbitrary<Curve> = fc.oneof(
  gammas,
  fc.constant<Curve>({ kind: 'table', values: [] }),
  fc
    .tuple(between(1.8, 2.6), between(-0.2, 0.2))
    .map(([g, b]): Curve => ({ kind: 'parametric', type: 1, parameters: [g, 1 - b, b] })),
  fc
    .tuple(between(1.8, 2.6), between(-0.2, 0.2), between(0, 0.1))
    .map(([g, b, c]): Curve => ({ kind: 'parametric', type: 2, parameters: lifted([g, 1 - b, b], c) })),
  fc
    .tuple(between(1.8, 2.6), between(0.02, 0.1))
    .map(([g, offset]): Curve => ({ kind: 'parametric', type: 3, parameters: joined(g, offset) })),
  fc
    .tuple(between(1.8, 2.6), between(0.02, 0.1), between(0, 0.05))
    .map(([g, offset, e]): Curve => ({ kind: 'parametric', type: 4, parameters: lifted(joined(g, offset), e) })),
  // As many intervals as divide those that tables are read through.
  fc
    .tuple(between(1.8, 2.6), fc.constantFrom(2, 17, 257))
    .map(([g, n]): Curve => ({ kind: 'table', values: Array.from({ length: n }, (_, i) => (i / (n - 1)) ** g) })),
);

/** Primaries of displays, more or less; columns add up to about the white. */
const matrices = fc
  .array(between(-0.03, 0.03), { minLength: 9, maxLength: 9 })
  .map((noises) => [0.5, 0.3, 0.15, 0.25, 0.68, 0.07, 0.01, 0.06, 0.75].map((v, i) => v + noises[i]!));

const tables: fc.Arbitrary<Table> = fc
  .record({
    inputs: fc.integer({ min: 1, max: 4 }),
    sides: fc.array(fc.integer({ min: 2, max: 5 }), { minLength: 4, maxLength: 4 }),
    input: fc.array(curves, { minLength: 4, maxLength: 4 }),
    output: fc.array(gammas, { minLength: 3, maxLength: 3 }),
    middle: fc.option(fc.tuple(gammas, matrices)),
    space: fc.constantFrom<Table['space']>('lab', 'lab-v2', 'xyz'),
    seed: fc.nat(),
  })
  .map(({ inputs, sides, input, output, middle, space, seed }) => {
    const gridSides = sides.slice(0, inputs);
    const points = gridSides.reduce((product, side) => product * side, 1);
    const { data } = noise('uint16', { width: points, height: 1, bands: 3 }, seed);
    return {
      inputCurves: input.slice(0, inputs),
      gridSides,
      grid: Uint16Array.from(data, (v, i) => (space === 'xyz' || i % 3 === 0 ? v / 2 : 24000 + v / 4)),
      ...(middle === null
        ? {}
        : {
            matrixCurves: [middle[0], middle[0], middle[0]],
            matrix: [0, 3, 6].flatMap((row) => [...middle[1].slice(row, row + 3), 0.01 * row]),
          }),
      outputCurves: output,
      space,
    };
  });

/** A table without a grid: curves and a matrix between curves. */
const gridless = fc.tuple(matrices, curves).map(
  ([matrix, curve]): Table => ({
    inputCurves: [0, 1, 2].map(() => ({ kind: 'table', values: [] })),
    gridSides: [],
    grid: new Uint16Array(0),
    matrixCurves: [curve, curve, curve],
    matrix: [0, 3, 6].flatMap((row) => [...matrix.slice(row, row + 3).map((v) => v / 2), 0]),
    outputCurves: [0, 1, 2].map(() => ({ kind: 'table', values: [] })),
    space: 'xyz',
  }),
);

const conversions: fc.Arbitrary<Conversion> = fc.oneof(
  fc.tuple(curves, curves, curves, matrices).map(([r, g, b, matrix]) => ({ curves: [r, g, b], matrix })),
  curves.map((curve) => ({ curves: [curve] })),
  tables.map((table) => ({ table })),
  gridless.map((table) => ({ table })),
);

function bandsOf(conversion: Conversion): number {
  return 'table' in conversion ? conversion.table.inputCurves.length : conversion.curves.length;
}

describe('colors agree with the naive executor', () => {
  test.each(DTYPES)('by ICC profiles, of %s', (dtype) => {
    const { minimum, maximum } = INPUTS[dtype];
    fc.assert(
      fc.property(scene, conversions, ({ extra, bits, space, seed, ...size }, conversion) => {
        const bands = bandsOf(conversion) + extra;
        const ranges = Array.from({ length: bands }, () => ({ minimum, maximum }));
        const steps: StageStep[] = [
          { kind: 'normalize', ranges },
          { kind: 'icc-to-rgb', conversion, space },
          { kind: 'quantize', bits },
        ];
        // Curves are read from tables of 1024 or 4096 lines: near black up to 2e-5 from a gamma of 1.15. There the last curve
        // has a slope of 12.92, and what reaches it a third more at most: 23 steps of 65535.
        expectAsReference(noise(dtype, { ...size, bands }, seed), steps, bits === 8 ? 0.1 : 24);
      }),
      { numRuns: 40 },
    );
  });

  test.each(DTYPES)('CIELAB of %s', (dtype) => {
    const isSigned = dtype.startsWith('int');
    const encodings = fc.constantFrom<'cielab' | 'icclab'>('cielab', isSigned ? 'cielab' : 'icclab');
    fc.assert(
      fc.property(scene, encodings, fc.boolean(), ({ extra, bits: depth, space, seed, ...size }, encoding, isD65) => {
        const bands = 3 + extra;
        const pixels = noise(dtype, { ...size, bands }, seed);
        const isFloat = dtype.startsWith('float');
        // L* 0..100, a* and b* -60..60, from noise of -2..3.
        if (isFloat) {
          for (let i = 0; i < pixels.data.length; i++) {
            pixels.data[i] = i % bands === 0 ? (pixels.data[i]! + 2) * 20 : (pixels.data[i]! - 0.5) * 24;
          }
        }
        const bits = isFloat || dtype.endsWith('32') ? 32 : dtype.endsWith('8') ? 8 : 16;
        const white = isD65 ? ({ white: 'd65' } as const) : {};
        const lab: StageStep = { kind: 'cielab-to-rgb', encoding, bits, space, ...white };
        const steps: StageStep[] = bands === 4 ? [lab, { kind: 'select-bands', bands: [0, 1, 2] }] : [lab];
        expectAsReference(pixels, [...steps, { kind: 'quantize', bits: depth }], depth === 8 ? 0.002 : 0.7);
      }),
      { numRuns: 25 },
    );
  });
});

describe('color maps', () => {
  /** Largest difference to the published colors in steps of 8 bits, as `color/colormaps.ts` says. */
  const NEAR: Readonly<Record<string, number>> = {
    ...{ viridis: 0.8, magma: 0.8, inferno: 1.1, plasma: 1.7, cividis: 3.3, turbo: 0.8 },
  };

  test('of published colors are all those that there are', () => {
    expect(Object.keys(NEAR).sort()).toEqual([...PUBLISHED_MAPS].sort());
    expect(COLORMAP_NAMES).toEqual(expect.arrayContaining([...PUBLISHED_MAPS]));
  });

  test.each(Object.entries(NEAR))('%s follows them everywhere', (name, near) => {
    const values = Float32Array.from({ length: 4096 }, (_, i) => i / 4095);
    const pixels = { width: values.length, height: 1, bands: 1, dtype: 'float32', data: values } as const;
    const actual = runStages(pixels, [{ kind: 'colormap', name }], typescriptKernels).data;
    let worst = 0;
    values.forEach((v, i) => {
      namedColor(name, v).forEach((band, k) => {
        worst = Math.max(worst, Math.abs(actual[i * 3 + k]! - band) * 255);
      });
    });
    expect(worst).toBeLessThanOrEqual(near);
  });

  test.each(DTYPES)('go straight between their own colors on %s', (dtype: Input) => {
    const { minimum, maximum } = INPUTS[dtype];
    fc.assert(
      fc.property(fc.constantFrom(...COLORMAP_NAMES), scene, (name, { seed, bits, ...size }) => {
        const pixels = noise(dtype, { width: size.width, height: size.height, bands: 1 }, seed);
        const steps: StageStep[] = [
          { kind: 'normalize', ranges: [{ minimum, maximum }] },
          { kind: 'colormap', name },
          { kind: 'quantize', bits },
        ];
        const { colors, below = colors.slice(0, 3) } = colormapNamed(name);
        const count = colors.length / 3;
        const white = bits === 8 ? 255 : 65535;
        const actual = runStages(pixels, steps, typescriptKernels).data;
        let worst = 0;
        pixels.data.forEach((sample, i) => {
          const v = Math.min(1, (sample - minimum) / (maximum - minimum));
          for (let band = 0; band < 3; band++) {
            // A sum of tents, one on each color.
            let exact = v < 0 ? below[band]! : 0;
            for (let k = 0; v >= 0 && k < count; k++) {
              exact += colors[k * 3 + band]! * Math.max(0, 1 - Math.abs(v * (count - 1) - k));
            }
            worst = Math.max(worst, Math.abs(actual[i * 3 + band]! - exact * white));
          }
        });
        expect(worst).toBeLessThanOrEqual(0.5 + (bits === 8 ? 0.002 : 0.5));
      }),
      { numRuns: 15 },
    );
  });
});
