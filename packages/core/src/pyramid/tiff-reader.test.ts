import { describe, expect, it } from 'vitest';
import { controlledSource } from '../../../../test/contracts/range-source.ts';
import {
  type BuildOptions,
  buildTiff,
  type DirectoryToBuild,
  flatTiles,
  strips,
  tiled,
  tiledFields,
} from '../../../../test/fixtures/build-tiff.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { memorySource } from '../source/memory.ts';
import { withBlockCache } from '../source/with-block-cache.ts';
import { withStats } from '../source/with-stats.ts';
import { DirectoryWalker } from '../tiff/directory-chain.ts';
import { decodeNumbers, readFieldBytes, readFieldValues } from '../tiff/field-value.ts';
import { parseTiffHeader } from '../tiff/header.ts';
import { unpackSegment } from '../tiff/unpack-segment.ts';
import type { ImageReader } from './image-reader.ts';
import { openImage } from './open-image.ts';
import { openTiffReader } from './tiff-reader.ts';

function open(directories: readonly DirectoryToBuild[], options?: BuildOptions): Promise<ImageReader> {
  return openImage(memorySource(buildTiff(directories, options)));
}

/** First sample of a tile once decoded. */
async function firstSample(reader: ImageReader, ref: { page?: number; level?: number; col?: number; row?: number }) {
  const [segment] = await reader.readSegments([{ page: 0, level: 0, col: 0, row: 0, ...ref }]);
  return segment && unpackSegment([segment.parts[0]?.bytes], segment).data[0];
}

