import type { Rect } from '@sectile/core/geometry';
import { blit, createPixelBuffer, cropPixels, type PixelBuffer } from '@sectile/core/pixels';
import { beforeAll, describe, expect, test } from 'vitest';
import { drawing } from '../fixtures/drawing.ts';
import { fixtureBytes } from '../fixtures/fixtures.ts';
import { tiledFile } from '../fixtures/picture-file.ts';
import { difference, luma, mirrored, scaled, turned } from '../reference/picture.ts';
import { halves } from '../reference/synthetic-reader.ts';
import { LAST_MODIFIED, type Served, serveImages } from './served.ts';

/** The picture G of iipsrv's golden vectors: 64-pixel tiles, levels rounded down. */
const EVEN = drawing(300, 200);
const LEVELS = halves(EVEN, 'floor', 64);
const FILES = {
  'G.tif': tiledFile(LEVELS, { width: 64, height: 64 }),
  'stack.tif': fixtureBytes('stack.tif'),
  'wide.tif': tiledFile([drawing(1000, 600, 1)], { width: 256, height: 256 }),
  'small.tif': fixtureBytes('small-pyramid.tif'),
};

let served: Served;

beforeAll(async () => {
  served = await serveImages(FILES);
});

function iip(query: string, init?: RequestInit): Promise<Response> {
  return served.get(`/fcgi-bin/iipsrv.fcgi?${query}`, init);
}

async function textOf(query: string): Promise<readonly [status: number, body: string]> {
  const { status, body } = await served.text(`/fcgi-bin/iipsrv.fcgi?${query}`);
  return [status, body];
}

function exported(query: string): Promise<PixelBuffer> {
  return served.pixels(`/fcgi-bin/iipsrv.fcgi?FIF=${query}&CVT=png`);
}

describe('CVT', () => {
  test.each([
    ['a picture without a size', 'G.tif', { x: 0, y: 0, width: 300, height: 200 }],
    ['a region without a size', 'G.tif&RGN=0.41,0.52,0.39,0.35', { x: 123, y: 104, width: 117, height: 70 }],
    ['a region at the edge', 'G.tif&RGN=0.9,0.9,0.5,0.5', { x: 270, y: 180, width: 30, height: 20 }],
    ['a region of nonsense is none', 'G.tif&RGN=0.5,0.5,0,1', { x: 0, y: 0, width: 300, height: 200 }],
    ['the last region', 'G.tif&RGN=0,0,1,1&RGN=0.5,0.25,0.25,0.25', { x: 150, y: 50, width: 75, height: 50 }],
  ])('%s is delivered as it is', async (_name, query, rect) => {
    expect(difference(await exported(query), cropPixels(EVEN, rect))).toBe(0);
  });

  test.each([
    ['WID=100&RGN=0.1,0.1,0.5,0.5', { x: 30, y: 20, width: 150, height: 100 }, 100, 67],
    ['WID=150&HEI=100', { x: 0, y: 0, width: 300, height: 200 }, 150, 100],
    ['HEI=100&RGN=0.5,0,0.25,0.25', { x: 150, y: 0, width: 75, height: 50 }, 150, 100],
  ])('%s shows its region', async (query, rect: Rect, width, height) => {
    const picture = await exported(`G.tif&${query}`);
    expect(difference(picture, scaled(EVEN, rect, { width, height }))).toBeLessThanOrEqual(2.5);
  });

  test.each([
    ['0', EVEN],
    ['90', turned(EVEN, 1)],
    ['180', turned(EVEN, 2)],
    ['-90', turned(EVEN, 3)],
    ['450', turned(EVEN, 1)],
    ['!0', mirrored(EVEN)],
    ['!180', turned(mirrored(EVEN), 2)],
    ['!270', turned(mirrored(EVEN), 3)],
  ])('ROT=%s', async (rotation, expected) => {
    expect(difference(await exported(`G.tif&ROT=${rotation}`), expected)).toBe(0);
  });

  test('COL=grey and SDS', async () => {
    expect(difference(await exported('G.tif&COL=grey'), luma(EVEN))).toBeLessThan(0.501);
    const bands = drawing(80, 60);
    for (const page of [0, 1, 2]) {
      const band = { ...bands, bands: 1, data: bands.data.filter((_, index) => index % 3 === page) };
      expect(difference(await exported(`stack.tif&SDS=${page},90`), band)).toBe(0);
    }
    expect((await iip('FIF=stack.tif&SDS=3&CVT=png')).status).toBe(404);
  });

  test.each([
    ['jpeg', 'image/jpeg', 'G_150x100.jpg'],
    ['JPG', 'image/jpeg', 'G_150x100.jpg'],
    ['png', 'image/png', 'G_150x100.png'],
    ['webp', 'image/webp', 'G_150x100.webp'],
    ['avif', 'image/avif', 'G_150x100.avif'],
    ['tiff', 'image/tiff', 'G_150x100.tif'],
    ['bmp', 'image/jpeg', 'G_150x100.jpg'],
  ])('CVT=%s is %s to be saved as %s', async (format, mediaType, name) => {
    const response = await iip(`FIF=G.tif&WID=150&ROT=90&CVT=${format}`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, mediaType]);
    expect(response.headers.get('content-disposition')).toBe(`inline; filename="${name}"`);
    expect(response.headers.get('last-modified')).toBe(LAST_MODIFIED.toUTCString());
  });

  test('QLT sets the quality of JPEG and the compression of TIFF', async () => {
    const lengthOf = async (query: string) => (await (await iip(query)).arrayBuffer()).byteLength;
    const [low, middle, high] = await Promise.all([20, 60, 95].map((q) => lengthOf(`FIF=G.tif&QLT=${q}&CVT=jpeg`)));
    expect(low! < middle! && middle! < high!).toBe(true);
    const compressionOf = async (value: string) => {
      const bytes = await (await iip(`FIF=G.tif&WID=75&QLT=${value}&CVT=tiff`)).arrayBuffer();
      return shortField(new DataView(bytes), 259);
    };
    expect(await compressionOf('lzw:1')).toBe(5);
    expect(await compressionOf('deflate:9')).toBe(8);
    expect(await compressionOf('jpeg:80')).toBe(7);
    expect(await compressionOf('webp:80')).toBe(50001);
    expect(await compressionOf('none:1')).toBe(1);
  });
});

