import { describe, expect, test } from 'vitest';
import type { RenderRequest, SizeSpec, UpscaleRule } from './request.ts';
import { type AreaSpec, resolveRegion } from './resolve-region.ts';
import { resolveSize } from './resolve-size.ts';

const G = { width: 300, height: 200 };
const O = { width: 301, height: 201 };

interface Case {
  readonly image: { readonly width: number; readonly height: number };
  readonly region?: AreaSpec;
  readonly size: SizeSpec;
  readonly upscale?: UpscaleRule;
  readonly overLimit?: RenderRequest['overLimit'];
  readonly side?: number;
  readonly pixels?: number;
}

function sizeOf({ image, region = { kind: 'full' }, size, ...rules }: Case): string {
  const { width, height } = resolveSize(size, {
    region: resolveRegion(region, image),
    upscale: rules.upscale ?? 'allow',
    overLimit: rules.overLimit ?? 'reject',
    limits: { maxOutputSide: rules.side ?? 5000, maxOutputPixels: rules.pixels ?? Number.POSITIVE_INFINITY },
  });
  return `${width}x${height}`;
}

function fraction(x: number, y: number, width: number, height: number): AreaSpec {
  return { kind: 'fraction', x, y, width, height };
}

const wid = (width: number): SizeSpec => ({ kind: 'width', width });
const hei = (height: number): SizeSpec => ({ kind: 'height', height });
const box = (width: number, height: number): SizeSpec => ({ kind: 'fit', width, height });

describe('IIP sizes are those that iipsrv answers', () => {
  test.each<[string, Case, string]>([
    ['O HEI=25', { image: O, size: hei(25) }, '37x25'],
    ['O WID=10 HEI=26', { image: O, size: box(10, 26) }, '10x7'],
    ['O WID=76', { image: O, size: wid(76) }, '76x51'],
    ['O WID=150', { image: O, size: wid(150) }, '150x100'],
    ['O WID=151', { image: O, size: wid(151) }, '151x101'],
    ['O WID=75', { image: O, size: wid(75) }, '75x50'],
    ['O WID=301 HEI=150', { image: O, size: box(301, 150) }, '225x150'],
    ['O WID=38 HEI=322', { image: O, size: box(38, 322) }, '38x25'],
    ['G WID=300 HEI=100', { image: G, size: box(300, 100) }, '150x100'],
    ['G HEI=51', { image: G, size: hei(51) }, '77x51'],
    ['O WID=180 RGN', { image: O, region: fraction(0.84, 0.94, 0.48, 0.67), size: wid(180) }, '180x168'],
    ['O WID=10 RGN', { image: O, region: fraction(0.13, 0.15, 0.91, 0.82), size: wid(10) }, '10x6'],
    ['G WID=300 HEI=25 RGN', { image: G, region: fraction(0.4, 0.19, 0.99, 0.45), size: box(300, 25) }, '83x25'],
    ['O WID=38 RGN', { image: O, region: fraction(0.45, 0.71, 0.32, 0.12), size: wid(38) }, '38x10'],
    ['G WID=150 RGN', { image: G, region: fraction(0.05, 0.47, 0.38, 0.93), size: wid(150) }, '150x245'],
    ['G WID=75 RGN', { image: G, region: fraction(0.53, 0.48, 0.95, 0.71), size: wid(75) }, '75x37'],
    ['G WID=151, limit 120', { image: G, size: wid(151), overLimit: 'clamp', side: 120 }, '120x80'],
    ['G WID=301, limit 120', { image: G, size: wid(301), overLimit: 'clamp', side: 120 }, '120x80'],
  ])('%s', (_name, given, expected) => {
    expect(sizeOf(given)).toBe(expected);
  });

  test.each<[string, Case, string]>([
    [
      'a region without size is given in its own size',
      { image: G, region: fraction(0.41, 0.52, 0.39, 0.35), size: { kind: 'native' } },
      '117x70',
    ],
    ['no size and no region is the full size', { image: O, size: { kind: 'native' } }, '301x201'],
    ['the full size is reduced to the limit', { image: G, size: { kind: 'native' }, side: 150 }, '150x100'],
    [
      'enlarging is clamped to the region',
      { image: G, region: fraction(0, 0, 0.25, 0.5), size: wid(600), upscale: 'clamp' },
      '75x100',
    ],
  ])('but where iipsrv errs: %s', (_name, given, expected) => {
    expect(sizeOf(given)).toBe(expected);
  });
});

