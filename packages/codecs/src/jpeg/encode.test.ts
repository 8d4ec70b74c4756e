import { createRequire } from 'node:module';
import type { EncodeOptions, ImageDecoder, ImageEncoder } from '@sectile/core/codec';
import { isImageError } from '@sectile/core/errors';
import type { PixelBuffer } from '@sectile/core/pixels';
import { beforeAll, describe, expect, test } from 'vitest';
import { jpegDecoder, jpegEncoder } from './index.ts';

/** libjpeg-turbo, compiled by others: what our files are held against. */
interface TurboModule {
  readonly JPEGEncoder: new () => {
    getDecodedBuffer(frame: object): Uint8Array;
    setProgressive(on: number): void;
    setSubSampling(mode: number): void;
    setQuality(quality: number): void;
    encode(): void;
    getEncodedBuffer(): Uint8Array;
    delete(): void;
  };
  readonly JPEGDecoder: new () => {
    getEncodedBuffer(byteLength: number): Uint8Array;
    getDecodedBuffer(): Uint8Array;
    decode(): void;
    delete(): void;
  };
}

const TURBO_SUBSAMPLING = { '4:4:4': 0, '4:2:0': 2, gray: 3 };

let turbo: TurboModule;
let encoder: ImageEncoder;
let decoder: ImageDecoder;
beforeAll(async () => {
  const createTurbo = createRequire(import.meta.url)('@cornerstonejs/codec-libjpeg-turbo-8bit/wasmjs');
  [turbo, encoder, decoder] = await Promise.all([createTurbo(), jpegEncoder(), jpegDecoder()]);
});

/** Waves, edges and noise, so that every coefficient gets something to do. */
function picture(width: number, height: number, bands: number): PixelBuffer {
  const data = new Uint8ClampedArray(width * height * bands);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let band = 0; band < bands; band++) {
        const wave = Math.sin(x * (0.11 + 0.04 * band)) + Math.cos(y * 0.07 + band) + Math.sin((x + 2 * y) * 0.03);
        const edge = (x >> 5) % 2 === (y >> 5) % 2 ? 40 : 0;
        const noise = (Math.imul(x * 7919 + y * 104729 + band * 1299709, 0x9e3779b1) >>> 27) / 2;
        data[(y * width + x) * bands + band] = 90 + 30 * wave + edge + noise;
      }
    }
  }
  return { width, height, bands, dtype: 'uint8', data: new Uint8Array(data.buffer) };
}

function encodeWithTurbo(pixels: PixelBuffer, quality: number, subsampling: keyof typeof TURBO_SUBSAMPLING) {
  const instance = new turbo.JPEGEncoder();
  const { width, height, bands } = pixels;
  const frame = { width, height, bitsPerSample: 8, componentCount: bands, isSigned: false };
  instance.getDecodedBuffer(frame).set(pixels.data);
  instance.setProgressive(0);
  instance.setSubSampling(TURBO_SUBSAMPLING[subsampling]);
  instance.setQuality(quality);
  instance.encode();
  const bytes = instance.getEncodedBuffer().slice();
  instance.delete();
  return bytes;
}

function decodeWithTurbo(bytes: Uint8Array): Uint8Array {
  const instance = new turbo.JPEGDecoder();
  instance.getEncodedBuffer(bytes.length).set(bytes);
  instance.decode();
  const samples = instance.getDecodedBuffer().slice();
  instance.delete();
  return samples;
}

/** Peak signal to noise ratio in dB. */
function psnr(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return 10 * Math.log10((255 * 255 * a.length) / sum);
}

function* segments(bytes: Uint8Array): Generator<{ marker: number; payload: Uint8Array }> {
  for (let at = 2; bytes[at + 1] !== 0xda; ) {
    const end = at + 2 + (bytes[at + 2]! << 8) + bytes[at + 3]!;
    yield { marker: bytes[at + 1]!, payload: bytes.subarray(at + 4, end) };
    at = end;
  }
}

describe('at equal quality', () => {
  const qualities = [10, 30, 50, 75, 90, 95, 100];
  const kinds = [
    ['gray', 1],
    ['4:2:0', 3],
    ['4:4:4', 3],
  ] as const;
  test.each(kinds)('is as true as libjpeg and no larger: %s', (kind, bands) => {
    const pixels = picture(200, 120, bands);
    for (const quality of qualities) {
      const options = kind === 'gray' ? { quality } : { quality, subsampling: kind };
      const ours = encoder.encode(pixels, options);
      const theirs = encodeWithTurbo(pixels, quality, kind);
      const gain = psnr(pixels.data, decodeWithTurbo(ours)) - psnr(pixels.data, decodeWithTurbo(theirs));
      expect(gain, `dB at quality ${quality}`).toBeGreaterThan(-0.1);
      expect(ours.length / theirs.length, `size at quality ${quality}`).toBeLessThan(1.02);
    }
  });
});

const SIZES = [
  [1, 1],
  [2, 3],
  [8, 8],
  [7, 17],
  [15, 16],
  [16, 16],
  [17, 9],
  [33, 40],
  [100, 1],
  [1, 70],
] as const;
const CODINGS: readonly Partial<EncodeOptions>[] = [{}, { progressive: true }];

