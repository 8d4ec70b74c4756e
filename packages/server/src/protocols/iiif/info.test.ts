import type { LevelInfo } from '@sectile/core/pyramid';
import { describe, expect, it } from 'vitest';
import { iiifInfo2 } from './info-v2.ts';
import { iiifInfo3 } from './info-v3.ts';
import type { IiifImage, IiifService } from './service.ts';

function level(width: number, height: number, downsample: number): LevelInfo {
  return {
    width,
    height,
    tileWidth: 64,
    tileHeight: 64,
    downsampleX: downsample,
    downsampleY: downsample,
    stored: true,
  };
}

const IMAGE: IiifImage = {
  width: 300,
  height: 200,
  levels: [level(300, 200, 1), level(150, 100, 2), level(75, 50, 4), level(37, 25, 8)],
  tileSize: { width: 64, height: 64 },
  bands: 3,
  color: 'rgb',
  extraSamples: [],
  metadata: { text: {}, orientation: 1 },
};

const SERVICE: IiifService = {
  id: 'https://example.org/iiif/3/a%20b.tif',
  formats: ['jpg', 'png', 'webp', 'avif', 'tif'],
  defaultFormat: 'jpg',
  allowUpscaling: true,
  extraQualities: false,
  maxOutputSide: 5000,
  maxOutputPixels: 5000 * 5000,
};

function withText(text: Record<string, string>): IiifImage {
  return { ...IMAGE, metadata: { ...IMAGE.metadata, text } };
}

describe('iiifInfo3', () => {
  it('describes image and service', () => {
    expect(iiifInfo3(IMAGE, SERVICE)).toEqual({
      '@context': 'http://iiif.io/api/image/3/context.json',
      id: 'https://example.org/iiif/3/a%20b.tif',
      type: 'ImageService3',
      protocol: 'http://iiif.io/api/image',
      profile: 'level2',
      width: 300,
      height: 200,
      maxWidth: 5000,
      maxHeight: 5000,
      sizes: [
        { width: 37, height: 25 },
        { width: 75, height: 50 },
        { width: 150, height: 100 },
        { width: 300, height: 200 },
      ],
      tiles: [{ width: 64, height: 64, scaleFactors: [1, 2, 4, 8] }],
      preferredFormats: ['jpg'],
      extraQualities: ['color', 'gray', 'bitonal'],
      extraFormats: ['webp', 'avif', 'tif'],
      extraFeatures: ['canonicalLinkHeader', 'mirroring', 'profileLinkHeader', 'rotationArbitrary', 'sizeUpscaling'],
    });
  });

  it('begins with the context', () => {
    expect(Object.keys(iiifInfo3(IMAGE, SERVICE))[0]).toBe('@context');
  });

  it('advertises what is served and nothing else', () => {
    const info = iiifInfo3(
      { ...IMAGE, color: 'grayscale' },
      { ...SERVICE, formats: ['jpg'], allowUpscaling: false, extraQualities: true },
    );
    expect(info).toMatchObject({
      profile: 'level1',
      extraQualities: ['gray', 'bitonal', 'negative', 'stretch', 'equalization', 'log'],
    });
    expect(info).not.toHaveProperty('extraFormats');
    expect(info['extraFeatures']).toEqual(expect.arrayContaining(['regionByPct', 'sizeByWh', 'mirroring']));
    expect(info['extraFeatures']).not.toContain('sizeUpscaling');
  });

  it.each([
    [{ maxOutputSide: 100, maxOutputPixels: Infinity }, { maxWidth: 100, maxHeight: 100 }, 2],
    [{ maxOutputSide: Infinity, maxOutputPixels: 15000 }, { maxArea: 15000 }, 3],
    [{ maxOutputSide: 200, maxOutputPixels: 5000 }, { maxWidth: 200, maxHeight: 200, maxArea: 5000 }, 2],
    [{ maxOutputSide: Infinity, maxOutputPixels: Infinity }, {}, 4],
  ])('with limits %o states %o and %i sizes within them', (limits, stated, sizeCount) => {
    const { maxWidth, maxHeight, maxArea, sizes } = iiifInfo3(IMAGE, { ...SERVICE, ...limits });
    expect(JSON.parse(JSON.stringify({ maxWidth, maxHeight, maxArea }))).toEqual(stated);
    expect(sizes).toHaveLength(sizeCount);
  });

  it('promises no upscaling without a limit, as 5.7 demands', () => {
    const unlimited = iiifInfo3(IMAGE, { ...SERVICE, maxOutputSide: Infinity, maxOutputPixels: Infinity });
    expect(unlimited['extraFeatures']).not.toContain('sizeUpscaling');
  });

  it.each([
    [64, 64, [1]],
    [65, 64, [1, 2]],
    [64, 129, [1, 2, 4]],
    [1, 1, [1]],
  ])('of %i x %i pixels gives scale factors until one tile is left', (width, height, scaleFactors) => {
    expect(iiifInfo3({ ...IMAGE, width, height }, SERVICE)['tiles']).toEqual([{ width: 64, height: 64, scaleFactors }]);
  });

  it('prefers the format that is stored', () => {
    const stored = { ...level(300, 200, 1), passThrough: { format: 'webp' } as const };
    expect(iiifInfo3({ ...IMAGE, levels: [stored] }, SERVICE)['preferredFormats']).toEqual(['webp', 'jpg']);
    expect(
      iiifInfo3({ ...IMAGE, levels: [stored] }, { ...SERVICE, formats: ['jpg', 'png'] })['preferredFormats'],
    ).toEqual(['jpg']);
  });

  it('states rights that are an address, those of the image before those of the server', () => {
    const rights = 'https://creativecommons.org/licenses/by/4.0/';
    expect(iiifInfo3(withText({ rights }), { ...SERVICE, rights: 'http://x.org/' })).toMatchObject({ rights });
    expect(iiifInfo3(IMAGE, { ...SERVICE, rights })).toMatchObject({ rights });
    expect(iiifInfo3(withText({ rights: '(c) "Museum"' }), SERVICE)).not.toHaveProperty('rights');
  });

  it.each([
    [{ x: 400, y: 400, unit: 'inch' as const }, 0.0025, 'in'],
    [{ x: 118.11, y: 118.11, unit: 'cm' as const }, 0.00846668360003387, 'cm'],
  ])('gives the size of a pixel for %o', (density, physicalScale, physicalUnits) => {
    const info = iiifInfo3({ ...IMAGE, metadata: { ...IMAGE.metadata, density } }, SERVICE);
    expect(info['service']).toMatchObject([{ physicalScale: expect.closeTo(physicalScale, 10), physicalUnits }]);
  });

  it.each([
    { x: 72, y: 72, unit: 'none' as const },
    { x: 0, y: 0, unit: 'inch' as const },
    { x: Number.NaN, y: 1, unit: 'inch' as const },
  ])('gives no size of a pixel for %o', (density) => {
    expect(iiifInfo3({ ...IMAGE, metadata: { ...IMAGE.metadata, density } }, SERVICE)).not.toHaveProperty('service');
  });

  it('adds configured members, keeps its own, and joins services', () => {
    const density = { x: 400, y: 400, unit: 'inch' as const };
    const extraInfo = {
      width: 1,
      partOf: [{ id: 'https://x.org/m', type: 'Manifest' }],
      service: { id: 'https://x.org/auth' },
    };
    const info = iiifInfo3({ ...IMAGE, metadata: { ...IMAGE.metadata, density } }, { ...SERVICE, extraInfo });
    expect(info).toMatchObject({ width: 300, partOf: extraInfo.partOf });
    expect(info['service']).toEqual([expect.objectContaining({ physicalUnits: 'in' }), extraInfo.service]);
  });
});