describe('IIIF sizes', () => {
  const pixels = (x: number, y: number, width: number, height: number): AreaSpec => ({
    kind: 'pixels',
    x,
    y,
    width,
    height,
  });
  test.each<[string, Case, string]>([
    ['max', { image: O, size: { kind: 'max' }, upscale: 'reject' }, '301x201'],
    ['max within maxWidth', { image: G, size: { kind: 'max' }, upscale: 'reject', side: 200 }, '200x133'],
    ['max within maxArea', { image: G, size: { kind: 'max' }, upscale: 'reject', pixels: 15000 }, '150x100'],
    ['^max grows to maxWidth', { image: G, size: { kind: 'max' }, upscale: 'allow', side: 900 }, '900x600'],
    ['w,', { image: O, size: wid(100), upscale: 'reject' }, '100x67'],
    [',h', { image: O, size: hei(100), upscale: 'reject' }, '150x100'],
    [
      'w, of a thin picture keeps a row',
      { image: { width: 1000, height: 2 }, size: wid(10), upscale: 'reject' },
      '10x1',
    ],
    ['w,h distorts', { image: G, size: { kind: 'exact', width: 10, height: 200 }, upscale: 'reject' }, '10x200'],
    ['pct:50 rounds half up', { image: O, size: { kind: 'percent', percent: 50 }, upscale: 'reject' }, '151x101'],
    ['^pct:150', { image: G, size: { kind: 'percent', percent: 150 } }, '450x300'],
    ['!w,h', { image: G, size: box(100, 100), upscale: 'reject' }, '100x67'],
    ['!w,h larger than the region stays', { image: G, size: box(400, 400), upscale: 'reject' }, '300x200'],
    ['^!w,h', { image: G, size: box(400, 400) }, '400x267'],
    [
      '!w,h of an edge tile',
      { image: G, region: pixels(128, 128, 128, 128), size: box(64, 64), upscale: 'reject' },
      '64x36',
    ],
    ['!w,h within maxWidth', { image: G, size: box(250, 250), upscale: 'reject', side: 90 }, '90x60'],
  ])('%s', (_name, given, expected) => {
    expect(sizeOf(given)).toBe(expected);
  });

  test.each<[string, Case]>([
    ['w, wider than the region', { image: G, size: wid(301), upscale: 'reject' }],
    ['pct above 100', { image: G, size: { kind: 'percent', percent: 101 }, upscale: 'reject' }],
    ['pct that leaves nothing', { image: G, size: { kind: 'percent', percent: 0.1 } }],
    ['a width of 0', { image: G, size: wid(0) }],
    ['a height of NaN', { image: G, size: hei(Number.NaN) }],
    ['a size beyond maxWidth', { image: G, size: wid(250), side: 200 }],
    ['a size beyond maxArea', { image: G, size: wid(250), pixels: 30000 }],
  ])('%s is a bad request', (_name, given) => {
    expect(() => sizeOf(given)).toThrow(expect.objectContaining({ kind: 'request' }));
  });

  test('the largest size of an endless strip is found at once', () => {
    const image = { width: 2 ** 40, height: 1 };
    expect(sizeOf({ image, size: { kind: 'max' }, side: Number.POSITIVE_INFINITY, pixels: 1000 })).toBe('1000x1');
  });
});

describe('regions', () => {
  const rectOf = (spec: AreaSpec) => {
    const { x, y, width, height } = resolveRegion(spec, O).rect;
    return [x, y, width, height];
  };
  test.each<[string, AreaSpec, number[]]>([
    ['full', { kind: 'full' }, [0, 0, 301, 201]],
    ['square is centered', { kind: 'square' }, [50, 0, 201, 201]],
    ['pixels', { kind: 'pixels', x: 1, y: 2, width: 3, height: 4 }, [1, 2, 3, 4]],
    ['pixels cut at the edge', { kind: 'pixels', x: 300, y: 100, width: 50, height: 500 }, [300, 100, 1, 101]],
    ['percent is rounded', { kind: 'percent', x: 50, y: 50, width: 10, height: 10 }, [151, 101, 30, 20]],
    ['percent of nearly nothing is a pixel', { kind: 'percent', x: 0, y: 0, width: 0.01, height: 0.01 }, [0, 0, 1, 1]],
    ['percent cut at the edge', { kind: 'percent', x: 90, y: 0, width: 20, height: 100 }, [271, 0, 30, 201]],
    ['fractions are clamped one by one', fraction(-1, 0.5, 2, 9), [0, 101, 301, 100]],
    ['a fraction at the far edge has a pixel', fraction(1, 1, 0.1, 0.1), [300, 200, 1, 1]],
  ])('%s', (_name, spec, expected) => {
    expect(rectOf(spec)).toEqual(expected);
  });

  test.each<[string, AreaSpec]>([
    ['outside', { kind: 'pixels', x: 301, y: 0, width: 1, height: 1 }],
    ['outside by percent', { kind: 'percent', x: 100, y: 0, width: 10, height: 10 }],
    ['without width', { kind: 'pixels', x: 0, y: 0, width: 0, height: 1 }],
    ['without height', { kind: 'percent', x: 0, y: 0, width: 10, height: 0 }],
    ['not a number', { kind: 'pixels', x: Number.NaN, y: 0, width: 1, height: 1 }],
    ['fraction without width', fraction(0, 0, 0, 1)],
  ])('a region %s is a bad request', (_name, spec) => {
    expect(() => rectOf(spec)).toThrow(expect.objectContaining({ kind: 'request' }));
  });
});

describe('regions thinner than any pixel', () => {
  const thin = (width: number, height: number) => ({ image: G, region: fraction(0, 0, width, height) });

  // The aspect of 300 w to 200 h, as long as the limits let it be.
  test.each([1e-30, 1e-300, 1e-310, 1e-320, 5e-324])('of %d give the longest strip that the limits allow', (tiny) => {
    const clamped = { overLimit: 'clamp', pixels: 5000 * 5000 } as const;
    expect(sizeOf({ ...thin(tiny, 0.5), size: wid(400), ...clamped })).toBe('1x5000');
    expect(sizeOf({ ...thin(0.5, tiny), size: hei(400), ...clamped })).toBe('5000x1');
    expect(sizeOf({ ...thin(tiny, 0.5), size: box(400, 300), ...clamped })).toBe('1x300');
    expect(sizeOf({ ...thin(tiny, tiny), size: wid(400), ...clamped })).toMatch(/^400x/);
  });

  test('are too large where sizes are not reduced', () => {
    expect(() => sizeOf({ ...thin(1e-320, 0.5), size: wid(400) })).toThrow(
      expect.objectContaining({
        kind: 'request',
        message: expect.stringMatching(/^The size exceeds \d+ pixels a side/),
      }),
    );
  });
});
