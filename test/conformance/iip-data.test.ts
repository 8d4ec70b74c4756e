import { beforeAll, describe, expect, test } from 'vitest';
import { buildTiff, type DirectoryToBuild } from '../fixtures/build-tiff.ts';
import { drawing } from '../fixtures/drawing.ts';
import { drawnPage, drawnPyramid } from '../fixtures/drawn-pyramid.ts';
import { fixtureBytes } from '../fixtures/fixtures.ts';
import { tiledFile } from '../fixtures/picture-file.ts';
import { halves } from '../reference/synthetic-reader.ts';
import { type Served, serveImages } from './served.ts';

const EVEN = drawing(300, 200, 1);
const STRIPS = drawing(123, 77);
const GRAY_16 = drawing(100, 80, 1, 'uint16');
const STACK = drawing(80, 60);

let served: Served;

beforeAll(async () => {
  served = await serveImages({
    'G.tif': tiledFile(halves(EVEN, 'floor', 64), { width: 64, height: 64 }),
    'strips.tif': fixtureBytes('flat-strips.tif'),
    'gray.tif': fixtureBytes('gray-16.tif'),
    'stack.tif': fixtureBytes('stack.tif'),
    'colors.tif': buildTiff(colorPages()),
    'floats.tif': drawnPyramid({ width: 70, height: 66, bands: 2, dtype: 'float32', draw: (x, y) => [x / 8, -y] }),
  });
});

/** Two pages of three bands, each with a pyramid; samples tell page, place and band. */
function colorPages(): DirectoryToBuild[] {
  const page = (index: number) =>
    drawnPage({ width: 101, height: 71, bands: 3, dtype: 'uint16', reduced: 1, draw: (x, y) => colorAt(index, x, y) });
  return [0, 1].map((index) => {
    const [full, ...reduced] = page(index);
    const children = reduced.map(({ fields, ...rest }) => ({ ...rest, fields: { ...fields, NewSubfileType: [1] } }));
    const scale = { type: 'DOUBLE', values: [index === 0 ? 1 : 0.25] } as const;
    const fields = { ...full!.fields, NewSubfileType: [2 * index], DocumentName: `page ${index}`, 37439: scale };
    return { ...full!, fields, children };
  });
}

function colorAt(page: number, x: number, y: number): number[] {
  return [0, 1, 2].map((band) => 20000 * page + 100 * x + 2 * y + 10000 * band);
}

async function bytesOf(query: string): Promise<Uint8Array> {
  const response = await served.get(`/iip?${query}`);
  expect(response.status).toBe(200);
  return new Uint8Array(await response.arrayBuffer());
}

interface StreamedTile {
  readonly label: string;
  readonly type: readonly number[];
  readonly data: Uint8Array;
}

/** Takes a reply to TIL apart by its framing alone. */
function tilesIn(stream: Uint8Array): StreamedTile[] {
  const tiles: StreamedTile[] = [];
  for (let at = 0; at < stream.length; ) {
    const colon = stream.indexOf(':'.charCodeAt(0), at);
    const label = new TextDecoder().decode(stream.subarray(at, colon));
    const length = Number(label.slice(label.indexOf('/') + 1));
    const end = colon + 1 + length;
    expect([...stream.subarray(end, end + 2)]).toEqual([13, 10]);
    const head = stream.subarray(colon + 1, colon + 9);
    tiles.push({ label: label.slice(0, label.indexOf('/')), type: [...head], data: stream.subarray(colon + 9, end) });
    at = end + 2;
  }
  return tiles;
}

