import { beforeAll, describe, expect, test } from 'vitest';
import { fixtureBytes } from '../fixtures/fixtures.ts';
import { type Served, serveImages } from './served.ts';

const CONTEXT = { 2: 'http://iiif.io/api/image/2/context.json', 3: 'http://iiif.io/api/image/3/context.json' };
const LINKED = { 2: `application/ld+json;profile="${CONTEXT[2]}"`, 3: `application/ld+json;profile="${CONTEXT[3]}"` };
const NAMES = ['odd-pyramid.tif', 'flat-strips.tif', 'small-pyramid.tif', 'gray-16.tif', 'stack.tif'] as const;
const FILES = Object.fromEntries(NAMES.map((name) => [name, fixtureBytes(name)]));

interface Info {
  readonly [member: string]: unknown;
  readonly width: number;
  readonly height: number;
  readonly sizes: readonly { width: number; height: number }[];
  readonly tiles: readonly { width: number; height: number; scaleFactors: readonly number[] }[];
}

let served: Served;

beforeAll(async () => {
  served = await serveImages(FILES);
});

async function infoOf(version: 2 | 3, id: string, server = served): Promise<Info> {
  return (await server.get(`/iiif/${version}/${id}/info.json`)).json();
}

test('version 3 states what the standard requires and what is served beyond it', async () => {
  const info = await infoOf(3, 'odd-pyramid.tif');
  expect(info).toMatchObject({
    '@context': CONTEXT[3],
    id: 'http://localhost/iiif/3/odd-pyramid.tif',
    type: 'ImageService3',
    protocol: 'http://iiif.io/api/image',
    profile: 'level2',
    width: 301,
    height: 201,
    maxWidth: 5000,
    preferredFormats: ['jpg'],
    extraQualities: ['color', 'gray', 'bitonal'],
    extraFormats: ['webp', 'avif', 'tif'],
  });
  expect(info['extraFeatures']).toEqual(
    expect.arrayContaining([
      'mirroring',
      'rotationArbitrary',
      'sizeUpscaling',
      'canonicalLinkHeader',
      'profileLinkHeader',
    ]),
  );
});

test('version 2 states profile, formats, qualities and features', async () => {
  const info = await infoOf(2, 'odd-pyramid.tif');
  expect(info).toMatchObject({
    '@context': CONTEXT[2],
    '@id': 'http://localhost/iiif/2/odd-pyramid.tif',
    protocol: 'http://iiif.io/api/image',
    width: 301,
    height: 201,
  });
  const [level, more] = info['profile'] as [string, Record<string, readonly string[]>];
  expect(level).toBe('http://iiif.io/api/image/2/level2.json');
  expect(more).toMatchObject({ formats: ['jpg', 'png', 'webp', 'avif', 'tif'], maxWidth: 5000 });
  expect(more['qualities']).toEqual(['default', 'color', 'gray', 'bitonal']);
  expect(more['supports']).toEqual(
    expect.arrayContaining(['regionSquare', 'sizeAboveFull', 'sizeByConfinedWh', 'mirroring', 'rotationArbitrary']),
  );
});

describe.each(NAMES)('%s', (name) => {
  test('offers sizes that are delivered exactly', async () => {
    for (const version of [2, 3] as const) {
      const { sizes } = await infoOf(version, name);
      expect(sizes.length).toBeGreaterThan(0);
      for (const { width, height } of sizes) {
        const picture = await served.pixels(`/iiif/${version}/${name}/full/${width},${height}/0/default.png`);
        expect([picture.width, picture.height]).toEqual([width, height]);
      }
    }
  });

  test('offers scale factors down to one tile', async () => {
    const { tiles, width, height } = await infoOf(3, name);
    expect(tiles).toHaveLength(1);
    const [{ scaleFactors, ...tile } = { width: 0, height: 0, scaleFactors: [] }] = tiles;
    expect(scaleFactors).toEqual(Array.from(scaleFactors, (_, index) => 2 ** index));
    const last = scaleFactors.at(-1) ?? 0;
    expect(last * tile.width >= width && last * tile.height >= height).toBe(true);
    if (last > 1) expect((last / 2) * tile.width < width || (last / 2) * tile.height < height).toBe(true);
  });
});

