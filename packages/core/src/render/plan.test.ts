import { describe, expect, test } from 'vitest';
import { infoOf, JPG, LEVELS, levelOf, PNG, pixelsPlan, planOf } from '../../../../test/reference/plan.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import type { ImageInfo } from '../metadata/image-info.ts';
import type { PlanOptions } from './plan-options.ts';
import type { Adjustment, RenderRequest } from './request.ts';

describe('levels', () => {
  const region = (x: number, y: number, width: number, height: number) =>
    ({ kind: 'pixels', x, y, width, height }) as const;
  const exact = (width: number, height: number) => ({ kind: 'exact', width, height }) as const;

  test.each<[string, Partial<RenderRequest>, number]>([
    ['full size', {}, 0],
    ['as large as a level', { size: { kind: 'width', width: 150 } }, 1],
    ['the half, rounded up', { size: exact(151, 101) }, 1],
    ['a little larger than a level', { size: { kind: 'width', width: 160 } }, 0],
    ['between two levels', { size: { kind: 'width', width: 80 } }, 1],
    ['smaller than the smallest level', { size: { kind: 'width', width: 5 } }, 3],
    ['one axis decides', { size: exact(301, 10) }, 0],
    ['an inner tile at half size', { region: region(0, 0, 128, 128), size: exact(64, 64) }, 1],
    ['an edge tile at half size', { region: region(256, 128, 45, 73), size: exact(23, 37) }, 1],
    ['a corner of three pixels at half size', { region: region(298, 198, 3, 3), size: exact(2, 2) }, 1],
    ['one pixel', { region: region(5, 5, 1, 1) }, 0],
    ['enlarged', { region: region(5, 5, 10, 10), size: exact(100, 100) }, 0],
  ])('%s', (_name, request, expected) => {
    expect(pixelsPlan(request).level).toBe(expected);
  });

  test('a tile of a level that is stored rounded the other way is stretched at the edge only', () => {
    const level = { from: 'one-pixel', index: 8 } as const; // 151 x 101, stored as 150 x 100
    const inner = pixelsPlan({ level, region: { kind: 'tile', col: 1, row: 0 } });
    expect(inner).toMatchObject({
      level: 1,
      window: { x: 64, y: 0, width: 64, height: 64 },
      output: { size: { width: 64 } },
    });
    expect(inner.resample).toBeUndefined();
    const edge = pixelsPlan({ level, region: { kind: 'tile', col: 2, row: 0 } });
    expect(edge.output.size).toEqual({ width: 23, height: 64 });
    expect(edge.resample?.source.width).toBe(22);
  });

  test.each<[string, Partial<RenderRequest>, object]>([
    ['all of a stored level', {}, { level: 1, window: { x: 0, y: 0, width: 150, height: 100 } }],
    [
      'the pixels of a stored level that a region touches',
      { region: region(41, 20, 61, 30) },
      { level: 1, window: { x: 20, y: 10, width: 31, height: 15 } },
    ],
  ])('%s at its native size', (_name, request, expected) => {
    const plan = pixelsPlan({ ...request, level: { from: 'full', index: 1 } });
    expect(plan).toMatchObject(expected);
    expect(plan.output.size).toEqual({ width: plan.window.width, height: plan.window.height });
    expect(plan.resample).toBeUndefined();
  });

  test('all of a level that is not stored', () => {
    const plan = pixelsPlan({ level: { from: 'one-pixel', index: 3 } });
    expect(plan).toMatchObject({ level: 3, output: { size: { width: 5, height: 4 } } });
  });

  test('a tile below the smallest stored level is made from it', () => {
    const plan = pixelsPlan({ level: { from: 'one-pixel', index: 3 }, region: { kind: 'tile', col: 0, row: 0 } });
    expect(plan).toMatchObject({ level: 3, output: { size: { width: 5, height: 4 } } });
  });

  test.each<[string, Partial<RenderRequest>]>([
    ['a page', { page: 1 }],
    ['a level of the whole', { level: { from: 'full', index: 4 } }],
    ['a level above', { level: { from: 'full', index: 4 }, region: { kind: 'tile', col: 0, row: 0 } }],
    ['a level below', { level: { from: 'smallest', index: -1 }, region: { kind: 'tile', col: 0, row: 0 } }],
    ['a Deep Zoom level', { level: { from: 'one-pixel', index: 10 }, region: { kind: 'tile', col: 0, row: 0 } }],
    ['a Zoomify tier', { level: { from: 'one-tile', index: 4 }, region: { kind: 'tile', col: 0, row: 0 } }],
    ['a column', { level: { from: 'full', index: 0 }, region: { kind: 'tile', col: 5, row: 0 } }],
    ['a row', { level: { from: 'full', index: 0 }, region: { kind: 'tile', col: 0, row: -1 } }],
    ['an index', { level: { from: 'full', index: 0 }, region: { kind: 'tile-index', index: 20 } }],
    ['half an index', { level: { from: 'full', index: 0 }, region: { kind: 'tile-index', index: 0.5 } }],
  ])('%s that does not exist is not found', (_name, request) => {
    expect(() => planOf(request)).toThrow(expect.objectContaining({ kind: 'not-found' }));
  });
});

