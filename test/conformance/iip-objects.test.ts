import { describe, expect, test } from 'vitest';
import { OBJECT_NAMES } from '../../packages/server/src/protocols/iip/objects.ts';
import { buildTiff } from '../fixtures/build-tiff.ts';
import { drawnPage, drawnPyramid } from '../fixtures/drawn-pyramid.ts';
import { type Served, serveImages } from './served.ts';

/*
 * What iipsrv 1.3 was observed to answer to OBJ, byte by byte, from a picture of 300x200 pixels in tiles of 64 with four
 * levels; and what follows for other pictures. It does not depend on `compat`.
 */
const G = { width: 300, height: 200, bands: 3, reduced: 3, draw: (x: number) => [x % 256, 0, 0] } as const;

const TEXT = {
  Artist: 'A painter',
  Copyright: '(c) them',
  DateTime: '2024:05:06 07:08:09',
  ImageDescription: 'says "hello"',
  DocumentName: 'A title',
  Software: 'pen',
  Make: 'maker',
  Model: 'mark I',
};

const FILES = {
  'G.tif': drawnPyramid(G),
  'described.tif': drawnPyramid({
    ...G,
    fields: {
      ...TEXT,
      XResolution: { type: 'RATIONAL', values: [300, 1] },
      YResolution: { type: 'RATIONAL', values: [300, 1] },
      ResolutionUnit: [2],
      700: { type: 'BYTE', values: [...Buffer.from('<x:xmpmeta/>')] },
    },
  }),
  'gray.tif': drawnPyramid({
    ...G,
    bands: 1,
    dtype: 'uint16',
    draw: (x) => [x],
    fields: { SMaxSampleValue: { type: 'SHORT', values: [900] } },
  }),
  'lab.tif': drawnPyramid({ ...G, fields: { PhotometricInterpretation: [8] } }),
  'stack.tif': buildTiff([
    ...drawnPage({ width: 64, height: 64, bands: 1, draw: () => [1], fields: { DocumentName: 'one' } }),
    ...drawnPage({
      ...{ width: 64, height: 64, bands: 1, draw: () => [2] },
      fields: { DocumentName: 'two', NewSubfileType: [2], 37439: { type: 'DOUBLE', values: [Math.fround(1 / 3)] } },
    }),
  ]),
};

const NETFPX = 'application/vnd.netfpx';
const PLAIN = 'text/plain; charset=utf-8';

const METADATA =
  '{ \n\t"creator": "A painter",\n\t"date": "2024:05:06 07:08:09",\n\t"description": "says \\"hello\\"",\n\t"make": "maker",\n' +
  '\t"model": "mark I",\n\t"rights": "(c) them",\n\t"software": "pen",\n\t"title": "A title"\n}';

/** Image, object (any letter case), media type, the line that answers it. */
const ROWS: readonly (readonly [image: string, object: string, mediaType: string, line: string])[] = [
  [
    'G',
    'Basic-info',
    NETFPX,
    'IIP-server:3.65\r\nMax-size:300 200\r\nResolution-number:4\r\nColorspace,0-3,0:0 0 3 3 0 1 2',
  ],
  ['G', 'IIP-server', NETFPX, 'IIP-server:3.65'],
  ['G', 'IIP-opt-comm', NETFPX, 'IIP-opt-comm:CVT CNT QLT JTL JTLS WID HEI RGN MINMAX SHD CMP INV CTW'],
  [
    ...(['G', 'IIP-opt-obj', NETFPX] as const),
    'IIP-opt-obj:Horizontal-views Vertical-views Tile-size Bits-per-channel Min-Max-sample-values Resolutions',
  ],
  ['G', 'Max-size', NETFPX, 'Max-size:300 200'],
  ['G', 'Resolution-number', NETFPX, 'Resolution-number:4'],
  ['G', 'Tile-size', NETFPX, 'Tile-size:64 64'],
  ['G', 'Bits-per-channel', NETFPX, 'Bits-per-channel:8'],
  ['gray', 'Bits-per-channel', NETFPX, 'Bits-per-channel:16'],
  ['G', 'Resolutions', NETFPX, 'Resolutions:37 25,75 50,150 100,300 200'],
  ['G', 'Min-Max-sample-values', NETFPX, 'Min-Max-sample-values: 0  255  0  255  0  255'],
  ['gray', 'Min-Max-sample-values', NETFPX, 'Min-Max-sample-values: 0  900'],
  ['G', 'Horizontal-views', NETFPX, 'Horizontal-views:0'],
  ['stack', 'Horizontal-views', NETFPX, 'Horizontal-views:0 1'],
  ['G', 'Vertical-views', NETFPX, 'Vertical-views:90'],
  ['described', 'DPI', NETFPX, 'DPI:11811.023438 11811.023438'],
  ['G', 'Colorspace', NETFPX, 'Colorspace,0-3,0:0 0 3 3 0 1 2'],
  ['G', 'Colorspace,0-3,0', NETFPX, 'Colorspace,0-3,0:0 0 3 3 0 1 2'],
  ['gray', 'Colorspace', NETFPX, 'Colorspace,0-3,0:0 0 1 1 0'],
  ['lab', 'Colorspace', NETFPX, 'Colorspace,0-3,0:1 0 4 3 0 1 2'],
  [
    ...(['stack', 'Stack', 'application/json'] as const),
    '[ \n\t{\n\t\t"id": 0,\n\t\t"name": "one",\n\t\t"scale": 1\n\t},' +
      '\n\t{\n\t\t"id": 1,\n\t\t"name": "two",\n\t\t"scale": 0.333333343\n\t}\n]',
  ],
  ['described', 'Metadata', 'application/json', METADATA],
  ['described', 'Summary-info', NETFPX, '(c) them\r\nsays "hello"\r\nA painter\r\n2024:05:06 07:08:09\r\npen'],
  ['described', 'Rights', PLAIN, '(c) them'],
  ['described', 'Title', PLAIN, 'A title'],
  ['described', 'Description', PLAIN, 'says "hello"'],
  ['described', 'Creator', PLAIN, 'A painter'],
  ['described', 'Date', PLAIN, '2024:05:06 07:08:09'],
  ['described', 'Software', PLAIN, 'pen'],
  ['described', 'Make', PLAIN, 'maker'],
  ['described', 'Model', PLAIN, 'mark I'],
  ['described', 'XMP', 'application/xml', '<x:xmpmeta/>'],
];

