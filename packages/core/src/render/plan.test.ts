import { describe, expect, test } from 'vitest';
import { requestOf } from '../../../../test/reference/render.ts';
import { imageInfo } from '../../../../test/reference/synthetic-reader.ts';
import type { ImageInfo, LevelInfo } from '../metadata/image-info.ts';
import { createPixelBuffer } from '../pixels/pixel-buffer.ts';
import { canonicalKey } from './canonical.ts';
import { planRender } from './plan.ts';
import { DEFAULT_PLAN_OPTIONS, type PlanOptions } from './plan-options.ts';
import type { PixelsPlan, RenderPlan } from './plan-types.ts';
import type { Adjustment, RenderRequest } from './request.ts';

function levelOf(width: number, height: number, downsample: number, changes: Partial<LevelInfo> = {}): LevelInfo {
  return {
    width,
    height,
    tileWidth: 64,
    tileHeight: 64,
    downsampleX: downsample,
    downsampleY: downsample,
    stored: true,
    ...changes,
  };
}

const LEVELS = [levelOf(301, 201, 1), levelOf(150, 100, 2), levelOf(75, 50, 4), levelOf(37, 25, 8)];

/** 301 x 201 RGB in 64 pixel tiles, levels halved and rounded down. */
function infoOf(changes: Partial<ImageInfo> = {}): ImageInfo {
  const full = createPixelBuffer(1, 1, changes.bands ?? 3, changes.dtype ?? 'uint8');
  return imageInfo(full, { width: 301, height: 201, levels: LEVELS, tileSize: { width: 64, height: 64 }, ...changes });
}

function planOf(request: Partial<RenderRequest>, info = infoOf(), options: Partial<PlanOptions> = {}): RenderPlan {
  return planRender(requestOf(request), info, { ...DEFAULT_PLAN_OPTIONS, ...options });
}

function pixelsPlan(request: Partial<RenderRequest>, info = infoOf(), options: Partial<PlanOptions> = {}): PixelsPlan {
  const plan = planOf(request, info, options);
  return plan.kind === 'pixels' ? plan : plan.fallback;
}

