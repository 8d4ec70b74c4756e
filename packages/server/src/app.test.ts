import { defaultCodecs } from '@sectile/codecs';
import { DEFAULT_LIMITS } from '@sectile/core';
import { typescriptKernels } from '@sectile/core/codec';
import { openImage } from '@sectile/core/pyramid';
import { inlineRenderWorker, type RenderWorker } from '@sectile/core/render';
import type { RangeSource } from '@sectile/core/source';
import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { pixelAt, smallPyramid } from '../../../test/fixtures/small-pyramid.ts';
import { type ImageServer, imageServer } from './app.ts';
import type { Config } from './config/config.ts';
import { exchangeOf } from './http/exchange.ts';
import type { Log } from './http/log.ts';
import { type MemoryImage, memoryImages } from './images/memory.ts';
import type { ImageResolver } from './images/resolver.ts';

const codecs = defaultCodecs();
const engine = { codecs, kernels: typescriptKernels, limits: DEFAULT_LIMITS };
const lastModified = new Date('2024-05-06T07:08:09Z');
const TILE = '/iiif/3/a.tif/0,0,128,128/128,/0/default.png';

interface Setup {
  readonly server: ImageServer;
  readonly images: Map<string, MemoryImage>;
  readonly counts: { opened: number; rendered: number };
  /** Held back until resolved. */
  hold: Promise<void> | undefined;
  /** Signals of the renders begun. */
  readonly signals: (AbortSignal | undefined)[];
  readonly clock: { time: number };
  get(path: string, init?: RequestInit): Promise<Response>;
}

function setUp(config: Partial<Config> = {}): Setup {
  const images = new Map<string, MemoryImage>([
    ['a.tif', { bytes: smallPyramid(), lastModified }],
    ['größe & <b>/ä 1.tif', { bytes: smallPyramid({ tint: 9 }) }],
    ['broken.tif', { bytes: Uint8Array.of(0x49, 0x49, 42, 0, 255, 255, 255, 127, 0, 0, 0, 0, 0, 0, 0, 0) }],
    ['text.tif', { bytes: new TextEncoder().encode('this is no picture at all') }],
  ]);
  const counts = { opened: 0, rendered: 0 };
  const inline = inlineRenderWorker(engine);
  const clock = { time: 0 };
  const signals: (AbortSignal | undefined)[] = [];
  const worker: RenderWorker = {
    ...inline,
    async render(task, options) {
      counts.rendered += 1;
      signals.push(options?.signal);
      await setup.hold;
      return inline.render(task, options);
    },
  };
  const open = (source: RangeSource) => {
    counts.opened += 1;
    return openImage(source);
  };
  const server = imageServer(config, {
    ...{ images: memoryImages(images), open, worker, outputFormats: ['png', 'tif'], now: () => clock.time },
    assets: async (name) => (name === 'style.css' ? { bytes: Uint8Array.of(1, 2), mediaType: 'text/css' } : undefined),
  });
  const setup: Setup = {
    ...{ server, images, counts, signals, clock, hold: undefined },
    get: (path, init) => server.fetch(new Request(`http://localhost${path}`, init)),
  };
  return setup;
}

async function pixelsOf(response: Response) {
  const decoder = await codecs.decoder('png');
  if (decoder.kind !== 'image') throw new Error('PNG is a picture');
  return decoder.decode(new Uint8Array(await response.arrayBuffer()), { maxPixels: 1e6 });
}

