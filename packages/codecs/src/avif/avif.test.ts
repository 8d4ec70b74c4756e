import type { ImageDecoder, ImageEncoder } from '@sectile/core/codec';
import { beforeAll, describe, expect, test } from 'vitest';
import { defaultCodecs } from '../default-codecs.ts';

let encoder: ImageEncoder;
let decoder: ImageDecoder;
beforeAll(async () => {
  const codecs = defaultCodecs();
  encoder = await codecs.encoder('avif');
  decoder = (await codecs.decoder('avif')) as ImageDecoder;
});

const [width, height] = [40, 24];

function slopes(bands: number) {
  const data = Uint8Array.from({ length: width * height * bands }, (_, i) => {
    const pixel = Math.floor(i / bands);
    return (pixel % width) * 3 + Math.floor(pixel / width) * 2 + (i % bands) * 10;
  });
  return { width, height, bands, dtype: 'uint8' as const, data };
}

describe('AVIF', () => {
  test.each([3, 4])('%i bands without loss', (bands) => {
    const pixels = slopes(bands);
    const decoded = decoder.decode(encoder.encode(pixels, { quality: -1 }), { maxPixels: width * height });
    expect(decoded).toEqual(pixels);
  });

  test.each([1, 2, 3, 4])('%i bands of 16 bits keep 10 of them without loss', (bands) => {
    const eight = slopes(bands);
    // Every 10-bit value has one place in 16 bits that it comes back to.
    const ten = Uint16Array.from(eight.data, (v, i) => (v * 4 + (i % 4)) % 1024);
    const data = Uint16Array.from(ten, (v) => Math.round((v * 65535) / 1023));
    const file = encoder.encode({ ...eight, dtype: 'uint16', data }, { quality: -1 });
    const decoded = decoder.decode(file, { maxPixels: width * height });
    const colors = bands < 3 ? [0, 0, 0] : [0, 1, 2];
    const places = bands % 2 === 0 ? [...colors, bands - 1] : colors;
    const expected = Array.from({ length: width * height }, (_, pixel) =>
      places.map((band) => ten[pixel * bands + band] ?? 0),
    );
    expect(decoded).toMatchObject({ width, height, bands: places.length, dtype: 'uint16' });
    expect(Array.from(decoded.data)).toEqual(expected.flat());
  });

  test('10 bits show slopes that 8 cut into steps', () => {
    const data = Uint16Array.from({ length: width * height * 3 }, (_, i) => 20_000 + (Math.floor(i / 3) % width) * 64);
    const pixels = { width, height, bands: 3, dtype: 'uint16' as const, data };
    const decoded = decoder.decode(encoder.encode(pixels, { quality: 90 }), { maxPixels: width * height });
    expect(new Set(decoded.data).size).toBeGreaterThan(20);
  });

  test('loses little at quality 80', () => {
    const pixels = slopes(3);
    const { data } = decoder.decode(encoder.encode(pixels, { quality: 80 }), { maxPixels: width * height });
    const error =
      Array.from(data).reduce((sum, sample, i) => sum + Math.abs(sample - (pixels.data[i] ?? 0)), 0) / data.length;
    expect(error).toBeLessThan(3);
  });

  test.each([3, 4])('metadata beside %i bands leave the pixels as they are', (bands) => {
    const pixels = slopes(bands);
    const metadata = {
      icc: Uint8Array.from({ length: 301 }, (_, i) => i),
      exif: Uint8Array.of(0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0),
      xmp: new TextEncoder().encode('<x:xmpmeta/>'),
    };
    const file = encoder.encode(pixels, { quality: -1, metadata });
    expect(decoder.decode(file, { maxPixels: width * height })).toEqual(pixels);
    for (const block of Object.values(metadata)) expect(Buffer.from(file).includes(Buffer.from(block))).toBe(true);
  });

  test('a picture larger than asked for is refused', () => {
    const file = encoder.encode(slopes(3), { quality: 50 });
    expect(() => decoder.decode(file, { maxPixels: 100 })).toThrow(expect.objectContaining({ kind: 'limit' }));
  });
});
