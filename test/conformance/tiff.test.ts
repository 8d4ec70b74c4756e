import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compareWithOthers, type Outcome } from './compare.ts';
import { CORPUS, corpusFiles } from './corpus.ts';
import { HAS_VIPS } from './vips-truth.ts';

const golden = new URL('../golden/tiff-outcomes.json', import.meta.url);
const EXPECTED: Readonly<Record<string, Outcome>> = existsSync(golden) ? JSON.parse(readFileSync(golden, 'utf8')) : {};

/** Pictures that Pillow's tests store in several ways: all must decode to the same samples. */
const SAME_PICTURE: readonly (readonly string[])[] = [
  ['tiff_16bit_RGB.tiff', 'tiff_strip_planar_16bit_RGB.tiff', 'tiff_tiled_planar_16bit_RGB.tiff'],
  ['tiff_16bit_RGBa.tiff', 'tiff_strip_planar_16bit_RGBa.tiff', 'tiff_tiled_planar_16bit_RGBa.tiff'],
  ['12in16bit.tif', '12bit.cropped.tif'],
  ['hopper.tif', 'hopper_bigtiff.tif', 'hopper_lzw.tif', 'hopper_lzma.tif'],
];

describe.skipIf(CORPUS === undefined)('TIFF files of many makers', () => {
  it('has an expected outcome for every file', () => {
    expect(Object.keys(EXPECTED)).toEqual(corpusFiles('.tif', '.tiff', '.svs'));
  });

  it.each(Object.entries(EXPECTED))('%s', async (name, expected) => {
    const actual = await compareWithOthers(name);
    if (expected.result === 'refused') {
      expect(actual).toMatchObject({ result: 'refused', kind: expected.kind });
      return;
    }
    if (expected.result === 'close') {
      if (!HAS_VIPS) return;
      expect(actual.result).toMatch(/close|exact/);
      if (actual.result === 'close') {
        expect(actual.maxDifference).toBeLessThanOrEqual(expected.maxDifference);
        expect(actual.psnr).toBeGreaterThanOrEqual(expected.psnr - 0.01);
      }
      return;
    }
    expect(actual).toMatchObject(HAS_VIPS ? expected : { sha256: expected.sha256 });
  });

  it.each(SAME_PICTURE)('%s and its siblings hold the same samples', (...names) => {
    const hashes = names.map((name) => {
      const outcome = EXPECTED[`pillow/${name}`];
      return outcome && 'sha256' in outcome ? outcome.sha256 : name;
    });
    expect(new Set(hashes).size).toBe(1);
  });

  it('matches libtiff or libvips on at least 95 % of the files that one of them decodes', () => {
    const outcomes = Object.values(EXPECTED);
    const matching = outcomes.filter(
      (outcome) => outcome.result === 'exact' || (outcome.result === 'close' && outcome.psnr > 45),
    );
    const missed = outcomes.filter(
      (outcome) =>
        (outcome.result === 'refused' && outcome.others === 'decode') ||
        (outcome.result === 'close' && outcome.psnr <= 45),
    );
    expect(matching.length / (matching.length + missed.length)).toBeGreaterThanOrEqual(0.95);
  });
});