describe('TIL', () => {
  test('one tile is framed as iipsrv does', async () => {
    const stream = await bytesOf('FIF=G.tif&TIL=0,0');
    const jpeg = await bytesOf('FIF=G.tif&JTL=0,0');
    const label = `Tile,0,0,0/${jpeg.length + 8}:`;
    expect(new TextDecoder().decode(stream.subarray(0, label.length))).toBe(label);
    expect([...stream.subarray(label.length, label.length + 10)]).toEqual([2, 0, 0, 0, 0, 0x11, 0, 0, 0xff, 0xd8]);
    expect([...stream.subarray(-4)]).toEqual([0xff, 0xd9, 13, 10]);
  });

  test('a rectangle of tiles comes column by column, each as from JTL', async () => {
    const tiles = tilesIn(await bytesOf('FIF=G.tif&TIL=3,1-7'));
    expect(tiles.map(({ label }) => label)).toEqual(['Tile,3,1,0', 'Tile,3,6,0', 'Tile,3,2,0', 'Tile,3,7,0']);
    for (const [place, tile] of [1, 6, 2, 7].entries()) {
      expect(tiles[place]?.data).toEqual(await bytesOf(`FIF=G.tif&JTL=3,${tile}`));
    }
  });

  // 300 x 200 in tiles of 64 is 5 x 4; the last column and the last row are cut.
  test.each([
    ['0,0', [0]],
    ['2,5', [5]],
    ['3,4', [4]],
    ['3,15', [15]],
    ['3,19', [19]],
    ['3,3-4', [3, 4]],
    ['3,14-19', [14, 19]],
    ['3,15-19', [15, 16, 17, 18, 19]],
    ['3,8-19', [8, 13, 18, 9, 14, 19]],
    ['3,0-19', [0, 5, 10, 15, 1, 6, 11, 16, 2, 7, 12, 17, 3, 8, 13, 18, 4, 9, 14, 19]],
  ])('TIL=%s is, byte for byte, the tiles of JTL between their frames', async (value, numbers) => {
    const resolution = value.slice(0, 1);
    const expected: number[] = [];
    for (const tile of numbers) {
      const jpeg = await bytesOf(`FIF=G.tif&JTL=${resolution},${tile}`);
      expect([...jpeg.subarray(0, 2), ...jpeg.subarray(-2)]).toEqual([0xff, 0xd8, 0xff, 0xd9]);
      const label = `Tile,${resolution},${tile},0/${jpeg.length + 8}:`;
      expected.push(...[...label].map((letter) => letter.charCodeAt(0)), 2, 0, 0, 0, 0x00, 0x11, 0x00, 0x00);
      for (const byte of jpeg) expected.push(byte);
      expected.push(13, 10);
    }
    const response = await served.get(`/iip?FIF=G.tif&TIL=${value}`);
    expect(response.headers.get('content-type')).toBe('application/vnd.netfpx');
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual(expected);
  });

  test('tiles of a range that are samples have frames of their own', async () => {
    const tiles = tilesIn(await bytesOf('FIF=floats.tif&TIL=1,0-3'));
    const sizes = [64 * 64, 64 * 2, 6 * 64, 6 * 2];
    expect(tiles.map(({ label }) => label)).toEqual(['Tile,1,0,0', 'Tile,1,2,0', 'Tile,1,1,0', 'Tile,1,3,0']);
    expect(tiles.map(({ type }) => type)).toEqual(new Array(4).fill([0, 0, 0, 0, 0, 0x11, 0, 0]));
    expect(tiles.map(({ data }) => data.length)).toEqual(sizes.map((pixels) => pixels * 2 * 4));
    const { buffer, byteOffset } = tiles[3]!.data;
    const view = new DataView(buffer, byteOffset);
    expect([0, 4, 40, 44].map((at) => view.getFloat32(at, true))).toEqual([8, -64, 69 / 8, -64]);
  });

  test('corners change places where they have to', async () => {
    const labels = async (value: string) => tilesIn(await bytesOf(`FIF=G.tif&TIL=${value}`)).map(({ label }) => label);
    expect(await labels('3,7-1')).toEqual(['Tile,3,7,0']);
    expect(await labels('3,2-6')).toEqual(['Tile,3,1,0', 'Tile,3,6,0', 'Tile,3,2,0', 'Tile,3,7,0']);
  });

  test('16-bit tiles are samples, little-endian, cut at the edge', async () => {
    const [tile] = tilesIn(await bytesOf('FIF=gray.tif&TIL=1,3'));
    expect(tile?.type).toEqual([3, 0, 0, 0, 0, 0x11, 0, 0]);
    const expected: number[] = [];
    for (let y = 64; y < 80; y++) for (let x = 64; x < 100; x++) expected.push(GRAY_16.data[y * 100 + x]!);
    const view = new DataView(tile!.data.buffer, tile!.data.byteOffset, tile!.data.length);
    expect(Array.from({ length: tile!.data.length / 2 }, (_, index) => view.getUint16(2 * index, true))).toEqual(
      expected,
    );
  });

  test('tiles of a picture in strips are those that clients are told of', async () => {
    const [tile, ...others] = tilesIn(await bytesOf('FIF=strips.tif&TIL=0,0'));
    expect(others).toEqual([]);
    expect(tile?.data).toEqual(await bytesOf('FIF=strips.tif&JTL=0,0'));
    expect((await served.get('/iip?FIF=strips.tif&TIL=0,1')).status).toBe(404);
  });

  test.each(['4,0', '3,20', '3,0-20', '3,20-0'])('TIL=%s does not exist', async (value) => {
    expect((await served.get(`/iip?FIF=G.tif&TIL=${value}`)).status).toBe(404);
  });

  test.each(['0', 'a,b', '3,-1', '0,0-'])('TIL=%s is refused', async (value) => {
    expect((await served.get(`/iip?FIF=G.tif&TIL=${value}`)).status).toBe(400);
  });
});