const PNG = { format: 'png', metadata: 'tile' } as const;
const JPG = { format: 'jpg', metadata: 'tile' } as const;
const WEBP = { format: 'webp', metadata: 'tile' } as const;
const TIF = { format: 'tif', metadata: 'tile' } as const;

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

  test('a tile below the smallest stored level is made from it', () => {
    const plan = pixelsPlan({ level: { from: 'one-pixel', index: 3 }, region: { kind: 'tile', col: 0, row: 0 } });
    expect(plan).toMatchObject({ level: 3, output: { size: { width: 5, height: 4 } } });
  });

  test.each<[string, Partial<RenderRequest>]>([
    ['a page', { page: 1 }],
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
          blockSide: 512,
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

describe('stages', () => {
  const range = (maximum: number, bands: number) => new Array(bands).fill({ minimum: 0, maximum });
  const kinds = (plan: PixelsPlan) =>
    [...plan.stages, 'resample', ...plan.finish].map((step) => (typeof step === 'string' ? step : step.kind)).join(' ');

  test.each<[string, Partial<ImageInfo>, Partial<RenderRequest>, string]>([
    ['RGB to JPEG', {}, { output: JPG }, 'resample'],
    ['gray to WebP', { bands: 1, color: 'grayscale' }, { output: WEBP }, 'resample select-bands'],
    ['gray with alpha to WebP', { bands: 2 }, { output: WEBP }, 'resample select-bands'],
    ['16-bit', { dtype: 'uint16' }, {}, 'normalize quantize resample'],
    ['16-bit to 16-bit', { dtype: 'uint16' }, { output: { ...PNG, bits: 'native' } }, 'resample'],
    [
      '12-bit to 16-bit',
      { dtype: 'uint16', ranges: range(4095, 3) },
      { output: { ...PNG, bits: 16 } },
      'normalize quantize resample',
    ],
    ['16-bit asked of JPEG', { dtype: 'uint16' }, { output: { ...JPG, bits: 16 } }, 'normalize quantize resample'],
    ['float', { dtype: 'float32' }, {}, 'normalize quantize resample'],
    ['CMYK', { bands: 4, color: 'cmyk', extraSamples: [] }, {}, 'cmyk-to-rgb resample'],
    [
      'CMYK, 12 bits',
      { bands: 4, color: 'cmyk', extraSamples: [], dtype: 'uint16', ranges: range(4095, 4) },
      {},
      'normalize cmyk-to-rgb quantize resample',
    ],
    ['CIELAB', { color: 'cielab' }, {}, 'cielab-to-srgb normalize quantize resample'],
    ['RGBA to PNG', { bands: 4 }, {}, 'resample'],
    ['RGBA to JPEG', { bands: 4 }, { output: JPG }, 'flatten resample'],
    ['premultiplied RGBA to PNG', { bands: 4, extraSamples: ['associated-alpha'] }, {}, 'unpremultiply resample'],
    [
      'premultiplied RGBA, adjusted',
      { bands: 4, extraSamples: ['associated-alpha'] },
      { output: JPG, adjustments: [{ kind: 'invert' }] },
      'normalize unpremultiply invert quantize flatten resample',
    ],
    ['an extra sample that is not alpha', { bands: 4, extraSamples: ['unspecified'] }, {}, 'select-bands resample'],
    [
      'an extra sample that is not alpha, to TIFF',
      { bands: 4, extraSamples: ['unspecified'] },
      { output: TIF },
      'resample',
    ],
    ['many bands', { bands: 7, color: 'multiband' }, {}, 'select-bands resample'],
    [
      'many bands through a matrix',
      { bands: 7, color: 'multiband' },
      { adjustments: [{ kind: 'color-twist', matrix: [[0, 0, 0, 0, 0, 0, 1]] }] },
      'normalize color-twist quantize resample',
    ],
    ['gray of RGB', {}, { quality: 'gray' }, 'resample grayscale'],
    ['gray of RGBA to WebP', { bands: 4 }, { quality: 'gray', output: WEBP }, 'resample grayscale select-bands'],
    ['bitonal', {}, { quality: 'bitonal' }, 'resample grayscale threshold'],
    [
      'color map of gray',
      { bands: 1 },
      { adjustments: [{ kind: 'colormap', name: 'hot' }] },
      'normalize colormap quantize resample',
    ],
    [
      'hillshade of normals',
      {},
      { adjustments: [{ kind: 'hillshade', azimuthDegrees: 90, altitudeDegrees: 30 }] },
      'normalize hillshade quantize resample',
    ],
    ['mirror, then turn', {}, { rotation: { mirror: true, degrees: 90 } }, 'resample mirror turn'],
    ['mirror and half a turn', {}, { rotation: { mirror: true, degrees: 180 } }, 'resample mirror'],
    [
      'any angle with transparent corners',
      {},
      { rotation: { mirror: false, degrees: 22.5 } },
      'resample add-alpha rotate',
    ],
    [
      'gray at any angle to WebP',
      { bands: 1 },
      { rotation: { mirror: false, degrees: 22.5 }, output: WEBP },
      'resample add-alpha rotate select-bands',
    ],
    [
      'signed integers of which some bands are shown',
      { bands: 5, dtype: 'int16', color: 'multiband', extraSamples: [] },
      {},
      'select-bands normalize quantize resample',
    ],
    ['any angle', {}, { rotation: { mirror: false, degrees: 22.5 }, output: JPG }, 'resample rotate'],
    [
      'all adjustments, in one order',
      {},
      {
        adjustments: [
          { kind: 'contrast', gain: 2 },
          { kind: 'convolution', kernel: 'sobel' },
          { kind: 'invert' },
          { kind: 'gamma', exponent: 2 },
          { kind: 'color-twist', matrix: [[1, 0, 0]] },
          { kind: 'colormap', name: 'jet' },
          { kind: 'range', band: 0, minimum: 10, maximum: 20 },
        ],
      },
      'normalize color-twist gamma invert colormap convolution contrast quantize resample',
    ],
  ])('%s', (_name, info, request, expected) => {
    expect(kinds(pixelsPlan(request, infoOf(info)))).toBe(expected);
  });

  test('ranges of a request replace those of the image, band by band', () => {
    const adjustments: Adjustment[] = [
      { kind: 'range', band: 'all', minimum: 1, maximum: 2 },
      { kind: 'range', band: 1, minimum: 3, maximum: 4 },
      { kind: 'range', band: 9, minimum: 5, maximum: 6 },
    ];
    expect(pixelsPlan({ adjustments }, infoOf({ bands: 4 })).stages[0]).toEqual({
      kind: 'normalize',
      ranges: [
        { minimum: 1, maximum: 2 },
        { minimum: 3, maximum: 4 },
        { minimum: 1, maximum: 2 },
        { minimum: 0, maximum: 255 },
      ],
    });
  });

  test('stretching shows what the histogram holds and replaces contrast', () => {
    const histogram = new Uint32Array(256);
    histogram[51] = 1;
    histogram[204] = 1;
    const adjustments: Adjustment[] = [{ kind: 'stretch' }, { kind: 'contrast', gain: 3 }];
    const plan = pixelsPlan({ adjustments }, infoOf({ bands: 1, dtype: 'uint16' }), { histogram });
    expect(plan.stages.map(({ kind }) => kind)).toEqual(['normalize', 'quantize']);
    expect(plan.stages[0]).toEqual({ kind: 'normalize', ranges: [{ minimum: 51 * 257, maximum: 204 * 257 }] });
    expect(() => pixelsPlan({ adjustments })).toThrow(expect.objectContaining({ kind: 'request' }));
  });

  test('a histogram gives all tiles one threshold', () => {
    const histogram = new Uint32Array(256);
    histogram.fill(1, 0, 10);
    histogram.fill(1, 200, 210);
    const plan = pixelsPlan({ quality: 'bitonal' }, infoOf(), { histogram });
    const threshold = plan.finish.find((step) => step.kind === 'threshold');
    expect(threshold?.kind === 'threshold' && threshold.value).toBeTypeOf('number');
  });

  test('adjustments leave alpha alone', () => {
    const plan = pixelsPlan({ adjustments: [{ kind: 'invert' }] }, infoOf({ bands: 4 }));
    expect(plan.stages[1]).toEqual({ kind: 'invert', colorBands: 3 });
  });

  test('hillshade of one band is a bad request', () => {
    const adjustments: Adjustment[] = [{ kind: 'hillshade', azimuthDegrees: 0, altitudeDegrees: 0 }];
    expect(() => planOf({ adjustments }, infoOf({ bands: 1 }))).toThrow(expect.objectContaining({ kind: 'request' }));
  });

  test('iipsrv compatibility truncates when quantizing', () => {
    const plan = pixelsPlan({ adjustments: [{ kind: 'invert' }] }, infoOf(), { compat: 'iipsrv' });
    expect(plan.stages.at(-1)).toEqual({ kind: 'quantize', bits: 8, truncate: true });
  });
});

describe('output', () => {
  function profile(space: string, length = 200): Uint8Array {
    const icc = new Uint8Array(length);
    icc.set(new TextEncoder().encode(space), 16);
    return icc;
  }
  const withIcc = (icc: Uint8Array, changes: Partial<ImageInfo> = {}) =>
    infoOf({
      ...changes,
      metadata: {
        text: { title: 'T' },
        orientation: 1,
        icc,
        xmp: new Uint8Array(3),
        density: { x: 300, y: 300, unit: 'inch' },
      },
    });
  const hasIcc = (plan: PixelsPlan) => plan.output.options.metadata?.icc !== undefined;

  test.each<[string, Partial<RenderRequest>, Partial<PlanOptions>, ImageInfo, boolean]>([
    ['RGB', {}, {}, withIcc(profile('RGB ')), true],
    ['gray', {}, {}, withIcc(profile('GRAY'), { bands: 1 }), true],
    ['of the size of the limit', {}, { maxIccBytes: 200 }, withIcc(profile('RGB ')), false],
    ['below the limit', {}, { maxIccBytes: 201 }, withIcc(profile('RGB ')), true],
    ['never', {}, { maxIccBytes: 0 }, withIcc(profile('RGB ')), false],
    ['always', {}, { maxIccBytes: -1 }, withIcc(profile('RGB ', 100000)), true],
    ['RGB with adjusted tones', { adjustments: [{ kind: 'gamma', exponent: 2 }] }, {}, withIcc(profile('RGB ')), true],
    [
      'RGB through a color map',
      { adjustments: [{ kind: 'colormap', name: 'hot' }] },
      {},
      withIcc(profile('RGB ')),
      false,
    ],
    ['RGB shown gray', { quality: 'gray' }, {}, withIcc(profile('RGB ')), false],
    ['CMYK shown as RGB', {}, {}, withIcc(profile('CMYK'), { bands: 4, color: 'cmyk', extraSamples: [] }), false],
    ['gray repeated as RGB', { output: WEBP }, {}, withIcc(profile('GRAY'), { bands: 1 }), false],
  ])('embeds a profile: %s', (_name, request, options, info, expected) => {
    expect(hasIcc(pixelsPlan(request, info, options))).toBe(expected);
  });

  test('tiles carry the profile at most, exports all, with the density of their own size', () => {
    const info = withIcc(profile('RGB '));
    const size = { kind: 'exact', width: 301, height: 67 } as const;
    expect(Object.keys(pixelsPlan({}, info).output.options.metadata ?? {})).toEqual(['icc']);
    const { metadata } = pixelsPlan({ size, output: { ...PNG, metadata: 'export' } }, info).output.options;
    expect(metadata).toMatchObject({ text: { title: 'T' }, density: { x: 300, y: 100, unit: 'inch' } });
    expect(metadata?.xmp).toHaveLength(3);
  });

  test.each<[RenderRequest['output'], Record<string, unknown>]>([
    [JPG, { quality: 75 }],
    [{ ...JPG, quality: 0 }, { quality: 1 }],
    [{ ...JPG, quality: 999 }, { quality: 100 }],
    [PNG, { quality: 1, alpha: false }],
    [
      { ...PNG, quality: 90 },
      { quality: 9, alpha: false },
    ],
    [WEBP, { quality: 50, alpha: false }],
    [
      { ...WEBP, quality: 0 },
      { quality: -1, alpha: false },
    ],
    [TIF, { quality: 1, compression: 'deflate', alpha: false }],
    [
      { ...TIF, compression: 'jpeg' },
      { quality: 75, compression: 'jpeg', alpha: false },
    ],
    [
      { ...TIF, compression: 'zstd', quality: 50 },
      { quality: 19, compression: 'zstd', alpha: false },
    ],
  ])('encodes %j with %j', (output, expected) => {
    expect(pixelsPlan({ output }).output.options).toEqual(expected);
  });

  test('a quarter turn swaps the sides of the answer', () => {
    expect(pixelsPlan({ rotation: { mirror: false, degrees: 450 } }).output.size).toEqual({ width: 201, height: 301 });
  });

  test('a format without encoder is unsupported', () => {
    expect(() => planOf({}, infoOf(), { outputFormats: ['jpg'] })).toThrow(
      expect.objectContaining({ kind: 'unsupported' }),
    );
  });

  test.each<[string, Partial<PlanOptions['limits']>, Partial<RenderRequest>]>([
    ['pixels to decode', { maxDecodePixels: 64 * 64 * 19 }, {}],
    ['working memory', { maxWorkingBytes: 301 * 201 * 3 }, {}],
  ])('too many %s are refused', (_name, limits, request) => {
    const options = { limits: { ...DEFAULT_PLAN_OPTIONS.limits, ...limits } };
    expect(() => planOf(request, infoOf(), options)).toThrow(expect.objectContaining({ kind: 'limit' }));
  });
});

describe('canonical keys', () => {
  const key = (request: Partial<RenderRequest>, info = infoOf()) => canonicalKey(planOf(request, info));

  test('are equal for the same tile asked for by four protocols', () => {
    const protocols: Partial<RenderRequest>[] = [
      { level: { from: 'smallest', index: 2 }, region: { kind: 'tile-index', index: 1 } },
      { level: { from: 'one-pixel', index: 8 }, region: { kind: 'tile', col: 1, row: 0 } },
      { level: { from: 'one-tile', index: 2 }, region: { kind: 'tile', col: 1, row: 0 } },
      {
        region: { kind: 'pixels', x: 128, y: 0, width: 128, height: 128 },
        size: { kind: 'width', width: 64 },
        upscale: 'reject',
      },
      {
        region: { kind: 'pixels', x: 128, y: 0, width: 128, height: 128 },
        size: { kind: 'fit', width: 64, height: 64 },
      },
    ];
    for (const output of [JPG, PNG, WEBP]) {
      expect(new Set(protocols.map((request) => key({ ...request, output }))).size).toBe(1);
    }
    const stored = infoOf({ levels: LEVELS.map((level) => ({ ...level, passThrough: { format: 'jpg' } })) });
    expect(new Set(protocols.map((request) => key({ ...request, output: JPG }, stored))).size).toBe(1);
  });

  test('do not depend on how the same thing was said', () => {
    const whole = key({});
    expect(key({ size: { kind: 'max' }, upscale: 'reject' })).toBe(whole);
    expect(key({ region: { kind: 'percent', x: 0, y: 0, width: 100, height: 100 } })).toBe(whole);
    expect(key({ region: { kind: 'fraction', x: 0, y: 0, width: 1, height: 1 } })).toBe(whole);
    expect(key({ rotation: { mirror: false, degrees: 360 } })).toBe(whole);
    expect(key({ output: { ...PNG, quality: 1 } })).toBe(whole);
    expect(key({ adjustments: [{ kind: 'gamma', exponent: 1 }] })).toBe(whole);
  });

  test('differ where the answer does', () => {
    const requests: Partial<RenderRequest>[] = [
      {},
      { region: { kind: 'square' } },
      { region: { kind: 'pixels', x: 0, y: 0, width: 300, height: 201 } },
      { size: { kind: 'width', width: 300 } },
      { size: { kind: 'width', width: 150 } },
      { size: { kind: 'width', width: 149 } },
      { quality: 'gray' },
      { quality: 'bitonal' },
      { rotation: { mirror: true, degrees: 0 } },
      { rotation: { mirror: false, degrees: 90 } },
      { rotation: { mirror: false, degrees: 90.5 } },
      { adjustments: [{ kind: 'gamma', exponent: 2 }] },
      { adjustments: [{ kind: 'gamma', exponent: 2.5 }] },
      { adjustments: [{ kind: 'contrast', gain: 2 }] },
      { output: JPG },
      { output: { ...JPG, quality: 80 } },
      { output: TIF },
      { output: { ...TIF, compression: 'lzw' } },
    ];
    expect(new Set(requests.map((request) => key(request))).size).toBe(requests.length);
    const pages = infoOf({
      pages: [
        { name: '', scale: 1 },
        { name: '', scale: 1 },
      ],
    });
    expect(key({ page: 1 }, pages)).not.toBe(key({ page: 0 }, pages));
  });

  test('hold a profile by its length, not by its bytes', () => {
    const icc = new Uint8Array(30000);
    const info = infoOf({ metadata: { text: {}, orientation: 1, icc } });
    expect(key({}, info)).not.toBe(key({}));
    expect(key({}, info).length).toBeLessThan(600);
  });
});
