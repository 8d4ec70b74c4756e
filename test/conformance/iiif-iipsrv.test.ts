import { beforeAll, describe, expect, test } from 'vitest';
import { drawnPyramid } from '../fixtures/drawn-pyramid.ts';
import { type Served, serveImages } from './served.ts';

/*
 * What iipsrv 1.3 was observed to answer to IIIF requests for pictures of 300x200 (G) and 301x201 (O) pixels. IIIF follows
 * its specification in compat mode, too.
 */
let compat: Served;

beforeAll(async () => {
  const gray = (width: number, height: number) =>
    drawnPyramid({ width, height, bands: 1, reduced: 3, draw: (x) => [x % 256] });
  compat = await serveImages({ G: gray(300, 200), O: gray(301, 201) }, { compat: 'iipsrv' });
});

describe('IIIF sizes', () => {
  test.each([
    ['3/G/0,0,64,64/64,64', '64x64'],
    ['3/G/0,0,128,128/64,', '64x64'],
    ['3/G/256,192,44,8/44,8', '44x8'],
    ['3/G/256,128,44,72/22,', '22x36'],
    ['3/O/256,64,64,64/,64', '45x64'],
    ['3/G/128,128,128,128/!64,64', '64x36'],
    ['3/G/0,0,256,200/!64,64', '64x50'],
    ['3/G/full/!100,100', '100x67'],
    ['3/G/full/^!400,400', '400x267'],
    ['3/G/full/^400,400', '400x400'],
    ['3/G/full/^pct:150', '450x300'],
    ['2/O/256,128,128,73/64,37', '64x37'],
    ['2/O/full/pct:50', '151x101'],
  ])('%s is %s', async (request, size) => {
    const { width, height } = await compat.pixels(`/iiif/${request}/0/default.png`);
    expect(`${width}x${height}`).toBe(size);
  });

  test.each([
    ['3/G/full/pct:150', 400],
    ['3/G/256,0,256,256/64,64', 400],
  ])('%s is refused with %i', async (request, status) => {
    expect((await compat.text(`/iiif/${request}/0/default.png`)).status).toBe(status);
  });

  // iipsrv cuts a pixel off the one, and refuses the other.
  test.each([
    ['3/O/square/max', '201x201'],
    ['3/G/full/!400,400', '300x200'],
  ])('%s is %s, as the specification has it', async (request, size) => {
    const { width, height } = await compat.pixels(`/iiif/${request}/0/default.png`);
    expect(`${width}x${height}`).toBe(size);
  });
});