describe('iiifInfo2', () => {
  it('describes image and service', () => {
    expect(iiifInfo2(IMAGE, SERVICE)).toEqual({
      '@context': 'http://iiif.io/api/image/2/context.json',
      '@id': 'https://example.org/iiif/3/a%20b.tif',
      protocol: 'http://iiif.io/api/image',
      width: 300,
      height: 200,
      sizes: expect.arrayContaining([{ width: 37, height: 25 }]),
      tiles: [{ width: 64, height: 64, scaleFactors: [1, 2, 4, 8] }],
      profile: [
        'http://iiif.io/api/image/2/level2.json',
        {
          formats: ['jpg', 'png', 'webp', 'avif', 'tif'],
          qualities: ['default', 'color', 'gray', 'bitonal'],
          supports: expect.arrayContaining(['sizeAboveFull', 'sizeByDistortedWh', 'rotationArbitrary', 'regionSquare']),
          maxWidth: 5000,
          maxHeight: 5000,
        },
      ],
    });
  });

  it('promises sizes above full only where they are allowed', () => {
    const [, { supports }] = iiifInfo2(IMAGE, { ...SERVICE, allowUpscaling: false })['profile'] as [
      string,
      { supports: string[] },
    ];
    expect(supports).not.toContain('sizeAboveFull');
  });

  it('gives rights as license when they are an address, else as attribution', () => {
    expect(iiifInfo2(withText({ rights: 'http://x.org/l' }), SERVICE)).toMatchObject({ license: 'http://x.org/l' });
    expect(iiifInfo2(withText({ rights: '(c) "M"' }), SERVICE)).toMatchObject({ attribution: '(c) "M"' });
  });
});
