import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DISPLAY_P3_PROFILE } from '@sectile/core/processing';
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { runCommandLine } from '../../packages/cli/src/main.ts';
import { drawnPyramid } from '../fixtures/drawn-pyramid.ts';
import { ADOBE_RGB_PROFILE } from '../fixtures/icc-profile.ts';
import { HAS_VIPS, vipsTruth } from './vips-truth.ts';

/*
 * `sectile export`, as a person calls it, on files; libvips reads what comes out.
 */
const folder = mkdtempSync(join(tmpdir(), 'sectile-export-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

const SIZE = { width: 120, height: 70 } as const;
const deep = (x: number, y: number): number[] => [(x * 517 + y * 3) % 65536];
const height = (x: number, y: number): number => (x === 3 ? -9999 : Math.fround(Math.sin(x * 12.9898 + y) * 1e3));

writeFileSync(at('deep.tif'), drawnPyramid({ ...SIZE, bands: 1, dtype: 'uint16', draw: deep }));
writeFileSync(
  at('wide.tif'),
  drawnPyramid({
    ...SIZE,
    bands: 3,
    draw: (x, y) => [x * 2, 255 - x, y * 3],
    fields: { ICCProfile: ADOBE_RGB_PROFILE },
  }),
);
// GeoTIFF: pixel scale, tie point, keys of a projected system.
writeFileSync(
  at('elevations.tif'),
  drawnPyramid({
    ...SIZE,
    bands: 1,
    dtype: 'float32',
    draw: (x, y) => [height(x, y)],
    fields: {
      33550: { type: 'DOUBLE', values: [30, 30, 0] },
      33922: { type: 'DOUBLE', values: [0, 0, 0, 500000, 4000000, 0] },
      34735: { type: 'SHORT', values: [1, 1, 0, 1, 1024, 0, 1, 1] },
      42113: '-9999',
    },
  }),
);

const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
const error = vi.spyOn(console, 'error').mockImplementation(() => undefined);
beforeEach(() => {
  log.mockClear();
  error.mockClear();
});

async function exportTo(file: string, out: string, ...options: string[]): Promise<string> {
  expect([await runCommandLine(['export', at(file), at(out), ...options]), error.mock.calls]).toEqual([0, []]);
  return at(out);
}

const drawn = <T>(draw: (x: number, y: number) => T): T[] =>
  Array.from({ length: SIZE.width * SIZE.height }, (_, i) => draw(i % SIZE.width, Math.floor(i / SIZE.width)));

describe.skipIf(!HAS_VIPS)('without loss', () => {
  test.each([
    ['deep.png', ['--bits', '16']],
    ['deep.png', ['--bits', 'native']],
    ['deep.tif', []],
    ['deep.tif', ['--compression', 'lzw']],
    ['deep.tif', ['--compression', 'none']],
  ])('16 bits to %s %j', async (out, options) => {
    const found = vipsTruth(await exportTo('deep.tif', `out-${out}`, ...options));
    expect(found).toMatchObject({ ...SIZE, dtype: 'uint16', bands: 1 });
    expect(Array.from(found?.data ?? [])).toEqual(drawn(deep).flat());
  });

  test.each(['deflate', 'lzw', 'none'])('floats of a GeoTIFF to TIFF, bit for bit (%s)', async (compression) => {
    const out = await exportTo('elevations.tif', 'out-elevations.tif', '--compression', compression);
    const found = vipsTruth(out);
    expect(found).toMatchObject({ ...SIZE, dtype: 'float32', bands: 1 });
    const bits = (values: ArrayLike<number>): Uint32Array => new Uint32Array(Float32Array.from(values).buffer);
    expect(bits(found?.data ?? [])).toEqual(bits(drawn(height)));
    expect(readFileSync(out).includes('-9999\0')).toBe(true);
  });
});

test('JPEG is smaller or comes in scans where wanted', async () => {
  const frame = (path: string): number => {
    const bytes = readFileSync(path);
    return bytes.includes(Buffer.of(0xff, 0xc2, 0, 17)) ? 2 : bytes.includes(Buffer.of(0xff, 0xc0, 0, 17)) ? 0 : -1;
  };
  const plain = await exportTo('wide.tif', 'plain.jpg');
  const small = await exportTo('wide.tif', 'small.jpg', '--optimize');
  const scans = await exportTo('wide.tif', 'scans.jpg', '--progressive');
  const both = await exportTo('wide.tif', 'both.jpg', '--optimize', '--progressive');
  expect([plain, small, scans, both].map(frame)).toEqual([0, 0, 2, 2]);
  expect(statSync(small).size).toBeLessThan(statSync(plain).size);
});

test('colors are converted where wanted, and carry the profile that says so', async () => {
  const has = (path: string, profile: Uint8Array): boolean => readFileSync(path).includes(Buffer.from(profile));
  const own = await exportTo('wide.tif', 'own.tif');
  const p3 = await exportTo('wide.tif', 'p3.tif', '--space', 'display-p3');
  const srgb = await exportTo('wide.tif', 'srgb.tif', '--space', 'srgb');
  expect([own, p3, srgb].map((path) => [has(path, ADOBE_RGB_PROFILE), has(path, DISPLAY_P3_PROFILE)])).toEqual([
    [true, false],
    [false, true],
    [false, false],
  ]);
});

test.skipIf(!HAS_VIPS)('AVIF has 10 bits where more than 8 are wanted', async () => {
  const depth = (path: string): string =>
    execFileSync('vipsheader', ['-f', 'heif-bitdepth', path], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  expect(depth(await exportTo('deep.tif', 'eight.avif'))).toBe('8');
  expect(depth(await exportTo('deep.tif', 'ten.avif', '--bits', '16'))).toBe('10');
});

test.each([
  ['--bits', '12'],
  ['--space', 'cmyk'],
  ['--compression', 'zip'],
])('%s %s is wrong use', async (option, value) => {
  expect(await runCommandLine(['export', at('deep.tif'), at('no.tif'), option, value])).toBe(2);
  expect(String(error.mock.calls[0])).toContain(`${option} takes`);
});
