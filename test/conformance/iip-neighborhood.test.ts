import { blit, createPixelBuffer, type PixelBuffer } from '@sectile/core/pixels';
import { CONVOLUTION_KERNEL_NAMES } from '@sectile/core/processing';
import { beforeAll, describe, expect, test } from 'vitest';
import { drawnPyramid } from '../fixtures/drawn-pyramid.ts';
import { difference } from '../reference/picture.ts';
import { type Served, serveImages } from './served.ts';

const SIZE = { width: 300, height: 200 };

/** Waves without symmetry, so that a wrong neighbor shows. */
const wave = (x: number, y: number): number => 128 + 70 * Math.sin(x / 7 + (y * y) / 900) + 50 * Math.cos(y / 5);

let served: Served;

beforeAll(async () => {
  served = await serveImages(
    {
      'rgb.tif': drawnPyramid({
        ...SIZE,
        bands: 3,
        reduced: 3,
        draw: (x, y) => [wave(x, y), wave(y, x), wave(x + y, x)].map(Math.floor),
      }),
      'heights.tif': drawnPyramid({
        ...SIZE,
        bands: 1,
        dtype: 'float32',
        reduced: 3,
        draw: (x, y) => [wave(x, y) / 40],
      }),
      'odd.tif': drawnPyramid({
        ...{ width: 203, height: 137, bands: 3, reduced: 2 },
        draw: (x, y) => [wave(x, y), wave(y, x), wave(x + y, x)].map(Math.floor),
      }),
      'odd-heights.tif': drawnPyramid({
        ...{ width: 203, height: 137, bands: 1, reduced: 2, dtype: 'int16' },
        draw: (x, y) => [Math.floor(wave(x, y) * 20)],
      }),
      'slope.tif': drawnPyramid({ ...SIZE, bands: 1, dtype: 'int16', reduced: 3, draw: (x) => [x - 100] }),
    },
    { iiifExtensions: true },
  );
});

/** Sides that no tile and no halving divides, and their levels. */
const ODD = [
  { width: 203, height: 137 },
  { width: 101, height: 68 },
  { width: 50, height: 34 },
];

/** All tiles of a resolution, put together. */
async function mosaic(query: string, resolution: number, { width, height }: typeof SIZE): Promise<PixelBuffer> {
  const columns = Math.ceil(width / 64);
  const first = await served.pixels(`/iip?${query}&PTL=${resolution},0`);
  const whole = createPixelBuffer(width, height, first.bands, first.dtype);
  for (let tile = 0; tile < columns * Math.ceil(height / 64); tile++) {
    const pixels = await served.pixels(`/iip?${query}&PTL=${resolution},${tile}`);
    blit(pixels, whole, (tile % columns) * 64, Math.floor(tile / columns) * 64);
  }
  return whole;
}

describe('tiles of what looks at neighbors fit together without seams', () => {
  test.each([
    'FIF=rgb.tif&CNV=sobel',
    'FIF=rgb.tif&CNV=gaussian&ROT=!0',
    `FIF=rgb.tif&CNV=[${Array.from({ length: 25 }, (_, i) => (i % 7) - 2)}]&GAM=1.5`,
    'FIF=heights.tif&MINMAX=0:0,6&CMP=viridis&CNV=emboss',
    'FIF=heights.tif&SHD=315,45,2',
  ])('%s', async (query) => {
    const full = await served.pixels(`/iip?${query}&CVT=png`);
    expect(await mosaic(query, 3, SIZE)).toEqual(full);
    const half = await served.pixels(`/iip?${query}&WID=150&CVT=png`);
    expect(await mosaic(query, 2, { width: 150, height: 100 })).toEqual(half);
  });
});

describe('tiles of odd sizes fit together at every level', () => {
  const five = `[${Array.from({ length: 25 }, (_, i) => ((i * 7) % 11) - 4)}]`;
  test.each([
    ...CONVOLUTION_KERNEL_NAMES.map((name) => `FIF=odd.tif&CNV=${name}`),
    `FIF=odd.tif&CNV=[1,-2,3,-4,5,-6,7,-8,9]`,
    `FIF=odd.tif&CNV=${five}`,
    `FIF=odd.tif&ROT=180&CNV=${five}`,
    'FIF=odd-heights.tif&SHD=200,35,0.1,2',
    'FIF=odd-heights.tif&SHD=20,35,0.1,2&CMP=magma&CNV=sharpen',
  ])('%s', async (query) => {
    for (const [level, size] of ODD.entries()) {
      const tiles = await mosaic(query, ODD.length - 1 - level, size);
      // Both sides: by one alone the other is rounded, which may not give the size of the level.
      const whole = await served.pixels(`/iiif/3/${iiifOf(query, size)}`);
      expect([level, difference(tiles, whole)]).toEqual([level, 0]);
    }
  });

  /** The same picture in the size of a level. */
  function iiifOf(query: string, { width, height }: typeof SIZE): string {
    const [, image, turn, commands] = /^FIF=([\w.-]+)(?:&ROT=(\d+))?&(.*)$/.exec(query) ?? [];
    return `${image}/full/${width},${height}/${turn ?? 0}/default.png?${commands}`;
  }
});

describe('light on elevations', () => {
  // One up for each pixel to the right: lit from the left at 45 degrees, the slope faces the light.
  test.each([
    ['270,45', 3, 255],
    ['90,45', 3, 0],
    ['0,45', 3, Math.round(255 * 0.5)],
    ['270,90', 3, Math.round(255 * Math.SQRT1_2)],
    ['270,45', 2, 255],
    ['270,0,0', 3, 0],
    // Twice as steep, then half as steep by the size of a cell.
    ['270,90,2', 3, Math.round(255 / Math.sqrt(5))],
    ['270,90,2,4', 3, Math.round(255 / Math.sqrt(1.25))],
  ])('SHD=%s at resolution %i', async (angles, resolution, expected) => {
    const { data, bands, width } = await served.pixels(`/iip?FIF=slope.tif&SHD=${angles}&PTL=${resolution},1`);
    expect(bands).toBe(1);
    expect(data[width * 5 + 20]).toBe(expected);
  });

  test('a range for a band that is not there changes nothing', async () => {
    const plain = await served.pixels('/iip?FIF=rgb.tif&PTL=3,2');
    expect(await served.pixels('/iip?FIF=rgb.tif&MINMAX=7:0,10&PTL=3,2')).toEqual(plain);
  });
});
