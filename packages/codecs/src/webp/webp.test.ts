import type { ImageDecoder, ImageEncoder } from '@sectile/core/codec';
import { openImage } from '@sectile/core/pyramid';
import { memorySource } from '@sectile/core/source';
import { beforeAll, describe, expect, test } from 'vitest';
import { defaultCodecs } from '../default-codecs.ts';

let encoder: ImageEncoder;
let decoder: ImageDecoder;
beforeAll(async () => {
  const codecs = defaultCodecs();
  encoder = await codecs.encoder('webp');
  decoder = (await codecs.decoder('webp')) as ImageDecoder;
});

const [width, height] = [50, 31];

function waves(bands: number) {
  const data = new Uint8Array(width * height * bands);
  for (let i = 0; i < data.length; i++) {
    const [x, y, band] = [Math.floor(i / bands) % width, Math.floor(i / bands / width), i % bands];
    data[i] = 128 + 100 * Math.sin(x / 9 + band) * Math.cos(y / 7);
  }
  return { width, height, bands, dtype: 'uint8' as const, data };
}

/** What an RGB format makes of gray. */
function expanded({ bands, data }: { bands: number; data: Uint8Array }): number[] {
  const alpha = bands % 2 === 0 ? 1 : 0;
  const out: number[] = [];
  for (let i = 0; i < data.length; i += bands) {
    for (let band = 0; band < 3; band++) out.push(data[i + (bands < 3 ? 0 : band)] ?? 0);
    if (alpha) out.push(data[i + bands - 1] ?? 0);
  }
  return out;
}

describe('WebP', () => {
  test.each([1, 2, 3, 4])('%i bands without loss', (bands) => {
    const pixels = waves(bands);
    const decoded = decoder.decode(encoder.encode(pixels, { quality: -1 }), { maxPixels: width * height });
    expect(decoded.bands).toBe(bands % 2 === 0 ? 4 : 3);
    expect([...decoded.data]).toEqual(expanded(pixels));
  });

  test('loses little at quality 90, and less the higher the quality', () => {
    const pixels = waves(3);
    const errorAt = (quality: number): number => {
      const { data } = decoder.decode(encoder.encode(pixels, { quality }), { maxPixels: width * height });
      return (
        Array.from(data).reduce((sum, sample, i) => sum + Math.abs(sample - (pixels.data[i] ?? 0)), 0) / data.length
      );
    };
    expect(errorAt(90)).toBeLessThan(3);
    expect(errorAt(90)).toBeLessThan(errorAt(10));
  });

  test('an opaque alpha band that the file left out is put back when four bands are expected', () => {
    const file = encoder.encode(waves(3), { quality: -1 });
    const { bands, data } = decoder.decode(file, { maxPixels: width * height, bands: 4 });
    expect(bands).toBe(4);
    expect(data[3]).toBe(255);
  });

  test('metadata come back as they went in, beside alpha too', async () => {
    const metadata = {
      icc: Uint8Array.from({ length: 301 }, (_, i) => i),
      xmp: new TextEncoder().encode('<x:xmpmeta/>'),
      exif: Uint8Array.of(0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0),
    };
    for (const quality of [-1, 50]) {
      const file = encoder.encode(waves(4), { quality, metadata });
      const { info } = await openImage(memorySource(file, { id: 'file', revision: '1' }));
      expect(info).toMatchObject({ width, height, bands: 4, extraSamples: ['unassociated-alpha'] });
      expect(info.metadata).toMatchObject(metadata);
      expect(decoder.decode(file, { maxPixels: width * height }).bands).toBe(4);
    }
  });

  test('a picture larger than asked for is refused', () => {
    const file = encoder.encode(waves(3), { quality: 50 });
    expect(() => decoder.decode(file, { maxPixels: 100 })).toThrow(expect.objectContaining({ kind: 'limit' }));
  });
});