describe('the four protocols deliver the same tile', () => {
  test.each([
    ['IIIF 3', TILE],
    ['IIIF 2', '/iiif/2/a.tif/0,0,128,128/128,/0/default.png'],
    ['IIIF of the default version', '/iiif/a.tif/0,0,128,128/128,128/0/default.png'],
    ['IIP', '/iip?FIF=a.tif&PTL=2,0'],
    ['IIP at its old address', '/fcgi-bin/iipsrv.fcgi?FIF=a.tif&PTL=2,0'],
    ['IIP, posted', 'POST /iip FIF=a.tif&PTL=2,0'],
    ['IIIF inside IIP', '/iip?IIIF=a.tif/0,0,128,128/128,/0/default.png'],
  ])('%s', async (_name, line) => {
    const [, method = 'GET', path = '', body] = /^(?:(POST) )?(\S+)(?: (.*))?$/.exec(line) ?? [];
    const response = await setUp().get(path, { method, body: body ?? null });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/png']);
    const { width, height, data } = await pixelsOf(response);
    expect([width, height, ...data.slice((5 * 128 + 7) * 3, (5 * 128 + 8) * 3)]).toEqual([128, 128, ...pixelAt(7, 5)]);
  });

  test('and share one rendering of it', async () => {
    const { get, counts } = setUp();
    const responses = await Promise.all([get(TILE), get('/iip?FIF=a.tif&PTL=2,0')]);
    await get('/iiif/2/a.tif/0,0,128,128/128,/0/default.png');
    expect(counts).toEqual({ opened: 1, rendered: 1 });
    expect(new Set(responses.map(({ headers }) => headers.get('etag'))).size).toBe(1);
  });
});

test('identifiers with slashes, spaces, markup and letters beyond ASCII reach the image in every spelling', async () => {
  const { get } = setUp();
  const encoded = encodeURIComponent('größe & <b>/ä 1.tif');
  for (const id of [encoded, encoded.replace('%2F', '/'), encoded.replace('%2F', '%2f')]) {
    const info = await get(`/iiif/3/${id}/info.json`);
    expect([id, info.status]).toEqual([id, 200]);
    const uri: string = (await info.json()).id;
    expect((await get(`${uri.slice('http://localhost'.length)}/full/9,/0/default.png`)).status).toBe(200);
  }
  expect((await get(`/iip?FIF=${encoded}&OBJ=Max-size`)).status).toBe(200);
});

describe('descriptions', () => {
  test.each([
    ['/iiif/3/a.tif/info.json', 'application/ld+json;profile="http://iiif.io/api/image/3/context.json"', '"width":301'],
    ['/iiif/2/a.tif/info.json', 'application/json', '"@id":"http://localhost/iiif/2/a.tif"'],
    ['/deepzoom/a.tif.dzi', 'application/xml', '<Size Width="301" Height="201"/>'],
    ['/zoomify/a.tif/ImageProperties.xml', 'application/xml', 'WIDTH="301" HEIGHT="201"'],
    ['/iip?FIF=a.tif&obj=IIP,1.0&obj=Max-size', 'application/vnd.netfpx', 'Max-size:301 201\r\n'],
    ['/iip?FIF=a.tif&PFL=2:0,5-3,5', 'application/json', '"profile": [0,5,0,1,5,0,2,5,0]'],
    ['/iip?FIF=a.tif&SPECTRA=2,0,51,5', 'application/xml', '<reflectance>0.200000</reflectance>'],
  ])('%s', async (path, mediaType, part) => {
    const response = await setUp().get(path);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, mediaType]);
    const text = await response.text();
    expect(text).toContain(part);
    expect(response.headers.get('content-length')).toBe(String(new TextEncoder().encode(text).length));
    expect(response.headers.get('last-modified')).toBe('Mon, 06 May 2024 07:08:09 GMT');
  });

  test('the IIP version is a header', async () => {
    const response = await setUp().get('/iip?FIF=a.tif&obj=IIP,1.0&obj=Max-size');
    expect(response.headers.get('iip')).toBe('1.3');
  });

  test('info.json depends on Accept, and says so', async () => {
    const { get } = setUp();
    const accept = 'application/ld+json;profile="http://iiif.io/api/image/2/context.json"';
    const negotiated = await get('/iiif/a.tif/info.json', { headers: { accept } });
    expect(await negotiated.json()).toMatchObject({ '@id': 'http://localhost/iiif/a.tif' });
    expect(negotiated.headers.get('vary')).toBe('Accept');
    expect(negotiated.headers.get('cache-control')).toBe('private, max-age=86400');
  });
});

