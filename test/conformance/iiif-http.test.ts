import { beforeAll, describe, expect, test } from 'vitest';
import { fixtureBytes } from '../fixtures/fixtures.ts';
import { difference } from '../reference/picture.ts';
import { LAST_MODIFIED, type Served, serveImages } from './served.ts';

const ODD = fixtureBytes('odd-pyramid.tif');

/** Identifiers and how they are written in URLs. */
const IDENTIFIERS: readonly (readonly [id: string, encoded: string])[] = [
  ['odd.tif', 'odd.tif'],
  ['a scan.tif', 'a%20scan.tif'],
  ['folder/deep/scan.tif', 'folder%2Fdeep%2Fscan.tif'],
  ['größe-图.tif', 'gr%C3%B6%C3%9Fe-%E5%9B%BE.tif'],
  ['100%.tif', '100%25.tif'],
  ['a+b.tif', 'a%2Bb.tif'],
  ['x,y;z=1.tif', 'x,y;z=1.tif'],
  ['what?.tif', 'what%3F.tif'],
  ['full', 'full'],
];

const MODIFIED = LAST_MODIFIED.toUTCString();
const TILE = '/iiif/3/odd.tif/0,0,64,64/64,64/0/default.png';
const INFO = '/iiif/3/odd.tif/info.json';

let served: Served;

beforeAll(async () => {
  served = await serveImages({
    ...Object.fromEntries(IDENTIFIERS.map(([id]) => [id, ODD])),
    'text.tif': new TextEncoder().encode('No picture at all, only words.'),
    'cut.tif': ODD.slice(0, 40),
    'hollow.tif': ODD.slice(0, ODD.length - 1).fill(0, 8, 20000),
  });
});

async function headers(path: string, init?: RequestInit): Promise<Headers> {
  return (await served.get(path, init)).headers;
}

describe('identifiers', () => {
  test.each(IDENTIFIERS)('%s is described under the id by which it was asked for', async (_id, encoded) => {
    for (const version of [2, 3]) {
      const response = await served.get(`/iiif/${version}/${encoded}/info.json`);
      expect(response.status).toBe(200);
      const info = await response.json();
      expect(info[version === 2 ? '@id' : 'id']).toBe(`http://localhost/iiif/${version}/${encoded}`);
      const tile = await served.get(`/iiif/${version}/${encoded}/0,0,10,10/max/0/default.png`);
      expect([tile.status, tile.headers.get('content-type')]).toEqual([200, 'image/png']);
    }
  });

  test.each([
    ['folder/deep/scan.tif', 'folder/deep/scan.tif'],
    ['folder%2fdeep/scan.tif', 'folder%2Fdeep/scan.tif'],
    ['%6Fdd.tif', 'odd.tif'],
    ['x%2Cy%3Bz%3D1.tif', 'x,y;z=1.tif'],
  ])('%s has the id %s', async (spelled, id) => {
    const info = await (await served.get(`/iiif/3/${spelled}/info.json`)).json();
    expect(info.id).toBe(`http://localhost/iiif/3/${id}`);
  });

  test.each(['..%2Fodd.tif', '%2e%2e%2fodd.tif', 'odd.tif%00.png', '%252e%252e%252fodd.tif', '%2Fetc%2Fpasswd'])(
    '%s leads nowhere',
    async (id) => {
      const { status, body } = await served.text(`/iiif/3/${id}/info.json`);
      expect([400, 404]).toContain(status);
      expect(body).not.toMatch(/etc|passwd|odd/);
    },
  );
});

test('plain JSON is linked to the context that makes it JSON-LD', async () => {
  const context = '<http://iiif.io/api/image/2/context.json>;rel="http://www.w3.org/ns/json-ld#context"';
  expect((await headers('/iiif/2/odd.tif/info.json')).get('link')).toBe(`${context};type="application/ld+json"`);
  expect((await headers(INFO)).get('link')).toBeNull();
  const plain = await headers(INFO, { headers: { accept: 'application/json' } });
  expect(plain.get('link')).toContain('/image/3/context.json');
});

