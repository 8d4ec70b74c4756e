import type { PixelBuffer } from '@sectile/core/pixels';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildTiff } from '../fixtures/build-tiff.ts';
import { drawnPage, drawnPyramid } from '../fixtures/drawn-pyramid.ts';
import { type Served, serveImages } from './served.ts';

/** 64 x 64 with a value for each column, so that the middle row tells everything. */
const columns = { width: 64, height: 64, bands: 1 } as const;
const spread = (from: number, to: number) => (x: number) => [from + ((to - from) * x) / 63];

let served: Served;
let compat: Served;

beforeAll(async () => {
  const files = {
    'stack.tif': buildTiff([
      ...drawnPage({ ...columns, draw: (x) => [10 + x], fields: { DocumentName: 'near' } }),
      ...drawnPage({ ...columns, draw: (x) => [100 + 2 * x], fields: { NewSubfileType: [2], DocumentName: 'far' } }),
    ]),
    // The left half is transparent and black.
    'cut-out.tif': drawnPyramid({
      ...columns,
      bands: 4,
      draw: (x) => (x < 32 ? [0, 0, 0, 0] : [100 + x, 100 + x, 100 + x, 255]),
      fields: { ExtraSamples: [2] },
    }),
    'degrees.tif': drawnPyramid({ ...columns, dtype: 'float32', draw: spread(-10, 53) }),
    'reflectance.tif': drawnPyramid({ ...columns, dtype: 'float32', draw: spread(0.25, 0.75) }),
    'stated.tif': drawnPyramid({
      ...columns,
      dtype: 'float32',
      draw: spread(-10, 53),
      fields: {
        SMinSampleValue: { type: 'FLOAT', values: [-73] },
        SMaxSampleValue: { type: 'FLOAT', values: [53] },
      },
    }),
    'holes.tif': drawnPyramid({
      ...columns,
      dtype: 'float32',
      draw: (x) => [x < 4 ? -9999 : x < 8 ? Number.NaN : x < 10 ? -3.4e38 : x],
      fields: { 42113: '-9999' },
    }),
    'layers.tif': drawnPyramid({
      ...columns,
      bands: 5,
      dtype: 'uint16',
      draw: (x) => [100 + x, 5000 + 10 * x, 40000 + 100 * x, 1, 2],
      fields: { PhotometricInterpretation: [1] },
    }),
    'rgb.tif': drawnPyramid({ width: 150, height: 100, bands: 3, draw: (x, y) => [40 + x, 60 + y, 90] }),
  };
  served = await serveImages(files, { iiifExtensions: true });
  compat = await serveImages(files, { compat: 'iipsrv' });
});

const row = ({ width, bands, data }: PixelBuffer): number[] =>
  Array.from(data.subarray(width * bands, 2 * width * bands));

describe('stretching', () => {
  test('takes what the page at hand holds', async () => {
    const [near, far] = await Promise.all([
      served.pixels('/iip?FIF=stack.tif&CNT=st&PTL=0,0'),
      served.pixels('/iip?FIF=stack.tif&SDS=1&CNT=st&PTL=0,0'),
    ]);
    const full = Array.from({ length: 64 }, (_, x) => Math.round((x * 255) / 63));
    expect(row(near)).toEqual(full);
    expect(row(far)).toEqual(full);
  });

  test('does not count what is transparent', async () => {
    const pixels = await served.pixels('/iip?FIF=cut-out.tif&CNT=st&PTL=0,0');
    expect(row(pixels).slice(32 * 4, 33 * 4)).toEqual([0, 0, 0, 255]);
    expect(row(pixels).slice(63 * 4)).toEqual([255, 255, 255, 255]);
  });

  test('treats layers that are no colors one by one', async () => {
    const pixels = await served.pixels('/iip?FIF=layers.tif&CNT=st&PTL=0,0');
    expect(pixels.bands).toBe(3);
    for (const band of [0, 1, 2]) {
      const values = row(pixels).filter((_, i) => i % 3 === band);
      expect([values[0], values[63]]).toEqual([0, 255]);
    }
  });

  test('is the same for tiles and exports', async () => {
    const whole = await served.pixels('/iip?FIF=rgb.tif&CNT=st&CVT=png');
    const tile = await served.pixels('/iip?FIF=rgb.tif&CNT=st&PTL=2,1');
    expect(row(tile).slice(0, 3)).toEqual(row(whole).slice(64 * 3, 65 * 3));
  });
});