describe('public URLs', () => {
  const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'images.example' };
  test.each<[string, Partial<Config>, string, Record<string, string>, string]>([
    ['come from the request', {}, '/iiif/3/a.tif/info.json', forwarded, 'http://localhost/iiif/3/a.tif'],
    [
      'from a proxy that is trusted',
      { trustProxy: true },
      '/iiif/3/a.tif/info.json',
      forwarded,
      'https://images.example/iiif/3/a.tif',
    ],
    [
      'not from a header with markup in it',
      { trustProxy: true },
      '/iiif/3/a.tif/info.json',
      { 'x-forwarded-host': 'a"><b' },
      'http://localhost/iiif/3/a.tif',
    ],
    [
      'from the id that a trusted proxy states',
      { trustProxy: true, baseUrl: 'https://y.example/i/' },
      '/iiif/a.tif/info.json',
      { 'x-iiif-id': 'https://images.example/ark:/1/a%20b' },
      'https://images.example/ark:/1/a%20b',
    ],
    [
      'not from the id that anybody states',
      {},
      '/iiif/3/a.tif/info.json',
      { 'x-iiif-id': 'https://images.example/a' },
      'http://localhost/iiif/3/a.tif',
    ],
    [
      'are configured',
      { publicUrl: 'https://x.example/img/' },
      '/iiif/3/a.tif/info.json',
      {},
      'https://x.example/img/iiif/3/a.tif',
    ],
    [
      'or BASE_URL and the identifier',
      { baseUrl: 'https://y.example/i/' },
      '/iiif/a.tif/info.json',
      {},
      'https://y.example/i/a.tif',
    ],
    [
      'BASE_URL has no version',
      { baseUrl: 'https://y.example/i/' },
      '/iiif/3/a.tif/info.json',
      {},
      'http://localhost/iiif/3/a.tif',
    ],
    ['of the query form', {}, '/iip?IIIF=a.tif/info.json', {}, 'http://localhost/iip?IIIF=a.tif'],
  ])('%s', async (_name, config, path, headers, id) => {
    const info = await (await setUp(config).get(path, { headers })).json();
    expect(info.id).toBe(id);
  });

  test.each([
    ['/iiif/3/a.tif', 'http://localhost/iiif/3/a.tif/info.json'],
    ['/iiif/a%20b/c.tif', 'http://localhost/iiif/a%20b/c.tif/info.json'],
    ['/iip?IIIF=a.tif', 'http://localhost/iip?IIIF=a.tif/info.json'],
  ])('%s leads to its info.json', async (path, location) => {
    const response = await setUp().get(path);
    expect([response.status, response.headers.get('location')]).toEqual([303, location]);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });

  test('a picture names its canonical URL and its profile', async () => {
    const response = await setUp().get('/iiif/3/a.tif/0,0,128,128/128,/0/default.png');
    expect(response.headers.get('link')).toBe(
      '<http://localhost/iiif/3/a.tif/0,0,128,128/max/0/default.png>;rel="canonical", ' +
        '<http://iiif.io/api/image/3/level2.json>;rel="profile"',
    );
  });

  test('that URL names the host of each request, also when the picture comes from memory', async () => {
    const { server } = setUp();
    for (const host of ['one.example', 'two.example', 'one.example']) {
      const response = await server.fetch(new Request(`http://${host}${TILE}`));
      expect(response.headers.get('link')).toContain(`<http://${host}/iiif/3/a.tif/`);
    }
  });
});

