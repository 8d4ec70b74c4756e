import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { drawnPyramid } from '../fixtures/drawn-pyramid.ts';
import { serveImages } from './served.ts';
import { HAS_VIPS, vipsTruth } from './vips-truth.ts';

/*
 * Grays that are sent as AVIF, which knows them as a luma and two chromas: libvips, over libheif and dav1d, has to see
 * no color in them, by whatever matrix and range the file says.
 */
const folder = mkdtempSync(join(tmpdir(), 'sectile-avif-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ramp = (x: number): number => x;
const texture = (x: number, y: number): number => (x * 37 + y * 91 + x * y) % 256;
const SHAPE = { width: 256, height: 40, tile: 256 } as const;
const FILES = {
  'ramp.tif': drawnPyramid({ ...SHAPE, bands: 1, draw: (x) => [ramp(x)] }),
  'texture.tif': drawnPyramid({ ...SHAPE, bands: 1, draw: (x, y) => [texture(x, y)] }),
  'rgb.tif': drawnPyramid({ ...SHAPE, bands: 3, draw: (x, y) => [texture(x, y), texture(x, y), texture(x, y)] }),
  'deep.tif': drawnPyramid({ ...SHAPE, bands: 1, dtype: 'uint16', draw: (x) => [ramp(x) * 257] }),
  'odd.tif': drawnPyramid({ ...SHAPE, width: 37, height: 25, bands: 1, draw: (x, y) => [texture(x, y)] }),
};

async function seen(path: string, avifQuality: number): Promise<NonNullable<ReturnType<typeof vipsTruth>>> {
  const served = await serveImages(FILES, { avifQuality });
  const response = await served.get(path);
  expect(response.headers.get('content-type')).toBe('image/avif');
  const file = join(folder, 'answer.avif');
  writeFileSync(file, new Uint8Array(await response.arrayBuffer()));
  return vipsTruth(file)!;
}

describe.skipIf(!HAS_VIPS)('gray is gray', () => {
  const paths = [
    '/iip?FIF=ramp.tif&ATL=0,0',
    '/iip?FIF=texture.tif&ATL=0,0',
    '/iip?FIF=rgb.tif&ATL=0,0',
    '/iip?FIF=odd.tif&ATL=0,0',
    '/iip?FIF=ramp.tif&WID=100&CVT=avif',
    '/iip?FIF=deep.tif&BIT=16&CVT=avif',
  ];

  test.each(paths.flatMap((path) => [50, -1].map((quality) => [path, quality] as const)))(
    '%s at quality %i',
    async (path, quality) => {
      const { bands, data } = await seen(path, quality);
      expect(bands).toBe(3);
      let color = 0;
      for (let i = 0; i < data.length; i += 3) {
        color = Math.max(color, Math.abs(data[i]! - data[i + 1]!), Math.abs(data[i + 2]! - data[i + 1]!));
      }
      expect(color).toBe(0);
    },
  );

  test.each([
    ['ramp.tif', 90, 1],
    ['ramp.tif', -1, 0],
    ['texture.tif', -1, 0],
  ])('and as light as it was: %s at quality %i within %i', async (name, quality, within) => {
    const { data } = await seen(`/iip?FIF=${name}&ATL=0,0`, quality);
    let worst = 0;
    for (let i = 0; i < data.length; i += 3) {
      const [x, y] = [(i / 3) % 256, Math.floor(i / 3 / 256)];
      worst = Math.max(worst, Math.abs(data[i]! - (name === 'ramp.tif' ? ramp(x) : texture(x, y))));
    }
    expect(worst).toBeLessThanOrEqual(within);
  });
});
