import { defaultCodecs } from '@sectile/codecs';
import type { ImageDecoder } from '@sectile/core/codec';
import type { PixelBuffer } from '@sectile/core/pixels';
import { openImage } from '@sectile/core/pyramid';
import { memorySource } from '@sectile/core/source';
import type { Config } from '@sectile/server';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseAvifHeader } from '../../packages/codecs/src/avif/header.ts';
import type { Rect } from '../../packages/core/src/geometry/rect.ts';
import { type Drawn, drawnPyramid } from '../fixtures/drawn-pyramid.ts';
import { iccProfile, text, xyz } from '../fixtures/icc-profile.ts';
import { decodeWhole } from './decode-whole.ts';
import { type Served, serveImages } from './served.ts';

const SIZE = { width: 130, height: 70, reduced: 2 } as const;

/** Samples over the whole range of each type, odd ones among them. */
const DRAWN = {
  'gray8.tif': { ...SIZE, bands: 1, dtype: 'uint8', draw: (x, y) => [(x * 7 + y) % 256] },
  'gray16.tif': { ...SIZE, bands: 1, dtype: 'uint16', draw: (x, y) => [(x * 517 + y * 3) % 65536] },
  'rgb16.tif': { ...SIZE, bands: 3, dtype: 'uint16', draw: (x, y) => [x * 500, y * 900, (x * y * 7) % 65536] },
  'stated16.tif': {
    ...SIZE,
    bands: 1,
    dtype: 'uint16',
    draw: (x) => [x * 10],
    fields: { SMaxSampleValue: { type: 'SHORT', values: [4000] } },
  },
  'int16.tif': { ...SIZE, bands: 1, dtype: 'int16', draw: (x, y) => [(x - 60) * 400 + y] },
  'uint32.tif': { ...SIZE, bands: 1, dtype: 'uint32', draw: (x, y) => [x * 33_000_001 + y] },
  'float32.tif': {
    ...SIZE,
    bands: 1,
    dtype: 'float32',
    draw: (x, y) => [x === 3 ? Number.NaN : x === 4 ? -0 : x === 5 ? 1e-42 : Math.sin(x * 12.9898 + y) * 1e6],
  },
  'float64.tif': { ...SIZE, bands: 1, dtype: 'float64', draw: (x, y) => [Math.sin(x * 12.9898 + y) * 1e100] },
  'bands7.tif': {
    ...SIZE,
    bands: 7,
    dtype: 'uint16',
    draw: (x, y) => Array.from({ length: 7 }, (_, band) => (x * 100 + y * band) % 65536),
    fields: { PhotometricInterpretation: [1] },
  },
} as const satisfies Record<string, Drawn>;
type Name = keyof typeof DRAWN;

let served: Served;

beforeAll(async () => {
  const files = Object.fromEntries(Object.entries(DRAWN).map(([name, drawn]) => [name, drawnPyramid(drawn)]));
  served = await serveImages(files, { iiifExtensions: true });
});

/** The pixels of an answer that has to be a TIFF. */
async function tiff(path: string, from = served): Promise<PixelBuffer & { readonly compression: string }> {
  const response = await from.get(path);
  expect([path, response.status, response.headers.get('content-type')]).toEqual([path, 200, 'image/tiff']);
  const reader = await openImage(memorySource(new Uint8Array(await response.arrayBuffer()), { id: path }));
  return { ...(await decodeWhole(reader, defaultCodecs())), compression: reader.info.storage.compression };
}

/** The samples of a part, as they were drawn. */
function drawnSamples(name: Name, part: Rect = { x: 0, y: 0, width: SIZE.width, height: SIZE.height }): number[] {
  const { draw, dtype }: Drawn = DRAWN[name];
  const round = dtype === 'float32' ? Math.fround : (value: number) => value;
  return Array.from({ length: part.width * part.height }, (_, i) =>
    draw(part.x + (i % part.width), part.y + Math.floor(i / part.width)).map(round),
  ).flat();
}

const bitsOf = (values: ArrayLike<number>): BigUint64Array => new BigUint64Array(Float64Array.from(values).buffer);

describe('TIFF keeps the samples of', () => {
  test.each(Object.keys(DRAWN) as Name[])('%s', async (name) => {
    const { dtype, bands } = DRAWN[name];
    const whole = { width: SIZE.width, height: SIZE.height, dtype, bands };
    for (const path of [`/iip?FIF=${name}&CVT=tiff`, `/iiif/3/${name}/full/max/0/default.tif`]) {
      const pixels = await tiff(path);
      expect(pixels).toMatchObject(whole);
      expect(bitsOf(pixels.data)).toEqual(bitsOf(drawnSamples(name)));
    }
    const tile = await tiff(`/iip?FIF=${name}&TTL=2,1`);
    expect(tile).toMatchObject({ width: 64, height: 64, dtype, bands });
    expect(bitsOf(tile.data)).toEqual(bitsOf(drawnSamples(name, { x: 64, y: 0, width: 64, height: 64 })));
  });
});

