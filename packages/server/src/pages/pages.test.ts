import type { ImageInfo, ImageReader } from '@sectile/core/pyramid';
import { expect, test } from 'vitest';
import { imageServer } from '../app.ts';
import { memoryImages } from '../images/memory.ts';

const NASTY = 'größe & <b>"\'/ä 1.tif';

const info: ImageInfo = {
  ...{ width: 3000, height: 2000, format: 'tiff', bands: 3, dtype: 'uint8', bitsPerSample: 8, color: 'rgb' },
  ...{ extraSamples: [], ranges: [], pages: [{ name: '', scale: 1 }], tileSize: { width: 256, height: 256 } },
  levels: [
    { width: 3000, height: 2000, tileWidth: 256, tileHeight: 256, downsampleX: 1, downsampleY: 1, stored: true },
    { width: 1500, height: 1000, tileWidth: 256, tileHeight: 256, downsampleX: 2, downsampleY: 2, stored: false },
  ],
  storage: { compression: 'JPEG', photometric: 'YCbCr', layout: 'tiles' },
  metadata: { text: { creator: '<script>alert(1)</script>' }, orientation: 1 },
};

const names = [NASTY, ...Array.from({ length: 130 }, (_, index) => `many/image ${index + 1}.tif`), 'b.tif'];
const server = imageServer(
  {},
  {
    images: memoryImages(new Map(names.map((name) => [name, { bytes: new Uint8Array(1) }]))),
    open: async () => ({ info, close: async () => {} }) as Partial<ImageReader> as ImageReader,
    worker: { close: async () => {} } as never,
    outputFormats: ['jpg', 'png'],
    assets: async (name) => (name === 'style.css' ? { bytes: Uint8Array.of(65), mediaType: 'text/css' } : undefined),
  },
);

function get(path: string): Promise<Response> {
  return server.fetch(new Request(`http://localhost${path}`));
}

test('the gallery shows folders and thumbnails', async () => {
  const response = await get('/');
  expect(response.headers.get('content-type')).toContain('text/html');
  const text = await response.text();
  expect(text).toContain('<a class="card" href="/view/b.tif">');
  expect(text).toContain('<img src="/iiif/3/b.tif/full/!400,400/0/default.jpg" alt="" loading="lazy"');
  expect(text).toContain('href="/?folder=many"');
});

test('a large folder has pages', async () => {
  const last = await (await get('/?folder=many&page=3')).text();
  expect(last).toContain('Page 3 of 3');
  expect(last.match(/<img /g)).toHaveLength(10);
  expect(last).toContain('href="/?folder=many&amp;page=2"');
  expect(last).not.toContain('page=4');
  expect((await get('/?folder=nowhere')).status).toBe(404);
});

test('names with markup are shown as text and lead to the image', async () => {
  const folder = NASTY.split('/')[0] ?? '';
  const text = await (await get(`/?folder=${encodeURIComponent(folder)}`)).text();
  expect(text).not.toContain('<b>');
  const href = /href="(\/view\/[^"]+)"/.exec(text)?.[1] ?? '';
  const view = await get(href.replaceAll('&#39;', "'").replaceAll('&amp;', '&'));
  expect(view.status).toBe(200);
  const html = await view.text();
  expect(html).not.toContain('<b>');
  expect(html).not.toContain('<script>alert');
  expect(html).toContain('größe &amp; &lt;b&gt;&quot;&#39;/ä 1.tif');
});

test('the viewer tells what is known of the file and where the protocols serve it', async () => {
  const text = await (await get('/view/many/image%201.tif')).text();
  for (const part of [
    'data-iiif3="/iiif/3/many/image%201.tif/info.json"',
    'data-deepzoom="/deepzoom/many/image%201.tif.dzi"',
    'data-zoomify="/zoomify/many/image%201.tif/"',
    'data-image="many%2Fimage%201.tif"',
    '3000 × 2000 pixels',
    '1 stored, 1 made when asked for',
  ]) {
    expect(text).toContain(part);
  }
  expect((await get('/view/none.tif')).status).toBe(404);
});

test('pages load nothing from elsewhere and run no inline script', async () => {
  for (const path of ['/', '/view/b.tif']) {
    const response = await get(path);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
    const text = await response.text();
    expect(text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    expect(text).not.toMatch(/<script(?![^>]*\bsrc=)/);
    expect(text).not.toMatch(/ style="| on\w+="/);
  }
});

test('assets are served by name', async () => {
  const response = await get('/assets/style.css');
  expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
    200,
    'text/css',
    'A',
  ]);
  expect((await get('/assets/..%2Fpackage.json')).status).toBe(404);
});

test('pages can be turned off', async () => {
  const plain = imageServer(
    { gallery: false },
    {
      images: memoryImages(new Map()),
      open: () => Promise.reject(new Error('not called')),
      worker: { close: async () => {} } as never,
      outputFormats: [],
    },
  );
  for (const path of ['/', '/view/b.tif', '/assets/style.css']) {
    expect((await plain.fetch(new Request(`http://localhost${path}`))).status).toBe(404);
  }
  expect((await plain.fetch(new Request('http://localhost/health'))).status).toBe(200);
});
