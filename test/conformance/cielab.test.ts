import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PixelBuffer } from '@sectile/core/pixels';
import type { Config } from '@sectile/server';
import { afterAll, describe, expect, test } from 'vitest';
import { type Drawn, drawnPyramid } from '../fixtures/drawn-pyramid.ts';
import { differencesOf, type Lab, report } from './color-difference.ts';
import { serveImages } from './served.ts';
import { HAS_VIPS, type Truth, vipsTruth } from './vips-truth.ts';

/*
 * All of CIELAB that sRGB has, in every encoding: relative to D65, which is what iipsrv and libvips mean, against libvips;
 * relative to D50, which is what ICC and TIFF mean and our default, against Little CMS (test/generate/little-cms.py). The
 * answers have 16 bits, so that it is conversions that are compared and not steps.
 */
const folder = mkdtempSync(join(tmpdir(), 'sectile-lab-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
const vips = (...parts: string[]): unknown => execFileSync('vips', parts, { stdio: 'pipe' });

/** L*, a*, b*, then red, green and blue of 16 bits. */
const BY_LITTLE_CMS: readonly (readonly number[])[] = JSON.parse(
  readFileSync(new URL('../golden/lab-d50.json', import.meta.url), 'utf8'),
);

/** A color every 3 of L*, 5 of a* and b*, by their number. */
const STEPS = { l: 34, a: 51, b: 51 };
const SIDE = Math.ceil(Math.sqrt(STEPS.l * STEPS.a * STEPS.b));
const drawnColor = (pixel: number): Lab => {
  const index = Math.min(pixel, STEPS.l * STEPS.a * STEPS.b - 1);
  const [l, rest] = [Math.floor(index / (STEPS.a * STEPS.b)), index % (STEPS.a * STEPS.b)];
  return [l * 3 + 0.37, -125 + Math.floor(rest / STEPS.b) * 5 + 0.21, -125 + (rest % STEPS.b) * 5 + 0.43];
};

/** True for colors under D65 that sRGB has. */
function isInSrgb([l, a, b]: Lab): boolean {
  const fy = (l + 16) / 116;
  const [x = 0, y = 0, z = 0] = [fy + a / 500, fy, fy - b / 200].map(
    (t, i) => (t > 6 / 29 ? t ** 3 : (108 / 841) * (t - 4 / 29)) * ([0.95047, 1, 1.08883][i] ?? 0),
  );
  return [
    3.2409699 * x - 1.5373832 * y - 0.4986108 * z,
    -0.9692436 * x + 1.8759675 * y + 0.0415551 * z,
    0.0556301 * x - 0.203977 * y + 1.0569715 * z,
  ].every((v) => v >= 0 && v <= 1);
}

/** An encoding: how a color is stored, and what the stored samples mean. */
interface Encoding {
  readonly dtype: NonNullable<Drawn['dtype']>;
  readonly photometric: number;
  readonly store: (lab: Lab) => readonly number[];
  readonly mean: (stored: readonly number[]) => Lab;
}

const wrap = (v: number, size: number): number => (v < 0 ? v + size : v);
const unwrap = (v: number, size: number): number => (v >= size / 2 ? v - size : v);

const ENCODINGS: Readonly<Record<string, Encoding>> = {
  // TIFF 6.0 section 23; Adobe TIFF Technical Note 4 for 16 bits.
  'CIELab, 8 bits': {
    dtype: 'uint8',
    photometric: 8,
    store: ([l, a, b]) => [Math.round(l * 2.55), wrap(Math.round(a), 256), wrap(Math.round(b), 256)],
    mean: ([l = 0, a = 0, b = 0]) => [l / 2.55, unwrap(a, 256), unwrap(b, 256)],
  },
  'CIELab, 16 bits': {
    dtype: 'uint16',
    photometric: 8,
    store: ([l, a, b]) => [Math.round(l * 655.35), wrap(Math.round(a * 256), 65536), wrap(Math.round(b * 256), 65536)],
    mean: ([l = 0, a = 0, b = 0]) => [l / 655.35, unwrap(a, 65536) / 256, unwrap(b, 65536) / 256],
  },
  'CIELab, floats': {
    dtype: 'float32',
    photometric: 8,
    store: (lab) => lab.map(Math.fround),
    mean: ([l = 0, a = 0, b = 0]) => [l, a, b],
  },
  // Adobe Photoshop TIFF Technical Notes (ICCLab): the encodings of ICC.1 version 2.
  'ICCLab, 8 bits': {
    dtype: 'uint8',
    photometric: 9,
    store: ([l, a, b]) => [Math.round(l * 2.55), Math.round(a + 128), Math.round(b + 128)],
    mean: ([l = 0, a = 0, b = 0]) => [l / 2.55, a - 128, b - 128],
  },
  'ICCLab, 16 bits': {
    dtype: 'uint16',
    photometric: 9,
    store: ([l, a, b]) => [Math.round(l * 652.8), Math.round((a + 128) * 256), Math.round((b + 128) * 256)],
    mean: ([l = 0, a = 0, b = 0]) => [l / 652.8, a / 256 - 128, b / 256 - 128],
  },
};

/** What libvips makes 16-bit sRGB of these colors. */
function truthOf(colors: readonly Lab[]): Truth {
  writeFileSync(at('lab.raw'), new Uint8Array(Float32Array.from(colors.flat()).buffer));
  vips(
    'rawload',
    at('lab.raw'),
    at('lab.v'),
    `${SIDE}`,
    `${SIDE}`,
    '3',
    '--format',
    'float',
    '--interpretation',
    'lab',
  );
  vips('colourspace', at('lab.v'), at('truth.tif'), 'rgb16');
  const truth = vipsTruth(at('truth.tif'));
  if (truth === undefined) throw new Error('libvips gave no picture');
  return truth;
}

/** The server's answer, in 16 bits, for a picture of these colors, and what their stored samples mean. */
async function answerFor(
  { dtype, photometric, store, mean }: Encoding,
  picture: { readonly width: number; readonly height: number; readonly color: (pixel: number) => Lab },
  config: Partial<Config>,
): Promise<{ readonly answer: PixelBuffer; readonly colors: readonly Lab[] }> {
  const { width, height, color } = picture;
  const stored = Array.from({ length: width * height }, (_, pixel) => store(color(pixel)));
  const bytes = drawnPyramid({
    width,
    height,
    bands: 3,
    dtype,
    draw: (x, y) => stored[y * width + x] ?? [],
    fields: { PhotometricInterpretation: [photometric] },
  });
  const { pixels } = await serveImages({ 'a.tif': bytes }, config);
  const answer = await pixels(`/iip?FIF=a.tif&WID=${width}&BIT=16&CVT=png`);
  expect(answer).toMatchObject({ width, height, bands: 3, dtype: 'uint16' });
  return { answer, colors: stored.map(mean) };
}

describe('all of CIELAB that sRGB has', () => {
  test.skipIf(!HAS_VIPS).each(Object.entries(ENCODINGS))('%s under D65, by libvips', async (name, encoding) => {
    const picture = { width: SIDE, height: SIDE, color: drawnColor };
    const { answer, colors } = await answerFor(encoding, picture, { compat: 'iipsrv' });
    const found = differencesOf(answer, truthOf(colors), { counts: (pixel) => isInSrgb(colors[pixel] as Lab) });
    report(`${name} under D65, by libvips`, found);
    expect(found.count).toBeGreaterThan(10_000);
    expect(found.largest).toBeLessThan(0.5);
    expect(found.mean).toBeLessThan(0.05);
  });

  // L* of 8 bits is up to a fifth beside the color that Little CMS was given.
  test.each(Object.entries(ENCODINGS))('%s under D50, by Little CMS', async (name, encoding) => {
    const known = BY_LITTLE_CMS;
    const color = (pixel: number): Lab => (known[pixel]?.slice(0, 3) ?? [0, 0, 0]) as unknown as Lab;
    const { answer } = await answerFor(encoding, { width: 23, height: known.length / 23, color }, {});
    const truth = { data: known.flatMap((row) => row.slice(3)), bands: 3, dtype: 'uint16' };
    const found = differencesOf(answer, truth);
    report(`${name} under D50, by Little CMS`, found);
    expect(found.count).toBe(966);
    expect(found.largest).toBeLessThan(0.5);
    expect(found.mean).toBeLessThan(name.includes('8 bits') ? 0.15 : 0.05);
  });
});
