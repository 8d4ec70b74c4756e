import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { isImageError } from '@sectile/core/errors';
import { describe, expect, test } from 'vitest';
import { loadZlib } from '#zlib';
import { createPngDecoder } from './decode.ts';

const pngDecoder = createPngDecoder(await loadZlib());

const fixtures = new URL('../../../../test/fixtures/png/', import.meta.url);
const truth: Record<string, string> = JSON.parse(readFileSync(new URL('truth.json', fixtures), 'utf8'));
const files = readdirSync(fixtures).filter((name) => name.endsWith('.png'));

describe('PNG of every color type, depth, interlacing and filter, against libvips', () => {
  test.each(files)('%s', (name) => {
    const { data, width, height } = pngDecoder.decode(readFileSync(new URL(name, fixtures)), { maxPixels: 37 * 29 });
    expect([width, height]).toEqual([37, 29]);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(truth[name]);
  });
});

describe('broken PNG', () => {
  const intact = readFileSync(new URL('type2-8bit.png', fixtures));

  test('a cut file keeps the rows before the cut', () => {
    const whole = pngDecoder.decode(intact, { maxPixels: 1e6 });
    const cut = pngDecoder.decode(intact.subarray(0, intact.length - 300), { maxPixels: 1e6 });
    expect(cut.data.subarray(0, 37 * 3 * 5)).toEqual(whole.data.subarray(0, 37 * 3 * 5));
    expect(cut.data.subarray(-37 * 3)).toEqual(new Uint8Array(37 * 3));
  });

  test('a picture larger than asked for is refused before it is unpacked', () => {
    const huge = Uint8Array.from(intact);
    huge.set([0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff], 16);
    expect(() => pngDecoder.decode(huge, { maxPixels: 1e6 })).toThrow(expect.objectContaining({ kind: 'limit' }));
  });

  test.each([
    ['no pixels', intact.subarray(0, 33)],
    ['no header', intact.subarray(0, 20)],
    ['another format', new Uint8Array(100)],
  ])('%s', (_, bytes) => {
    try {
      pngDecoder.decode(bytes, { maxPixels: 1e6 });
      expect.unreachable();
    } catch (error) {
      expect(isImageError(error)).toBe(true);
    }
  });
});