describe('openImage on a TIFF file', () => {
  const layouts: BuildOptions[] = [];
  for (const bigTiff of [false, true]) {
    for (const bigEndian of [false, true]) {
      for (const segments of ['first', 'last'] as const) layouts.push({ bigTiff, bigEndian, segments });
    }
  }

  it.each(layouts)('reads a tiled pyramid (%o)', async (layout) => {
    const reader = await open(
      [tiled(300, 200), tiled(150, 100, { NewSubfileType: [1] }), tiled(75, 50, { NewSubfileType: [1] })],
      layout,
    );
    expect(reader.info).toMatchObject({ width: 300, height: 200, format: 'tiff', bands: 1, dtype: 'uint8' });
    expect(reader.info.levels.map(({ width, height, downsampleX }) => [width, height, downsampleX])).toEqual([
      [300, 200, 1],
      [150, 100, 2],
      [75, 50, 4],
    ]);
    expect(reader.info.tileSize).toEqual({ width: 128, height: 128 });
    // Six tiles in three columns, numbered from 1 in file order.
    expect(await firstSample(reader, { col: 2, row: 1 })).toBe(6);
    expect(await firstSample(reader, { level: 1, col: 1 })).toBe(2);
    expect(reader.info.pages).toEqual([{ name: '', scale: 1 }]);
  });

  it('gives missing tags the defaults of the specification', async () => {
    const bilevel = {
      fields: { ImageWidth: [10], ImageLength: [2], PhotometricInterpretation: [1] },
      segments: [Uint8Array.of(0b10000000, 0, 0b11111111, 0b11000000)],
    };
    const { info, ...reader } = await open([bilevel]);
    expect(info).toMatchObject({ bands: 1, bitsPerSample: 1, dtype: 'uint8', color: 'grayscale' });
    expect(info.storage).toEqual({ compression: 'None', photometric: 'BlackIsZero', layout: 'strips of 2 rows' });
    expect(info.metadata).toMatchObject({ text: {}, orientation: 1, density: undefined });
    expect(reader.revision).not.toBe('');
  });

  it('takes text, resolution, profile and ranges from their tags', async () => {
    const icc = Uint8Array.from({ length: 300 }, (_, i) => i & 255);
    const { info } = await open([
      tiled(300, 200, {
        Artist: 'Ada',
        Copyright: '© Museum',
        DateTime: '2020:01:02 03:04:05',
        ImageDescription: 'A picture',
        DocumentName: 'Title',
        PageName: 'Page',
        Software: 'scan',
        Make: 'Maker',
        Model: 'M1',
        XResolution: [300],
        YResolution: [150.5],
        Orientation: [6],
        ICCProfile: icc,
        XMP: new TextEncoder().encode('<x/>'),
        SMinSampleValue: { type: 'SHORT', values: [10] },
        SMaxSampleValue: { type: 'SHORT', values: [200] },
        SToNits: [0.25],
      }),
    ]);
    expect(info.metadata.text).toEqual({
      creator: 'Ada',
      rights: '© Museum',
      date: '2020:01:02 03:04:05',
      description: 'A picture',
      title: 'Title',
      pagename: 'Page',
      software: 'scan',
      make: 'Maker',
      model: 'M1',
      scale: '0.25',
    });
    // ResolutionUnit is missing: inch.
    expect(info.metadata.density).toEqual({ x: 300, y: 150.5, unit: 'inch' });
    expect(info.metadata.orientation).toBe(6);
    expect(info.metadata.icc).toEqual(icc);
    expect(info.metadata.xmp).toEqual(new TextEncoder().encode('<x/>'));
    expect(info.ranges).toEqual([{ minimum: 10, maximum: 200 }]);
  });

  it.each([false, true])('copies the Exif directory into a block of its own (big-endian: %s)', async (bigEndian) => {
    const exposure = { type: 'RATIONAL' as const, values: [0.5] };
    const exif = { fields: { 33434: exposure, 36864: new TextEncoder().encode('0232'), 42036: 'A lens' } };
    const { info } = await open([{ ...tiled(300, 200, { Make: 'Maker', Orientation: [3] }), exif }], { bigEndian });
    // The block is a TIFF file without a picture: our own parts read it back.
    const block = memorySource(info.metadata.exif ?? new Uint8Array(0));
    const header = parseTiffHeader(await block.read(0, 16));
    const walker = new DirectoryWalker(block, header, DEFAULT_LIMITS);
    const [main] = await walker.readChain(header.firstDirectoryOffset);
    expect([...(main?.fields.keys() ?? [])]).toEqual([271, 274, 34665]);
    const options = { tags: ['Make', 'Orientation', 'ExifIFD'] as const, limits: DEFAULT_LIMITS };
    const values = await readFieldValues(block, header, main!, options);
    expect([values.text('Make'), values.number('Orientation')]).toEqual(['Maker', 3]);
    const copied = await walker.read(values.requireNumber('ExifIFD'));
    expect([...copied.fields.keys()]).toEqual([33434, 36864, 42036]);
    const bytesOf = (tag: number) => readFieldBytes(block, copied.fields.get(tag)!, copied.fields.get(tag)!.count);
    expect(decodeNumbers(await bytesOf(33434), 'RATIONAL', header.littleEndian)).toEqual([0.5]);
    expect(new TextDecoder().decode(await bytesOf(36864))).toBe('0232');
    expect(new TextDecoder().decode(await bytesOf(42036))).toBe('A lens\0');
  });

  it('shows a picture whose Exif directory is damaged', async () => {
    const { info } = await open([tiled(300, 200, { ExifIFD: [0x7fffffff] })]);
    expect(info.metadata.exif).toBeUndefined();
  });

  it.each([
    { tile: [256, 128], expected: { width: 256, height: 128 } },
    { tile: [64, 64], expected: { width: 64, height: 64 } },
    { tile: [32, 32], expected: { width: 256, height: 256 } },
    { tile: [2048, 2048], expected: { width: 256, height: 256 } },
  ])('offers tiles of $expected for stored ones of $tile', async ({ tile: [width = 0, height = 0], expected }) => {
    const fields = { ...tiledFields(300, 200, width), TileLength: [height] };
    const segments = Array.from({ length: 80 }, () => new Uint8Array(width * height));
    const { info } = await open([{ fields, segments }]);
    expect(info.tileSize).toEqual(expected);
    expect(info.levels[0]).toMatchObject({ tileWidth: width, tileHeight: height });
  });

  it('gives the last strip its own height and cuts long uncompressed strips', async () => {
    const short = await open([
      {
        fields: { ...strips(4, 10).fields, RowsPerStrip: [4] },
        segments: [new Uint8Array(16), new Uint8Array(16), new Uint8Array(8).fill(9)],
      },
    ]);
    const [last] = await short.readSegments([{ page: 0, level: 0, col: 0, row: 2 }]);
    expect(last).toMatchObject({ width: 4, height: 2 });
    const data = Uint8Array.from({ length: 1000 * 1000 }, (_, i) => Math.floor(i / 1000) & 255);
    const long = await open([{ fields: strips(1000, 1000).fields, segments: [data] }]);
    const rows = long.info.levels[0]?.tileHeight ?? 0;
    expect(rows).toBe(262);
    expect(await firstSample(long, { row: 2 })).toBe((2 * rows) & 255);
    const [bottom] = await long.readSegments([{ page: 0, level: 0, col: 0, row: 3 }]);
    expect(bottom?.height).toBe(1000 - 3 * 262);
    expect(bottom?.parts[0]?.bytes.length).toBe((1000 - 3 * 262) * 1000);
  });

  it('reports sparse tiles, and tiles that do not exist', async () => {
    const [first, ...others] = flatTiles(300, 200, 128);
    const reader = await open([
      { fields: tiledFields(300, 200, 128), segments: [first, undefined, ...others.slice(1)] },
    ]);
    const refs = [0, 1, 2].map((col) => ({ page: 0, level: 0, col, row: 0 }));
    const segments = await reader.readSegments(refs);
    expect(segments.map((segment) => segment === undefined)).toEqual([false, true, false]);
    for (const bad of [{ page: 1 }, { level: 1 }, { col: 3 }, { row: 2 }, { col: -1 }, { row: 0.5 }]) {
      const ref = { page: 0, level: 0, col: 0, row: 0, ...bad };
      await expect(reader.readSegments([ref])).rejects.toMatchObject({ kind: 'not-found' });
    }
  });

  it('hands out one part for each plane stored apart', async () => {
    const fields = { ...tiledFields(128, 128, 128, 3), PlanarConfiguration: [2] };
    const reader = await open([{ fields, segments: [1, 2, 3].map((value) => new Uint8Array(128 * 128).fill(value)) }]);
    const [segment] = await reader.readSegments([{ page: 0, level: 0, col: 0, row: 0 }]);
    expect(segment?.parts.length).toBe(3);
    const pixels = unpackSegment(segment?.parts.map((part) => part?.bytes) ?? [], segment!);
    expect([...pixels.data.subarray(0, 6)]).toEqual([1, 2, 3, 1, 2, 3]);
  });
});