describe('TIFF gives what is shown, in 8 bits,', () => {
  test.each(['GAM=2', 'CMP=jet', 'COL=gray', 'BIT=8', 'QLT=jpeg:90'])('with %s', async (command) => {
    expect((await tiff(`/iip?FIF=gray16.tif&${command}&CVT=tif`)).dtype).toBe('uint8');
  });

  test('and in 16 where they are asked for', async () => {
    const pixels = await tiff('/iip?FIF=gray8.tif&INV&BIT=16&CVT=tif');
    expect(pixels.dtype).toBe('uint16');
    expect(Array.from(pixels.data)).toEqual(drawnSamples('gray8.tif').map((v) => (255 - v) * 257));
  });
});

describe('PNG of 16 bits', () => {
  test.each(['gray16.tif', 'rgb16.tif'] as const)('keeps the samples of %s', async (name) => {
    for (const path of [
      `/iip?FIF=${name}&BIT=16&CVT=png`,
      `/iip?FIF=${name}&BIT=native&CVT=png`,
      `/iiif/3/${name}/full/max/0/default.png?BIT=16`,
    ]) {
      const pixels = await served.pixels(path);
      expect(pixels).toMatchObject({ dtype: 'uint16', bands: DRAWN[name].bands });
      expect(Array.from(pixels.data)).toEqual(drawnSamples(name));
    }
  });

  test('spreads the range that the file states, or leaves the samples as they are', async () => {
    const shown = await served.pixels('/iip?FIF=stated16.tif&BIT=16&CVT=png');
    expect(Array.from(shown.data)).toEqual(drawnSamples('stated16.tif').map((v) => Math.round((v / 4000) * 65535)));
    const stored = await served.pixels('/iip?FIF=stated16.tif&BIT=native&CVT=png');
    expect(Array.from(stored.data)).toEqual(drawnSamples('stated16.tif'));
  });

  test('holds 8-bit pictures in 8 unless told otherwise', async () => {
    expect((await served.pixels('/iip?FIF=gray8.tif&BIT=native&CVT=png')).dtype).toBe('uint8');
    expect((await served.pixels('/iip?FIF=gray8.tif&BIT=16&CVT=png')).dtype).toBe('uint16');
    expect((await served.pixels('/iip?FIF=gray16.tif&CVT=png')).dtype).toBe('uint8');
  });
});

describe('AVIF', () => {
  const bitsOfAvif = async (path: string): Promise<number> => {
    const bytes = new Uint8Array(await (await served.get(path)).arrayBuffer());
    return parseAvifHeader(bytes).bitDepth;
  };

  test.each([
    ['gray16.tif', '', 8],
    ['gray16.tif', '&BIT=16', 10],
    ['gray16.tif', '&BIT=native', 10],
    ['stated16.tif', '&BIT=native', 10],
    ['float32.tif', '&BIT=16', 10],
    ['gray8.tif', '&BIT=native', 8],
  ])('of %s%s has %i bits', async (name, bits, expected) => {
    expect(await bitsOfAvif(`/iip?FIF=${name}${bits}&CVT=avif`)).toBe(expected);
    expect(await bitsOfAvif(`/iip?FIF=${name}${bits}&ATL=2,0`)).toBe(expected);
  });

  test('of 16 bits is what is shown, without loss where that is asked for', async () => {
    const own = await serveImages({ 'a.tif': drawnPyramid(DRAWN['stated16.tif']) }, { avifQuality: -1 });
    const bytes = new Uint8Array(await (await own.get('/iip?FIF=a.tif&BIT=native&CVT=avif')).arrayBuffer());
    const avif = (await defaultCodecs().decoder('avif')) as ImageDecoder;
    const { data } = avif.decode(bytes, { maxPixels: 1e6 });
    const shown = drawnSamples('stated16.tif').map((v) => Math.round((v / 4000) * 1023));
    for (const [pixel, v] of shown.entries()) expect(Math.abs((data[pixel * 3] ?? 0) - v)).toBeLessThanOrEqual(1);
  });
});

describe('JPEG exports', () => {
  const SOF = { baseline: 0xc0, progressive: 0xc2 };

  async function fileOf(config: Partial<Config>, path: string): Promise<{ frame: number; byteLength: number }> {
    const own = await serveImages({ 'a.tif': drawnPyramid(DRAWN['rgb16.tif']) }, config);
    const bytes = new Uint8Array(await (await own.get(path)).arrayBuffer());
    for (let at = 2; at < bytes.length; at += 2 + (bytes[at + 2] ?? 0) * 256 + (bytes[at + 3] ?? 0)) {
      const marker = bytes[at + 1] ?? 0;
      if (marker === SOF.baseline || marker === SOF.progressive) return { frame: marker, byteLength: bytes.length };
    }
    throw new Error(`${path} is no JPEG`);
  }

  test('are smaller or come in scans where configured, tiles do not', async () => {
    const [whole, part] = ['/iip?FIF=a.tif&CVT=jpeg', '/iiif/3/a.tif/full/max/0/default.jpg'];
    const plain = await fileOf({}, whole);
    expect(plain.frame).toBe(SOF.baseline);
    for (const path of [whole, part]) {
      expect((await fileOf({ jpegProgressive: true }, path)).frame).toBe(SOF.progressive);
      const small = await fileOf({ jpegOptimize: true }, path);
      expect(small.frame).toBe(SOF.baseline);
      expect(small.byteLength).toBeLessThan(plain.byteLength * 0.95);
    }
    for (const tile of [
      '/iip?FIF=a.tif&JTL=2,0',
      '/iiif/3/a.tif/0,0,64,64/64,64/0/default.jpg',
      '/deepzoom/a.tif_files/8/0_0.jpg',
    ]) {
      const before = await fileOf({}, tile);
      expect(await fileOf({ jpegProgressive: true, jpegOptimize: true }, tile)).toEqual(before);
    }
  });
});

