import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folderImages } from '@sectile/server/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildTiff } from '../fixtures/build-tiff.ts';
import { drawnPage, drawnPyramid } from '../fixtures/drawn-pyramid.ts';
import { type Served, serveImages } from './served.ts';

/** Gray values that tell page, column and row. */
const slice = (page: number, more = {}) => ({
  width: 100,
  height: 70,
  bands: 1,
  reduced: 1,
  draw: (x: number, y: number) => [page * 50 + Math.floor(x / 10) + Math.floor(y / 10)],
  ...more,
});

describe('a stack in one file', () => {
  let served: Served;

  beforeAll(async () => {
    const wavelength = (name: string, scale: number) => ({
      DocumentName: name,
      37439: { type: 'DOUBLE', values: [scale] } as const,
    });
    const pages = [
      drawnPage(slice(0, { fields: wavelength('400 nm', 1) })),
      drawnPage(slice(1, { fields: { NewSubfileType: [2], ...wavelength('500 "green" nm', 0.5) } })),
      drawnPage(slice(2, { fields: { NewSubfileType: [2], ...wavelength('600 nm', 1 / 3) } })),
    ];
    const levels = pages.map(([full, ...reduced]) => ({
      ...full!,
      children: reduced.map(({ fields, ...rest }) => ({ ...rest, fields: { ...fields, NewSubfileType: [1] } })),
    }));
    served = await serveImages({ 'stack.tif': buildTiff(levels) }, { iiifDelimiter: '::' });
  });

  test('is listed with names and scales', async () => {
    const { body } = await served.text('/iip?FIF=stack.tif&OBJ=stack');
    expect(JSON.parse(body)).toEqual([
      { id: 0, name: '400 nm', scale: 1 },
      { id: 1, name: '500 "green" nm', scale: 0.5 },
      { id: 2, name: '600 nm', scale: 0.333333333 },
    ]);
    expect((await served.text('/iip?FIF=stack.tif&OBJ=horizontal-views&OBJ=vertical-views')).body).toBe(
      'Horizontal-views:0 1 2\r\nVertical-views:90\r\n',
    );
  });

  test.each([0, 1, 2])('gives page %i by SDS, by JTLS order of views, and by IIIF', async (page) => {
    const tile = await served.pixels(`/iip?FIF=stack.tif&SDS=${page}&PTL=1,1`);
    expect(tile.data[0]).toBe(page * 50 + 6);
    expect((await served.pixels(`/iip?FIF=stack.tif&SDS=${page},90&PTL=1,1`)).data).toEqual(tile.data);
    const iiif = await served.pixels(`/iiif/3/stack.tif%3A%3A${page}/64,0,36,64/max/0/default.png`);
    expect(iiif.data).toEqual(tile.data);
    const small = await served.pixels(`/iip?FIF=stack.tif&SDS=${page}&PTL=0,0`);
    expect([small.width, small.data[0]]).toEqual([50, page * 50]);
  });

  test('has no page beyond', async () => {
    expect((await served.text('/iip?FIF=stack.tif&SDS=3&PTL=1,0')).status).toBe(404);
    expect((await served.text('/iiif/3/stack.tif::3/info.json')).status).toBe(404);
    expect((await served.text('/iiif/3/stack.tif::2/info.json')).status).toBe(200);
  });

  test('has spectra and profiles through all pages', async () => {
    const spectra = (await served.text('/iip?FIF=stack.tif&SPECTRA=1,1,30,5')).body;
    expect(
      [...spectra.matchAll(/<wavelength>(.*?)<\/wavelength>\n\t\t<reflectance>(.*?)</g)].map(([, ...v]) => v),
    ).toEqual([
      ['400 nm', (9 / 255).toFixed(6)],
      ['500 &quot;green&quot; nm', (59 / 255).toFixed(6)],
      ['600 nm', (109 / 255).toFixed(6)],
    ]);
    const { profile } = JSON.parse((await served.text('/iip?FIF=stack.tif&PFL=1:94,65-97,65')).body);
    expect(profile).toEqual({
      '400 nm': [15, 15, 15],
      '500 "green" nm': [32.5, 32.5, 32.5],
      '600 nm': [38.3333333, 38.3333333, 38.3333333],
    });
  });
});