test('the tiles of the file are the tiles that are offered', async () => {
  expect((await infoOf(3, 'odd-pyramid.tif')).tiles).toEqual([{ width: 64, height: 64, scaleFactors: [1, 2, 4, 8] }]);
  expect((await infoOf(3, 'small-pyramid.tif')).sizes).toEqual([
    { width: 50, height: 38 },
    { width: 100, height: 75 },
    { width: 200, height: 150 },
  ]);
});

test('gray pictures have no color', async () => {
  expect((await infoOf(3, 'gray-16.tif'))['extraQualities']).toEqual(['gray', 'bitonal']);
});

test('what the configuration changes is stated', async () => {
  const server = await serveImages(FILES, {
    maxCvt: 200,
    allowUpscaling: false,
    iiifExtensions: true,
    copyright: 'https://creativecommons.org/publicdomain/zero/1.0/',
    iiifExtraInfo: '"attribution": "Somewhere"',
  });
  const info = await infoOf(3, 'odd-pyramid.tif', server);
  expect(info).toMatchObject({ maxWidth: 200, rights: 'https://creativecommons.org/publicdomain/zero/1.0/' });
  expect(info['attribution']).toBe('Somewhere');
  expect(info['extraQualities']).toEqual(expect.arrayContaining(['negative', 'stretch', 'equalization', 'log']));
  expect(info['extraFeatures']).not.toContain('sizeUpscaling');
  expect(info.sizes.at(-1)).toEqual({ width: 150, height: 100 });
  for (const quality of ['negative', 'stretch', 'equalization', 'log']) {
    expect((await server.get(`/iiif/3/odd-pyramid.tif/full/50,/0/${quality}.png`)).status).toBe(200);
  }
  const largest = await server.pixels('/iiif/3/odd-pyramid.tif/full/max/0/default.png');
  expect([largest.width, largest.height]).toEqual([200, 134]);
});

describe('media types', () => {
  test.each([
    [3, undefined, LINKED[3]],
    [3, '*/*', LINKED[3]],
    [3, 'application/ld+json', LINKED[3]],
    [3, 'application/json', 'application/json'],
    [3, 'application/json, application/ld+json;q=0.5', 'application/json'],
    [3, 'text/html,application/xhtml+xml,*/*;q=0.8', LINKED[3]],
    [2, undefined, 'application/json'],
    [2, '*/*', 'application/json'],
    [2, 'application/ld+json', LINKED[2]],
    [2, 'application/json', 'application/json'],
  ])('version %i to a client that accepts %s is %s', async (version, accept, mediaType) => {
    const headers = accept === undefined ? {} : { accept };
    const response = await served.get(`/iiif/${version}/odd-pyramid.tif/info.json`, { headers });
    expect(response.headers.get('content-type')).toBe(mediaType);
    expect(response.headers.get('vary')).toBe('Accept');
  });

  test('where the path names no version, Accept chooses it, for this client only', async () => {
    const url = '/iiif/odd-pyramid.tif/info.json';
    const usual = await served.get(url);
    expect((await usual.json())['@context']).toBe(CONTEXT[3]);
    expect(usual.headers.get('cache-control')).not.toContain('private');
    const older = await served.get(url, { headers: { accept: LINKED[2] } });
    expect((await older.json())['@context']).toBe(CONTEXT[2]);
    expect(older.headers.get('cache-control')).toContain('private');
    const named = await served.get('/iiif/3/odd-pyramid.tif/info.json', { headers: { accept: LINKED[2] } });
    expect((await named.json())['@context']).toBe(CONTEXT[3]);
  });
});

describe('pages', () => {
  test('a delimiter picks one, in picture and id alike', async () => {
    const server = await serveImages(FILES, { iiifDelimiter: ';' });
    const info = await infoOf(3, 'stack.tif;2', server);
    expect(info).toMatchObject({ id: 'http://localhost/iiif/3/stack.tif;2', width: 80, height: 60 });
    const first = await server.pixels('/iiif/3/stack.tif/full/max/0/default.png');
    const zeroth = await server.pixels('/iiif/3/stack.tif;0/full/max/0/default.png');
    const third = await server.pixels('/iiif/3/stack.tif;2/full/max/0/default.png');
    expect(zeroth).toEqual(first);
    expect(third).not.toEqual(first);
    expect((await server.get('/iiif/3/stack.tif;3/full/max/0/default.png')).status).toBe(404);
    expect((await server.get('/iiif/3/stack.tif;3/info.json')).status).toBe(404);
  });
});