describe('redirects', () => {
  test.each(IDENTIFIERS)('the base URI of %s leads to its info.json', async (_id, encoded) => {
    for (const path of [`/iiif/3/${encoded}`, `/iiif/2/${encoded}/`]) {
      const response = await served.get(path);
      expect([response.status, await response.text()]).toEqual([303, '']);
      const location = response.headers.get('location') ?? '';
      expect(location).toBe(`http://localhost${path.replace(/\/$/, '')}/info.json`);
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      expect((await served.get(location.slice('http://localhost'.length))).status).toBe(200);
    }
  });

  test('keep the host that was asked', async () => {
    const server = await serveImages({ 'odd.tif': ODD }, { publicUrl: 'https://images.example.org/base' });
    expect((await server.get('/iiif/3/odd.tif')).headers.get('location')).toBe(
      'https://images.example.org/base/iiif/3/odd.tif/info.json',
    );
  });
});

describe('links', () => {
  const BASE3 = 'http://localhost/iiif/3/odd.tif';
  const BASE2 = 'http://localhost/iiif/2/odd.tif';

  test.each([
    ['3', 'full/max/0/default.png', 'full/max/0/default.png'],
    ['3', '0,0,301,201/max/0/default.png', 'full/max/0/default.png'],
    ['3', '200,100,500,500/max/360/color.png', '200,100,101,101/max/0/default.png'],
    ['3', 'pct:0,0,50,50/75,/!0/gray.png', '0,0,151,101/75,50/!0/gray.png'],
    ['3', 'full/!100,100/90/default.png', 'full/100,67/90/default.png'],
    ['3', 'full/^602,/22.50/default.png', 'full/^602,402/22.5/default.png'],
    ['2', 'full/max/0/default.png', 'full/full/0/default.png'],
    ['2', 'full/100,67/0/default.png', 'full/100,/0/default.png'],
    ['2', 'full/100,100/0/default.png', 'full/100,100/0/default.png'],
    ['2', 'square/pct:50/0/bitonal.png', '50,0,201,201/101,/0/bitonal.png'],
  ])('version %s: %s is canonically %s', async (version, path, canonical) => {
    const base = version === '3' ? BASE3 : BASE2;
    const link = (await headers(`/iiif/${version}/odd.tif/${path}`)).get('link') ?? '';
    expect(link).toContain(`<${base}/${canonical}>;rel="canonical"`);
    expect(link).toContain(`<http://iiif.io/api/image/${version}/level2.json>;rel="profile"`);
    const url = `/iiif/${version}/odd.tif/`;
    const [asked, named] = [await served.pixels(url + path), await served.pixels(url + canonical)];
    expect(difference(named, asked)).toBe(0);
  });
});