/** Names that no file has a value for, or only where it is scaled. */
const WITHOUT_VALUE = [
  'keywords',
  'comment',
  'last-author',
  'rev-number',
  'edit-time',
  'last-printed',
  'last-save-dtm',
  'scale',
];

describe.each(['none', 'iipsrv'] as const)('OBJ, compat: %s', (compat) => {
  const server: Promise<Served> = serveImages(FILES, { compat });
  const get = async (query: string) => (await server).get(`/fcgi-bin/iipsrv.fcgi?${query}`);

  test.each(ROWS)('of %s: %s', async (image, object, mediaType, line) => {
    for (const name of [object, object.toLowerCase(), object.toUpperCase()]) {
      const response = await get(`FIF=${image}.tif&OBJ=${name}`);
      expect([response.status, response.headers.get('content-type')]).toEqual([200, mediaType]);
      expect(await response.text()).toBe(`${line}\r\n`);
    }
  });

  test('no object is left out', () => {
    const asked = ROWS.map(([, object]) => object.toLowerCase()).concat(WITHOUT_VALUE);
    expect(OBJECT_NAMES.filter((name) => !asked.includes(name))).toEqual([]);
  });

  test.each([...WITHOUT_VALUE, 'dpi', 'stack', 'title', 'xmp', 'summary-info'])('%s has no value', async (object) => {
    expect((await get(`FIF=G.tif&OBJ=${object}`)).status).toBe(404);
  });

  test('IIP,1.0 is a header', async () => {
    const response = await get('FIF=G.tif&OBJ=IIP,1.0');
    expect([response.status, response.headers.get('iip'), await response.text()]).toEqual([200, '1.3', '']);
  });

  test('a picture turned by a quarter changes its sides', async () => {
    expect(await (await get('FIF=G.tif&ROT=90&OBJ=Max-size')).text()).toBe('Max-size:200 300\r\n');
    expect(await (await get('FIF=G.tif&ROT=-270&OBJ=Basic-info')).text()).toContain('Max-size:200 300\r\n');
    expect(await (await get('FIF=G.tif&ROT=180&OBJ=Max-size')).text()).toBe('Max-size:300 200\r\n');
  });

  test('OBJ of the server need no image', async () => {
    const response = await get('OBJ=IIP-server&OBJ=IIP,1.0');
    expect([response.headers.get('iip'), await response.text()]).toEqual(['1.3', 'IIP-server:3.65\r\n']);
  });

  test('TIL=0,0 of a gray picture of 37x25', async () => {
    const file = drawnPyramid({ width: 37, height: 25, bands: 1, draw: (x, y) => [(x * y) % 256] });
    const small = await serveImages({ 'small.tif': file }, { compat });
    const stream = Buffer.from(await (await small.get('/iip?FIF=small.tif&TIL=0,0')).arrayBuffer());
    const jpeg = Buffer.from(await (await small.get('/iip?FIF=small.tif&JTL=0,0')).arrayBuffer());
    const head = Buffer.concat([Buffer.from(`Tile,0,0,0/${jpeg.length + 8}:`), Buffer.of(2, 0, 0, 0, 0, 0x11, 0, 0)]);
    expect(stream.subarray(0, head.length)).toEqual(head);
    expect(stream.subarray(head.length, -2)).toEqual(jpeg);
    expect([...jpeg.subarray(0, 2), ...jpeg.subarray(-2), ...stream.subarray(-2)]).toEqual([
      ...[0xff, 0xd8, 0xff, 0xd9, 13, 10],
    ]);
  });

  test('descriptors of Zoomify count tiles: 1 + 2 + 6 + 20, and 1 + 4 + 12', async () => {
    const wide = drawnPyramid({ width: 1000, height: 600, bands: 1, tile: 256, reduced: 2, draw: () => [0] });
    const both = await serveImages({ 'G.tif': drawnPyramid(G), 'wide.tif': wide }, { compat });
    expect((await both.text('/iip?Zoomify=G.tif/ImageProperties.xml')).body).toContain(
      '<IMAGE_PROPERTIES WIDTH="300" HEIGHT="200" NUMTILES="29" NUMIMAGES="1" VERSION="1.8" TILESIZE="64"/>',
    );
    expect((await both.text('/iip?Zoomify=wide.tif/ImageProperties.xml')).body).toContain('NUMTILES="17"');
  });
});
