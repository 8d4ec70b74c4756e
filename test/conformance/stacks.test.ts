import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folderImages } from '@sectile/server/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildTiff } from '../fixtures/build-tiff.ts';
import { drawnPage, drawnPyramid } from '../fixtures/drawn-pyramid.ts';
import { corpusFiles, corpusPath } from './corpus.ts';
import { libtiffBytes } from './libtiff-truth.ts';
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

describe('a stack whose pages are followed by their smaller levels', () => {
  let served: Served;

  beforeAll(async () => {
    // Page 2 has a level less: what only some pages have does not count.
    const pages = [2, 2, 1].map((reduced, index) => {
      const [full, ...levels] = drawnPage(slice(index, { width: 203, height: 137, reduced }));
      const fields = { ...full!.fields, NewSubfileType: [index === 0 ? 0 : 2], DocumentName: `focus ${index}` };
      return [{ ...full!, fields }, ...levels];
    });
    served = await serveImages({ 'stack.tif': buildTiff(pages.flat()) });
  });

  test('has pages and levels, not pages as levels', async () => {
    const { body } = await served.text('/iip?FIF=stack.tif&OBJ=Resolution-number&OBJ=Resolutions&OBJ=Horizontal-views');
    // 203 x 137 and 101 x 68 are stored in all pages; the last one is made, rounded up.
    expect(body).toBe('Resolution-number:3\r\nResolutions:51 34,101 68,203 137\r\nHorizontal-views:0 1 2\r\n');
  });

  test.each([0, 1, 2])('shows page %i at every level', async (page) => {
    for (const [resolution, scale, width] of [
      [2, 1, 203],
      [1, 2, 101],
      [0, 4, 51],
    ] as const) {
      const tile = await served.pixels(`/iip?FIF=stack.tif&SDS=${page}&PTL=${resolution},0`);
      expect(tile.width).toBe(Math.min(64, width));
      for (const [x, y] of [
        [3, 2],
        [33, 21],
      ] as const) {
        const [value] = slice(page).draw(scale * (x + 0.5) - 0.5, scale * (y + 0.5) - 0.5);
        expect(Math.abs(tile.data[y * tile.width + x]! - value!)).toBeLessThanOrEqual(1);
      }
    }
    expect((await served.text('/iip?FIF=stack.tif&SDS=3&PTL=2,0')).status).toBe(404);
  });
});

describe('page selection by IIIF', () => {
  const stack = buildTiff([
    ...drawnPage(slice(0, { reduced: 0 })),
    ...drawnPage(slice(1, { reduced: 0, fields: { NewSubfileType: [2] } })),
  ]);

  test.each([';', '::', '~page~', '.*', '(', '$&', '%', '+', ' ', 'ß'])('with the delimiter %j', async (delimiter) => {
    const served = await serveImages({ [`a${delimiter}b.tif`]: stack, 'a.tif': stack }, { iiifDelimiter: delimiter });
    const firstPixel = async (identifier: string) =>
      (await served.pixels(`/iiif/3/${encodeURIComponent(identifier)}/full/max/0/default.png`)).data[0];
    expect(await firstPixel('a.tif')).toBe(0);
    expect(await firstPixel(`a.tif${delimiter}1`)).toBe(50);
    // What follows the last one is the page, if it is a number.
    expect(await firstPixel(`a${delimiter}b.tif`)).toBe(0);
    expect(await firstPixel(`a${delimiter}b.tif${delimiter}1`)).toBe(50);
    const info = await served.text(`/iiif/3/${encodeURIComponent(`a.tif${delimiter}1`)}/info.json`);
    expect(decodeURIComponent(JSON.parse(info.body).id)).toBe(`http://localhost/iiif/3/a.tif${delimiter}1`);
    const beyond = await served.text(`/iiif/3/${encodeURIComponent(`a.tif${delimiter}2`)}/full/max/0/default.png`);
    expect(beyond.status).toBe(404);
  });
});

describe('an OME-TIFF', () => {
  const xml =
    '<?xml version="1.0"?><OME><Image><Pixels DimensionOrder="XYCZT" Type="uint8" SizeX="100" SizeY="70" SizeZ="3" SizeC="2" ' +
    'SizeT="1"><Channel Name="DAPI"/><Channel Name="GFP"/><TiffData/></Pixels></Image></OME>';

  test('names its pages by channel and depth, and shows each', async () => {
    const pages = Array.from({ length: 6 }, (_, index) => {
      const [full] = drawnPage(slice(0, { reduced: 0, draw: () => [40 * index] }));
      return index === 0 ? { ...full!, fields: { ...full!.fields, ImageDescription: xml } } : full!;
    });
    const served = await serveImages({ 'z.ome.tif': buildTiff(pages) }, { iiifDelimiter: ';' });
    const { body } = await served.text('/iip?FIF=z.ome.tif&OBJ=stack');
    expect(JSON.parse(body).map(({ name }: { name: string }) => name)).toEqual([
      ...['DAPI Z0', 'GFP Z0', 'DAPI Z1', 'GFP Z1', 'DAPI Z2', 'GFP Z2'],
    ]);
    for (const page of pages.keys()) {
      expect((await served.pixels(`/iip?FIF=z.ome.tif&SDS=${page}&PTL=0,0`)).data[0]).toBe(40 * page);
      expect((await served.pixels(`/iiif/3/z.ome.tif;${page}/full/max/0/default.png`)).data[0]).toBe(40 * page);
    }
  });

  const real = corpusFiles('multi-channel-z-series.ome.tif')[0];
  test.skipIf(real === undefined)('of a microscope shows the planes that libtiff reads', async () => {
    const bytes = readFileSync(corpusPath(real!));
    const served = await serveImages({ 'z.tif': bytes });
    const { body } = await served.text('/iip?FIF=z.tif&OBJ=stack');
    const names = JSON.parse(body).map(({ name }: { name: string }) => name);
    expect(names.length).toBe(15);
    expect(new Set(names).size).toBe(15);
    for (const page of [0, 4, 7, 14]) {
      const { data, width } = await served.pixels(`/iip?FIF=z.tif&SDS=${page}&CVT=png`);
      const plane = new Int8Array(libtiffBytes(corpusPath(real!), 'stored', page)!);
      expect(data.length).toBe(plane.length);
      // Signed bytes are shown from the lowest to the highest.
      for (const i of [0, width + 7, 100 * width + 200, plane.length - 1]) expect(data[i]).toBe(plane[i]! + 128);
    }
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
