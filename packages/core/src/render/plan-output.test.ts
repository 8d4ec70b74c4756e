import { describe, expect, test } from 'vitest';
import { infoOf, JPG, PNG, pixelsPlan, planOf, TIF, WEBP } from '../../../../test/reference/plan.ts';
import type { ImageInfo } from '../metadata/image-info.ts';
import { DEFAULT_PLAN_OPTIONS, type PlanOptions } from './plan-options.ts';
import type { PixelsPlan } from './plan-types.ts';
import type { RenderRequest } from './request.ts';

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
      { quality: 9, compression: 'deflate', alpha: false },
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