describe('compression of TIFF', () => {
  test.each([
    ['none', 'None'],
    ['lzw', 'LZW'],
    ['deflate', 'Deflate'],
    ['jpeg', 'JPEG'],
    ['webp', 'WebP'],
    ['zstd', 'Deflate'],
  ] as const)('%s', async (tiffCompression, name) => {
    const own = await serveImages({ 'a.tif': drawnPyramid(DRAWN['gray8.tif']) }, { tiffCompression });
    expect((await tiff('/iip?FIF=a.tif&CVT=tiff', own)).compression).toContain(name);
    expect((await tiff(`/iip?FIF=gray8.tif&QLT=${tiffCompression}:5&TTL=2,0`)).compression).toContain(name);
  });
});

describe('metadata', () => {
  const ICC = iccProfile('RGB ', 2, { desc: text('Some RGB'), rXYZ: xyz(0.4, 0.2, 0) });
  const XMP = new TextEncoder().encode('<x:xmpmeta xmlns:x="adobe:ns:meta/">packet of the file</x:xmpmeta>');
  const plain: Drawn = { ...SIZE, bands: 3, draw: (x, y) => [x, y, 9] };
  const described = drawnPyramid({
    ...plain,
    fields: {
      XMP,
      ICCProfile: ICC,
      Artist: 'Ada',
      Copyright: 'Museum of Stones',
      XResolution: [300],
      YResolution: [300],
      ResolutionUnit: [2],
    },
  });
  const bare = drawnPyramid(plain);
  let own: Served;

  beforeAll(async () => {
    own = await serveImages({ 'described.tif': described, 'bare.tif': bare }, { copyright: 'All <rights> kept' });
  });

  async function textIn(path: string, from = own): Promise<string> {
    const response = await from.get(path);
    expect(response.status).toBe(200);
    return new TextDecoder('latin1').decode(await response.arrayBuffer());
  }

  test.each(['jpeg', 'png', 'webp', 'avif', 'tiff'])('travels along in %s exports', async (format) => {
    const file = await textIn(`/iip?FIF=described.tif&CVT=${format}`);
    expect(file).toContain('packet of the file');
    if (format !== 'png') expect(file).toContain('Some RGB');
  });

  test.each(['JTL', 'PTL', 'WTL'])('beyond the profile stays out of tiles (%s)', async (command) => {
    const file = await textIn(`/iip?FIF=described.tif&${command}=2,0`);
    expect(file).not.toContain('packet of the file');
    if (command !== 'PTL') expect(file).toContain('Some RGB');
    expect(await textIn('/iiif/3/described.tif/0,0,64,64/64,64/0/default.jpg')).not.toContain('packet of the file');
  });

  test.each([
    ['0', false],
    ['-1', true],
    [String(ICC.length), false],
    [String(ICC.length + 1), true],
  ])('MAX_ICC %s', async (maxIcc, embedded) => {
    const limited = await serveImages({ 'described.tif': described }, { maxIcc: Number(maxIcc) });
    const has = (await textIn('/iip?FIF=described.tif&CVT=jpeg', limited)).includes('Some RGB');
    expect(has).toBe(embedded);
  });

  test.each([
    ['GAM=2', true],
    ['CNT=2', true],
    ['INV', true],
    ['CMP=jet', false],
    ['SHD=90,30', false],
    ['CTW=[1,0,0;0,1,0;0,0,1]', false],
    ['COL=gray', false],
  ])('keeps the profile with %s: %s', async (command, embedded) => {
    expect((await textIn(`/iip?FIF=described.tif&${command}&CVT=jpeg`)).includes('Some RGB')).toBe(embedded);
  });

  test('states rights where the file states none', async () => {
    expect((await own.text('/iip?FIF=bare.tif&OBJ=rights')).body).toBe('All <rights> kept\r\n');
    expect(await textIn('/iip?FIF=bare.tif&CVT=png')).toContain('All <rights> kept');
    expect(await textIn('/iip?FIF=bare.tif&CVT=tiff')).toContain('All <rights> kept');
    for (const format of ['jpeg', 'webp', 'avif']) {
      expect(await textIn(`/iip?FIF=bare.tif&CVT=${format}`)).toContain('>All &lt;rights&gt; kept</rdf:li>');
    }
    const png = await textIn('/iip?FIF=described.tif&CVT=png');
    expect(png).toContain('Museum of Stones');
    expect(png).not.toContain('All <rights> kept');
  });
});
