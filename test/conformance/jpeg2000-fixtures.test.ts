import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drawComponent, type FixturePicture } from '../fixtures/jpeg2000/picture.ts';
import { decodeComponents, hashOf, openFile } from './jpeg2000-planes.ts';
import { cropSamples, type FileTruth, largestDifference, meanOf, samplesOf } from './jpeg2000-truth.ts';

type FixtureTruth = FileTruth & { readonly lossless?: FixturePicture };

/** Written by `test/generate/jpeg2000-fixtures.ts` and `htj2k-fixtures.ts` with OpenJPEG. */
const TRUTH: Readonly<Record<string, FixtureTruth>> = { ...golden('jpeg2000-fixtures'), ...golden('htj2k-fixtures') };

function golden(name: string): Record<string, FixtureTruth> {
  return JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), 'utf8'));
}

function fixture(name: string): Uint8Array {
  return readFileSync(new URL(`../fixtures/jpeg2000/${name}.j2k`, import.meta.url));
}

describe('JPEG 2000 fixtures', () => {
  it.each(Object.entries(TRUTH))('%s decodes as OpenJPEG does at every resolution', (name, { planes = [] }) => {
    const bytes = fixture(name);
    expect(planes.length).toBe(openFile(bytes).codestream.levels + 1);
    planes.forEach((expected, discard) => {
      const actual = decodeComponents(bytes, { discard });
      expected.forEach(({ width, height, sha256, mean, crop }, i) => {
        const plane = actual[i]!;
        expect([plane.width, plane.height]).toEqual([width, height]);
        if (sha256) expect(hashOf(plane.samples)).toBe(sha256);
        if (mean !== undefined) expect(Math.abs(meanOf(plane.samples) - mean)).toBeLessThan(0.02);
        if (crop) {
          expect(largestDifference(cropSamples(plane.samples, plane, crop), samplesOf(crop))).toBeLessThanOrEqual(1);
        }
      });
    });
  });

  const lossless = Object.entries(TRUTH).flatMap(([name, { lossless: picture }]) =>
    picture ? [[name, picture] as const] : [],
  );
  it.each(lossless)('%s gives back the samples that were encoded', (name, picture) => {
    const planes = decodeComponents(fixture(name));
    planes.forEach(({ samples }, component) => {
      expect(hashOf(samples)).toBe(hashOf(drawComponent(picture, component)));
    });
  });

  it('uses as many quality layers as asked for', () => {
    const bytes = fixture('lrcp-layers');
    const errors = [1, 2, 3].map((layers) => {
      const [plane] = decodeComponents(bytes, { layers });
      const original = drawComponent(TRUTH['lrcp-layers']!.lossless!, 0);
      return meanOf(plane!.samples.map((sample, i) => Math.abs(sample - original[i]!)));
    });
    expect(errors[0]).toBeGreaterThan(errors[1]!);
    expect(errors[1]).toBeGreaterThan(0);
    expect(errors[2]).toBe(0);
  });
});
