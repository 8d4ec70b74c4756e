import { describe, expect, test } from 'vitest';
import type { ToneCurve } from '../../color/tone-curve.ts';
import { typescriptKernels } from '../../kernels/typescript-kernels.ts';
import { allocateSamples, type DType } from '../../pixels/dtype.ts';
import { runStages } from '../run.ts';
import type { StageKind } from '../stage.ts';
import type { StageStep } from '../stage-step.ts';

/** Rows of pixels, each a list of samples. */
type Rows = readonly (readonly (readonly number[])[])[];

interface Example {
  readonly step: StageStep;
  readonly dtype: DType;
  readonly input: Rows;
  readonly output: Rows;
}

const one = (...pixels: (readonly number[])[]): Rows => [pixels];

/** A curve of an ICC profile that changes nothing. */
/** Primaries of sRGB as a profile of it has them: X, Y and Z of red, green and blue. */
const SRGB_UNDER_D50 = [
  0.4360747, 0.3850649, 0.1430804, 0.2225045, 0.7168786, 0.0606169, 0.0139322, 0.0971045, 0.7141733,
];
const LINEAR: ToneCurve = { kind: 'table', values: [0, 1] };

/**
 * Every stage on numbers that a pencil can follow. The comment says how.
 */
const EXAMPLES: { readonly [K in StageKind]: readonly Example[] } = {
  normalize: [
    {
      // (v - 10) / 40; and from 100 down to 0.
      step: {
        kind: 'normalize',
        ranges: [
          { minimum: 10, maximum: 50 },
          { minimum: 100, maximum: 0 },
        ],
      },
      ...{ dtype: 'int16', input: one([10, 0], [30, 25], [-10, 100]), output: one([0, 1], [0.5, 0.75], [-0.5, 0]) },
    },
  ],
  quantize: [
    {
      // 0.5 * 255 = 127.5 goes up; beyond 0..1 is cut.
      step: { kind: 'quantize', bits: 8 },
      ...{ dtype: 'float32', input: one([0.5], [-1], [2], [Number.NaN]), output: one([128], [0], [255], [0]) },
    },
    {
      // 0.5 * 255 = 127.5 rounded down.
      step: { kind: 'quantize', bits: 8, truncate: true },
      ...{ dtype: 'float32', input: one([0.5], [1]), output: one([127], [255]) },
    },
    {
      // 0.25 * 65535 = 16383.75
      step: { kind: 'quantize', bits: 16 },
      ...{ dtype: 'float32', input: one([0.25]), output: one([16384]) },
    },
    {
      // 1000 / 257 = 3.89
      step: { kind: 'quantize', bits: 8 },
      ...{ dtype: 'uint16', input: one([1000], [65535]), output: one([4], [255]) },
    },
  ],
  gamma: [
    {
      // Squares; below 0 is 0.
      step: { kind: 'gamma', exponent: 2 },
      ...{ dtype: 'float32', input: one([0.5], [1], [-3]), output: one([0.25], [1], [0]) },
    },
  ],
  log: [
    {
      // ln 16 / ln 256 = 1/2 where 1 + 255 v = 16.
      step: { kind: 'log' },
      ...{ dtype: 'float32', input: one([0], [15 / 255], [1]), output: one([0], [0.5], [1]) },
    },
  ],
  invert: [
    {
      step: { kind: 'invert', colorBands: 1 },
      ...{ dtype: 'float32', input: one([0.25, 0.25]), output: one([0.75, 0.25]) },
    },
  ],
  contrast: [
    {
      step: { kind: 'contrast', gain: 3 },
      ...{ dtype: 'float32', input: one([0.25], [0.5]), output: one([0.75], [1.5]) },
    },
  ],
  'color-twist': [
    {
      // 0.5 * 0.25 + 0.25 * 0.5 = 0.25; the short row takes the first band alone.
      step: { kind: 'color-twist', matrix: [[0.5, 0.25], [2]] },
      ...{ dtype: 'float32', input: one([0.25, 0.5]), output: one([0.25, 0.5]) },
    },
  ],
  colormap: [
    {
      // A sixth: half way from black to red.
      step: { kind: 'colormap', name: 'hot' },
      ...{ dtype: 'float32', input: one([0.5 / 3], [0.5], [1]), output: one([0.5, 0, 0], [1, 0.5, 0], [1, 1, 1]) },
    },
    {
      // 4 v - 1.5 and 2.5 - 4 v at a half.
      step: { kind: 'colormap', name: 'jet' },
      ...{ dtype: 'float32', input: one([0], [0.5], [1]), output: one([0, 0, 0.5], [0.5, 1, 0.5], [0.5, 0, 0]) },
    },
  ],
  hillshade: [
    {
      // Light from the right, grazing: s = (1, 0, 0), out = -(x - 0.5); no surface is black.
      step: { kind: 'hillshade', azimuthDegrees: 90, altitudeDegrees: 0 },
      ...{ dtype: 'float32', input: one([0, 0.5, 1], [0.25, 0, 0], [1, 1, 1], [0, 0, 0]) },
      output: one([0.5], [0.25], [0], [0]),
    },
    {
      // From above: s = (0, 1, -1) / sqrt 2 at azimuth 0, which keeps the cosine of the azimuth; z = 1 gives +0.5 / sqrt 2.
      step: { kind: 'hillshade', azimuthDegrees: 0, altitudeDegrees: 90 },
      ...{ dtype: 'float32', input: one([0.5, 0.5, 1]), output: one([Math.SQRT1_2 / 2]) },
    },
  ],
  'elevation-hillshade': [
    {
      // One up for each pixel to the right; the edges see half of it. Sun in the west at 45 degrees: cos 0 in the middle,
      // at the edges (1 + 1/2) / sqrt 2 / sqrt 1.25.
      step: {
        ...{ kind: 'elevation-hillshade', azimuthDegrees: 270, altitudeDegrees: 45 },
        ...{ cellSize: 1, verticalExaggeration: 1 },
      },
      ...{ dtype: 'float32', input: one([4], [5], [6]) },
      output: one([1.5 / Math.sqrt(2.5)], [1], [1.5 / Math.sqrt(2.5)]),
    },
    {
      // What is missing is black, and level for its neighbors: sin 30.
      step: {
        ...{ kind: 'elevation-hillshade', azimuthDegrees: 123, altitudeDegrees: 30 },
        ...{ cellSize: 7, verticalExaggeration: 3, noData: -9 },
      },
      ...{ dtype: 'int16', input: one([4], [-9], [4]), output: one([0.5], [0], [0.5]) },
    },
  ],
  convolution: [
    {
      // The right neighbor less the left one; the edge repeats.
      step: { kind: 'convolution', weights: [0, 0, 0, -1, 0, 1, 0, 0, 0], side: 3, divisor: 2 },
      ...{ dtype: 'float32', input: one([1], [5], [2]), output: one([2], [0.5], [-1.5]) },
    },
  ],
  'cielab-to-rgb': [
    {
      // White, black, and the middle gray of L* 50, of which 18.4 percent of the light is left: sRGB 0.466.
      step: { kind: 'cielab-to-rgb', encoding: 'cielab', bits: 8 },
      ...{ dtype: 'float32', input: one([100, 0, 0], [0, 0, 0], [50, 0, 0]) },
      output: one([1, 1, 1], [0, 0, 0], [0.4663, 0.4663, 0.4663]),
    },
  ],
  'cmyk-to-rgb': [
    {
      // 255 - 51 = 204 is 0.8; times 0.5 (of 127.5).
      step: { kind: 'cmyk-to-rgb' },
      ...{ dtype: 'uint8', input: one([51, 0, 255, 0], [0, 0, 0, 255]), output: one([204, 255, 0], [0, 0, 0]) },
    },
  ],
  'icc-to-rgb': [
    {
      // The primaries of sRGB with a straight curve: only sRGB's own curve is left, 12.92 v near black.
      step: {
        kind: 'icc-to-rgb',
        conversion: { curves: [LINEAR, LINEAR, LINEAR], matrix: SRGB_UNDER_D50 },
      },
      ...{ dtype: 'float32', input: one([0.001, 0, 0.002]), output: one([0.01292, 0, 0.02584]) },
    },
  ],
  'select-bands': [
    {
      step: { kind: 'select-bands', bands: [2, 0, 0] },
      ...{ dtype: 'int32', input: one([-7, 8, 9]), output: one([9, -7, -7]) },
    },
  ],
  flatten: [
    {
      // 100 * 51/255 + 200 * 204/255 = 20 + 160.
      step: { kind: 'flatten', background: [200], associated: false },
      ...{ dtype: 'uint8', input: one([100, 51], [9, 255]), output: one([180], [9]) },
    },
    {
      // 20 is multiplied already.
      step: { kind: 'flatten', background: [200], associated: true },
      ...{ dtype: 'uint8', input: one([20, 51]), output: one([180]) },
    },
  ],
  unpremultiply: [
    {
      // 20 * 255 / 51.
      step: { kind: 'unpremultiply' },
      ...{ dtype: 'uint8', input: one([20, 51], [90, 51], [5, 0]), output: one([100, 51], [255, 51], [0, 0]) },
    },
  ],
  'add-alpha': [{ step: { kind: 'add-alpha' }, dtype: 'uint16', input: one([5]), output: one([5, 65535]) }],
  grayscale: [
    {
      // 0.299 * 100 + 0.587 * 200 + 0.114 * 50 = 29.9 + 117.4 + 5.7 = 153.
      step: { kind: 'grayscale' },
      ...{ dtype: 'uint8', input: one([100, 200, 50, 7]), output: one([153, 7]) },
    },
  ],
  threshold: [
    {
      step: { kind: 'threshold', value: 100, colorBands: 1 },
      ...{ dtype: 'uint8', input: one([99, 3], [100, 3]), output: one([0, 3], [255, 3]) },
    },
    {
      // Two clusters: Otsu parts them anywhere between.
      step: { kind: 'threshold', value: 'otsu' },
      ...{ dtype: 'uint8', input: one([10], [12], [200], [202]), output: one([0], [0], [255], [255]) },
    },
  ],
  equalize: [
    {
      step: { kind: 'equalize', lut: Array.from({ length: 256 }, (_, v) => 255 - v) },
      ...{ dtype: 'uint8', input: one([0], [200]), output: one([255], [55]) },
    },
  ],
  mirror: [
    {
      step: { kind: 'mirror', axis: 'horizontal' },
      dtype: 'uint8',
      input: [
        [[1], [2]],
        [[3], [4]],
      ],
      output: [
        [[2], [1]],
        [[4], [3]],
      ],
    },
    {
      step: { kind: 'mirror', axis: 'vertical' },
      dtype: 'uint8',
      input: [
        [[1], [2]],
        [[3], [4]],
      ],
      output: [
        [[3], [4]],
        [[1], [2]],
      ],
    },
  ],
  turn: [
    {
      step: { kind: 'turn', degrees: 90 },
      dtype: 'float64',
      input: [
        [[1], [2]],
        [[3], [4]],
      ],
      output: [
        [[3], [1]],
        [[4], [2]],
      ],
    },
    {
      step: { kind: 'turn', degrees: 180 },
      dtype: 'int8',
      input: [
        [[1], [2]],
        [[3], [4]],
      ],
      output: [
        [[4], [3]],
        [[2], [1]],
      ],
    },
    { step: { kind: 'turn', degrees: 270 }, dtype: 'uint16', input: one([1], [2]), output: [[[2]], [[1]]] },
  ],
  rotate: [
    {
      // A quarter as an angle like any other.
      step: { kind: 'rotate', degrees: 90, background: [0] },
      ...{
        dtype: 'uint8',
        input: [
          [[1], [2]],
          [[3], [4]],
        ],
        output: [
          [[3], [1]],
          [[4], [2]],
        ],
      },
    },
  ],
  watermark: [
    {
      // 100 + (200 - 100) * 0.5 * 51/255.
      step: {
        ...{ kind: 'watermark', opacity: 0.5, probability: 1, blockSide: 64, seed: 1 },
        overlay: { id: 'gray', width: 1, height: 1, data: Uint8Array.of(200, 200, 200, 51) },
      },
      ...{ dtype: 'uint8', input: one([100, 100, 100]), output: one([110, 110, 110]) },
    },
  ],
};

describe('stages on hand-computed values', () => {
  test.each(
    Object.values(EXAMPLES)
      .flat()
      .map((example) => [JSON.stringify(example.step).slice(0, 60), example] as const),
  )('%s', (_name, { step, dtype, input, output }) => {
    const flat = input.flat(2);
    const data = allocateSamples(dtype, flat.length);
    data.set(flat);
    const bands = input[0]?.[0]?.length ?? 1;
    const pixels = { width: input[0]?.length ?? 0, height: input.length, bands, dtype, data };
    const actual = runStages(pixels, [step], typescriptKernels);
    expect([actual.width, actual.height, actual.bands]).toEqual([
      ...[output[0]?.length, output.length, output[0]?.[0]?.length],
    ]);
    for (const [i, expected] of output.flat(2).entries()) expect(actual.data[i]).toBeCloseTo(expected, 4);
  });
});