describe('floats', () => {
  test('that state no range show what there is', async () => {
    const pixels = await served.pixels('/iip?FIF=degrees.tif&PTL=0,0');
    expect(row(pixels)).toEqual(Array.from({ length: 64 }, (_, x) => Math.round((x * 255) / 63)));
    expect((await served.text('/iip?FIF=degrees.tif&OBJ=Min-Max-sample-values')).body).toBe(
      'Min-Max-sample-values: -10  53\r\n',
    );
  });

  test('between 0 and 1 are taken as they are', async () => {
    const pixels = await served.pixels('/iip?FIF=reflectance.tif&PTL=0,0');
    expect([row(pixels)[0], row(pixels)[63]]).toEqual([64, 191]);
  });

  test('that state a range keep it, and MINMAX goes before', async () => {
    expect(row(await served.pixels('/iip?FIF=stated.tif&PTL=0,0'))[0]).toBe(128);
    expect(row(await served.pixels('/iip?FIF=stated.tif&MINMAX=0:-10,53&PTL=0,0'))[0]).toBe(0);
    expect(row(await served.pixels('/iip?FIF=degrees.tif&MINMAX=-:-73,53&PTL=0,0'))[0]).toBe(128);
  });

  test('without data are black and do not count', async () => {
    const pixels = row(await served.pixels('/iip?FIF=holes.tif&PTL=0,0'));
    expect(pixels.slice(0, 10)).toEqual(new Array(10).fill(0));
    expect([pixels[10], pixels[63]]).toEqual([0, 255]);
    const stretched = row(await served.pixels('/iip?FIF=holes.tif&CNT=st&PTL=0,0'));
    expect([stretched[10], stretched[63]]).toEqual([0, 255]);
    const light = row(await served.pixels('/iip?FIF=holes.tif&SHD=270,45&PTL=0,0'));
    expect(light.slice(0, 8)).toEqual(new Array(8).fill(0));
    expect(light[20]).toBe(255);
  });

  test('in compat mode are 0 to 1', async () => {
    const pixels = row(await compat.pixels('/iip?FIF=degrees.tif&PTL=0,0'));
    expect([pixels[0], pixels[10], pixels[11]]).toEqual([0, 0, 255]);
  });
});

describe('thresholds', () => {
  test('lie between the tones of the page at hand', async () => {
    const far = row(await served.pixels('/iip?FIF=stack.tif&SDS=1&COL=binary&PTL=0,0'));
    expect(far.filter((v) => v === 255).length).toBe(32);
  });

  test('leave alpha alone', async () => {
    const pixels = row(await served.pixels('/iip?FIF=cut-out.tif&COL=binary&PTL=0,0'));
    expect(pixels.slice(0, 2)).toEqual([0, 0]);
    expect(pixels.slice(126)).toEqual([255, 255]);
  });
});

describe('IIIF qualities', () => {
  test.each([
    ['negative', 'INV'],
    ['stretch', 'CNT=st'],
    ['equalization', 'CNT=eq'],
    ['log', 'GAM=log'],
    ['bitonal', 'COL=binary'],
    ['gray', 'COL=gray'],
  ])('%s is %s', async (quality, command) => {
    const iiif = await served.pixels(`/iiif/3/rgb.tif/full/max/0/${quality}.png`);
    expect(iiif).toEqual(await served.pixels(`/iip?FIF=rgb.tif&${command}&CVT=png`));
  });

  test('beyond the standard are offered only where they are configured', async () => {
    expect((await served.text('/iiif/3/rgb.tif/info.json')).body).toContain('"stretch"');
    expect((await compat.text('/iiif/3/rgb.tif/info.json')).body).not.toContain('"stretch"');
    expect((await compat.text('/iiif/3/rgb.tif/full/max/0/stretch.png')).status).toBe(400);
  });
});