describe('levels and pages of a TIFF file', () => {
  const sizes = ({ info }: ImageReader) => info.levels.map(({ width, height }) => `${width}x${height}`);
  const reduced = { NewSubfileType: [1] };
  const page = { NewSubfileType: [2] };

  it.each<{ name: string; directories: DirectoryToBuild[]; levels: string[]; pages: number }>([
    {
      name: 'untagged pages that shrink are levels',
      directories: [tiled(301, 201), tiled(150, 100), tiled(75, 50)],
      levels: ['301x201', '150x100', '75x50'],
      pages: 1,
    },
    {
      name: 'sizes rounded up are levels, too',
      directories: [tiled(301, 201), tiled(151, 101), tiled(76, 51)],
      levels: ['301x201', '151x101', '76x51'],
      pages: 1,
    },
    {
      name: 'strip-stored thumbnails of a tiled slide are no levels',
      directories: [tiled(2220, 2967), strips(574, 768), tiled(1110, 1483), strips(387, 463, reduced)],
      levels: ['2220x2967', '1110x1483'],
      pages: 1,
    },
    {
      name: 'another aspect is no level',
      directories: [tiled(300, 200), tiled(150, 110)],
      levels: ['300x200'],
      pages: 1,
    },
    {
      name: 'other bits are no level',
      directories: [
        tiled(300, 200),
        { ...tiled(150, 100), fields: { ...tiled(150, 100).fields, BitsPerSample: [16] } },
      ],
      levels: ['300x200'],
      pages: 1,
    },
    {
      name: 'transparency masks are left out',
      directories: [
        tiled(300, 200),
        tiled(300, 200, { NewSubfileType: [4] }),
        tiled(150, 100, { NewSubfileType: [5] }),
      ],
      levels: ['300x200'],
      pages: 1,
    },
    {
      name: 'a reduced picture in front is skipped',
      directories: [strips(30, 20, reduced), tiled(300, 200)],
      levels: ['300x200'],
      pages: 1,
    },
    {
      name: 'pages of equal size are a stack, tagged or not',
      directories: [tiled(300, 200, page), tiled(300, 200), strips(300, 200, page)],
      levels: ['300x200'],
      pages: 3,
    },
    {
      name: 'smaller pages that are tagged as pages are no levels',
      directories: [tiled(300, 200, page), tiled(150, 100, page)],
      levels: ['300x200'],
      pages: 1,
    },
    {
      name: 'every page of a stack has levels',
      directories: [tiled(300, 200), tiled(150, 100, reduced), tiled(300, 200), tiled(150, 100, reduced)],
      levels: ['300x200', '150x100'],
      pages: 2,
    },
    {
      name: 'levels that only some pages have do not count',
      directories: [tiled(300, 200), tiled(300, 200), tiled(150, 100, reduced)],
      levels: ['300x200'],
      pages: 2,
    },
    {
      name: 'SubIFDs are levels in order of size',
      directories: [
        { ...tiled(400, 200), children: [tiled(100, 50, reduced), tiled(200, 100, reduced), strips(50, 50, reduced)] },
      ],
      levels: ['400x200', '200x100', '100x50'],
      pages: 1,
    },
    {
      name: 'tiled overviews of a picture in strips are levels',
      directories: [strips(300, 200), tiled(150, 100, reduced)],
      levels: ['300x200', '150x100'],
      pages: 1,
    },
  ])('$name', async ({ directories, levels, pages }) => {
    const reader = await open(directories);
    expect(sizes(reader)).toEqual(levels);
    expect(reader.info.pages.length).toBe(pages);
  });

  it('reads the levels of a later page from its own SubIFDs', async () => {
    const value = (n: number, width: number, height: number): DirectoryToBuild => ({
      fields: tiledFields(width, height, 128),
      segments: flatTiles(width, height, 128).map((tile) => tile.fill(n)),
    });
    const reader = await open([
      { ...value(1, 256, 128), children: [value(2, 128, 64)] },
      { ...value(3, 256, 128), children: [value(4, 128, 64)] },
    ]);
    expect(await firstSample(reader, { page: 1, level: 0 })).toBe(3);
    expect(await firstSample(reader, { page: 1, level: 1 })).toBe(4);
    expect(await firstSample(reader, { page: 0, level: 1 })).toBe(2);
  });

  it('tries again to read the levels of a page after a failure', async () => {
    const children = [tiled(150, 100)];
    const file = buildTiff([
      { ...tiled(300, 200), children },
      { ...tiled(300, 200), children: [tiled(150, 100)] },
    ]);
    const source = controlledSource(file);
    // Blocks of 64 bytes, so that the SubIFDs of the second page are not there yet.
    const cached = withBlockCache(source, { blockByteLength: 64 });
    const reader = await openTiffReader(source, { cached });
    source.failNext();
    await expect(firstSample(reader, { page: 1, level: 1 })).rejects.toMatchObject({ kind: 'source' });
    expect(await firstSample(reader, { page: 1, level: 1 })).toBe(1);
  });

  it('names pages and scales them', async () => {
    const { info } = await open([
      tiled(300, 200, { ...page, DocumentName: 'albedo' }),
      tiled(300, 200, { ...page, PageName: 'height', SToNits: [0.5] }),
      tiled(300, 200, page),
    ]);
    expect(info.pages).toEqual([
      { name: 'albedo', scale: 1 },
      { name: 'height', scale: 0.5 },
      { name: '', scale: 1 },
    ]);
  });
});