/** Value of a SHORT field of the first directory of a little-endian TIFF. */
function shortField(file: DataView, tag: number): number | undefined {
  const at = file.getUint32(4, true);
  for (let entry = at + 2; entry < at + 2 + 12 * file.getUint16(at, true); entry += 12) {
    if (file.getUint16(entry, true) === tag) return file.getUint16(entry + 8, true);
  }
  return undefined;
}

describe('tiles', () => {
  async function mosaic(resolution: number, rotation: string, level: PixelBuffer): Promise<PixelBuffer> {
    const whole = createPixelBuffer(level.width, level.height, 3, 'uint8');
    const columns = Math.ceil(level.width / 64);
    for (let tile = 0; tile < columns * Math.ceil(level.height / 64); tile++) {
      const pixels = await served.pixels(`/iip?FIF=G.tif&ROT=${rotation}&PTL=${resolution},${tile}`);
      blit(pixels, whole, (tile % columns) * 64, Math.floor(tile / columns) * 64);
    }
    return whole;
  }

  test.each([0, 1, 2, 3])('of resolution %i are those of the file', async (resolution) => {
    const level = LEVELS[3 - resolution] as PixelBuffer;
    expect(difference(await mosaic(resolution, '0', level), level)).toBe(0);
  });

  test.each([
    ['90', turned(EVEN, 1)],
    ['180', turned(EVEN, 2)],
    ['270', turned(EVEN, 3)],
    ['!0', mirrored(EVEN)],
    ['!90', turned(mirrored(EVEN), 1)],
  ])('turned by %s are counted in the turned picture', async (rotation, expected) => {
    expect(difference(await mosaic(3, rotation, expected), expected)).toBe(0);
  });

  test.each([
    ['JTL', 'image/jpeg'],
    ['PTL', 'image/png'],
    ['WTL', 'image/webp'],
    ['ATL', 'image/avif'],
    ['TTL', 'image/tiff'],
  ])('%s is %s', async (command, mediaType) => {
    const response = await iip(`FIF=G.tif&${command}=3,6`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, mediaType]);
    const { byteLength } = await response.arrayBuffer();
    expect(response.headers.get('content-length')).toBe(String(byteLength));
    expect(response.headers.get('content-disposition')).toBeNull();
  });

  test('JTLS names the view too', async () => {
    const [plain, legacy] = await Promise.all([
      iip('FIF=stack.tif&SDS=1,90&JTL=1,0'),
      iip('FIF=stack.tif&JTLS=1,1,0,90'),
    ]);
    expect(await legacy.arrayBuffer()).toEqual(await plain.arrayBuffer());
  });

  test('a stored JPEG tile goes out as it is, unless a quality or a change is asked for', async () => {
    const file = Buffer.from(FILES['small.tif']);
    const isStored = async (query: string) => {
      const bytes = Buffer.from(await (await iip(query)).arrayBuffer());
      // From the frame header on: tables may be merged into what comes before.
      return file.includes(bytes.subarray(bytes.indexOf(Buffer.of(0xff, 0xda))));
    };
    expect(await isStored('FIF=small.tif&JTL=2,0')).toBe(true);
    expect(await isStored('FIF=small.tif&JTL=2,5')).toBe(true);
    expect(await isStored('FIF=small.tif&QLT=50&JTL=2,0')).toBe(false);
    expect(await isStored('FIF=small.tif&INV&JTL=2,0')).toBe(false);
    expect(await isStored('FIF=small.tif&JTL=2,3')).toBe(false);
  });

  test.each(['4,0', '9,0', '3,20', '0,1', '99999999999,0'])('JTL=%s does not exist', async (value) => {
    const [status, body] = await textOf(`FIF=G.tif&JTL=${value}`);
    expect([status, body]).toEqual([404, expect.stringMatching(/^[^\n]{3,100}\n$/)]);
  });

  test.each(['-1,0', '0,-1'])('JTL=%s is refused', async (value) => {
    expect((await iip(`FIF=G.tif&JTL=${value}`)).status).toBe(400);
  });
});

