import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { codestreamOf, HAS_OPJ, opjPlanes } from '../generate/opj.ts';
import { CORPUS, corpusFiles, corpusPath } from './corpus.ts';
import { decodeComponents, openFile } from './jpeg2000-planes.ts';
import { largestDifference } from './jpeg2000-truth.ts';

/**
 * Every sample of the 9/7 files is within 1 of that of an OpenJPEG that runs beside, at full size and half of it; `SECTILE_FUZZ=1`: at every
 * resolution. (`jpeg2000.test.ts` holds a hash of every 5/3 file and a piece of these.)
 */
const RESOLUTIONS = process.env['SECTILE_FUZZ'] === undefined ? 2 : 33;

describe.skipIf(CORPUS === undefined || !HAS_OPJ)('all samples of a 9/7 file are within 1 of those of OpenJPEG', () => {
  const files = corpusFiles('.jp2', '.j2k', '.j2c').flatMap((name) => {
    const bytes = readFileSync(corpusPath(name));
    const parameters = parametersOf(bytes);
    return parameters?.isIrreversible ? [[name, bytes, parameters] as const] : [];
  });

  it('of which the corpus has many', () => {
    expect(files.length).toBeGreaterThan(10);
  });

  it.each(files)('%s', (_, bytes, { levels }) => {
    let compared = 0;
    for (let discard = 0; discard <= Math.min(levels, RESOLUTIONS - 1); discard++) {
      const expected = opjPlanes(codestreamOf(bytes), discard);
      if (!expected) continue;
      const actual = decodeComponents(bytes, { discard });
      expect(actual.map(({ width, height }) => [width, height])).toEqual(
        expected.map(({ width, height }) => [width, height]),
      );
      for (const [i, { samples }] of expected.entries()) {
        expect(largestDifference(actual[i]!.samples, samples)).toBeLessThanOrEqual(1);
        compared += samples.length;
      }
    }
    expect(compared).toBeGreaterThan(0);
  });
});

/** Nothing for what is refused, and for coarser chroma, which OpenJPEG turns into RGB whatever is asked for. */
function parametersOf(bytes: Uint8Array): { isIrreversible: boolean; levels: number } | undefined {
  try {
    const { codestream } = openFile(bytes);
    const { components } = codestream.main.size;
    if (components.length === 3 && components[1]!.dx > codestream.pixelX) return undefined;
    const { coding } = codestream.main.parameters;
    return { isIrreversible: coding.some(({ reversible }) => !reversible), levels: codestream.levels };
  } catch {
    return undefined;
  }
}