describe('methods and origins', () => {
  test.each([TILE, INFO, '/iiif/3/odd.tif/full/0,0/0/default.png', '/iiif/3/none.tif/info.json'])(
    'any page may read %s',
    async (path) => {
      const got = await headers(path, { headers: { origin: 'https://viewer.example.org' } });
      expect(got.get('access-control-allow-origin')).toBe('*');
    },
  );

  test('OPTIONS answers a preflight', async () => {
    for (const path of [TILE, INFO]) {
      const response = await served.get(path, { method: 'OPTIONS', headers: { origin: 'https://viewer.example.org' } });
      expect([response.status, await response.text()]).toEqual([204, '']);
      expect(response.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      expect(response.headers.get('access-control-allow-methods')).toContain('GET');
      expect(response.headers.get('access-control-allow-headers')).toContain('If-None-Match');
    }
  });

  test.each([TILE, INFO, '/iiif/3/odd.tif', '/iiif/3/none.tif/info.json'])(
    'HEAD of %s is GET without a body',
    async (path) => {
      const [get, head] = [await served.get(path), await served.get(path, { method: 'HEAD' })];
      expect([head.status, await head.text()]).toEqual([get.status, '']);
      expect([...head.headers]).toEqual([...get.headers]);
    },
  );

  test.each(['POST', 'PUT', 'DELETE', 'PATCH'])('%s is no method of IIIF', async (method) => {
    for (const path of [TILE, INFO]) {
      const response = await served.get(path, { method });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
    }
  });

  test('origins are named where they are configured, and no one is allowed where they are not', async () => {
    const one = await serveImages({ 'odd.tif': ODD }, { cors: 'https://viewer.example.org' });
    expect((await one.get(TILE)).headers.get('access-control-allow-origin')).toBe('https://viewer.example.org');
    const none = await serveImages({ 'odd.tif': ODD }, { cors: '' });
    expect((await none.get(TILE)).headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('what is known already', () => {
  test.each([TILE, INFO])('%s is answered with 304', async (path) => {
    const first = await served.get(path);
    await first.arrayBuffer();
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[^"]+"$/);
    expect(first.headers.get('last-modified')).toBe(MODIFIED);
    for (const known of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const again = await served.get(path, { headers: { 'if-none-match': known } });
      expect([known, again.status, await again.text()]).toEqual([known, 304, '']);
      expect(again.headers.get('etag')).toBe(etag);
      expect(again.headers.get('access-control-allow-origin')).toBe('*');
      expect(again.headers.get('cache-control')).toBe(first.headers.get('cache-control'));
    }
  });

  test.each([
    [{ 'if-none-match': '"other"' }, 200],
    [{ 'if-modified-since': MODIFIED }, 304],
    [{ 'if-modified-since': 'Fri, 06 May 2044 07:08:09 GMT' }, 304],
    [{ 'if-modified-since': 'Sun, 05 May 2024 07:08:09 GMT' }, 200],
    [{ 'if-modified-since': 'yesterday' }, 200],
    [{ 'if-none-match': '"other"', 'if-modified-since': MODIFIED }, 200],
  ])('%j gives %i', async (conditions: Record<string, string>, status) => {
    for (const path of [TILE, INFO]) {
      expect((await served.get(path, { headers: conditions })).status).toBe(status);
    }
  });

  test('one picture has one tag whoever asks, different pictures have different ones', async () => {
    const tagOf = async (path: string) => (await headers(path)).get('etag');
    const tag = await tagOf('/iiif/3/odd.tif/0,0,128,128/64,64/0/default.png');
    expect(await tagOf('/iiif/2/odd.tif/0,0,128,128/64,/0/default.png')).toBe(tag);
    expect(await tagOf('/iiif/3/odd.tif/0,0,128,128/64,64/0/default.webp')).not.toBe(tag);
    expect(await tagOf('/iiif/3/odd.tif/0,0,128,128/63,64/0/default.png')).not.toBe(tag);
    expect(await tagOf('/iiif/3/full/0,0,128,128/64,64/0/default.png')).not.toBe(tag);
  });
});

describe('errors', () => {
  test.each([
    ['/iiif/3/none.tif/info.json', 404],
    ['/iiif/3/none.tif/full/max/0/default.png', 404],
    ['/iiif/3/', 404],
    ['/iiif/3', 404],
    ['/iiif/3//info.json', 404],
    ['/iiif/3/odd.tif/full/max/0', 400],
    ['/iiif/3/odd.tif/full/max', 400],
    ['/iiif/3/odd.tif/full/max/0/default.png/', 400],
    ['/iiif/3/odd.tif/info.json/', 400],
    ['/iiif/3/odd.tif/full/max/0/default', 400],
    ['/iiif/3/odd.tif/full/max/0/default.', 400],
    ['/iiif/3/odd.tif/full//0/default.png', 400],
    ['/iiif/3/%FF%FE.tif/info.json', 400],
    ['/iiif/3/text.tif/info.json', 501],
    ['/iiif/3/text.tif/full/max/0/default.png', 501],
    ['/iiif/3/cut.tif/info.json', 422],
    ['/iiif/3/hollow.tif/0,0,64,64/max/0/default.png', 500],
    ['/no/such/thing', 404],
  ])('%s gives %i with a line of text', async (path, status) => {
    const response = await served.get(path);
    const body = await response.text();
    expect([path, response.status, body]).toEqual([path, status, expect.stringMatching(/^[^\n]{3,200}\n$/)]);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(body).not.toMatch(/\/(?:home|work|usr|node_modules|packages)|\.ts|memory:|Error:/);
    expect(response.headers.get('cache-control')).not.toMatch(/max-age=[1-9]/);
    expect(response.headers.get('etag')).toBeNull();
  });

  test('work over the limits is refused', async () => {
    const strict = await serveImages({ 'odd.tif': ODD }, { maxDecodePixels: 5000 });
    const refused = await strict.text('/iiif/3/odd.tif/full/max/0/default.png');
    expect(refused.status).toBe(413);
    expect((await strict.get('/iiif/3/odd.tif/0,0,64,64/max/0/default.png')).status).toBe(200);
  });

  test('a failure is not remembered', async () => {
    const hollow = '/iiif/3/hollow.tif/0,0,64,64/max/0/default.png';
    expect((await served.get(hollow)).status).toBe(500);
    expect((await served.get(hollow)).status).toBe(500);
    expect((await served.get(TILE)).status).toBe(200);
  });
});