describe('OBJ', () => {
  test.each([
    ['iip-server', 'IIP-server:3.65'],
    ['Max-size', 'Max-size:300 200'],
    ['Resolution-number', 'Resolution-number:4'],
    ['Tile-size', 'Tile-size:64 64'],
    ['Bits-per-channel', 'Bits-per-channel:8'],
    ['Resolutions', 'Resolutions:37 25,75 50,150 100,300 200'],
    ['Min-Max-sample-values', 'Min-Max-sample-values: 0  255  0  255  0  255'],
    ['Horizontal-views', 'Horizontal-views:0'],
    ['Vertical-views', 'Vertical-views:90'],
    ['Colorspace', 'Colorspace,0-3,0:0 0 3 3 0 1 2'],
    ['basic-info', 'IIP-server:3.65\r\nMax-size:300 200\r\nResolution-number:4\r\nColorspace,0-3,0:0 0 3 3 0 1 2'],
  ])('%s', async (object, body) => {
    expect(await textOf(`FIF=G.tif&OBJ=${object}`)).toEqual([200, `${body}\r\n`]);
  });

  test('several objects, in the order asked for, as viewers open with', async () => {
    const response = await iip(
      'FIF=G.tif&obj=IIP,1.0&obj=Max-size&obj=Tile-size&obj=Resolution-number&obj=Resolutions',
    );
    expect(response.headers.get('iip')).toBe('1.3');
    expect(response.headers.get('content-type')).toBe('application/vnd.netfpx');
    expect(await response.text()).toBe(
      'Max-size:300 200\r\nTile-size:64 64\r\nResolution-number:4\r\nResolutions:37 25,75 50,150 100,300 200\r\n',
    );
  });

  test('a turned picture is as wide as it was high', async () => {
    expect(await textOf('FIF=G.tif&ROT=90&OBJ=Max-size')).toEqual([200, 'Max-size:200 300\r\n']);
  });

  test('stack', async () => {
    const response = await iip('FIF=stack.tif&OBJ=stack');
    expect(response.headers.get('content-type')).toBe('application/json');
    const item = (id: number, name: string, scale: string) =>
      `\n\t{\n\t\t"id": ${id},\n\t\t"name": "${name}",\n\t\t"scale": ${scale}\n\t}`;
    const items = [item(0, '400 nm', '1'), item(1, '500 nm', '0.5'), item(2, '', '1')];
    expect(await response.text()).toBe(`[ ${items.join(',')}\n]\r\n`);
    expect(await textOf('FIF=stack.tif&OBJ=Horizontal-views')).toEqual([200, 'Horizontal-views:0 1 2\r\n']);
  });

  test('a posted query is a query', async () => {
    const response = await served.get('/iip', { method: 'POST', body: 'FIF=G.tif&OBJ=Max-size' });
    expect(await response.text()).toBe('Max-size:300 200\r\n');
    const picture = await served.get('/iip', { method: 'POST', body: 'FIF=G.tif&WID=75&CVT=jpeg' });
    expect(picture.headers.get('content-disposition')).toBe('attachment; filename="G_75x50.jpg"');
  });
});