describe('reduction', () => {
  const flat = infoOf({ width: 1000, height: 800, levels: [levelOf(1000, 800, 1)] });

  test('by a whole number happens while assembling, and nothing is resampled', () => {
    const plan = pixelsPlan({ size: { kind: 'width', width: 250 } }, flat);
    expect(plan).toMatchObject({ shrink: 4, window: { x: 0, y: 0, width: 1000, height: 800 } });
    expect(plan.resample).toBeUndefined();
  });

  test('by another number leaves less than a factor of two to area resampling', () => {
    const plan = pixelsPlan({ size: { kind: 'width', width: 300 } }, flat);
    expect(plan.shrink).toBe(3);
    expect(plan.resample).toMatchObject({ kernel: 'area', size: { width: 300, height: 240 } });
    expect(plan.resample?.source.width).toBeCloseTo(1000 / 3);
  });

  test('uses boxes of one grid, wherever the region begins', () => {
    const region = { kind: 'pixels', x: 101, y: 50, width: 200, height: 200 } as const;
    const plan = pixelsPlan({ region, size: { kind: 'width', width: 50 } }, flat);
    expect(plan).toMatchObject({ shrink: 4, window: { x: 100, y: 48, width: 204, height: 204 } });
    expect(plan.resample?.source).toMatchObject({ x: 0.25, y: 0.5 });
  });

  test('does not average unassociated alpha before weighting with it', () => {
    const rgba = {
      ...flat,
      bands: 4,
      extraSamples: ['unassociated-alpha'] as const,
      ranges: infoOf({ bands: 4 }).ranges,
    };
    expect(pixelsPlan({ size: { kind: 'width', width: 250 } }, rgba)).toMatchObject({
      shrink: 1,
      resample: { premultiply: true },
    });
  });

  test('reads around the region what enlarging and convolution look at', () => {
    const region = { kind: 'pixels', x: 100, y: 100, width: 50, height: 50 } as const;
    const sharpen: Adjustment = { kind: 'convolution', kernel: 'sharpen' };
    expect(pixelsPlan({ region }, flat).window).toEqual({ x: 100, y: 100, width: 50, height: 50 });
    expect(pixelsPlan({ region, adjustments: [sharpen] }, flat).window).toEqual({
      x: 99,
      y: 99,
      width: 52,
      height: 52,
    });
    const enlarged = pixelsPlan({ region, size: { kind: 'width', width: 100 } }, flat, { enlargeBy: 'lanczos3' });
    expect(enlarged.window).toEqual({ x: 97, y: 97, width: 56, height: 56 });
    expect(enlarged.resample?.source).toEqual({ x: 3, y: 3, width: 50, height: 50 });
  });
});