describe('stored tiles of a TIFF file', () => {
  const tables = Uint8Array.of(0xff, 0xd8, 0xff, 0xdb, 0, 4, 1, 2, 0xff, 0xd9);
  const scan = Uint8Array.of(0xff, 0xd8, 0xff, 0xda, 0, 2, 9, 9, 0xff, 0xd9);
  const jpeg = (photometric: number, more: DirectoryToBuild['fields'] = {}): DirectoryToBuild => ({
    fields: {
      ...tiledFields(128, 128, 128, 3),
      PhotometricInterpretation: [photometric],
      Compression: [7],
      JPEGTables: tables,
      ...more,
    },
    segments: [scan],
  });
  const first = { page: 0, level: 0, col: 0, row: 0 };

  it('puts the shared tables in front of a YCbCr tile', async () => {
    const reader = await open([jpeg(6)]);
    expect(reader.info.levels[0]?.passThrough).toEqual({ format: 'jpg' });
    const stored = await reader.readStoredTile(first);
    expect([...(stored ?? [])]).toEqual([0xff, 0xd8, 0xff, 0xdb, 0, 4, 1, 2, ...scan.subarray(2)]);
  });

  it('marks an RGB tile as such for decoders that would take it for YCbCr', async () => {
    const stored = await (await open([jpeg(2)])).readStoredTile(first);
    expect([...(stored ?? []).slice(0, 18)]).toEqual([
      ...[0xff, 0xd8, 0xff, 0xee, 0, 14, 65, 100, 111, 98, 101, 0, 100, 0, 0, 0, 0, 0],
    ]);
    expect([...(stored ?? []).slice(18)]).toEqual([0xff, 0xdb, 0, 4, 1, 2, ...scan.subarray(2)]);
  });

  it.each([
    ['CMYK', jpeg(5, { SamplesPerPixel: [4], BitsPerSample: [8, 8, 8, 8] })],
    ['planes stored apart', { ...jpeg(2, { PlanarConfiguration: [2] }), segments: [scan, scan, scan] }],
    ['no JPEG', tiled(128, 128)],
    ['strips', { fields: { ...strips(8, 8).fields, Compression: [7] }, segments: [scan] }],
  ])('does not offer tiles of %s', async (_name, directory) => {
    const reader = await open([directory as DirectoryToBuild]);
    expect(reader.info.levels[0]?.passThrough).toBeUndefined();
    expect(await reader.readStoredTile(first)).toBeUndefined();
  });

  it('has nothing to hand out for a sparse tile', async () => {
    const reader = await open([{ ...jpeg(6), segments: [undefined] }]);
    expect(await reader.readStoredTile(first)).toBeUndefined();
  });
});