describe('errors', () => {
  test.each([
    ['FOO=1', 501, 'Error/7:2 2 FOO\r\n'],
    ['FIF=G.tif&FOO=1', 501, 'Error/7:2 2 FOO\r\n'],
    ['OBJ=nonsense', 501, 'Error/12:3 2 nonsense\r\n'],
    ['OBJ=Max-size', 400, 'Error/12:1 3 max-size\r\n'],
    ['JTL=0,0', 400, 'Error/4:1 3 \r\n'],
    ['CVT=jpeg', 400, 'Error/4:1 3 \r\n'],
    ['FIF=G.tif', 400, 'Error/13:2 1 FIF=G.tif\r\n'],
    ['WID=5', 400, 'Error/9:2 1 WID=5\r\n'],
    ['FIF=G.tif&OBJ=title', 404, 'Error/23:2 1 FIF=G.tif&OBJ=title\r\n'],
  ])('%s', async (query, status, body) => {
    const response = await iip(query);
    expect([response.status, await response.text()]).toEqual([status, body]);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });

  test.each([
    ['FIF=none.tif&CVT=jpeg', 404],
    ['FIF=none.tif&OBJ=Max-size', 404],
    ['FIF=../G.tif&OBJ=Max-size', 404],
    ['FIF=%2Fetc%2Fpasswd&OBJ=Max-size', 404],
    ['', 404],
  ])('%j gives %i and tells nothing of files', async (query, status) => {
    const [found, body] = await textOf(query);
    expect([found, body]).toEqual([status, expect.stringMatching(/^[^\n/]{3,100}\n$/)]);
  });

  test('methods that IIP does not have', async () => {
    for (const method of ['PUT', 'DELETE']) {
      const response = await iip('FIF=G.tif&CVT=jpeg', { method });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST, OPTIONS']);
    }
  });
});

describe('descriptions of other protocols', () => {
  test.each([
    [
      '/zoomify/G.tif/ImageProperties.xml',
      'WIDTH="300" HEIGHT="200" NUMTILES="29" NUMIMAGES="1" VERSION="1.8" TILESIZE="64"',
    ],
    [
      '/zoomify/wide.tif/ImageProperties.xml',
      'WIDTH="1000" HEIGHT="600" NUMTILES="17" NUMIMAGES="1" VERSION="1.8" TILESIZE="256"',
    ],
    ['/iip?Zoomify=G.tif/ImageProperties.xml', 'NUMTILES="29"'],
    [
      '/deepzoom/G.tif.dzi',
      '<Image xmlns="http://schemas.microsoft.com/deepzoom/2008" TileSize="64" Overlap="0" Format="jpg">' +
        '<Size Width="300" Height="200"/></Image>',
    ],
    ['/iip?DeepZoom=G.tif.dzi', 'TileSize="64"'],
  ])('%s', async (path, part) => {
    const response = await served.get(path);
    expect(response.headers.get('content-type')).toBe('application/xml');
    expect(await response.text()).toContain(part);
  });

  test('commands before another protocol apply to it', async () => {
    const inverted = await served.pixels('/iip?INV&IIIF=G.tif/0,0,64,64/max/0/default.png');
    const plain = await served.pixels('/iip?FIF=G.tif&INV&PTL=3,0');
    expect(difference(inverted, plain)).toBe(0);
  });
});
