/**
 * Writes `test/fixtures/jpeg2000/*.j2k` with OpenJPEG's `opj_compress` (Debian: libopenjp2-tools, 2.5.0), and what
 * `opj_decompress` makes of them at each resolution into `test/golden/jpeg2000-fixtures.json`.
 *
 *   npx tsx --conditions=@sectile/source test/generate/jpeg2000-fixtures.ts
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashOf } from '../conformance/jpeg2000-planes.ts';
import { cropOf, type FileTruth, meanOf } from '../conformance/jpeg2000-truth.ts';
import { drawComponent, type FixturePicture } from '../fixtures/jpeg2000/picture.ts';
import { opjPlanes, withFolder } from './opj.ts';

const RGB: FixturePicture = { width: 45, height: 37, bits: 8, signed: false, steps: [1, 1, 1] };
const GRAY: FixturePicture = { ...RGB, steps: [1] };
const SMALL = ['-n', '4', '-b', '16,16', '-c', '[32,32],[16,16]'];

interface Fixture {
  readonly picture: FixturePicture;
  readonly options: readonly string[];
  /** The wavelet is irreversible. */
  readonly lossy?: boolean;
  /** OpenJPEG's encoder leaves out a part: its own decoder is the only truth. */
  readonly incomplete?: boolean;
}

const FIXTURES: Readonly<Record<string, Fixture>> = {
  'lrcp-layers': { picture: RGB, options: [...SMALL, '-p', 'LRCP', '-r', '20,5,1'] },
  'rlcp-layers': { picture: RGB, options: [...SMALL, '-p', 'RLCP', '-r', '20,5,1'] },
  'rpcl-layers': { picture: RGB, options: [...SMALL, '-p', 'RPCL', '-r', '20,5,1'] },
  'pcrl-layers': { picture: RGB, options: [...SMALL, '-p', 'PCRL', '-r', '20,5,1'] },
  'cprl-layers': { picture: RGB, options: [...SMALL, '-p', 'CPRL', '-r', '20,5,1'] },
  'style-bypass': { picture: GRAY, options: ['-n', '3', '-M', '1'] },
  'style-reset': { picture: GRAY, options: ['-n', '3', '-M', '2'] },
  'style-terminate-all': { picture: GRAY, options: ['-n', '3', '-M', '4', '-r', '4,1'] },
  'style-causal': { picture: GRAY, options: ['-n', '3', '-M', '8'] },
  'style-predictable': { picture: GRAY, options: ['-n', '3', '-M', '16'] },
  'style-segmentation': { picture: GRAY, options: ['-n', '3', '-M', '32'] },
  'style-all': { picture: { ...GRAY, bits: 12 }, options: ['-n', '3', '-M', '63', '-r', '4,1'] },
  'bypass-12bit-layers': { picture: { ...GRAY, bits: 12 }, options: ['-n', '3', '-M', '1', '-r', '6,3,1'] },
  'odd-tiles': { picture: RGB, options: ['-n', '3', '-t', '23,19', '-T', '3,2', '-d', '7,5'] },
  'tile-parts': { picture: RGB, options: [...SMALL, '-t', '32,32', '-TP', 'R', '-p', 'RLCP'] },
  'progression-changes': {
    picture: RGB,
    options: ['-n', '3', '-r', '8,1', '-POC', 'T1=0,0,1,2,3,RLCP/T1=0,0,2,3,3,CPRL', '-t', '64,64'],
    incomplete: true,
  },
  'region-of-interest': { picture: GRAY, options: ['-n', '3', '-ROI', 'c=0,U=9'] },
  'sop-eph': { picture: RGB, options: [...SMALL, '-SOP', '-EPH', '-r', '8,1'] },
  'plt-tlm': { picture: RGB, options: [...SMALL, '-PLT', '-TLM', '-t', '32,32', '-p', 'RPCL'] },
  subsampled: {
    picture: { ...RGB, width: 44, height: 36, steps: [1, 2, 2, 1] },
    options: ['-n', '3', '-p', 'PCRL', '-c', '[32,32],[16,16]'],
  },
  'five-bands': { picture: { ...RGB, steps: [1, 1, 1, 1, 1] }, options: ['-n', '2'] },
  'two-bit': { picture: { ...GRAY, bits: 2 }, options: ['-n', '2'] },
  'ten-bit': { picture: { ...GRAY, bits: 10 }, options: ['-n', '3'] },
  'sixteen-bit-rgb': { picture: { ...RGB, bits: 16 }, options: ['-n', '3'] },
  'signed-twelve-bit': { picture: { ...GRAY, bits: 12, signed: true }, options: ['-n', '3'] },
  irreversible: { picture: RGB, options: [...SMALL, '-I', '-r', '4'], lossy: true },
  'irreversible-odd-tiles': {
    picture: RGB,
    options: ['-n', '3', '-I', '-r', '4', '-t', '23,19', '-T', '3,2', '-d', '7,5'],
    lossy: true,
  },
};

const folder = new URL('../fixtures/jpeg2000/', import.meta.url).pathname;
const truth: Record<string, FileTruth & { readonly lossless?: FixturePicture }> = {};
for (const [name, fixture] of Object.entries(FIXTURES)) {
  const target = join(folder, `${name}.j2k`);
  compress(fixture, target);
  const planes = [];
  for (let discard = 0; discard < 6; discard++) {
    const decoded = opjPlanes(readFileSync(target), discard);
    if (!decoded) break;
    planes.push(
      decoded.map(({ width, height, samples }) => {
        if (!fixture.lossy) return { width, height, sha256: hashOf(samples) };
        return { width, height, mean: Number(meanOf(samples).toFixed(3)), crop: cropOf(samples, { width, height }) };
      }),
    );
  }
  truth[name] = fixture.lossy || fixture.incomplete ? { planes } : { planes, lossless: fixture.picture };
}
writeFileSync(new URL('../golden/jpeg2000-fixtures.json', import.meta.url), `${JSON.stringify(truth, null, 1)}\n`);

function compress({ picture, options }: Fixture, target: string): void {
  withFolder((temporary) => {
    const { width, height, bits, signed, steps } = picture;
    const raw = join(temporary, 'in.raw');
    const wide = bits > 8;
    const parts = steps.map((_, component) => {
      const samples = drawComponent(picture, component);
      // Raw input is big-endian.
      return wide ? Buffer.from(Int16Array.from(samples).buffer).swap16() : Buffer.from(Int8Array.from(samples).buffer);
    });
    writeFileSync(raw, Buffer.concat(parts));
    const sampling = steps.map((step) => `${step}x${step}`).join(':');
    const format = `${width},${height},${steps.length},${bits},${signed ? 's' : 'u'}@${sampling}`;
    execFileSync('opj_compress', ['-i', raw, '-o', target, '-F', format, ...options], { stdio: 'pipe' });
  });
}
