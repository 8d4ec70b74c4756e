import { describe, expect, it } from 'vitest';
import { drawComponent, type FixturePicture } from '../fixtures/jpeg2000/picture.ts';
import { decodeComponents, openFile } from './jpeg2000-planes.ts';
import { largestDifference } from './jpeg2000-truth.ts';
import { decodeWithOpenJph, encodeWithOpenJph, type HtSettings } from './openjph.ts';

const GRAY: FixturePicture = { width: 150, height: 97, bits: 8, signed: false, steps: [1] };
const RGB: FixturePicture = { ...GRAY, steps: [1, 1, 1] };

type Case = readonly [name: string, picture: FixturePicture, settings: HtSettings];

const REVERSIBLE: readonly Case[] = [
  ['8 bits', GRAY, {}],
  ['12 bits', { ...GRAY, bits: 12 }, {}],
  ['16 bits', { ...GRAY, bits: 16 }, {}],
  ['16 bits with a sign', { ...GRAY, bits: 16, signed: true }, {}],
  ['8-bit RGB', RGB, { levels: 5 }],
  ['one sample', { ...GRAY, width: 1, height: 1 }, { levels: 1 }],
  ['one row', { ...GRAY, height: 1 }, {}],
  ['one column', { ...GRAY, width: 1 }, {}],
  ['code-blocks of 4 x 4', GRAY, { block: [4, 4] }],
  ['code-blocks of 4 x 1024', GRAY, { block: [4, 1024], levels: 1 }],
  ['code-blocks of 1024 x 4', { ...GRAY, width: 1100, height: 19 }, { block: [1024, 4], levels: 1 }],
  ['code-blocks of 32 x 8', { ...GRAY, bits: 12 }, { block: [32, 8], levels: 2 }],
  ['code-blocks of 16 x 128', RGB, { block: [16, 128] }],
  ['tiles', RGB, { tile: [64, 33] }],
  [
    'precincts by position',
    RGB,
    {
      precincts: [
        [64, 64],
        [32, 32],
      ],
      order: 3,
      block: [16, 16],
    },
  ],
  ['tile-parts by resolution', RGB, { tileParts: true }],
];

const IRREVERSIBLE: readonly Case[] = [
  ['8 bits', GRAY, { step: 0.01 }],
  ['8 bits, fine steps', GRAY, { step: 0.0001 }],
  ['12 bits', { ...GRAY, bits: 12 }, { step: 0.0005 }],
  ['16 bits', { ...GRAY, bits: 16 }, { step: 0.00005 }],
  ['RGB', RGB, { step: 0.005, levels: 5 }],
  ['RGB in tiles', RGB, { step: 0.02, tile: [50, 50], block: [32, 16] }],
];

function compare(bytes: Uint8Array, tolerance: number, levels = openFile(bytes).codestream.levels): void {
  for (let discard = 0; discard <= levels; discard++) {
    const expected = decodeWithOpenJph(bytes, discard);
    const actual = decodeComponents(bytes, { discard });
    expect(actual.length).toBe(expected.length);
    expected.forEach(({ width, height, samples }, i) => {
      expect([actual[i]!.width, actual[i]!.height]).toEqual([width, height]);
      expect(largestDifference(actual[i]!.samples, samples)).toBeLessThanOrEqual(tolerance);
    });
  }
}

describe('high-throughput JPEG 2000 by OpenJPH', () => {
  it.each(REVERSIBLE)(
    'reversible, %s: the samples that were encoded, and OpenJPH’s at all resolutions',
    (_, picture, settings) => {
      const bytes = encodeWithOpenJph(picture, settings);
      compare(bytes, 0);
      decodeComponents(bytes).forEach(({ samples }, component) => {
        expect(largestDifference(samples, drawComponent(picture, component))).toBe(0);
      });
    },
  );

  it.each(IRREVERSIBLE)('irreversible, %s: within 1 of OpenJPH at all resolutions', (_, picture, settings) => {
    compare(encodeWithOpenJph(picture, settings), 1);
  });

  it('places tiles and the image anywhere on the reference grid', () => {
    // Its sizes of lower resolutions leave the offset out.
    compare(encodeWithOpenJph(GRAY, { tile: [64, 50], offset: [5, 3], tileOffset: [2, 1] }), 0, 0);
  });

  it('undoes the color transform of 16-bit samples', () => {
    compare(encodeWithOpenJph({ ...RGB, bits: 16 }), 0);
  });
});