describe('reads of a TIFF file', () => {
  /** A pyramid with incompressible amounts of tile data between its directories and the end. */
  function slide(tiles: number, layout: BuildOptions): Uint8Array {
    const side = 256 * Math.ceil(Math.sqrt(tiles));
    const levels: DirectoryToBuild[] = [];
    for (let size = side; size >= 256; size /= 2) {
      const count = Math.ceil(size / 256) ** 2;
      const tile = Uint8Array.from({ length: 20_000 }, (_, i) => i & 255);
      levels.push({
        fields: { ...tiledFields(size, size, 256), Compression: [8], NewSubfileType: [size === side ? 0 : 1] },
        segments: Array.from({ length: count }, () => tile),
      });
    }
    return buildTiff(levels, layout);
  }

  it.each<BuildOptions>([{ segments: 'first' }, { segments: 'last' }, { segments: 'first', bigTiff: true }])(
    'opens a pyramid in 3 reads and a cold tile in 1 (%o)',
    async (layout) => {
      const source = withStats(memorySource(slide(1024, layout)));
      const reader = await openImage(source);
      expect(source.stats.reads).toBeLessThanOrEqual(3);
      expect(source.stats.bytes).toBeLessThanOrEqual(3 * 65536);
      const { reads, bytes } = { ...source.stats };
      await reader.readSegments([{ page: 0, level: 0, col: 20, row: 11 }]);
      expect(source.stats.reads - reads).toBe(1);
      expect(source.stats.bytes - bytes).toBe(20_000);
      await reader.readSegments([{ page: 0, level: 2, col: 1, row: 1 }]);
      expect(source.stats.reads - reads).toBe(2);
    },
  );

  it('reads neighboring tiles together', async () => {
    const source = withStats(memorySource(slide(1024, {})));
    const reader = await openImage(source);
    const { reads } = { ...source.stats };
    await reader.readSegments([10, 11, 12, 13].map((col) => ({ page: 0, level: 0, col, row: 16 })));
    expect(source.stats.reads - reads).toBe(1);
  });

  it('never reads the whole index of a picture with a million tiles', async () => {
    const count = 1024 * 1024;
    const entry = (value: number) => ({ type: 'LONG' as const, values: new Array<number>(count).fill(value) });
    const fields = { ...tiledFields(262_144, 262_144, 256), TileOffsets: entry(8), TileByteCounts: entry(65_536) };
    const file = buildTiff([{ fields }]);
    const source = withStats(memorySource(file));
    const reader = await openImage(source);
    expect(source.stats.bytes).toBeLessThanOrEqual(3 * 65536);
    const { reads } = { ...source.stats };
    await reader.readSegments([{ page: 0, level: 0, col: 500, row: 500 }]);
    // One block of offsets, one of byte counts, the tile.
    expect(source.stats.reads - reads).toBeLessThanOrEqual(3);
    const after = source.stats.reads;
    await reader.readSegments([{ page: 0, level: 0, col: 501, row: 501 }]);
    expect(source.stats.reads - after).toBeLessThanOrEqual(1);
  });
});