describe('a sequence of files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sectile-sequence-'));
  const at = (name: string): string => join(folder, name);
  let served: Served;

  beforeAll(async () => {
    const write = (name: string, page: number, more = {}) => writeFileSync(at(name), drawnPyramid(slice(page, more)));
    write('vase_pyr_000_090.tif', 0);
    write('vase_pyr_030_090.tif', 1);
    write('vase_pyr_1060_090.tif', 2);
    write('vase_pyr_000_045.tif', 3);
    write('vase_pyr_045_090.tif', 4, { width: 90 });
    write('vase_pyr_30_90.tif', 4);
    write('vase_pyr_000_090.txt', 4);
    write('two_pyr_000_090.tif', 0);
    write('two_pyr_000_090.tiff', 0);
    write('single.tif', 4);
    const images = folderImages({ prefix: `${folder}/`, sequenceInfix: '_pyr_' });
    served = await serveImages({}, { iiifDelimiter: ';', revalidateSeconds: 0 }, { images });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('tells its views by the numbers of its files', async () => {
    const { body } = await served.text('/iip?FIF=vase&OBJ=Max-size&OBJ=Horizontal-views&OBJ=Vertical-views');
    expect(body).toBe('Max-size:100 70\r\nHorizontal-views:0 30 45 1060\r\nVertical-views:45 90\r\n');
    expect((await served.text('/iip?FIF=vase&OBJ=stack')).status).toBe(404);
  });

  test.each([
    ['', 0],
    ['SDS=30,90&', 1],
    ['SDS=30&', 1],
    ['SDS=1060,90&', 2],
    ['SDS=0,45&', 3],
  ])('%s gives the file of these views', async (command, page) => {
    expect((await served.pixels(`/iip?FIF=vase&${command}PTL=1,0`)).data[0]).toBe(page * 50);
  });

  test('by IIIF goes by its horizontal view', async () => {
    expect((await served.pixels('/iiif/3/vase;30/full/max/0/default.png')).data[0]).toBe(50);
    expect((await served.text('/iiif/3/vase;31/full/max/0/default.png')).status).toBe(404);
    expect((await served.text('/iiif/3/vase/info.json')).status).toBe(200);
  });

  test.each([
    ['views without a file', '/iip?FIF=vase&SDS=30,45&PTL=1,0', 404],
    ['numbers that no file has', '/iip?FIF=vase&SDS=31,90&PTL=1,0', 404],
    ['a file of another size', '/iip?FIF=vase&SDS=45,90&PTL=1,0', 501],
    ['a name that several first files share', '/iip?FIF=two&PTL=1,0', 404],
    ['no sequence at all', '/iip?FIF=vas&PTL=1,0', 404],
    ['wildcards', '/iip?FIF=v*&PTL=1,0', 404],
  ])('answers %s with %#', async (_name, url, status) => {
    const reply = await served.text(url);
    expect(reply.status).toBe(status);
    expect(reply.body).not.toContain(folder);
  });

  test('has spectra through the views of one height', async () => {
    const spectra = (await served.text('/iip?FIF=vase&SDS=0,45&SPECTRA=1,0,0,0')).body;
    expect([...spectra.matchAll(/<wavelength>(.*?)</g)].map(([, name]) => name)).toEqual(['0']);
    const line = (await served.text('/iip?FIF=vase&SDS=0,45&PFL=1:0,0-3,0')).body;
    expect(JSON.parse(line)).toEqual({ profile: [150, 150, 150] });
  });

  test('is noticed to change when one of its files does', async () => {
    const url = '/iip?FIF=vase&SDS=30&PTL=1,0';
    const before = (await served.get(url)).headers.get('etag');
    expect((await served.get(url)).headers.get('etag')).toBe(before);
    writeFileSync(at('vase_pyr_030_090.tif'), drawnPyramid(slice(2)));
    utimesSync(at('vase_pyr_030_090.tif'), 1e9, 1e9);
    expect((await served.pixels(url)).data[0]).toBe(100);
    expect((await served.get(url)).headers.get('etag')).not.toBe(before);
  });

  test('is one entry of the gallery', async () => {
    const images = folderImages({ prefix: `${folder}/`, sequenceInfix: '_pyr_' });
    expect((await images.list?.('', { offset: 0, limit: 10 }))?.images).toEqual(['single.tif', 'two', 'vase']);
  });
});
