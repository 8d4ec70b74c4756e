import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { box, enumerated, join, jp2File, words } from '../../../../test/fixtures/jpeg2000/jp2-file.ts';
import { withLongHeaders } from '../../../../test/fixtures/jpeg2000/long-headers.ts';
import { jphFile } from '../../../../test/fixtures/jpeg2000/one-block-codestream.ts';
import { roundSource } from '../../../../test/fixtures/round-source.ts';
import { isImageError } from '../errors.ts';
import { readFromMemory } from '../jpeg2000/byte-reads.ts';
import { openJp2 } from '../jpeg2000/jp2-file.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { memorySource } from '../source/memory.ts';
import { withStats } from '../source/with-stats.ts';
import { openJpeg2000Reader } from './jpeg2000-reader.ts';

function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../../../../test/fixtures/jpeg2000/${name}.j2k`, import.meta.url)));
}

const tile = { page: 0, level: 0, col: 0, row: 0 };
const sRGB = enumerated(16);

describe('openJpeg2000Reader', () => {
  it('makes a level of each resolution, sizes rounded up', async () => {
    const { info } = await openJpeg2000Reader(memorySource(fixture('rpcl-layers')));
    expect(info).toMatchObject({ format: 'jpeg2000', width: 45, height: 37, bands: 3, dtype: 'uint8', color: 'rgb' });
    expect(info.levels.map(({ width, height }) => [width, height])).toEqual([
      [45, 37],
      [23, 19],
      [12, 10],
      [6, 5],
    ]);
    expect(info.levels.map(({ downsampleX }) => downsampleX)).toEqual([1, 2, 4, 8]);
  });

  it('measures the picture from the image offset, not from the origin', async () => {
    const { info } = await openJpeg2000Reader(memorySource(fixture('odd-tiles')));
    expect([info.width, info.height]).toEqual([45, 37]);
    // ceil(52 / 2) - ceil(7 / 2) and ceil(42 / 2) - ceil(5 / 2)
    expect(info.levels[1]).toMatchObject({ width: 22, height: 18 });
  });

  it.each([
    ['two-bit', { dtype: 'uint8', bitsPerSample: 2, ranges: [{ minimum: 0, maximum: 255 }] }],
    ['ten-bit', { dtype: 'uint16', bitsPerSample: 10, ranges: [{ minimum: 0, maximum: 1023 }] }],
    ['signed-twelve-bit', { dtype: 'int16', bitsPerSample: 12, ranges: [{ minimum: -2048, maximum: 2047 }] }],
    ['five-bands', { bands: 5, color: 'multiband', dtype: 'uint8' }],
  ])('says what the samples of %s are', async (name, expected) => {
    const { info } = await openJpeg2000Reader(memorySource(fixture(name)));
    expect(info).toMatchObject(expected);
  });

  it('reads only headers when opened, and each tile once the packets are indexed from few bytes', async () => {
    const source = withStats(memorySource(fixture('odd-tiles')));
    const reader = await openJpeg2000Reader(source);
    const opened = source.stats.bytes;
    const [small] = await reader.readSegments([{ ...tile, level: 2 }]);
    expect(small).toMatchObject({ width: 11, height: 9, bands: 3 });
    const before = source.stats.bytes;
    await reader.readSegments([{ ...tile, level: 2 }]);
    expect(source.stats.bytes - before).toBeLessThan(source.byteLength);
    expect(opened).toBeLessThanOrEqual(16384);
  });

  it('gives the same segments to many readers at once', async () => {
    const reader = await openJpeg2000Reader(memorySource(fixture('lrcp-layers')));
    const levels = [0, 1, 2, 3, 0];
    const together = await Promise.all(levels.map((level) => reader.readSegments([{ ...tile, level }])));
    const apart = await openJpeg2000Reader(memorySource(fixture('lrcp-layers')));
    for (const [i, level] of levels.entries()) {
      const [expected] = await apart.readSegments([{ ...tile, level }]);
      expect(together[i]![0]!.parts).toEqual(expected!.parts);
    }
  });

  it('goes on after a caller has left', async () => {
    const reader = await openJpeg2000Reader(memorySource(fixture('lrcp-layers')));
    const leaving = new AbortController();
    const abandoned = reader.readSegments([tile], { signal: leaving.signal });
    leaving.abort();
    await expect(abandoned).rejects.toSatisfy((error) => isImageError(error, 'aborted'));
    expect(await reader.readSegments([tile])).toHaveLength(1);
  });

  it('reads fewer bytes for fewer quality layers', async () => {
    const reader = await openJpeg2000Reader(memorySource(fixture('lrcp-layers')));
    const [one, all] = await reader.readSegments([{ ...tile, layers: 1 }, tile]);
    expect(one!.parts[0]!.bytes.length).toBeLessThan(all!.parts[0]!.bytes.length / 2);
  });

  it('reads of a segment just the pixels that are needed', async () => {
    const reader = await openJpeg2000Reader(memorySource(fixture('rpcl-layers')));
    const window = { x: 40, y: 4, width: 3, height: 40 };
    const [part, all] = await Promise.all([reader.readSegments([tile], { window }), reader.readSegments([tile])]);
    expect(part[0]).toMatchObject({ x: 40, y: 4, width: 3, height: 33, jpeg2000: { x0: 40, y0: 4 } });
    expect(all[0]).toMatchObject({ x: 0, y: 0, width: 45, height: 37 });
    expect(part[0]!.parts[0]!.bytes.length).toBeLessThan(all[0]!.parts[0]!.bytes.length);
  });

  it('leaves code-blocks in files where that is wanted, and says where', async () => {
    const bytes = withLongHeaders(fixture('plt-tlm'));
    const reader = await openJpeg2000Reader({ ...memorySource(bytes), descriptor: 42 });
    const [read] = await reader.readSegments([tile]);
    const [left] = await reader.readSegments([tile], { deferReads: true });
    const { file, bytes: none } = left!.parts[0]!;
    expect(none).toHaveLength(0);
    expect(file?.descriptor).toBe(42);
    const { ranges } = file!;
    const pieces = Array.from({ length: ranges.length / 2 }, (_, i) =>
      bytes.subarray(ranges[2 * i]!, ranges[2 * i]! + ranges[2 * i + 1]!),
    );
    expect(join(...pieces)).toEqual(read!.parts[0]!.bytes);
    expect(left!.jpeg2000).toEqual(read!.jpeg2000);
  });

  it('leaves nothing in files of what it has read already', async () => {
    const reader = await openJpeg2000Reader({ ...memorySource(fixture('lrcp-layers')), descriptor: 42 });
    const [read] = await reader.readSegments([tile]);
    const [left] = await reader.readSegments([tile], { deferReads: true });
    expect(left).toEqual(read);
    expect(left!.parts[0]!.file).toBeUndefined();
  });

  it('takes as many round trips for windows on several tiles as for one, and reads no more for them together', async () => {
    const bytes = withLongHeaders(fixture('plt-tlm'));
    const { codestream } = readFromMemory(openJp2(bytes.length, DEFAULT_LIMITS), bytes);
    const { tileWidth, tileHeight, tilesWide, tilesHigh, x0, y0 } = codestream.main.size;
    expect([tilesWide * tilesHigh, x0, y0]).toEqual([4, 0, 0]);
    const windows = [0, 1, 2, 3].map((number) => ({
      x: (number % tilesWide) * tileWidth,
      y: Math.floor(number / tilesWide) * tileHeight,
      width: 5,
      height: 5,
    }));
    const open = async () => {
      const source = roundSource(bytes);
      const opening = openJpeg2000Reader(source);
      await source.roundsOf(opening);
      return { source, reader: await opening, opened: source.reads.length };
    };
    const one = await open();
    const rounds = await one.source.roundsOf(one.reader.readSegments([tile], { window: windows[3]! }));
    // Four steps from tile-part to tile-part, six through the tile's header; headers of packets, and code-blocks.
    expect(rounds).toBe(12);
    const ownReads = one.source.reads.length - one.opened - 4;
    // What packet headers say is kept where they had to be read.
    expect(await one.source.roundsOf(one.reader.readSegments([tile], { window: windows[3]! }))).toBe(1);
    const { source, reader, opened } = await open();
    const all = windows.map((window) => reader.readSegments([tile], { window }));
    expect(await source.roundsOf(Promise.all(all))).toBe(rounds);
    expect(source.reads.length - opened - 4).toBeLessThanOrEqual(4 * ownReads);
  });

  it.each([
    { ...tile, level: 9 },
    { ...tile, col: 1 },
    { ...tile, row: -1 },
    { ...tile, page: 1 },
  ])('knows no tile %o', async (ref) => {
    const reader = await openJpeg2000Reader(memorySource(fixture('lrcp-layers')));
    await expect(reader.readSegments([ref])).rejects.toSatisfy((error) => isImageError(error, 'not-found'));
  });
});

describe('the header of a JP2 file', () => {
  const rgb = fixture('lrcp-layers');
  const infoOf = async (file: Uint8Array) => (await openJpeg2000Reader(memorySource(file))).info;

  it('is found around codestreams with lengths of 64 bits', async () => {
    expect(await infoOf(jp2File(rgb, [sRGB], [], true))).toMatchObject({ width: 45, storage: { photometric: 'sRGB' } });
  });

  it('tells alpha and its kind', async () => {
    const four = fixture('subsampled');
    const cdef = (type: number) => box('cdef', words(4, 0, 0, 1, 1, 0, 2, 2, 0, 3, 3, type, 0));
    expect((await infoOf(jp2File(four, [sRGB, cdef(1)]))).extraSamples).toEqual(['unassociated-alpha']);
    expect((await infoOf(jp2File(four, [sRGB, cdef(2)]))).extraSamples).toEqual(['associated-alpha']);
    expect((await infoOf(jp2File(four, [sRGB]))).extraSamples).toEqual(['unspecified']);
  });

  it('makes three bands of one component and a palette', async () => {
    const palette = box('pclr', join(words(4), Uint8Array.of(3, 7, 7, 7), new Uint8Array(12)));
    const mapping = box('cmap', Uint8Array.of(0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 1, 2));
    const info = await infoOf(jp2File(fixture('two-bit'), [sRGB, palette, mapping]));
    expect(info).toMatchObject({ bands: 3, bitsPerSample: 8, color: 'rgb' });
  });

  it.each([
    [17, 'five-bands', 'grayscale'],
    [18, 'lrcp-layers', 'rgb'],
    [12, 'subsampled', 'cmyk'],
    [14, 'lrcp-layers', 'cielab'],
  ])('reads color space %i', async (space, name, color) => {
    expect(await infoOf(jp2File(fixture(name), [enumerated(space)]))).toMatchObject({ color });
  });

  it.each([
    [0, 0x80, 'sRGB'],
    [5, 0x80, 'sYCC'],
    [6, 0x80, 'sYCC'],
    [1, 0x80, 'YCbCr BT.709'],
    [9, 0x80, 'YCbCr BT.2020'],
    [6, 0, 'YCbCr BT.601, video range'],
    [0, 0, 'RGB, video range'],
    // Not stated, constant luminance, and numbers without a meaning: as without the box.
    [2, 0x80, 'sRGB'],
    [10, 0x80, 'sRGB'],
    [99, 0, 'sRGB'],
  ])('reads a JPH file whose matrix is %i, range %i', async (matrix, range, photometric) => {
    const colr = box('colr', join(Uint8Array.of(5, 0, 0), words(1, 13, matrix), Uint8Array.of(range)));
    const info = await infoOf(jphFile(fixture('ht-odd-tiles'), [colr]));
    expect(info).toMatchObject({ width: 45, height: 37, bands: 3 });
    expect(info.storage).toMatchObject({ compression: 'HTJ2K 5/3 reversible', photometric });
  });

  it('takes any ICC profile, and the display resolution where there is no other', async () => {
    const profile = new Uint8Array(132);
    profile.set(new TextEncoder().encode('CMYK'), 16);
    const colr = box('colr', join(Uint8Array.of(3, 0, 0), profile));
    // 7200 / 2 * 10^1 samples a meter across, 3000 / 1 down.
    const res = box('res ', box('resd', join(words(3000, 1, 7200, 2), Uint8Array.of(0, 1))));
    const { color, metadata } = await infoOf(jp2File(fixture('subsampled'), [colr, res]));
    expect(color).toBe('cmyk');
    expect(metadata.icc).toEqual(profile);
    expect(metadata.density).toEqual({ x: 360, y: 30, unit: 'cm' });
  });

  it('prefers the first color specification that it knows', async () => {
    const vendor = box('colr', Uint8Array.of(4, 0, 0, 1, 2, 3));
    const { storage } = await infoOf(jp2File(rgb, [vendor, enumerated(99), enumerated(18), sRGB]));
    expect(storage).toMatchObject({ photometric: 'sYCC' });
  });

  it('hands out comments of the codestream, and nothing of component registration', async () => {
    const afterSiz = 2 + 2 + 38 + 9;
    const crg = Uint8Array.of(0xff, 0x63, 0, 14, ...new Uint8Array(12));
    const com = Uint8Array.of(0xff, 0x64, 0, 9, 0, 1, 0x68, 0xe9, 0x6c, 0x6c, 0x6f);
    const bytes = join(rgb.subarray(0, afterSiz), crg, com, rgb.subarray(afterSiz));
    const { metadata } = await infoOf(bytes);
    expect(metadata.text['comment']).toMatch(/^h\xe9llo\nCreated by OpenJPEG/);
  });

  it('hands out profile, resolution, XMP, Exif and XML', async () => {
    const profile = new Uint8Array(132);
    profile.set(new TextEncoder().encode('RGB '), 16);
    const colr = box('colr', join(Uint8Array.of(2, 0, 0), profile));
    // 11811 / 1 * 10^0 samples a meter: 118.11 a centimeter.
    const res = box('res ', box('resc', join(words(11811, 1, 11811, 1), Uint8Array.of(0, 0))));
    const uuid = (id: string, text: string) =>
      box('uuid', join(Uint8Array.from(Buffer.from(id, 'hex')), new TextEncoder().encode(text)));
    const others = [
      uuid('be7acfcb97a942e89c71999491e3afac', '<x:xmpmeta/>'),
      uuid('4a706754696666457869662d3e4a5032', 'II*\0'),
      box('xml ', new TextEncoder().encode('<note/>')),
    ];
    const { metadata } = await infoOf(jp2File(rgb, [colr, res], others));
    expect(metadata.icc).toEqual(profile);
    expect(metadata.density).toEqual({ x: 118.11, y: 118.11, unit: 'cm' });
    expect(new TextDecoder().decode(metadata.xmp)).toBe('<x:xmpmeta/>');
    expect(new TextDecoder().decode(metadata.exif)).toBe('II*\0');
    expect(metadata.text['xml']).toBe('<note/>');
  });
});
