import type { PixelBuffer } from '@sectile/core/pixels';
import { beforeAll, describe, expect, test } from 'vitest';
import { drawnPyramid } from '../fixtures/drawn-pyramid.ts';
import { type Served, serveImages } from './served.ts';

/*
 * Pixel values that iipsrv 1.3 answers, from pictures that are easily described: a ramp, 8 and 16 bits deep, a normal
 * map, CIELAB. They were observed on a running iipsrv; `compat: 'iipsrv'` promises the same.
 */

/** 0 to 255 from left to right over 300 pixels; the smallest of four levels holds 2 to 247. */
const ramp = drawnPyramid({
  width: 300,
  height: 200,
  bands: 1,
  reduced: 3,
  draw: (x) => [Math.trunc((x * 255) / 299)],
});
const ramp16 = drawnPyramid({
  width: 300,
  height: 200,
  bands: 1,
  dtype: 'uint16',
  reduced: 3,
  draw: (x) => [218 * x],
});
const normals = drawnPyramid({ width: 256, height: 64, bands: 3, draw: (x) => [x, 128, 255] });
const lab = drawnPyramid({
  width: 256,
  height: 64,
  bands: 3,
  draw: (x) => [x, 20, -30 & 255],
  fields: { PhotometricInterpretation: [8] },
});

let compat: Served;

beforeAll(async () => {
  const files = { 'ramp.tif': ramp, 'ramp16.tif': ramp16, 'normals.tif': normals, 'lab.tif': lab };
  compat = await serveImages(files, { compat: 'iipsrv' });
});

/** Samples of the middle row at every `step` pixels, `count` of them. */
function every({ width, height, bands, data }: PixelBuffer, step: number, count: number): number[][] {
  const row = (height >> 1) * width;
  return Array.from({ length: count }, (_, i) => {
    const at = (row + Math.min(i * step, width - 1)) * bands;
    return Array.from(data.subarray(at, at + bands));
  });
}

describe('tones of the ramp, every 25 pixels', () => {
  test.each([
    ['nothing', '', [0, 21, 42, 63, 85, 106, 127, 149, 170, 191, 213, 234]],
    ['GAM=2', 'GAM=2&', [0, 1, 6, 15, 28, 44, 63, 87, 113, 143, 177, 214]],
    ['GAM=log', 'GAM=log&', [0, 142, 172, 191, 204, 214, 223, 230, 236, 241, 246, 251]],
    ['INV', 'INV&', [255, 234, 213, 191, 169, 148, 127, 105, 84, 63, 41, 20]],
    ['CNT=2', 'CNT=2&', [0, 42, 84, 126, 170, 212, 254, 255, 255, 255, 255, 255]],
    ['MINMAX', 'MINMAX=0:100,200&', [0, 0, 0, 0, 0, 15, 68, 124, 178, 232, 255, 255]],
    ['CNT=st', 'CNT=st&', [0, 19, 41, 63, 86, 108, 130, 152, 174, 196, 219, 241]],
    ['CNT=eq', 'CNT=eq&', [0, 21, 41, 69, 90, 110, 131, 152, 172, 193, 221, 241]],
  ])('%s', async (_name, command, expected) => {
    const pixels = await compat.pixels(`/iip?FIF=ramp.tif&WID=300&${command}CVT=png`);
    expect(pixels).toMatchObject({ width: 300, height: 200, bands: 1 });
    expect(every(pixels, 25, 12).flat()).toEqual(expected);
  });

  test('COL=binary: Otsu finds 124', async () => {
    const pixels = await compat.pixels('/iip?FIF=ramp.tif&WID=300&COL=binary&CVT=png');
    const light = Array.from({ length: 300 }, (_, x) => Math.trunc((x * 255) / 299)).map((v) => (v < 124 ? 0 : 255));
    expect(Array.from(pixels.data.subarray(0, 300))).toEqual(light);
  });

  test.each([
    ['as it is: the upper byte', '', [0, 21, 42, 63, 85, 106, 127, 149, 170, 191, 212, 234]],
    ['through floats', 'CNT=1.0001&', [0, 21, 42, 63, 84, 106, 127, 148, 169, 190, 212, 233]],
  ])('16 bits %s', async (_name, command, expected) => {
    const pixels = await compat.pixels(`/iip?FIF=ramp16.tif&WID=300&${command}CVT=png`);
    expect(every(pixels, 25, 12).flat()).toEqual(expected);
  });

  test('tiles and exports agree', async () => {
    const whole = await compat.pixels('/iip?FIF=ramp.tif&WID=300&GAM=2&INV&CVT=png');
    const tile = await compat.pixels('/iip?FIF=ramp.tif&GAM=2&INV&PTL=3,1');
    expect(Array.from(tile.data.subarray(0, 64))).toEqual(Array.from(whole.data.subarray(64, 128)));
  });
});

describe('color maps of the ramp, every 33 pixels', () => {
  test.each([
    ['hot', '0,0,0 84,0,0 168,0,0 252,0,0 255,81,0 255,165,0 255,249,0 255,255,81'],
    ['jet', '0,0,127 0,0,239 0,96,255 0,208,255 65,255,189 177,255,77 255,220,0 255,104,0 247,0,0 135,0,0'],
  ])('%s', async (name, expected) => {
    const pixels = await compat.pixels(`/iip?FIF=ramp.tif&WID=300&CMP=${name}&CVT=png`);
    const colors = expected.split(' ').map((color) => color.split(',').map(Number));
    expect(every(pixels, 33, colors.length)).toEqual(colors);
  });

  test('white of jet is dark red', async () => {
    const pixels = await compat.pixels('/iip?FIF=ramp.tif&WID=300&CMP=jet&CVT=png');
    expect(every(pixels, 299, 2)[1]).toEqual([127, 0, 0]);
  });
});

describe('light on the normal map, every 32 pixels', () => {
  test.each([
    ['90,30', [171, 142, 113, 85, 56, 27, 0, 0]],
    ['270,0', [0, 0, 0, 0, 0, 32, 64, 96]],
    ['0,90', [89, 89, 89, 89, 89, 89, 89, 89]],
  ])('SHD=%s', async (angles, expected) => {
    const pixels = await compat.pixels(`/iip?FIF=normals.tif&SHD=${angles}&WID=256&CVT=png`);
    expect(pixels.bands).toBe(1);
    expect(every(pixels, 32, 8).flat()).toEqual(expected);
  });
});

describe('CIELAB with a = 20, b = -30, every 32 steps of lightness', () => {
  test('becomes sRGB under D65', async () => {
    const pixels = await compat.pixels('/iip?FIF=lab.tif&WID=256&CVT=png');
    const expected = '9,0,46 33,24,74 63,50,105 94,79,137 127,109,170 160,141,205 195,175,240 230,209,255';
    expect(every(pixels, 32, 8)).toEqual(expected.split(' ').map((color) => color.split(',').map(Number)));
  });
});
