import { expect, test } from 'vitest';
import { httpImages } from './http.ts';

/** A server with one file, and the URLs it was asked for. */
function setUp() {
  const asked: string[] = [];
  const bytes = new TextEncoder().encode('0123456789');
  async function fetch(url: string, init: RequestInit): Promise<Response> {
    asked.push(`${url} ${init.redirect}`);
    if (!url.endsWith('a%20b.tif')) return new Response(null, { status: 404 });
    const match = /bytes=(\d+)-(\d+)/.exec(new Headers(init.headers).get('range') ?? '');
    const [start, end] = [Number(match?.[1]), Math.min(Number(match?.[2]), bytes.length - 1)];
    const headers = { etag: '"v1"', 'content-range': `bytes ${start}-${end}/${bytes.length}` };
    return new Response(bytes.slice(start, end + 1), { status: 206, headers });
  }
  return { asked, images: httpImages({ baseUrl: 'https://store.example/scans', fetch }) };
}

test('puts identifiers behind the base URL, encoded, and does not follow redirects', async () => {
  const { asked, images } = setUp();
  const found = await images.find('sub/a b.tif');
  expect(asked).toEqual(['https://store.example/scans/sub/a%20b.tif error']);
  expect(found?.revision).toBe('"v1"');
  const source = await found?.open();
  expect(new TextDecoder().decode(await source?.read(2, 3))).toBe('234');
});

test.each(['missing.tif', '', '../secret', 'a/../../secret', 'a\\b', '.env'])('does not find %j', async (id) => {
  const { asked, images } = setUp();
  expect(await images.find(id)).toBeUndefined();
  expect(asked).toHaveLength(id === 'missing.tif' ? 1 : 0);
});

test.each([
  '//evil.example/a b.tif',
  'https://evil.example/a b.tif',
  '@evil.example/a b.tif',
  '?x=/a b.tif',
  '#/a b.tif',
])('stays below the base URL for %j', async (id) => {
  const { asked, images } = setUp();
  await images.find(id);
  expect(asked.every((url) => url.startsWith('https://store.example/scans/'))).toBe(true);
});