describe('pass-through', () => {
  const jpegLevels = LEVELS.map((level) => ({ ...level, passThrough: { format: 'jpg' as const } }));
  const stored = infoOf({ levels: jpegLevels });
  const tile: Partial<RenderRequest> = {
    level: { from: 'full', index: 0 },
    region: { kind: 'tile', col: 1, row: 2 },
    output: JPG,
  };

  test('sends a stored tile that is the answer', () => {
    expect(planOf(tile, stored)).toMatchObject({
      kind: 'pass-through',
      segment: { page: 0, level: 0, col: 1, row: 2 },
      size: { width: 64, height: 64 },
    });
  });

  test.each<[string, Partial<RenderRequest>, Partial<PlanOptions>, Partial<ImageInfo>]>([
    ['another format is asked for', { output: PNG }, {}, {}],
    ['a quality is asked for', { output: { ...JPG, quality: 75 } }, {}, {}],
    ['it is adjusted', { adjustments: [{ kind: 'invert' }] }, {}, {}],
    ['it is gray', { quality: 'gray' }, {}, {}],
    ['it is turned', { rotation: { mirror: false, degrees: 180 } }, {}, {}],
    ['it is mirrored', { rotation: { mirror: true, degrees: 0 } }, {}, {}],
    ['it is cut at the edge', { region: { kind: 'tile', col: 4, row: 0 } }, {}, {}],
    ['it lies across two tiles', { region: { kind: 'pixels', x: 32, y: 0, width: 64, height: 64 } }, {}, {}],
    ['it is off', {}, { passThrough: false }, {}],
    ['the range is not shown in full', {}, {}, { ranges: new Array(3).fill({ minimum: 0, maximum: 200 }) }],
    [
      'a watermark is laid over it',
      {},
      {
        watermark: {
          overlay: { id: 'a', width: 1, height: 1, data: new Uint8Array(4) },
          opacity: 1,
          probability: 1,
          placement: 'random',
          seed: 1,
        },
      },
      {},
    ],
  ])('not where %s', (_name, request, options, info) => {
    expect(planOf({ ...tile, ...request }, { ...stored, ...info }, options).kind).toBe('pixels');
  });

  test('does what neutral adjustments and the color quality ask for: nothing', () => {
    const neutral: Partial<RenderRequest> = {
      ...tile,
      quality: 'color',
      adjustments: [
        { kind: 'gamma', exponent: 1 },
        { kind: 'contrast', gain: 1 },
      ],
    };
    expect(planOf(neutral, stored).kind).toBe('pass-through');
  });
});

describe('what a format cannot hold', () => {
  const limits = { ...DEFAULT_LIMITS, maxOutputSide: Number.POSITIVE_INFINITY, maxOutputPixels: 1e12 };
  const info = infoOf({ width: 20_000, height: 10, levels: [levelOf(20_000, 10, 1)] });
  const output = { format: 'webp', metadata: 'export' } as const;

  test('is reduced where all pixels are asked for', () => {
    expect(planOf({ output }, info, { limits })).toMatchObject({ output: { size: { width: 16383, height: 8 } } });
  });

  test('is refused where a size is asked for', () => {
    const size = { kind: 'width', width: 16384 } as const;
    expect(() => planOf({ output, size }, info, { limits })).toThrow(/exceeds 16383 pixels a side/);
  });
});

test('a format without an encoder is unsupported', () => {
  const output = { format: 'gif', metadata: 'export' } as unknown as RenderRequest['output'];
  expect(() => planOf({ output })).toThrow(expect.objectContaining({ kind: 'unsupported' }));
});

test('sizes beyond all counting are refused in words', () => {
  const unlimited = {
    ...DEFAULT_LIMITS,
    maxOutputSide: Number.POSITIVE_INFINITY,
    maxOutputPixels: Number.POSITIVE_INFINITY,
  };
  const region = { kind: 'fraction', x: 0, y: 0, width: 1e-320, height: 0.5 } as const;
  expect(() => planOf({ region, size: { kind: 'width', width: 400 } }, infoOf(), { limits: unlimited })).toThrow(
    expect.objectContaining({
      kind: 'limit',
      message: 'The working memory in bytes is more than the limit of 1073741824',
    }),
  );
});
