import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../limits.ts';
import { memorySource } from '../source/memory.ts';
import { withStats } from '../source/with-stats.ts';
import { openImage } from './open-image.ts';

function png(name: string): Uint8Array {
  return Uint8Array.from(readFileSync(new URL(`../../../../test/fixtures/png/${name}.png`, import.meta.url)));
}

const open = (bytes: Uint8Array, limits = DEFAULT_LIMITS) =>
  openImage(memorySource(bytes, { id: 'file', revision: '1' }), { limits });

describe('opening PNG', () => {
  test.each([
    ['type0-1bit', 1, 'uint8', 1, 'grayscale'],
    ['type0-16bit-trns', 2, 'uint16', 16, 'grayscale'],
    ['type2-8bit', 3, 'uint8', 8, 'rgb'],
    ['type2-16bit-trns', 4, 'uint16', 16, 'rgb'],
    ['type3-4bit', 3, 'uint8', 8, 'rgb'],
    ['type3-2bit-adam7-trns', 4, 'uint8', 8, 'rgb'],
    ['type4-8bit', 2, 'uint8', 8, 'grayscale'],
    ['type6-16bit-adam7', 4, 'uint16', 16, 'rgb'],
  ])('%s', async (name, bands, dtype, bitsPerSample, color) => {
    const { info } = await open(png(name));
    expect(info).toMatchObject({ format: 'png', width: 37, height: 29, bands, dtype, bitsPerSample, color });
    expect(info.ranges).toHaveLength(bands);
    expect(info.extraSamples).toEqual(bands % 2 === 0 ? ['unassociated-alpha'] : []);
  });

  test('the whole file is one segment', async () => {
    const bytes = png('type2-8bit');
    const reader = await open(bytes);
    const [segment] = await reader.readSegments([{ page: 0, level: 0, col: 0, row: 0 }]);
    expect(segment).toMatchObject({ width: 37, height: 29, bands: 3, parts: [{ codec: 'png' }] });
    expect(segment?.parts[0]?.bytes).toEqual(bytes);
    await expect(reader.readSegments([{ page: 0, level: 0, col: 1, row: 0 }])).rejects.toMatchObject({
      kind: 'not-found',
    });
  });

  test('opening reads the first block only', async () => {
    const bytes = new Uint8Array(300_000);
    bytes.set(png('type2-8bit'));
    const source = withStats(memorySource(bytes, { id: 'file', revision: '1' }));
    await openImage(source);
    expect(source.stats).toMatchObject({ reads: 1 });
  });

  test('a picture too large for one segment is refused', async () => {
    await expect(open(png('type2-8bit'), { ...DEFAULT_LIMITS, maxSegmentPixels: 1000 })).rejects.toMatchObject({
      kind: 'limit',
    });
    const huge = png('type2-8bit');
    huge.set([0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff], 16);
    await expect(open(huge)).rejects.toMatchObject({ kind: 'limit' });
  });

  test('a header that makes no sense is malformed', async () => {
    for (const [at, value] of [
      [24, 3],
      [25, 5],
      [26, 1],
      [28, 2],
    ] as const) {
      const bytes = png('type2-8bit');
      bytes[at] = value;
      await expect(open(bytes)).rejects.toMatchObject({ kind: 'malformed' });
    }
    await expect(open(png('type2-8bit').subarray(0, 20))).rejects.toMatchObject({ kind: 'malformed' });
  });
});

/** A WebP file of the given chunks. */
function webp(...chunks: readonly (readonly [string, readonly number[]])[]): Uint8Array {
  const body = chunks.flatMap(([type, payload]) => [
    ...ascii(type),
    payload.length & 255,
    payload.length >> 8,
    0,
    0,
    ...payload,
    ...(payload.length % 2 === 1 ? [0] : []),
  ]);
  return Uint8Array.from([
    ...ascii('RIFF'),
    (body.length + 4) & 255,
    (body.length + 4) >> 8,
    0,
    0,
    ...ascii('WEBP'),
    ...body,
  ]);
}

const ascii = (text: string): number[] => [...text].map((character) => character.charCodeAt(0));
/** A key frame of 300 x 20 pixels, as far as its header. */
const lossy = ['VP8 ', [0x10, 0, 0, 0x9d, 0x01, 0x2a, 300 & 255, 300 >> 8, 20, 0]] as const;
/** 300 x 20 pixels less one, 14 bits each, then the alpha bit. */
const lossless = (alpha: number) => {
  const bits = 299 | (19 << 14) | (alpha << 28);
  return ['VP8L', [0x2f, bits & 255, (bits >> 8) & 255, (bits >> 16) & 255, (bits >>> 24) & 255]] as const;
};
const extended = (flags: number) => ['VP8X', [flags, 0, 0, 0, 299 & 255, 299 >> 8, 0, 19, 0, 0]] as const;

describe('opening WebP', () => {
  test.each([
    ['lossy', webp(lossy), 3],
    ['lossless', webp(lossless(0)), 3],
    ['lossless with alpha', webp(lossless(1)), 4],
    ['extended', webp(extended(0), lossy), 3],
    ['extended with an alpha plane', webp(extended(0x10), ['ALPH', [0, 1, 2]], lossy), 4],
  ])('%s', async (_, bytes, bands) => {
    const { info } = await open(bytes);
    expect(info).toMatchObject({ format: 'webp', width: 300, height: 20, bands, dtype: 'uint8', color: 'rgb' });
  });

  test('metadata chunks are read from behind the picture, too', async () => {
    const exif = [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0];
    const { info } = await open(webp(extended(0x2c), ['ICCP', [1, 2, 3]], lossy, ['EXIF', exif], ['XMP ', [60, 62]]));
    expect(info.metadata).toMatchObject({
      icc: Uint8Array.of(1, 2, 3),
      exif: Uint8Array.from(exif),
      xmp: Uint8Array.of(60, 62),
      orientation: 8,
    });
  });

  test('animations are unsupported, files without a picture malformed', async () => {
    await expect(open(webp(extended(0x02), ['ANIM', [0, 0, 0, 0, 0, 0]]))).rejects.toMatchObject({
      kind: 'unsupported',
    });
    await expect(open(webp(['JUNK', [1, 2]]))).rejects.toMatchObject({ kind: 'malformed' });
    await expect(open(webp(['VP8 ', [0, 0, 0, 1, 2, 3, 4, 5, 6, 7]]))).rejects.toMatchObject({ kind: 'malformed' });
  });
});