async function profile(query: string): Promise<unknown> {
  const response = await served.get(`/iip?${query}`);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json']);
  return (await response.json()).profile;
}

describe('PFL', () => {
  test('samples along a row, end excluded, in the units of the file', async () => {
    expect(await profile('FIF=gray.tif&PFL=1:10,70-90,70')).toEqual(
      Array.from({ length: 80 }, (_, i) => GRAY_16.data[70 * 100 + 10 + i]),
    );
  });

  test('samples along a column', async () => {
    expect(await profile('FIF=gray.tif&PFL=1:99,60-99,80')).toEqual(
      Array.from({ length: 20 }, (_, i) => GRAY_16.data[(60 + i) * 100 + 99]),
    );
  });

  test('one pixel, all bands of it', async () => {
    const at = (50 * 123 + 100) * 3;
    expect(await profile('FIF=strips.tif&PFL=0:100,50')).toEqual([...STRIPS.data.subarray(at, at + 3)]);
  });

  test('smaller levels have their own pixels', async () => {
    const half = halves(EVEN, 'floor', 64)[1]!;
    expect(await profile('FIF=G.tif&PFL=2:0,99-150,99')).toEqual([...half.data.subarray(99 * 150, 100 * 150)]);
  });

  test('pages are told apart and scaled', async () => {
    const band = (index: number, scale: number) =>
      Array.from({ length: 5 }, (_, i) => STACK.data[(20 * 80 + 30 + i) * 3 + index]! * scale);
    expect(await profile('FIF=stack.tif&PFL=1:30,20-35,20')).toEqual({
      '400 nm': band(0, 1),
      '500 nm': band(1, 0.5),
      2: band(2, 1),
    });
  });

  test('several pages of several bands, to the last pixel of the edge', async () => {
    const line = (page: number, scale: number) =>
      [99, 100].flatMap((x) => colorAt(page, x, 70)).map((sample) => sample * scale);
    expect(await profile('FIF=colors.tif&PFL=1:99,70-101,70')).toEqual({
      'page 0': line(0, 1),
      'page 1': line(1, 0.25),
    });
    // Half size: the mean of four pixels, rounded down.
    const halved = (page: number) => colorAt(page, 2 * 49 + 0.5, 2 * 34 + 0.5).map(Math.floor);
    expect(await profile('FIF=colors.tif&PFL=0:49,34')).toEqual({
      'page 0': halved(0),
      'page 1': halved(1).map((sample) => sample * 0.25),
    });
  });

  test('floats with nine decimals, negative ones too', async () => {
    expect(await served.text('/iip?FIF=floats.tif&PFL=1:68,65-70,65')).toEqual({
      status: 200,
      body: '{\n\t"profile": [8.500000000,-65.000000000,8.625000000,-65.000000000]\n}',
    });
  });

  test('the body is laid out as iipsrv does', async () => {
    const [a, b] = [GRAY_16.data[0], GRAY_16.data[1]];
    expect(await served.text('/iip?FIF=gray.tif&PFL=1:0,0-2,0')).toEqual({
      status: 200,
      body: `{\n\t"profile": [${a},${b}]\n}`,
    });
  });

  test.each([
    ['1:100,0', 400],
    ['1:0,80', 400],
    ['1:90,0-101,0', 400],
    ['0:0,0-99,0', 400],
    ['5:0,0', 404],
    ['1', 400],
    ['1:a,b', 400],
  ])('PFL=%s gives %i', async (value, status) => {
    expect((await served.get(`/iip?FIF=gray.tif&PFL=${value}`)).status).toBe(status);
  });
});

