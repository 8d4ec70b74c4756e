import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { inflateSync } from 'node:zlib';
import decodeWithOracle, { init } from '@jsquash/png/decode.js';
import { openImage } from '@sectile/core/pyramid';
import { memorySource } from '@sectile/core/source';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadZlib } from '#zlib';
import { defaultCodecs } from '../default-codecs.ts';
import { pakoZlib } from '../deflate/pako.ts';
import { createPngDecoder } from './decode.ts';
import { createPngEncoder } from './encode.ts';

const pngEncoder = await defaultCodecs().encoder('png');
const zlib = await loadZlib();
const pngDecoder = createPngDecoder(zlib);

/** Slopes and noise, so that every filter has something to do. */
function picture(width: number, height: number, bands: number, dtype: 'uint8' | 'uint16') {
  const scale = dtype === 'uint16' ? 257 : 1;
  const sampleCount = width * height * bands;
  const data = dtype === 'uint16' ? new Uint16Array(sampleCount) : new Uint8Array(sampleCount);
  for (let i = 0; i < sampleCount; i++) data[i] = ((i * 7) % 250) * scale + ((i * i) % 5);
  return { width, height, bands, dtype, data };
}

describe('PNG files written', () => {
  const cases = [1, 2, 3, 4].flatMap((bands) =>
    (['uint8', 'uint16'] as const).flatMap((dtype) => [0, 1, 6].map((level) => [bands, dtype, level] as const)),
  );

  test.each(cases)('%i bands of %s at level %i decode to the same pixels', (bands, dtype, level) => {
    const pixels = picture(61, 43, bands, dtype);
    const file = pngEncoder.encode(pixels, { quality: level });
    expect(pngDecoder.decode(file, { maxPixels: 61 * 43 })).toEqual(pixels);
  });

  test('any size, down to one pixel', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 0, max: 9 }),
        (width, height, level) => {
          const pixels = picture(width, height, 3, 'uint8');
          expect(pngDecoder.decode(pngEncoder.encode(pixels, { quality: level }), { maxPixels: 1600 })).toEqual(pixels);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('without the kernel', () => {
  const encoder = createPngEncoder({ zlib: pakoZlib });

  test.each([0, 1, 6])('level %i', (level) => {
    const pixels = picture(61, 43, 3, 'uint8');
    expect(pngDecoder.decode(encoder.encode(pixels, { quality: level }), { maxPixels: 61 * 43 })).toEqual(pixels);
  });
});

describe('the fast kernel', () => {
  test('compresses as well as zlib with the same filters', () => {
    const without = createPngEncoder({ zlib });
    for (const pixels of [
      picture(256, 256, 3, 'uint8'),
      { ...picture(256, 256, 4, 'uint8'), data: new Uint8Array(2 ** 18) },
    ]) {
      const fast = pngEncoder.encode(pixels, { quality: 1 }).length;
      expect(fast).toBeLessThan(without.encode(pixels, { quality: 1 }).length * 1.02 + 100);
    }
  });

  test('pictures of several bands, some of them long runs', () => {
    const [width, height] = [3000, 800];
    const data = Uint8Array.from({ length: width * height }, (_, i) => (i % 5000 < 3000 ? 0 : (i * i) >> 9));
    const pixels = { width, height, bands: 1, dtype: 'uint8' as const, data };
    const file = pngEncoder.encode(pixels, { quality: 1 });
    expect(pngDecoder.decode(file, { maxPixels: width * height }).data).toEqual(data);
  });
});

describe('against the png crate', () => {
  beforeAll(async () => {
    const wasm = createRequire(import.meta.url).resolve('@jsquash/png/codec/pkg/squoosh_png_bg.wasm');
    await init(await WebAssembly.compile(readFileSync(wasm)));
  });

  test.each([0, 1, 9])('RGBA at level %i', async (level) => {
    const pixels = picture(50, 20, 4, 'uint8');
    const file = pngEncoder.encode(pixels, { quality: level });
    const decoded = await decodeWithOracle(file.slice().buffer);
    expect(Uint8Array.from(decoded.data)).toEqual(pixels.data);
  });
});

test('metadata come back as they went in', async () => {
  const metadata = {
    icc: Uint8Array.from({ length: 3000 }, (_, i) => i >> 4),
    xmp: new TextEncoder().encode('<x:xmpmeta/>'),
    exif: Uint8Array.of(0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0),
    density: { x: 300, y: 150, unit: 'inch' as const },
    text: { title: 'Bölge', creator: 'A', rights: 'CC0', description: 'dessin 漢字', date: '1871' },
  };
  const file = pngEncoder.encode(picture(9, 9, 3, 'uint8'), { quality: 1, metadata });
  const { info } = await openImage(memorySource(file, { id: 'file', revision: '1' }));
  expect(info).toMatchObject({ width: 9, height: 9, bands: 3, dtype: 'uint8', color: 'rgb', format: 'png' });
  expect(info.metadata.icc).toEqual(metadata.icc);
  expect(info.metadata.xmp).toEqual(metadata.xmp);
  expect(info.metadata.exif).toEqual(metadata.exif);
  expect(info.metadata.orientation).toBe(6);
  expect(info.metadata.density?.x).toBeCloseTo(300, 1);
  expect(info.metadata.density?.y).toBeCloseTo(150, 1);
  expect(info.metadata.text).toEqual({ ...metadata.text, software: 'Sectile' });
});

test('refuses what PNG does not hold', () => {
  const data = new Uint8Array(5);
  const five = { width: 1, height: 1, bands: 5, dtype: 'uint8' as const, data };
  expect(() => pngEncoder.encode(five, { quality: 1 })).toThrow(expect.objectContaining({ kind: 'unsupported' }));
  const cmyk = { ...five, bands: 4, data: data.subarray(0, 4) };
  expect(() => pngEncoder.encode(cmyk, { quality: 1, alpha: false })).toThrow(
    expect.objectContaining({ kind: 'unsupported' }),
  );
});

test('zlib streams written in JavaScript are those of the standard', () => {
  const bytes = Uint8Array.from({ length: 5000 }, (_, i) => (i * i) >> 7);
  for (const strategy of ['default', 'filtered', 'rle'] as const) {
    expect(Uint8Array.from(inflateSync(pakoZlib.deflate(bytes, 6, strategy)))).toEqual(bytes);
  }
});
