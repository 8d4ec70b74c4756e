import { expect, test } from 'vitest';
import { drawnPyramid } from '../fixtures/drawn-pyramid.ts';
import { serveImages } from './served.ts';

/* A build without some encoders: nothing says that it has them, and who asks is told. */
const file = drawnPyramid({ width: 64, height: 64, bands: 3, draw: (x, y) => [x * 4, y * 4, 0] });
const FEW = ['jpg', 'png'] as const;
const few = await serveImages({ 'a.tif': file }, {}, { outputFormats: FEW });
const all = await serveImages({ 'a.tif': file });

test('info.json names the formats that there are', async () => {
  const formatsIn = async (server: typeof few): Promise<unknown> =>
    JSON.parse((await server.text('/iiif/3/a.tif/info.json')).body).extraFormats ?? [];
  expect(await formatsIn(few)).toEqual([]);
  expect(await formatsIn(all)).toEqual(expect.arrayContaining(['tif', 'webp', 'avif']));
  const second = JSON.parse((await few.text('/iiif/2/a.tif/info.json')).body);
  expect(JSON.stringify(second.profile)).not.toMatch(/webp|avif|tif"/);
});

test.each(['webp', 'avif', 'tif'])('%s is refused where it cannot be made', async (format) => {
  const statusOf = async (path: string): Promise<number> => (await few.get(path)).status;
  expect(await statusOf(`/iiif/3/a.tif/full/max/0/default.${format}`)).toBe(400);
  expect(await statusOf(`/deepzoom/a.tif_files/6/0_0.${format}`)).toBeGreaterThanOrEqual(400);
  const command = { webp: 'WTL', avif: 'ATL', tif: 'TTL' }[format];
  expect(await statusOf(`/iip?FIF=a.tif&${command}=0,0`)).toBeGreaterThanOrEqual(400);
  // iipsrv answers exports in formats that it lacks as JPEG.
  const exported = await few.get(`/iip?FIF=a.tif&CVT=${format}`);
  expect(exported.headers.get('content-type')).toBe('image/jpeg');
});
