/**
 * Writes `test/fixtures/jpeg2000/ht-*.j2k` with OpenJPH (`@cornerstonejs/codec-openjph` 2.4.11), one of them with the plain
 * encoder of `test/reference` for the passes that OpenJPH does not write, and what OpenJPEG's `opj_decompress` (Debian:
 * libopenjp2-tools, 2.5.0) makes of them at each resolution into `test/golden/htj2k-fixtures.json`.
 *
 *   npx tsx --conditions=@sectile/source test/generate/htj2k-fixtures.ts
 */
import { writeFileSync } from 'node:fs';
import { hashOf } from '../conformance/jpeg2000-planes.ts';
import { cropOf, type FileTruth, meanOf } from '../conformance/jpeg2000-truth.ts';
import { encodeWithOpenJph, type HtSettings } from '../conformance/openjph.ts';
import { oneBlockCodestream } from '../fixtures/jpeg2000/one-block-codestream.ts';
import { drawComponent, type FixturePicture } from '../fixtures/jpeg2000/picture.ts';
import { encodeHt } from '../reference/ht-encoder.ts';
import { opjPlanes } from './opj.ts';

const RGB: FixturePicture = { width: 45, height: 37, bits: 8, signed: false, steps: [1, 1, 1] };
const GRAY: FixturePicture = { ...RGB, steps: [1] };
const SIGNED: FixturePicture = { ...GRAY, bits: 12, signed: true };

interface Fixture {
  readonly picture: FixturePicture;
  readonly settings: HtSettings;
}

const FIXTURES: Readonly<Record<string, Fixture>> = {
  'ht-small-blocks': { picture: GRAY, settings: { block: [8, 8] } },
  'ht-sixteen-bit': { picture: { ...GRAY, bits: 16 }, settings: { block: [16, 16] } },
  'ht-odd-tiles': { picture: RGB, settings: { tile: [23, 19], block: [8, 16], levels: 2 } },
  'ht-precincts': {
    picture: RGB,
    settings: {
      precincts: [
        [32, 32],
        [16, 16],
      ],
      block: [8, 8],
      order: 2,
      tileParts: true,
    },
  },
  'ht-irreversible': { picture: RGB, settings: { step: 0.01, block: [16, 8] } },
};

const folder = new URL('../fixtures/jpeg2000/', import.meta.url).pathname;
const truth: Record<string, FileTruth & { readonly lossless?: FixturePicture }> = {};
for (const [name, { picture, settings }] of Object.entries(FIXTURES)) {
  const lossy = settings.step !== undefined;
  const planes = writeFixture(name, encodeWithOpenJph(picture, settings), lossy);
  truth[name] = lossy ? { planes } : { planes, lossless: picture };
}
truth['ht-refined'] = { planes: writeFixture('ht-refined', refined(), false) };
writeFileSync(new URL('../golden/htj2k-fixtures.json', import.meta.url), `${JSON.stringify(truth, null, 1)}\n`);

/** All three passes of one code-block. */
function refined(): Uint8Array {
  const { width, height, bits } = SIGNED;
  const coefficients = drawComponent(SIGNED, 0).map((sample) => sample >> 3);
  const { cleanup, refinement } = encodeHt({ width, height, coefficients }, 3, 3);
  const lengths = [
    { value: cleanup.length, bits: 12 },
    { value: refinement.length, bits: 13 },
  ];
  const body = Uint8Array.from([...cleanup, ...refinement]);
  const layers = [{ passes: 3, lengths, lengthBitsMore: 9, body }];
  const planes = { guardBits: 1, exponent: bits, zeroPlanes: bits - 4 };
  return oneBlockCodestream({ width, height, bits, style: 64, layers, ...planes });
}

function writeFixture(name: string, bytes: Uint8Array, lossy: boolean): NonNullable<FileTruth['planes']> {
  writeFileSync(`${folder}${name}.j2k`, bytes);
  const planes = [];
  for (let discard = 0; discard < 6; discard++) {
    const decoded = opjPlanes(bytes, discard);
    if (!decoded) break;
    planes.push(
      decoded.map(({ width, height, samples }) => {
        if (!lossy) return { width, height, sha256: hashOf(samples) };
        return { width, height, mean: Number(meanOf(samples).toFixed(3)), crop: cropOf(samples, { width, height }) };
      }),
    );
  }
  return planes;
}