describe('headers', () => {
  test('of a picture, rendered and from memory, are the same', async () => {
    const { get } = setUp({ cacheControl: 'max-age=5' });
    const [first, second] = [await get(TILE), await get(TILE)];
    expect([...second.headers]).toEqual([...first.headers]);
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'access-control-allow-origin': '*',
      'cache-control': 'max-age=5',
      'content-length': String((await first.arrayBuffer()).byteLength),
      'content-type': 'image/png',
      etag: expect.stringMatching(/^"[0-9a-f]{16}"$/),
      'last-modified': 'Mon, 06 May 2024 07:08:09 GMT',
      server: expect.stringMatching(/^sectile\/\d/),
    });
    expect(await second.arrayBuffer()).toEqual(await (await get(TILE)).arrayBuffer());
  });

  test('CORS and Cache-Control can be turned off', async () => {
    const { headers } = await setUp({ cors: '', cacheControl: '' }).get(TILE);
    expect([headers.get('access-control-allow-origin'), headers.get('cache-control')]).toEqual([null, null]);
  });

  test.each([
    ['/iip?FIF=a.tif&WID=30&CVT=png', 'GET', 'inline; filename="a_30x20.png"'],
    ['/iip?FIF=a.tif&WID=30&ROT=90&CVT=png', 'GET', 'inline; filename="a_30x20.png"'],
    ['/iip?FIF=a.tif&WID=30&CVT=png', 'POST', 'attachment; filename="a_30x20.png"'],
    [
      `/iip?FIF=${encodeURIComponent('größe & <b>/ä 1.tif')}&WID=30&CVT=png`,
      'GET',
      `inline; filename="_ 1_30x20.png"; filename*=UTF-8''%C3%A4%201_30x20.png`,
    ],
  ])('an export is named after the image: %s %s', async (path, method, disposition) => {
    const response = await setUp().get(path, { method });
    expect([response.status, response.headers.get('content-disposition')]).toEqual([200, disposition]);
  });
});

