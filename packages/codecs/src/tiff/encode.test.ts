import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImageEncoder } from '@sectile/core/codec';
import { createPixelBuffer, type DType, type PixelBuffer } from '@sectile/core/pixels';
import { describe, expect, it } from 'vitest';
import { tiffEncoder } from './encode.ts';

const noPicture = (): ImageEncoder => ({
  kind: 'encoder',
  mediaType: 'none',
  accepts: { bands: [], dtypes: [] },
  encode: () => {
    throw new Error('not expected');
  },
});

/** Smooth in x, noisy in the low bits: long and short LZW strings, positive and negative differences. */
function picture(width: number, height: number, bands: number, dtype: DType): PixelBuffer {
  const pixels = createPixelBuffer(width, height, bands, dtype);
  let state = 7;
  for (let at = 0; at < pixels.data.length; at++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    pixels.data[at] = ((at >> 3) * 5 + (state >>> 29)) * (dtype.startsWith('float') ? 0.37 : 1);
  }
  return pixels;
}

describe.skipIf(!hasVips())('TIFF files, read back by libvips', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sectile-tiff-'));
  it.each([
    ['none', 1, 'uint8'],
    ['none', 3, 'float32'],
    ['lzw', 1, 'uint8'],
    ['lzw', 3, 'uint16'],
    ['lzw', 4, 'uint8'],
    ['deflate', 3, 'uint8'],
    ['deflate', 2, 'uint16'],
    ['deflate', 7, 'uint8'],
    ['deflate', 1, 'int16'],
    ['deflate', 1, 'uint32'],
    ['deflate', 1, 'float32'],
  ] as const)('%s, %i bands of %s come back exactly', async (compression, bands, dtype) => {
    const encoder = await tiffEncoder({ jpeg: noPicture, webp: noPicture });
    const pixels = picture(301, 407, bands, dtype);
    const path = join(folder, `${compression}-${bands}-${dtype}.tif`);
    writeFileSync(path, encoder.encode(pixels, { quality: 1, compression }));
    const raw = `${path}.raw`;
    execFileSync('vips', ['rawsave', path, raw], { stdio: 'pipe' });
    const expected = Buffer.from(pixels.data.buffer, pixels.data.byteOffset, pixels.data.byteLength);
    expect(readFileSync(raw).equals(expected)).toBe(true);
  });

  it('carries profile, XMP, density and text', async () => {
    const encoder = await tiffEncoder({ jpeg: noPicture, webp: noPicture });
    const path = join(folder, 'metadata.tif');
    const metadata = {
      icc: new Uint8Array(200).fill(3),
      xmp: new TextEncoder().encode('<x:xmpmeta/>'),
      density: { x: 300, y: 150, unit: 'cm' as const },
      text: { title: 'A title', rights: 'No rights' },
    };
    writeFileSync(path, encoder.encode(picture(8, 8, 1, 'uint8'), { quality: 6, metadata }));
    const header = execFileSync('vipsheader', ['-a', path], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    expect(header).toContain('xres: 30');
    expect(header).toMatch(/icc-profile-data: 200 bytes/);
    expect(header).toMatch(/xmp-data: 12 bytes/);
  });
});

describe('TIFF encoder', () => {
  it('says what JPEG in TIFF cannot hold', async () => {
    const encoder = await tiffEncoder({ jpeg: noPicture, webp: noPicture });
    const encode = (): Uint8Array => encoder.encode(picture(8, 8, 1, 'uint16'), { quality: 75, compression: 'jpeg' });
    expect(encode).toThrow(/with jpeg/);
  });
});

function hasVips(): boolean {
  try {
    execFileSync('vips', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
