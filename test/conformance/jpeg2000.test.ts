import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createJpeg2000Decoder } from '../../packages/codecs/src/jpeg2000/decode.ts';
import { isImageError } from '../../packages/core/src/errors.ts';
import { CORPUS, corpusFiles, corpusPath } from './corpus.ts';
import { decodeComponents, hashOf, JPEG2000_WASM, openFile } from './jpeg2000-planes.ts';
import {
  cropSamples,
  type FileTruth,
  largestDifference,
  meanOf,
  type PlaneTruth,
  samplesOf,
} from './jpeg2000-truth.ts';

/** Written by `test/generate/jpeg2000-truth.ts` from OpenJPEG's answers. */
const golden = new URL('../golden/jpeg2000-truth.json', import.meta.url);
const TRUTH: Readonly<Record<string, FileTruth>> = existsSync(golden) ? JSON.parse(readFileSync(golden, 'utf8')) : {};
const decoder = createJpeg2000Decoder(JPEG2000_WASM);

describe.skipIf(CORPUS === undefined)('JPEG 2000 files of many makers', () => {
  it('has a truth for every file', () => {
    expect(Object.keys(TRUTH)).toEqual(corpusFiles('.jp2', '.j2k', '.j2c'));
  });

  const decoded = Object.entries(TRUTH).filter(([, { planes }]) => planes !== undefined && planes.length > 0);
  it.each(decoded)('%s has the samples of OpenJPEG at every resolution', (name, { planes = [] }) => {
    const bytes = readFileSync(corpusPath(name));
    const file = openFile(bytes);
    planes.forEach((expected, discard) => {
      const actual = decodeComponents(bytes, { discard }, file);
      expect(actual.length).toBe(expected.length);
      for (const [i, truth] of expected.entries()) expectPlane(actual[i]!, truth);
    });
  });

  const colored = Object.entries(TRUTH).flatMap(([name, { pixels }]) => (pixels ? [[name, pixels] as const] : []));
  it.each(colored)('%s has the colors of OpenJPEG at every resolution', (name, crops) => {
    for (const [discardLevels, crop] of crops.entries()) {
      const pixels = decoder.decode(readFileSync(corpusPath(name)), { maxPixels: 2 ** 26, discardLevels });
      expect(pixels.bands).toBe(crop.bands);
      const piece = cropSamples(pixels.data, pixels, crop, crop.bands);
      expect(largestDifference(piece, samplesOf(crop))).toBeLessThanOrEqual(crop.tolerance);
    }
  });

  const refused = Object.entries(TRUTH).flatMap(([name, { error }]) => (error ? [[name, error] as const] : []));
  it.each(refused)('%s is refused as %s', (name, kind) => {
    const decode = (): unknown => decoder.decode(readFileSync(corpusPath(name)), { maxPixels: 2 ** 26 });
    expect(decode).toThrowError(expect.toSatisfy((error: unknown) => isImageError(error) && error.kind === kind));
  });
});

/** 5/3: bit for bit. 9/7: within 1 of OpenJPEG, whose arithmetic has the same width but another order. */
function expectPlane(actual: { width: number; height: number; samples: Int32Array }, truth: PlaneTruth): void {
  expect([actual.width, actual.height]).toEqual([truth.width, truth.height]);
  if (truth.sha256) expect(hashOf(actual.samples)).toBe(truth.sha256);
  if (truth.mean !== undefined) expect(Math.abs(meanOf(actual.samples) - truth.mean)).toBeLessThan(0.02);
  if (truth.crop) {
    const piece = cropSamples(actual.samples, actual, truth.crop);
    expect(largestDifference(piece, samplesOf(truth.crop))).toBeLessThanOrEqual(1);
  }
}
