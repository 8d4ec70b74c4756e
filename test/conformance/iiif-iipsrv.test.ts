import { openImage } from '@sectile/core/pyramid';
import { DEFAULT_PLAN_OPTIONS, resolveView } from '@sectile/core/render';
import { memorySource } from '@sectile/core/source';
import { DEFAULT_CONFIG, explainUrl } from '@sectile/server';
import { beforeAll, describe, expect, test } from 'vitest';
import { drawnPyramid } from '../fixtures/drawn-pyramid.ts';
import { difference } from '../reference/picture.ts';
import { type Served, serveImages } from './served.ts';

/*
 * What iipsrv 1.3 was observed to answer to IIIF requests for pictures of 300x200 (G) and 301x201 (O) pixels in tiles of
 * 64: a size, and for some the resolution (0 is the smallest); `tile`: it was answered as a tile of its grid.
 */
const gray = (width: number, height: number) =>
  drawnPyramid({ width, height, bands: 1, reduced: 3, draw: (x, y) => [(x * 3 + y * 5) % 256] });
const FILES = { G: gray(300, 200), O: gray(301, 201) };

let compat: Served;
let plain: Served;

beforeAll(async () => {
  compat = await serveImages(FILES, { compat: 'iipsrv' });
  plain = await serveImages(FILES);
});

async function resolutionOf(request: string): Promise<number> {
  const [, image = ''] = request.split('/');
  const { info } = await openImage(memorySource(FILES[image as 'G' | 'O'], { id: image }));
  const config = { ...DEFAULT_CONFIG, compat: 'iipsrv' as const };
  const url = `/iiif/${request}/0/default.png`;
  const { parsed, planOptions } = await explainUrl(url, config, DEFAULT_PLAN_OPTIONS.outputFormats);
  if (parsed.kind !== 'render') throw new Error('Not a picture');
  return info.levels.length - 1 - resolveView(parsed.request, info, planOptions).level;
}

describe('IIIF sizes in compat mode', () => {
  test.each([
    ['3/G/0,0,64,64/64,64', '64x64', 3, 0],
    ['3/G/0,0,128,128/64,', '64x64', 2, 0],
    ['3/G/256,192,44,8/44,8', '44x8', 3, 19],
    ['3/G/256,128,44,72/22,', '22x36', 2, 5],
    ['3/O/256,64,64,64/,64', '45x64', 3, 9],
    ['3/G/128,128,128,128/!64,64', '64x36', undefined, undefined],
    ['3/G/0,0,256,200/!64,64', '64x50', 1, undefined],
    ['3/G/full/!100,100', '100x67', undefined, undefined],
    ['3/G/full/^!400,400', '400x267', undefined, undefined],
    ['3/G/full/^400,400', '400x400', undefined, undefined],
    ['3/G/full/^pct:150', '450x300', undefined, undefined],
    ['3/O/square/max', '200x200', undefined, undefined],
    ['2/O/256,128,128,73/64,37', '64x37', undefined, undefined],
    ['2/O/full/pct:50', '151x101', undefined, undefined],
    ['3/G/290,190,100,100/max', '9x9', undefined, undefined],
    ['3/G/256,128,64,64/max', '43x63', undefined, undefined],
  ])('%s is %s', async (request, size, resolution, tile) => {
    const pixels = await compat.pixels(`/iiif/${request}/0/default.png`);
    expect(`${pixels.width}x${pixels.height}`).toBe(size);
    if (resolution !== undefined) expect(await resolutionOf(request)).toBe(resolution);
    if (tile === undefined) return;
    const [, image] = request.split('/');
    expect(difference(pixels, await compat.pixels(`/iip?FIF=${image}&PTL=${resolution},${tile}`))).toBe(0);
  });

  test.each(['3/G/full/!400,400', '3/G/full/pct:150', '3/G/256,0,256,256/64,64'])('%s is refused', async (request) => {
    expect((await compat.text(`/iiif/${request}/0/default.png`)).status).toBe(400);
  });
});

describe('otherwise IIIF sizes follow the specification', () => {
  // iipsrv cuts a pixel off some, and refuses a box that is larger than the region.
  test.each([
    ['3/O/square/max', '201x201'],
    ['3/G/290,190,100,100/max', '10x10'],
    ['3/G/256,128,64,64/max', '44x64'],
    ['3/G/full/!400,400', '300x200'],
  ])('%s is %s', async (request, size) => {
    const { width, height } = await plain.pixels(`/iiif/${request}/0/default.png`);
    expect(`${width}x${height}`).toBe(size);
  });
});