describe('any size', () => {
  test.each(SIZES)(
    '%d x %d is read by libjpeg, whatever the bands, the subsampling and the coding',
    (width, height) => {
      for (const bands of [1, 3, 4]) {
        const pixels = picture(width, height, bands);
        const expected = bands === 4 ? pixels.data.filter((_, i) => i % 4 < 3) : pixels.data;
        for (const subsampling of ['4:4:4', '4:2:0'] as const) {
          for (const coding of CODINGS) {
            const samples = decodeWithTurbo(encoder.encode(pixels, { quality: 95, subsampling, ...coding }));
            expect(psnr(samples, expected)).toBeGreaterThan(subsampling === '4:4:4' || bands === 1 ? 34 : 22);
          }
        }
      }
    },
  );

  test('repeats edge pixels, so that padding does not bleed in', () => {
    const flat = { width: 9, height: 9, bands: 3, dtype: 'uint8', data: new Uint8Array(243).fill(200) } as const;
    const samples = decodeWithTurbo(encoder.encode(flat, { quality: 90 }));
    expect(Math.max(...samples.map((sample) => Math.abs(sample - 200)))).toBeLessThanOrEqual(1);
  });

  test('pictures that reach the kernel in several bands are one picture', () => {
    const pixels = picture(1000, 700, 3);
    const bytes = encoder.encode(pixels, { quality: 90, subsampling: '4:4:4' });
    expect(psnr(decodeWithTurbo(bytes), pixels.data)).toBeGreaterThan(34);
  });
});

describe('several scans', () => {
  test.each([1, 3])('change the size, not the pixels: %d bands', (bands) => {
    const pixels = picture(150, 90, bands);
    for (const quality of [5, 60, 100]) {
      const baseline = encoder.encode(pixels, { quality });
      const progressive = encoder.encode(pixels, { quality, progressive: true });
      expect(decodeWithTurbo(progressive)).toEqual(decodeWithTurbo(baseline));
    }
  });

  test('progressive files begin with SOF2 and hold several scans', () => {
    const bytes = encoder.encode(picture(40, 40, 3), { quality: 75, progressive: true });
    expect([...segments(bytes)].map(({ marker }) => marker)).toContain(0xc2);
    const scans = bytes.reduce((count, byte, i) => count + Number(byte === 0xff && bytes[i + 1] === 0xda), 0);
    expect(scans).toBe(10);
  });
});

describe('settings', () => {
  test('quality is clamped to 1..100 and defaults to 75', () => {
    const pixels = picture(32, 32, 3);
    const encode = (quality: number) => encoder.encode(pixels, { quality });
    expect(encode(0)).toEqual(encode(1));
    expect(encode(1000)).toEqual(encode(100));
    expect(encode(Number.NaN)).toEqual(encode(75));
  });

  test('pixels that JPEG cannot hold are unsupported', () => {
    const kindOf = (pixels: PixelBuffer): unknown => {
      try {
        return encoder.encode(pixels, { quality: 75 });
      } catch (error) {
        return isImageError(error) && error.kind;
      }
    };
    expect(kindOf({ width: 1, height: 1, bands: 2, dtype: 'uint8', data: new Uint8Array(2) })).toBe('unsupported');
    expect(kindOf({ width: 1, height: 1, bands: 1, dtype: 'uint16', data: new Uint16Array(1) })).toBe('unsupported');
    expect(kindOf({ width: 65536, height: 1, bands: 1, dtype: 'uint8', data: new Uint8Array(65536) })).toBe(
      'unsupported',
    );
    expect(kindOf({ width: 2, height: 2, bands: 1, dtype: 'uint8', data: new Uint8Array(3) })).toBe('codec');
  });
});

describe('metadata', () => {
  const encodeWith = (metadata: EncodeOptions['metadata']) =>
    encoder.encode(picture(9, 9, 3), { quality: 75, metadata });
  const payloads = (bytes: Uint8Array, marker: number) =>
    [...segments(bytes)].filter((segment) => segment.marker === marker).map(({ payload }) => payload);

  test('density goes into JFIF', () => {
    const [jfif] = payloads(encodeWith({ density: { x: 300, y: 299.6, unit: 'inch' } }), 0xe0);
    expect([...jfif!]).toEqual([0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 1, 1, 44, 1, 44, 0, 0]);
    const [centimeters] = payloads(encodeWith({ density: { x: 118, y: 1e9, unit: 'cm' } }), 0xe0);
    expect([...centimeters!.subarray(7, 12)]).toEqual([2, 0, 118, 255, 255]);
    const [none] = payloads(encodeWith({}), 0xe0);
    expect([...none!.subarray(7, 12)]).toEqual([0, 0, 1, 0, 1]);
  });

  test('a profile is cut into numbered chunks', () => {
    const icc = Uint8Array.from({ length: 150_000 }, (_, i) => i * 7);
    const chunks = payloads(encodeWith({ icc }), 0xe2);
    expect(chunks.map((chunk) => [chunk[12], chunk[13]])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
    expect(Uint8Array.from(chunks.flatMap((chunk) => [...chunk.subarray(14)]))).toEqual(icc);
  });

  test('Exif, XMP and text are written, too large ones are left out', () => {
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    const exif = Uint8Array.of(0x49, 0x49, 42, 0, 8, 0, 0, 0, 0, 0);
    const bytes = encodeWith({ exif, xmp: new TextEncoder().encode('<x/>'), text: { title: 'Hé' } });
    const [first, second] = payloads(bytes, 0xe1);
    expect(text(first!)).toBe(`Exif\0\0${text(exif)}`);
    expect(text(second!)).toBe('http://ns.adobe.com/xap/1.0/\0<x/>');
    expect(payloads(bytes, 0xfe).map(text)).toEqual(['title: Hé']);
    const large = encodeWith({ exif: new Uint8Array(65528), xmp: new Uint8Array(65505) });
    expect(payloads(large, 0xe1)).toEqual([]);
    expect(decoder.decode(large, { maxPixels: 81 }).width).toBe(9);
  });
});
