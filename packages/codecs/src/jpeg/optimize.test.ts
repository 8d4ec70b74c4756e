import type { ImageDecoder, ImageEncoder } from '@sectile/core/codec';
import type { PixelBuffer } from '@sectile/core/pixels';
import { beforeAll, describe, expect, test } from 'vitest';
import { defaultCodecs } from '../default-codecs.ts';

let plain: ImageEncoder;
let optimized: ImageEncoder;
let decoder: ImageDecoder;
beforeAll(async () => {
  const codecs = defaultCodecs();
  plain = await codecs.encoder('jpg');
  optimized = await codecs.encoder('jpg-optimized');
  decoder = (await codecs.decoder('jpeg')) as ImageDecoder;
});

/** Waves, edges and some noise. */
function picture(width: number, height: number, bands: number): PixelBuffer {
  const data = new Uint8ClampedArray(width * height * bands);
  for (let i = 0; i < data.length; i++) {
    const [band, x, y] = [i % bands, Math.floor(i / bands) % width, Math.floor(i / bands / width)];
    const edge = (x >> 5) % 2 === (y >> 5) % 2 ? 40 : 0;
    const noise = (Math.imul(x * 7919 + y * 104729, 0x9e3779b1) >>> 28) / 2;
    data[i] = 90 + 30 * Math.sin(x * (0.11 + 0.04 * band)) + 30 * Math.cos(y * 0.07 + band) + edge + noise;
  }
  return { width, height, bands, dtype: 'uint8', data: new Uint8Array(data.buffer) };
}

/** Peak signal to noise ratio in dB of a file, decoded, against the colors of a picture. */
function quality(file: Uint8Array, { data, bands }: PixelBuffer): number {
  const decoded = decoder.decode(file, { maxPixels: 1e6 });
  const colors = bands === 1 ? 1 : 3;
  expect(decoded.bands).toBe(colors);
  let sum = 0;
  for (let i = 0; i < decoded.data.length; i++) {
    const from = Math.floor(i / colors) * bands + (i % colors);
    sum += ((decoded.data[i] ?? 0) - (data[from] ?? 0)) ** 2;
  }
  return 10 * Math.log10((255 * 255 * decoded.data.length) / sum);
}

const markers = (file: Uint8Array): number[] => {
  const found: number[] = [];
  for (let at = 2; at < file.length && file[at + 1] !== 0xda; at += 2 + (file[at + 2]! << 8) + file[at + 3]!)
    found.push(file[at + 1]!);
  return found;
};

describe('optimized JPEG', () => {
  test.each([
    [1, false],
    [3, false],
    [3, true],
    [4, true],
  ])('of %i bands is smaller and nearly as true (progressive: %s)', (bands, progressive) => {
    const pixels = picture(300, 200, bands);
    for (const q of [50, 75, 90]) {
      const before = plain.encode(pixels, { quality: q, progressive });
      const after = optimized.encode(pixels, { quality: q, progressive });
      expect(after.length / before.length).toBeLessThan(0.95);
      expect(quality(after, pixels) - quality(before, pixels)).toBeGreaterThan(-1.5);
      expect(markers(after)).toContain(progressive ? 0xc2 : 0xc0);
    }
  });

  test.each([
    [1, 1],
    [7, 17],
    [33, 8],
  ])('of %i x %i pixels', (width, height) => {
    for (const bands of [1, 3]) {
      const pixels = picture(width, height, bands);
      const decoded = decoder.decode(optimized.encode(pixels, { quality: 90 }), { maxPixels: 1000 });
      expect(decoded).toMatchObject({ width, height, bands });
    }
  });

  test('keeps all colors at 4:4:4', () => {
    const pixels = picture(64, 64, 3);
    const [full, half] = (['4:4:4', '4:2:0'] as const).map((subsampling) =>
      optimized.encode(pixels, { quality: 95, subsampling }),
    );
    expect(quality(full!, pixels)).toBeGreaterThan(quality(half!, pixels));
  });

  test('has the segments of metadata that plain JPEG has', () => {
    const metadata = {
      icc: new Uint8Array(70_000).fill(7),
      xmp: new TextEncoder().encode('<x/>'),
      exif: Uint8Array.of(0x49, 0x49, 42, 0, 8, 0, 0, 0, 0, 0),
      density: { x: 300, y: 300, unit: 'inch' as const },
      text: { rights: 'None' },
    };
    const pixels = picture(16, 16, 3);
    const head = (file: Uint8Array): Uint8Array => file.subarray(0, Buffer.from(file).indexOf(Buffer.of(0xff, 0xdb)));
    const [a, b] = [plain, optimized].map((encoder) => encoder.encode(pixels, { quality: 75, metadata }));
    expect(head(b!).length).toBeGreaterThan(70_000);
    expect(head(b!)).toEqual(head(a!));
    expect(markers(b!).slice(0, 6)).toEqual([0xe0, 0xe1, 0xe1, 0xe2, 0xe2, 0xfe]);
  });

  test('refuses what it cannot hold', () => {
    const flat = (width: number, height: number, bands: number): PixelBuffer => ({
      width,
      height,
      bands,
      dtype: 'uint8',
      data: new Uint8Array(width * height * bands),
    });
    const refusal = (kind: string) => expect.objectContaining({ kind });
    expect(() => optimized.encode(flat(4, 4, 2), { quality: 75 })).toThrow(refusal('unsupported'));
    expect(() => optimized.encode(flat(65536, 1, 1), { quality: 75 })).toThrow(refusal('unsupported'));
    expect(() => optimized.encode(flat(8193, 8192, 1), { quality: 75 })).toThrow(refusal('limit'));
    const deep = { ...flat(4, 4, 1), dtype: 'uint16' as const, data: new Uint16Array(16) };
    expect(() => optimized.encode(deep, { quality: 75 })).toThrow(refusal('unsupported'));
  });
});