describe('SPECTRA', () => {
  function point(name: string, sample: number, white: number): string {
    const reflectance = (sample / white).toFixed(6);
    return `\t<point>\n\t\t<wavelength>${name}</wavelength>\n\t\t<reflectance>${reflectance}</reflectance>\n\t</point>\n`;
  }

  function spectra(...points: string[]): string {
    return `<?xml version="1.0" encoding="UTF-8"?>\n<spectra>\n${points.join('')}</spectra>`;
  }

  test('a pixel of every page, counted from the corner of a tile', async () => {
    // Tile 1 begins at x = 64.
    const at = (20 * 80 + 64 + 10) * 3;
    expect(await served.text('/iip?FIF=stack.tif&SPECTRA=1,1,10,20')).toEqual({
      status: 200,
      body: spectra(
        point('400 nm', STACK.data[at]!, 255),
        point('500 nm', STACK.data[at + 1]!, 255),
        point('2', STACK.data[at + 2]!, 255),
      ),
    });
  });

  test('16 bits are a fraction of their range', async () => {
    const sample = GRAY_16.data[(64 + 2) * 100 + 64 + 3]!;
    const { body } = await served.text('/iip?FIF=gray.tif&SPECTRA=1,3,3,2');
    expect(body).toBe(spectra(point('0', sample, 65535)));
  });

  test('of several bands the first, in cut tiles and small levels too', async () => {
    const at = async (query: string) => (await served.text(`/iip?FIF=colors.tif&SPECTRA=${query}`)).body;
    const of = (samples: readonly number[]) => spectra(...samples.map((v, page) => point(`page ${page}`, v, 65535)));
    // Tile 3 of the full size begins at (64, 64) and is 37 x 7.
    expect(await at('1,3,36,6')).toBe(of([colorAt(0, 100, 70)[0]!, colorAt(1, 100, 70)[0]!]));
    expect(await at('1,3,37,0')).toBe(spectra());
    expect(await at('1,2,10,6')).toBe(of([colorAt(0, 10, 70)[0]!, colorAt(1, 10, 70)[0]!]));
    expect(await at('0,0,49,34')).toBe(of([0, 1].map((page) => Math.floor(colorAt(page, 98.5, 68.5)[0]!))));
    expect((await served.text('/iip?FIF=floats.tif&SPECTRA=1,1,5,3')).body).toBe(spectra(point('0', 69 / 8, 1)));
  });

  test('tiles of a picture in strips are those that clients are told of', async () => {
    const { body } = await served.text('/iip?FIF=strips.tif&SPECTRA=0,0,100,50');
    expect(body).toBe(spectra(point('0', STRIPS.data[(50 * 123 + 100) * 3]!, 255)));
  });

  test('beside a cut tile there is nothing, outside of a tile it is refused', async () => {
    expect(await served.text('/iip?FIF=gray.tif&SPECTRA=1,1,40,0')).toEqual({ status: 200, body: spectra() });
    expect((await served.get('/iip?FIF=gray.tif&SPECTRA=1,0,64,0')).status).toBe(400);
    expect((await served.get('/iip?FIF=gray.tif&SPECTRA=1,4,0,0')).status).toBe(404);
    expect((await served.get('/iip?FIF=gray.tif&SPECTRA=2,0,0,0')).status).toBe(404);
    expect((await served.get('/iip?FIF=gray.tif&SPECTRA=1,0')).status).toBe(400);
    const type = (await served.get('/iip?FIF=gray.tif&SPECTRA=1,0,1,1')).headers.get('content-type');
    expect(type).toBe('application/xml');
  });
});
