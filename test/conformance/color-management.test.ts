import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DISPLAY_P3_PROFILE } from '@sectile/core/processing';
import type { Config } from '@sectile/server';
import { afterAll, describe, expect, test } from 'vitest';
import { drawnPyramid } from '../fixtures/drawn-pyramid.ts';
import { ADOBE_RGB_PROFILE, SRGB_PROFILE } from '../fixtures/icc-profile.ts';
import { differencesOf, report } from './color-difference.ts';
import { serveImages } from './served.ts';
import { HAS_VIPS, type Truth, vipsTruth } from './vips-truth.ts';

/*
 * Files with profiles against what libvips makes of them by Little CMS. Colors are compared by CIE 1976 differences.
 */
const folder = mkdtempSync(join(tmpdir(), 'sectile-color-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);
const vips = (...parts: string[]): unknown => execFileSync('vips', parts, { stdio: 'pipe' });

/** The pixels of a file by libvips, or of what it makes of it by `command`. */
function vipsPixels(path: string, ...command: string[]): Truth {
  const [operation, ...options] = command;
  if (operation !== undefined) vips(operation, path, at('truth.tif'), ...options);
  else vips('copy', path, at('truth.tif'));
  const truth = vipsTruth(at('truth.tif'));
  if (truth === undefined) throw new Error(`libvips gave no picture for ${path}`);
  return truth;
}

/** All inks in steps of an eighth: 81 x 81 pixels. */
const INK_SIDE = 81;
const inksAt = (pixel: number): number[] =>
  [729, 81, 9, 1].map((size) => Math.round((Math.floor(pixel / size) % 9) * 31.875));

function inkChart(profile: Uint8Array): Uint8Array {
  return drawnPyramid({
    width: INK_SIDE,
    height: INK_SIDE,
    bands: 4,
    draw: (x, y) => inksAt(y * INK_SIDE + x),
    fields: { PhotometricInterpretation: [5], ICCProfile: profile },
  });
}

/** Where to find profiles of presses: the one inside libvips, and that of Ghostscript (Debian libgs-common). */
const PRESSES: Readonly<Record<string, string>> = {
  'of libvips': 'cmyk',
  'of Ghostscript': '/usr/share/color/icc/ghostscript/default_cmyk.icc',
};

function pressProfile(where: string): Uint8Array {
  if (existsSync(where)) return readFileSync(where);
  vips('black', at('black.v'), '1', '1', '--bands', '3');
  vips('copy', at('black.v'), at('black-rgb.v'), '--interpretation', 'srgb');
  vips('icc_export', at('black-rgb.v'), at('ink.tif'), '--output-profile', where);
  return profileIn(at('ink.tif'));
}

/** The profile of a file, as libvips finds it. */
function profileIn(path: string): Uint8Array {
  const found = execFileSync('vipsheader', ['-f', 'icc-profile-data', path], {
    encoding: 'utf8',
    maxBuffer: 2 ** 24,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return Buffer.from(found, 'base64');
}

describe.skipIf(!HAS_VIPS)('CMYK through the profile of a press', () => {
  test.each(Object.entries(PRESSES).filter(([, where]) => !where.startsWith('/') || existsSync(where)))(
    '%s, as libvips converts it',
    async (name, where) => {
      const tiff = inkChart(pressProfile(where));
      writeFileSync(at('chart.tif'), tiff);
      writeFileSync(at('srgb.icc'), SRGB_PROFILE);
      const { pixels } = await serveImages({ 'a.tif': tiff });
      for (const bits of [8, 16]) {
        const answer = await pixels(`/iip?FIF=a.tif&BIT=${bits}&CVT=png`);
        const truth = vipsPixels(at('chart.tif'), 'icc_transform', at('srgb.icc'), '--embedded', '--depth', `${bits}`);
        const found = differencesOf(answer, truth);
        report(`CMYK ${name}, ${bits} bits`, found);
        expect(found.count).toBe(INK_SIDE ** 2);
        expect(found.largest).toBeLessThan(2);
        expect(found.mean).toBeLessThan(0.1);
      }
    },
  );
});

/** 48 x 48 colors, from the middle of the space to its edges. */
const CHART_SIDE = 48;
const colorAt = (pixel: number): number[] => {
  const [x, y] = [pixel % CHART_SIDE, Math.floor(pixel / CHART_SIDE)];
  return [Math.round((x / 47) * 255), Math.round((y / 47) * 255), Math.round((((x + y) % 16) / 15) * 255)];
};

function colorChart(fields: Record<string, Uint8Array | number[]>): Uint8Array {
  return drawnPyramid({
    width: CHART_SIDE,
    height: CHART_SIDE,
    bands: 3,
    draw: (x, y) => colorAt(y * CHART_SIDE + x),
    fields,
  });
}

describe.skipIf(!HAS_VIPS)('RGB through a profile', () => {
  const tiff = colorChart({ ICCProfile: ADOBE_RGB_PROFILE });

  test.each([
    ['srgb', SRGB_PROFILE, 0.1],
    ['display-p3', DISPLAY_P3_PROFILE, 0.2],
    // The one inside libvips has a curve of its own.
    ['display-p3', 'p3', 1.5],
  ] as const)('to %s, as libvips converts it', async (iccConvert, profile, most) => {
    writeFileSync(at('chart.tif'), tiff);
    if (profile !== 'p3') writeFileSync(at('target.icc'), profile);
    const target = profile === 'p3' ? profile : at('target.icc');
    const { pixels } = await serveImages({ 'a.tif': tiff }, { iccConvert });
    const answer = await pixels('/iip?FIF=a.tif&BIT=16&CVT=png');
    const truth = vipsPixels(at('chart.tif'), 'icc_transform', target, '--embedded', '--depth', '16');
    const found = differencesOf(answer, truth, { space: iccConvert });
    report(`Adobe RGB to ${iccConvert}${profile === 'p3' ? ' of libvips' : ''}`, found);
    expect(found.largest).toBeLessThan(most);
  });

  test.each(['jpeg', 'png', 'webp', 'avif', 'tiff'])('to Display P3, with the profile that %s says', async (format) => {
    writeFileSync(at('chart.tif'), tiff);
    writeFileSync(at('srgb.icc'), SRGB_PROFILE);
    const server = await serveImages({ 'a.tif': tiff }, { iccConvert: 'display-p3', webpQuality: -1, avifQuality: -1 });
    const { data, bands } = await server.pixels('/iip?FIF=a.tif&CVT=png');
    const path = at(`answer.${format}`);
    const response = await server.get(`/iip?FIF=a.tif${format === 'jpeg' ? '&QLT=100' : ''}&CVT=${format}`);
    writeFileSync(path, new Uint8Array(await response.arrayBuffer()));
    expect(Buffer.compare(profileIn(path), DISPLAY_P3_PROFILE)).toBe(0);
    if (format === 'jpeg') return;
    // A reader of the answer sees the colors that a reader of the file sees, where Display P3 has them.
    const toSrgb = ['icc_transform', at('srgb.icc'), '--embedded', '--depth', '16'];
    const found = differencesOf(vipsPixels(path, ...toSrgb), vipsPixels(at('chart.tif'), ...toSrgb), {
      counts: (pixel) => data.subarray(pixel * bands, pixel * bands + 3).every((v) => v > 0 && v < 255),
    });
    report(`Display P3 in ${format} beside the file`, found);
    expect(found.count).toBeGreaterThan(1000);
    expect(found.most).toBeLessThan(1);
  });
});

describe('Display P3 is not said of', () => {
  const wide = colorChart({ ICCProfile: ADOBE_RGB_PROFILE });
  const gray = drawnPyramid({ width: 64, height: 64, bands: 1, draw: (x) => [x * 4] });
  const untagged = colorChart({});
  const tagged = colorChart({ ICCProfile: SRGB_PROFILE });

  async function answers(
    path: string,
    config: Partial<Config> = {},
  ): Promise<{ text: string; data: ArrayLike<number> }> {
    const files = { 'wide.tif': wide, 'gray.tif': gray, 'untagged.tif': untagged, 'tagged.tif': tagged };
    const server = await serveImages(files, { iccConvert: 'display-p3', ...config });
    const tiff = await (await server.get(`${path}&CVT=tiff`)).arrayBuffer();
    return { text: Buffer.from(tiff).toString('utf16le'), data: (await server.pixels(`${path}&CVT=png`)).data };
  }

  const says = (text: string): boolean => Buffer.from(text, 'utf16le').includes(Buffer.from(DISPLAY_P3_PROFILE));

  test.each(['wide.tif&COL=gray', 'wide.tif&CMP=jet', 'wide.tif&CTW=[1,0,0;0,1,0;0,0,1]', 'gray.tif'])(
    '%s, which is sRGB',
    async (path) => {
      const p3 = await answers(`/iip?FIF=${path}`);
      const srgb = await answers(`/iip?FIF=${path}`, { iccConvert: 'srgb' });
      expect(says(p3.text)).toBe(false);
      expect(p3.data).toEqual(srgb.data);
    },
  );

  test.each(['untagged.tif', 'tagged.tif'])('%s, which stays as it is', async (name) => {
    const { text, data } = await answers(`/iip?FIF=${name}`);
    expect(says(text)).toBe(false);
    expect(Array.from(data)).toEqual(Array.from({ length: CHART_SIDE ** 2 }, (_, pixel) => colorAt(pixel)).flat());
  });

  test('colors whose profile MAX_ICC keeps back: they become sRGB', async () => {
    const path = '/iip?FIF=wide.tif';
    const kept = await answers(path, { maxIcc: 0 });
    expect(says(kept.text)).toBe(false);
    expect(kept.data).toEqual((await answers(path, { iccConvert: 'srgb' })).data);
    const sent = await answers(path);
    expect(says(sent.text)).toBe(true);
    expect(sent.data).not.toEqual(kept.data);
  });
});

test('CIELAB keeps the colors that sRGB lacks in Display P3', async () => {
  // A red and a green between the two spaces, under D50.
  const colors = [
    [54.27, 88.65, 79.7],
    [83.25, -95.85, 86.17],
  ] as const;
  const lab = drawnPyramid({
    width: 64,
    height: 64,
    bands: 3,
    dtype: 'float32',
    draw: (x) => colors[x < 32 ? 0 : 1],
    fields: { PhotometricInterpretation: [8] },
  });
  const shown = async (iccConvert: Config['iccConvert']): Promise<number[]> => {
    const { pixels } = await serveImages({ 'a.tif': lab }, { iccConvert });
    const { data } = await pixels('/iip?FIF=a.tif&BIT=16&CVT=png');
    return [Array.from(data.subarray(0, 3)), Array.from(data.subarray(63 * 3, 64 * 3))].flat();
  };
  const [p3, srgb] = [await shown('display-p3'), await shown('none')];
  // As computed by hand from (0.95, 0.1, 0.1) and (0.2, 0.95, 0.2) of Display P3.
  for (const [i, v] of [0.95, 0.1, 0.1, 0.2, 0.95, 0.2].entries()) expect((p3[i] ?? 0) / 65535).toBeCloseTo(v, 3);
  for (const at of [0, 3]) expect(srgb.slice(at, at + 3).some((v) => v === 0 || v === 65535)).toBe(true);
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
