import { readFileSync } from 'node:fs';
import { defaultCodecs } from '@sectile/codecs';
import { DEFAULT_LIMITS } from '@sectile/core';
import type { ImageDecoder } from '@sectile/core/codec';
import { openJpeg } from '@sectile/core/jpeg';
import type { PixelBuffer } from '@sectile/core/pixels';
import { decodeSegment, openImage, openJpegReader } from '@sectile/core/pyramid';
import { memorySource, type RangeSource } from '@sectile/core/source';
import { beforeAll, describe, expect, test } from 'vitest';
import { RowIndex } from '../../packages/core/src/jpeg/row-index.ts';

const codecs = defaultCodecs();
let decoder: ImageDecoder;
beforeAll(async () => {
  const loaded = await codecs.decoder('jpeg');
  if (loaded.kind === 'image') decoder = loaded;
});

const fixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../fixtures/jpeg/${name}.jpg`, import.meta.url)));

/** Waves, edges and grain. */
function picture(width: number, height: number, bands: number): PixelBuffer {
  const data = new Uint8ClampedArray(width * height * bands);
  for (let i = 0; i < data.length; i++) {
    const pixel = Math.floor(i / bands);
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    const grain = Math.imul(i, 0x9e3779b1) >>> 27;
    data[i] =
      90 + 40 * Math.sin(x * 0.05 + (i % bands)) + 40 * Math.cos(y * 0.11) + (((x >> 6) ^ (y >> 6)) % 2) * 30 + grain;
  }
  return { width, height, bands, dtype: 'uint8', data: new Uint8Array(data.buffer) };
}

async function encode(pixels: PixelBuffer, subsampling: '4:4:4' | '4:2:0', quality = 80): Promise<Uint8Array> {
  const encoder = await codecs.encoder('jpg');
  return encoder.encode(pixels, { quality, subsampling });
}

function expectRows(actual: ArrayLike<number>, whole: PixelBuffer, top: number, rows: number): void {
  const rowLength = whole.width * whole.bands;
  expect(
    Buffer.compare(
      Uint8Array.from(actual),
      Uint8Array.from(whole.data.subarray(top * rowLength, (top + rows) * rowLength)),
    ),
  ).toBe(0);
}

describe('any rows of a sequential file decode as they do within the whole picture', () => {
  const names = [
    'gray',
    'gray-2x2',
    '444',
    '422',
    '420',
    '440',
    '410',
    '420-restart-1',
    '444-restart-5',
    'cmyk-adobe',
    'ycck-adobe',
  ];
  test.each(names)('%s', async (name) => {
    const bytes = fixture(name);
    const source = memorySource(bytes);
    const file = await openJpeg(source, DEFAULT_LIMITS);
    expect(RowIndex.isPossible(file)).toBe(true);
    for (const shift of [0, 1, 2, 3]) {
      const whole = decoder.decode(bytes, { maxPixels: 1e5, discardLevels: shift });
      for (const [top, keepRows] of [
        [0, 1],
        [0, 8],
        [3, 5],
        [8, 16],
        [17, 9],
        [32, 3],
        [0, 35],
      ].map(([a, b]) => [a! >> shift, Math.max(1, b! >> shift)])) {
        const found = await new RowIndex(source, file).read({ top: top!, keepRows: keepRows!, shift }, {});
        const pixels = decoder.decode(found!.bytes, {
          tables: file.headers,
          jpegRows: found!.rows,
          maxPixels: 1e5,
          discardLevels: shift,
        });
        expect([pixels.width, pixels.height]).toEqual([whole.width, keepRows]);
        expectRows(pixels.data, whole, top!, keepRows!);
      }
    }
  });

  test('progressive files and those of several scans have no such rows', async () => {
    for (const name of ['420-progressive', '420-three-scans']) {
      expect(RowIndex.isPossible(await openJpeg(memorySource(fixture(name)), DEFAULT_LIMITS))).toBe(false);
    }
  });

  test('rows behind the end of a cut file are not there', async () => {
    const bytes = fixture('444');
    const source = memorySource(bytes.subarray(0, bytes.length - 300));
    const file = await openJpeg(source, DEFAULT_LIMITS);
    const index = new RowIndex(source, file);
    expect(await index.read({ top: 34, keepRows: 1, shift: 0 }, {})).toBeUndefined();
    expect(await index.read({ top: 0, keepRows: 1, shift: 0 }, {})).toBeDefined();
  });
});

/** Counts what is read. */
function counting(bytes: Uint8Array): RangeSource & { readonly bytesRead: () => number } {
  const source = memorySource(bytes);
  let total = 0;
  return {
    ...source,
    id: source.id,
    byteLength: source.byteLength,
    revision: source.revision,
    read: (offset, length, options) => {
      total += length;
      return source.read(offset, length, options);
    },
    close: () => source.close(),
    bytesRead: () => total,
  };
}

describe('a JPEG file as an image', () => {
  test.each([
    ['4:2:0', 3],
    ['4:4:4', 3],
    ['4:4:4', 1],
  ] as const)('has levels down to 1/8, each as the decoder makes it: %s, %d bands', async (subsampling, bands) => {
    const bytes = await encode(picture(1300, 900, bands), subsampling);
    const reader = await openImage(memorySource(bytes));
    expect(reader.info).toMatchObject({ width: 1300, height: 900, bands, format: 'jpeg', dtype: 'uint8' });
    expect(reader.info.levels.map(({ width, height, stored }) => [width, height, stored])).toEqual([
      [1300, 900, true],
      [650, 450, false],
      [325, 225, false],
      [163, 113, false],
    ]);
    for (const [level, { tileHeight, height }] of reader.info.levels.entries()) {
      const whole = decoder.decode(bytes, { maxPixels: 1e7, discardLevels: level });
      for (let row = 0; row * tileHeight < height; row++) {
        const [segment] = await reader.readSegments([{ page: 0, level, col: 0, row }]);
        const pixels = await decodeSegment(segment!, codecs, DEFAULT_LIMITS);
        expectRows(pixels.data, whole, row * tileHeight, Math.min(tileHeight, height - row * tileHeight));
      }
    }
  });

  test('reads no further than the rows asked for', async () => {
    const bytes = await encode(picture(2000, 2000, 1), '4:4:4', 98);
    expect(bytes.length).toBeGreaterThan(2e6);
    const source = counting(bytes);
    const reader = await openImage(source);
    await reader.readSegments([{ page: 0, level: 0, col: 0, row: 0 }]);
    expect(source.bytesRead()).toBeLessThan(bytes.length * 0.7);
  });

  test('finds rows once for callers that come together, and goes on when one of them leaves', async () => {
    const reader = await openImage(memorySource(await encode(picture(1300, 900, 1), '4:4:4')));
    const leaving = new AbortController();
    const refs = [{ page: 0, level: 0, col: 0, row: 3 }];
    const left = reader.readSegments(refs, { signal: leaving.signal });
    const stayed = reader.readSegments(refs);
    leaving.abort();
    await left.catch(() => undefined);
    expect((await stayed)[0]).toMatchObject({ height: 132, jpegRows: { keepRows: 132 } });
  });

  test('small and progressive files decode as a whole, at every level', async () => {
    for (const name of ['420', '420-progressive']) {
      const reader = await openImage(memorySource(fixture(name)));
      const segments = await reader.readSegments([0, 1, 2, 3].map((level) => ({ page: 0, level, col: 0, row: 0 })));
      for (const [level, segment] of segments.entries()) {
        const whole = decoder.decode(fixture(name), { maxPixels: 1e5, discardLevels: level });
        expectRows((await decodeSegment(segment!, codecs, DEFAULT_LIMITS)).data, whole, 0, whole.height);
      }
    }
  });

  test('tells colors, density and profiles', async () => {
    const encoder = await codecs.encoder('jpg');
    const icc = Uint8Array.from({ length: 100_000 }, (_, i) => i);
    const exif = Uint8Array.of(0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 1, 18, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0);
    const xmp = new TextEncoder().encode('<x/>');
    const metadata = { icc, exif, xmp, density: { x: 300, y: 300, unit: 'inch' } as const };
    const bytes = encoder.encode(picture(20, 10, 3), { quality: 75, metadata });
    const { info } = await openImage(memorySource(bytes));
    expect(info.color).toBe('rgb');
    expect(info.metadata).toEqual({ ...metadata, text: {}, orientation: 6 });
    const cmyk = await openImage(memorySource(fixture('ycck-adobe')));
    expect(cmyk.info).toMatchObject({ color: 'cmyk', bands: 4, storage: { photometric: 'YCCK', layout: 'whole' } });
  });

  test('refuses progressive files above the segment limit, and broken headers', async () => {
    const limits = { ...DEFAULT_LIMITS, maxSegmentPixels: 1000 };
    await expect(openImage(memorySource(fixture('420-progressive')), { limits })).rejects.toMatchObject({
      kind: 'limit',
    });
    await expect(openImage(memorySource(fixture('420').subarray(0, 200)))).rejects.toMatchObject({ kind: 'malformed' });
    await expect(openImage(memorySource(Uint8Array.of(0xff, 0xd8, 0xff)))).rejects.toMatchObject({ kind: 'malformed' });
    const missing = { page: 0, level: 0, col: 0, row: 1 };
    const reader = await openJpegReader(memorySource(fixture('420')), { limits: DEFAULT_LIMITS, wholePixels: 0 });
    await expect(reader.readSegments([missing])).rejects.toMatchObject({ kind: 'not-found' });
  });

  test('damaged files end in pixels or in an error with a kind', async () => {
    let state = 7;
    const random = (below: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    for (let round = 0; round < 400; round++) {
      const bytes = fixture(['gray', '420', '444-restart-5', '420-restart-1'][random(4)]!);
      for (let i = random(6); i >= 0; i--) bytes[2 + random(bytes.length - 2)] = random(256);
      try {
        const reader = await openJpegReader(memorySource(bytes), {
          limits: { ...DEFAULT_LIMITS, maxSegmentPixels: 1e5 },
          wholePixels: 0,
        });
        const [segment] = await reader.readSegments([
          { page: 0, level: random(reader.info.levels.length), col: 0, row: 0 },
        ]);
        if (segment) await decodeSegment(segment, codecs, { ...DEFAULT_LIMITS, maxSegmentPixels: 1e5 });
      } catch (error) {
        expect(error).toMatchObject({ name: 'ImageError' });
      }
    }
  });
});
