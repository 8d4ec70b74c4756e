import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '@sectile/server';
import { afterAll, describe, expect, test } from 'vitest';
import { drawnPyramid } from '../fixtures/drawn-pyramid.ts';
import { serveImages } from './served.ts';
import { HAS_VIPS, vipsTruth } from './vips-truth.ts';

/*
 * Files that libvips writes, with Little CMS for profiles, against what libvips makes of them. Colors are compared by
 * CIE 1976 differences of the sRGB answers.
 */
const folder = mkdtempSync(join(tmpdir(), 'sectile-color-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);
const vips = (...parts: string[]): unknown => execFileSync('vips', parts, { stdio: 'pipe' });

/** 64 x 64 colors: red to the right, green downward, blue along the diagonal. */
function drawColors(): string {
  const path = at('colors.v');
  vips('xyz', at('xy.v'), '64', '64');
  vips('linear', at('xy.v'), at('rg.v'), '4', '2');
  vips('extract_band', at('rg.v'), at('r.v'), '0');
  vips('extract_band', at('rg.v'), at('g.v'), '1');
  vips('subtract', at('g.v'), at('r.v'), at('difference.v'));
  vips('linear', at('difference.v'), at('b.v'), '0.5', '128');
  vips('bandjoin', `${at('r.v')} ${at('g.v')} ${at('b.v')}`, at('rgb.v'));
  vips('cast', at('rgb.v'), at('byte.v'), 'uchar');
  vips('copy', at('byte.v'), path, '--interpretation', 'srgb');
  return path;
}

/** How far the server's answer for a TIFF lies from what libvips makes sRGB of it by `command`, largest first. */
async function differences(config: Partial<Config>, tiff: string, ...command: string[]): Promise<readonly number[]> {
  const { pixels } = await serveImages({ 'a.tif': readFileSync(tiff) }, config);
  const answer = await pixels('/iip?FIF=a.tif&WID=64&CVT=png');
  const [operation = '', ...options] = command;
  vips(operation, tiff, at('truth.tif'), ...options);
  const truth = vipsTruth(at('truth.tif'));
  expect(answer).toMatchObject({ width: 64, height: 64, bands: 3 });
  expect(truth).toMatchObject({ width: 64, height: 64, bands: 3, dtype: 'uint8' });
  const found: number[] = [];
  for (let i = 0; i < answer.data.length; i += 3) {
    const [a, b] = [labOf(answer.data.subarray(i, i + 3)), labOf(truth?.data.subarray(i, i + 3) ?? [])];
    found.push(Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]));
  }
  return found.sort((a, b) => b - a);
}

/** 8-bit sRGB (IEC 61966-2-1) to CIELAB under D65. */
function labOf(srgb: ArrayLike<number>): readonly [number, number, number] {
  const [r, g, b] = [0, 1, 2].map((i) => {
    const v = (srgb[i] ?? 0) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const f = (t: number): number => (t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27 / 116) * t + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

describe.skipIf(!HAS_VIPS)('colors as libvips converts them', () => {
  test('CMYK with a profile', async () => {
    vips('icc_export', drawColors(), at('cmyk.tif'), '--output-profile', 'cmyk');
    // libvips has Little CMS make a smaller table first, which strays where colors leave sRGB: `transicc -c0` does not.
    const found = await differences({}, at('cmyk.tif'), 'icc_transform', 'srgb', '--embedded');
    expect(found[4]).toBeLessThan(2);
    expect(found[found.length >> 1]).toBeLessThan(0.5);
  });

  test('RGB with a wide profile', async () => {
    vips('icc_export', drawColors(), at('p3.tif'), '--output-profile', 'p3');
    const found = await differences({ iccConvert: 'srgb' }, at('p3.tif'), 'icc_transform', 'srgb', '--embedded');
    expect(found[0]).toBeLessThan(1);
  });

  // libvips takes L*a*b* as relative to D65, as iipsrv does; rounded down there, so up to a step of 8 bits apart.
  test.each([
    ['floats', 'lab'],
    ['16 bits', 'labs'],
  ])('CIELAB in %s', async (_name, space) => {
    vips('colourspace', drawColors(), at('lab.tif'), space);
    expect((await differences({ compat: 'iipsrv' }, at('lab.tif'), 'colourspace', 'srgb'))[0]).toBeLessThan(1);
  });
});

test('CIELAB around neutral stays neutral when it is reduced', async () => {
  const checks = drawnPyramid({
    width: 64,
    height: 64,
    bands: 3,
    draw: (x, y) => [128, (x + y) % 2 ? 1 : 255, 0],
    fields: { PhotometricInterpretation: [8] },
  });
  const { pixels } = await serveImages({ 'checks.tif': checks });
  const { data } = await pixels('/iip?FIF=checks.tif&WID=16&CVT=png');
  const [red = 0, green = 0, blue = 0] = data;
  expect(Math.max(red, green, blue) - Math.min(red, green, blue)).toBeLessThan(2);
});