describe('conditional requests', () => {
  test('are answered with 304 from the plan, before anything is decoded', async () => {
    const first = setUp();
    const etag = (await first.get(TILE)).headers.get('etag') ?? '';
    const { get, counts } = setUp();
    const response = await get(TILE, { headers: { 'if-none-match': etag } });
    expect([response.status, await response.text(), counts.rendered]).toEqual([304, '', 0]);
    expect(response.headers.get('etag')).toBe(etag);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });

  test('by date are answered before the image is opened', async () => {
    const { get, counts } = setUp();
    const headers = { 'if-modified-since': 'Mon, 06 May 2024 07:08:09 GMT' };
    const response = await get(TILE, { headers });
    expect([response.status, counts.opened]).toEqual([304, 0]);
    const later = await get(TILE, { headers: { 'if-modified-since': 'Mon, 06 May 2024 07:08:08 GMT' } });
    expect(later.status).toBe(200);
  });

  test('work for documents and for pictures in memory', async () => {
    const { get } = setUp();
    for (const path of ['/iiif/3/a.tif/info.json', '/deepzoom/a.tif.dzi', TILE]) {
      const etag = (await get(path)).headers.get('etag') ?? '';
      expect([path, (await get(path, { headers: { 'if-none-match': etag } })).status]).toEqual([path, 304]);
      expect((await get(path, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
    }
  });
});

describe('methods', () => {
  test('HEAD answers what GET answers, without the body', async () => {
    const { get } = setUp();
    for (const path of [TILE, TILE, '/iiif/3/a.tif/info.json', '/iiif/3/none.tif/info.json']) {
      const head = await get(path, { method: 'HEAD' });
      const full = await get(path);
      expect([head.status, await head.text(), [...head.headers]]).toEqual([full.status, '', [...full.headers]]);
    }
  });

  test('OPTIONS answers 204 with what CORS allows', async () => {
    const response = await setUp().get(TILE, { method: 'OPTIONS' });
    expect(response.status).toBe(204);
    expect(response.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
    expect(response.headers.get('access-control-allow-methods')).toBe('GET, HEAD, POST, OPTIONS');
  });

  test.each([
    ['DELETE', TILE, 'GET, HEAD, OPTIONS'],
    ['POST', TILE, 'GET, HEAD, OPTIONS'],
    ['PUT', '/iip?FIF=a.tif&CVT=png', 'GET, HEAD, POST, OPTIONS'],
  ])('%s %s is not allowed, and Allow says what is', async (method, path, allow) => {
    const response = await setUp().get(path, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, allow]);
  });

  test('a body that is too long is refused', async () => {
    const response = await setUp().get('/iip', { method: 'POST', body: `FIF=${'a'.repeat(70_000)}` });
    expect(response.status).toBe(413);
  });
});

describe('failures', () => {
  test.each([
    ['/iiif/3/none.tif/info.json', 404],
    ['/iiif/3/..%2F..%2Fetc%2Fpasswd/info.json', 404],
    ['/iiif/3/a.tif/full/max/0/default.jpg', 400],
    ['/iiif/3/a.tif/full/9999,/0/default.png', 400],
    ['/iiif/3/a.tif/full/^6000,/0/default.png', 400],
    ['/iiif/3/a.tif/nonsense/max/0/default.png', 400],
    ['/iiif/3/%FF/info.json', 400],
    ['/iiif/3/broken.tif/info.json', 422],
    ['/iiif/3/text.tif/info.json', 501],
    ['/iip', 404],
    ['/iip?FIF=a.tif&PTL=9,0', 404],
    ['/iip?FIF=a.tif&PTL=2,9999', 404],
    ['/iip?FIF=a.tif&PFL=2:0,0-9999,0', 400],
    ['/iip?FIF=a.tif', 400],
    ['/deepzoom/a.tif', 404],
    ['/zoomify/a.tif/TileGroup0/9-0-0.png', 404],
    ['/nothing/here', 404],
  ])('%s is %i, as short text', async (path, status) => {
    const response = await setUp().get(path);
    expect([path, response.status]).toEqual([path, status]);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect((await response.text()).length).toBeLessThan(200);
  });

  test('IIP errors keep their text', async () => {
    const response = await setUp().get('/iip?FIF=a.tif&FOO=1');
    expect([response.status, await response.text()]).toEqual([501, 'Error/7:2 2 FOO\r\n']);
  });

  test('what nobody expected is a 500 that tells nothing', async () => {
    const { server, logged } = loggedServer({ find: () => Promise.reject(new Error('/secret/path')) });
    const response = await server.fetch(new Request(`http://localhost${TILE}`));
    expect([response.status, await response.text()]).toEqual([500, 'Internal error\n']);
    expect(JSON.stringify(logged)).toContain('/secret/path');
    expect(logged.map(([level]) => level)).toEqual(['error']);
  });

  test('a file that is no picture is a warning in the log', async () => {
    const text = { bytes: new TextEncoder().encode('this is no picture at all') };
    const { server, logged } = loggedServer(memoryImages(new Map([['a.tif', text]])));
    const response = await server.fetch(new Request(`http://localhost${TILE}`));
    expect(response.status).toBe(501);
    expect(logged.map(([level]) => level)).toEqual(['warn']);
  });

  function loggedServer(images: ImageResolver) {
    const logged: Parameters<Log>[] = [];
    const server = imageServer(
      {},
      {
        images,
        open: openImage,
        worker: inlineRenderWorker(engine),
        outputFormats: ['png'],
        log: (...entry) => logged.push(entry),
      },
    );
    return { server, logged };
  }
});

describe('under load', () => {
  test('requests for one picture share one rendering, whoever leaves', async () => {
    const setup = setUp();
    let release = (): void => {};
    setup.hold = new Promise((resolve) => (release = resolve));
    const leaving = new AbortController();
    const left = setup.get(TILE, { signal: leaving.signal });
    const stayed = setup.get(TILE);
    await expect.poll(() => setup.counts.rendered).toBe(1);
    leaving.abort();
    expect((await left).status).toBe(499);
    expect(setup.signals[0]?.aborted).toBe(false);
    release();
    expect((await stayed).status).toBe(200);
    expect(setup.counts.rendered).toBe(1);
  });

  test('the rendering is cancelled when everybody has left', async () => {
    const setup = setUp();
    setup.hold = new Promise(() => {});
    const leaving = new AbortController();
    const left = setup.get(TILE, { signal: leaving.signal });
    await expect.poll(() => setup.counts.rendered).toBe(1);
    leaving.abort();
    await left;
    expect(setup.signals[0]?.aborted).toBe(true);
  });

  test('more renderings than allowed are refused with 503, those under way can still be joined', async () => {
    const setup = setUp({ maxQueue: 1 });
    let release = (): void => {};
    setup.hold = new Promise((resolve) => (release = resolve));
    const first = setup.get(TILE);
    await expect.poll(() => setup.counts.rendered).toBe(1);
    const refused = await setup.get('/iiif/3/a.tif/full/9,/0/default.png');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    const joined = setup.get(TILE);
    release();
    expect([(await first).status, (await joined).status]).toEqual([200, 200]);
  });
});

test('a replaced image is served anew once the store has been asked again', async () => {
  const { get, images, clock } = setUp({ revalidateSeconds: 1 });
  const before = await get(TILE);
  images.set('a.tif', { bytes: smallPyramid({ tint: 200 }), revision: 'second' });
  expect((await get(TILE)).headers.get('etag')).toBe(before.headers.get('etag'));
  clock.time += 1000;
  const after = await get(TILE);
  expect(after.headers.get('etag')).not.toBe(before.headers.get('etag'));
  expect((await pixelsOf(after)).data[2]).toBe(200);
});

test('clearing the caches renders again', async () => {
  const { get, server, counts } = setUp();
  await get(TILE);
  server.clearCaches();
  await get(TILE);
  expect(counts).toEqual({ opened: 2, rendered: 2 });
});

test('with a cache of 0 every request renders', async () => {
  const { get, counts } = setUp({ maxImageCacheSize: 0 });
  await get(TILE);
  await get(TILE);
  expect(counts).toEqual({ opened: 1, rendered: 2 });
});

test('tones are stretched alike in all tiles', async () => {
  const { get } = setUp();
  const whole = await get('/iip?FIF=a.tif&CNT=st&CVT=png');
  const tile = await get('/iip?FIF=a.tif&CNT=st&PTL=2,1');
  const [a, b] = [await pixelsOf(whole), await pixelsOf(tile)];
  expect([...b.data.slice(0, 3)]).toEqual([...a.data.slice(128 * 3, 128 * 3 + 3)]);
});

test('several tiles come in one stream', async () => {
  const response = await setUp().get('/iip?FIF=a.tif&TIL=0,0');
  // Neither PNG nor raw: tiles of 8 bits are JPEG, which this server cannot make.
  expect(response.status).toBe(501);
});

describe('mounted in a larger application', () => {
  const parent = new Hono().route('/img', setUp().server.app);

  test('serves below its path and names it in documents', async () => {
    const info = await parent.request('http://localhost/img/iiif/3/a.tif/info.json');
    expect(await info.json()).toMatchObject({ id: 'http://localhost/img/iiif/3/a.tif' });
    expect((await parent.request('http://localhost/iiif/3/a.tif/info.json')).status).toBe(404);
    const page = await parent.request('http://localhost/img/');
    expect(await page.text()).toContain('href="/img/view/a.tif"');
  });
});

test('a mapped prefix speaks its protocol, and an empty one takes what nobody else does', async () => {
  const { get, server } = setUp({ uriMap: 'old=>IIIF, =>DeepZoom' });
  expect((await get('/old/a.tif/info.json')).headers.get('content-type')).toContain('json');
  expect((await get('/a.tif.dzi')).headers.get('content-type')).toBe('application/xml');
  expect((await get('/older/a.tif.dzi')).status).toBe(404);
  expect((await get('/iip?FIF=a.tif&OBJ=Max-size')).status).toBe(200);
  expect(server.answer(exchangeOf(new Request('http://localhost/health')))).toBeUndefined();
});

test('a mapping to no protocol is an error that shows it', () => {
  expect(() => setUp({ uriMap: 'x=>ftp' })).toThrow(/"x=>ftp" is not prefix=>protocol/);
});
