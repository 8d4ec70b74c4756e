import { createHash } from 'node:crypto';
import { defaultCodecs } from '@sectile/codecs';
import { insertIccIntoJpeg, openImage } from '@sectile/core/pyramid';
import { fileSource } from '@sectile/core/source/node';
import { describe, expect, it } from 'vitest';
import { CORPUS, corpusPath } from './corpus.ts';

/**
 * The tile as libvips 8.14 decodes it:
 * `vips extract_band SLIDE rgb.v 0 --n 3; vips crop rgb.v tile.v 240 240 240 240; vips rawsave tile.v tile.raw; sha256sum tile.raw`.
 */
const LIBVIPS_SHA256 = 'd79fdff1eb7117256645f6fda81ed68896eb52cb2784fe5263a55a2f02132c11';

describe.skipIf(CORPUS === undefined)('a tile of a slide that is sent as it is stored', () => {
  it.each([
    ['as it is', undefined],
    ['with a profile', Uint8Array.from({ length: 70_000 }, (_, i) => i & 255)],
  ])('is a complete JPEG file of the right pixels (%s)', async (_name, icc) => {
    const reader = await openImage(await fileSource(corpusPath('libvips/CMU-1-Small-Region.svs')));
    const stored = await reader.readStoredTile({ page: 0, level: 0, col: 1, row: 1 });
    await reader.close();
    const file = icc && stored ? insertIccIntoJpeg(stored, icc) : stored;
    const decoder = await defaultCodecs().decoder('jpeg');
    // Nothing but the file tells the decoder about tables and colors.
    const pixels = decoder.kind === 'image' && file ? decoder.decode(file, { maxPixels: 2 ** 20 }) : undefined;
    expect(pixels).toMatchObject({ width: 240, height: 240, bands: 3, dtype: 'uint8' });
    const hash = createHash('sha256').update(pixels?.data ?? '');
    expect(hash.digest('hex')).toBe(LIBVIPS_SHA256);
  });
});
