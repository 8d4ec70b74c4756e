/**
 * Writes `test/golden/jpeg2000-truth.json`: what OpenJPEG's `opj_decompress` (Debian: libopenjp2-tools, 2.5.0) makes of each
 * JPEG 2000 file of the corpus at each resolution, or Grok's `grk_decompress` (grokj2k-tools, 10.0.5) where OpenJPEG refuses,
 * and prints how far our own decoder is from it over all samples.
 *
 *   npx tsx --conditions=@sectile/source test/generate/jpeg2000-truth.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { isImageError } from '../../packages/core/src/errors.ts';
import { corpusFiles, corpusPath } from '../conformance/corpus.ts';
import { decodeComponents, hashOf, openFile } from '../conformance/jpeg2000-planes.ts';
import {
  cropOf,
  type FileTruth,
  largestDifference,
  meanOf,
  type PixelsTruth,
  type PlaneTruth,
} from '../conformance/jpeg2000-truth.ts';
import { codestreamOf, grokPlanes, opjPixels, opjPlanes, type PgxImage } from './opj.ts';

/** Colors that OpenJPEG converts as we do; it also applies ICC profiles, which we keep. */
const COLORS: Readonly<Record<string, number>> = {
  'openjpeg-conformance/file2.jp2': 1,
  'openjpeg-conformance/file3.jp2': 1,
  'openjpeg-conformance/file9.jp2': 0,
  // A difference of one in chroma (9/7 wavelet) is 1.77 in blue.
  'openjpeg-conformance/subsampling_1.jp2': 3,
  'openjpeg-conformance/subsampling_2.jp2': 1,
  'libvips/issue412.jp2': 0,
};

const truth: Record<string, FileTruth> = {};
for (const name of corpusFiles('.jp2', '.j2k', '.j2c')) {
  truth[name] = truthOf(name);
}
writeFileSync(new URL('../golden/jpeg2000-truth.json', import.meta.url), `${JSON.stringify(truth, null, 1)}\n`);

function truthOf(name: string): FileTruth {
  const bytes = readFileSync(corpusPath(name));
  try {
    const { codestream } = openFile(bytes);
    const planes: PlaneTruth[][] = [];
    for (let discard = 0; discard <= codestream.levels; discard++) {
      // OpenJPEG turns three components with coarser chroma into RGB whatever is asked for.
      const shown =
        codestream.main.size.components.length === 3 && codestream.main.size.components[1]!.dx > codestream.pixelX;
      if (shown) break;
      const theirs = opjPlanes(codestreamOf(bytes), discard) ?? grokPlanes(codestreamOf(bytes), discard);
      // A resolution without samples.
      if (!theirs) break;
      const ours = decodeComponents(bytes, { discard });
      planes.push(theirs.map((plane, i) => planeTruth(plane, codestream.main.parameters.coding[i]!.reversible)));
      const differences = theirs.map((plane, i) => largestDifference(plane.samples, ours[i]!.samples));
      console.log(`${name} -${discard}: largest difference ${Math.max(...differences)}`);
    }
    return { planes, ...colorTruth(name, codestream.levels) };
  } catch (error) {
    if (!isImageError(error)) throw error;
    console.log(`${name}: ${error.kind} (${error.message})`);
    return { error: error.kind };
  }
}

function planeTruth({ width, height, samples }: PgxImage, reversible: boolean): PlaneTruth {
  if (reversible) return { width, height, sha256: hashOf(samples) };
  const mean = Number(meanOf(samples).toFixed(3));
  return { width, height, mean, crop: cropOf(samples, { width, height }) };
}

function colorTruth(name: string, levels: number): Pick<FileTruth, 'pixels'> {
  const tolerance = COLORS[name];
  if (tolerance === undefined) return {};
  const pixels: PixelsTruth[] = [];
  for (let discard = 0; discard <= levels; discard++) {
    const shown = opjPixels(corpusPath(name), 3, discard);
    if (!shown) break;
    pixels.push({ ...cropOf(shown.samples, shown, 3), bands: 3, tolerance });
  }
  return { pixels };
}
