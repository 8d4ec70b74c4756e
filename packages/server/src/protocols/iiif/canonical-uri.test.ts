import type { RenderRequest } from '@sectile/core/render';
import { describe, expect, it } from 'vitest';
import { DEFAULT_PARSE_OPTIONS } from '../protocol.ts';
import { canonicalIiifUri, type DeliveredPicture, iiifLinkHeader } from './canonical-uri.ts';
import { profileUri } from './compliance.ts';
import { parseIiif } from './parse.ts';

const ID = 'https://example.org/iiif/a%2Fb.tif';

function requestOf(tail: string, version: 2 | 3): RenderRequest {
  const input = { path: `a%2Fb.tif/${tail}`, query: '', method: 'GET', header: () => undefined } as const;
  const parsed = parseIiif(input, { ...DEFAULT_PARSE_OPTIONS, extraQualities: true }, version);
  if (parsed.kind !== 'render') throw new Error(parsed.kind);
  return parsed.request;
}

interface Facts {
  readonly region?: readonly [number, number, number, number];
  readonly size: readonly [number, number];
  readonly color?: 'grayscale' | 'rgb';
}

function canonical(request: RenderRequest, version: 2 | 3, { region = [0, 0, 300, 200], size, color = 'rgb' }: Facts) {
  const picture: DeliveredPicture = {
    version,
    id: ID,
    info: { width: 300, height: 200, color },
    region: { x: region[0], y: region[1], width: region[2], height: region[3] },
    size: { width: size[0], height: size[1] },
  };
  return canonicalIiifUri(request, picture);
}

describe('canonicalIiifUri', () => {
  it.each<[string, Facts, string]>([
    ['full/max/0/default.jpg', { size: [300, 200] }, 'full/max/0/default.jpg'],
    ['0,0,999,999/max/360/color.png', { size: [300, 200] }, 'full/max/0/default.png'],
    ['full/max/0/default.jpg', { size: [150, 100] }, 'full/max/0/default.jpg'],
    ['full/^max/0/default.jpg', { size: [300, 200] }, 'full/max/0/default.jpg'],
    ['full/^max/0/default.jpg', { size: [600, 400] }, 'full/^max/0/default.jpg'],
    ['full/150,/0/default.jpg', { size: [150, 100] }, 'full/150,100/0/default.jpg'],
    ['full/pct:100/0/default.jpg', { size: [300, 200] }, 'full/max/0/default.jpg'],
    ['full/^!600,600/0/default.jpg', { size: [600, 400] }, 'full/^600,400/0/default.jpg'],
    ['full/^400,10/0/default.jpg', { size: [400, 10] }, 'full/^400,10/0/default.jpg'],
    ['full/^100,/0/default.jpg', { size: [100, 67] }, 'full/100,67/0/default.jpg'],
    [
      'pct:50,50,50,50/max/!022.50/gray.webp',
      { region: [150, 100, 150, 100], size: [150, 100] },
      '150,100,150,100/max/!22.5/gray.webp',
    ],
    [
      'square/64,64/.5/bitonal.jpg',
      { region: [50, 0, 200, 200], size: [64, 64] },
      '50,0,200,200/64,64/0.5/bitonal.jpg',
    ],
    ['full/max/0/gray.jpg', { size: [300, 200], color: 'grayscale' }, 'full/max/0/default.jpg'],
    ['full/max/0/negative.jpg', { size: [300, 200] }, 'full/max/0/negative.jpg'],
    ['full/max/0/equalization.jpg', { size: [300, 200] }, 'full/max/0/equalization.jpg'],
  ])('in version 3 of %s', (tail, facts, expected) => {
    expect(canonical(requestOf(tail, 3), 3, facts)).toBe(`${ID}/${expected}`);
  });

  it.each<[string, Facts, string]>([
    ['full/full/0/default.jpg', { size: [300, 200] }, 'full/full/0/default.jpg'],
    ['full/max/0/default.jpg', { size: [150, 100] }, 'full/full/0/default.jpg'],
    ['full/300,/0/default.jpg', { size: [300, 200] }, 'full/full/0/default.jpg'],
    ['full/150,100/0/default.jpg', { size: [150, 100] }, 'full/150,/0/default.jpg'],
    ['full/!100,100/0/default.jpg', { size: [100, 67] }, 'full/100,/0/default.jpg'],
    ['full/100,100/0/default.jpg', { size: [100, 100] }, 'full/100,100/0/default.jpg'],
    ['full/600,/0/default.jpg', { size: [600, 400] }, 'full/600,/0/default.jpg'],
    ['0,0,64,64/,32/0/default.jpg', { region: [0, 0, 64, 64], size: [32, 32] }, '0,0,64,64/32,/0/default.jpg'],
  ])('in version 2 of %s', (tail, facts, expected) => {
    expect(canonical(requestOf(tail, 2), 2, facts)).toBe(`${ID}/${expected}`);
  });

  it('asked for again is its own canonical URI', () => {
    const request = requestOf('full/^400,10/22.5/gray.png', 3);
    const uri = canonical(request, 3, { size: [400, 10] }) ?? '';
    expect(requestOf(uri.slice(ID.length + 1), 3)).toEqual(request);
  });

  it('is none for what IIIF can not say', () => {
    const request = requestOf('full/max/0/default.jpg', 3);
    const facts = { size: [300, 200] } as const;
    expect(canonical({ ...request, layers: 3 }, 3, facts)).toBeUndefined();
    expect(canonical({ ...request, output: { ...request.output, quality: 90 } }, 3, facts)).toBeUndefined();
    expect(canonical({ ...request, adjustments: [{ kind: 'gamma', exponent: 2 }] }, 3, facts)).toBeUndefined();
    expect(canonical({ ...request, quality: 'gray', adjustments: [{ kind: 'invert' }] }, 3, facts)).toBeUndefined();
    expect(canonical({ ...request, adjustments: [{ kind: 'invert' }, { kind: 'log' }] }, 3, facts)).toBeUndefined();
  });
});

describe('iiifLinkHeader', () => {
  it('names canonical URI and compliance level', () => {
    expect(iiifLinkHeader('https://x.org/a/full/max/0/default.jpg', profileUri(3, ['jpg', 'png']))).toBe(
      '<https://x.org/a/full/max/0/default.jpg>;rel="canonical", <http://iiif.io/api/image/3/level2.json>;rel="profile"',
    );
    expect(iiifLinkHeader(undefined, profileUri(2, ['jpg']))).toBe(
      '<http://iiif.io/api/image/2/level1.json>;rel="profile"',
    );
  });
});
