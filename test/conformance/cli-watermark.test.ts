import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { runCommandLine } from '../../packages/cli/src/main.ts';
import { drawnPyramid } from '../fixtures/drawn-pyramid.ts';
import { HAS_VIPS, vipsTruth } from './vips-truth.ts';

/*
 * `sectile export --watermark` on files, against compositing by hand and by libvips.
 */
const folder = mkdtempSync(join(tmpdir(), 'sectile-mark-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

const SIZE = { width: 120, height: 70 } as const;
const MARK = { width: 10, height: 6 } as const;
const under = (x: number, y: number): number[] => [x * 2, 250 - x, y * 3];
const over = (x: number, y: number): number[] => [255 - x * 20, y * 40, 90, [255, 128, 0][(x + y) % 3]!];

writeFileSync(at('picture.tif'), drawnPyramid({ ...SIZE, bands: 3, draw: under }));
writeFileSync(at('mark.tif'), drawnPyramid({ ...MARK, bands: 4, tile: 16, draw: over, fields: { ExtraSamples: [2] } }));
writeFileSync(at('large.tif'), drawnPyramid({ width: 300, height: 200, bands: 1, draw: () => [40] }));
writeFileSync(at('white.tif'), drawnPyramid({ ...MARK, bands: 1, tile: 16, draw: () => [255] }));
writeFileSync(at('huge.tif'), drawnPyramid({ width: 2049, height: 1, bands: 1, draw: () => [255] }));
writeFileSync(at('text.tif'), 'no picture at all');

const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
const error = vi.spyOn(console, 'error').mockImplementation(() => undefined);
beforeEach(() => {
  log.mockClear();
  error.mockClear();
});

const run = (file: string, out: string, ...options: string[]): Promise<number> =>
  runCommandLine(['export', at(file), at(out), ...options]);

async function exported(file: string, ...options: string[]): Promise<number[]> {
  expect([await run(file, 'out.png', ...options), error.mock.calls]).toEqual([0, []]);
  return Array.from(vipsTruth(at('out.png'))?.data ?? []);
}

/** The picture with the mark's pixel, if any, that lies at each place, by alpha times opacity. */
function composed(markAt: (x: number, y: number) => readonly [number, number] | undefined, opacity = 1): number[] {
  return Array.from({ length: SIZE.width * SIZE.height }, (_, i) => {
    const [x, y] = [i % SIZE.width, Math.floor(i / SIZE.width)];
    const place = markAt(x, y);
    const [r, g, b, alpha] = place === undefined ? [0, 0, 0, 0] : over(...place);
    const cover = (alpha! / 255) * opacity;
    return under(x, y).map((v, band) => Math.round([r!, g!, b!][band]! * cover + v * (1 - cover)));
  }).flat();
}

const placedAt =
  (left: number, top: number) =>
  (x: number, y: number): readonly [number, number] | undefined =>
    x >= left && y >= top && x < left + MARK.width && y < top + MARK.height ? [x - left, y - top] : undefined;

describe.skipIf(!HAS_VIPS)('a watermark', () => {
  test.each([
    ['top-left', 0, 0],
    ['top-right', 110, 0],
    ['bottom-left', 0, 64],
    ['bottom-right', 110, 64],
    ['center', 55, 32],
  ])('lies %s', async (placement, left, top) => {
    const found = await exported('picture.tif', '--watermark', at('mark.tif'), '--watermark-placement', placement);
    expect(found).toEqual(composed(placedAt(left, top)));
  });

  test('lies all over the picture, also where only a part is wanted', async () => {
    const all = ['--watermark', at('mark.tif'), '--watermark-placement', 'repeat'];
    const whole = await exported('picture.tif', ...all);
    expect(whole).toEqual(composed((x, y) => [x % MARK.width, y % MARK.height]));
    const part = await exported('picture.tif', ...all, '--region', '33,17,40,20');
    const rows = Array.from({ length: 20 }, (_, y) =>
      whole.slice(((17 + y) * 120 + 33) * 3, ((17 + y) * 120 + 73) * 3),
    );
    expect(part).toEqual(rows.flat());
  });

  test('is as opaque as wanted', async () => {
    const options = ['--watermark', at('mark.tif'), '--watermark-placement', 'center'];
    for (const opacity of ['0', '0.25', '.6']) {
      const found = await exported('picture.tif', ...options, '--watermark-opacity', opacity);
      expect(found).toEqual(composed(placedAt(55, 32), Number(opacity)));
    }
  });

  test('is laid over as libvips does', async () => {
    const found = await exported('picture.tif', '--watermark', at('mark.tif'), '--watermark-placement', 'bottom-right');
    // Interpretations are needed for blending; what comes out has an alpha of 255.
    for (const name of ['picture', 'mark']) {
      execFileSync('vips', ['copy', at(`${name}.tif`), at(`${name}.v`), '--interpretation', 'srgb']);
    }
    const options = ['over', '--x', '110', '--y', '64'];
    execFileSync('vips', ['composite2', at('picture.v'), at('mark.v'), at('blended.v'), ...options]);
    execFileSync('vips', ['extract_band', at('blended.v'), at('blended-rgb.v'), '0', '--n', '3']);
    execFileSync('vips', ['cast', at('blended-rgb.v'), at('blended.png'), 'uchar']);
    const truth = vipsTruth(at('blended.png'))!;
    expect(found.length).toBe(truth.data.length);
    // Casting rounds down.
    const differences = found.map((v, i) => v - truth.data[i]!);
    expect([Math.min(...differences), Math.max(...differences)]).toEqual([0, 1]);
  });

  test('lies once in each block, always at the same places', async () => {
    const first = await exported('large.tif', '--watermark', at('white.tif'));
    expect(await exported('large.tif', '--watermark', at('white.tif'))).toEqual(first);
    const blocks = new Map<string, number>();
    first.forEach((v, i) => {
      const key = `${Math.floor((i % 300) / 128)} ${Math.floor(i / 300 / 128)}`;
      if (v === 255) blocks.set(key, (blocks.get(key) ?? 0) + 1);
    });
    expect([...blocks.values()]).toEqual(new Array(6).fill(60));
  });

  test('also on single tiles', async () => {
    const options = ['--watermark', at('white.tif'), '--watermark-placement', 'top-left'];
    const tile = ['tile', at('large.tif'), at('tile.png'), '--col', '1', '--row', '1', ...options];
    expect([await runCommandLine(tile), error.mock.calls]).toEqual([0, []]);
    const found = Array.from(vipsTruth(at('tile.png'))?.data ?? []);
    expect(found).toEqual(Array.from({ length: 4096 }, (_, i) => (i % 64 < 10 && i / 64 < 6 ? 255 : 40)));
  });
});

test('one JSON document tells what was written', async () => {
  const options = ['--watermark', at('mark.tif'), '--json'];
  expect(await run('picture.tif', 'json.png', ...options)).toBe(0);
  expect(log.mock.calls).toHaveLength(1);
  const told = JSON.parse(String(log.mock.calls[0]));
  expect(told).toMatchObject({ ...SIZE, file: at('json.png'), mediaType: 'image/png' });
});

test('`plan` shows it', async () => {
  const options = ['--watermark', at('mark.tif'), '--watermark-opacity', '0.5', '--format', 'png'];
  expect(await runCommandLine(['plan', at('picture.tif'), ...options])).toBe(0);
  const { plan } = JSON.parse(String(log.mock.calls[0]));
  expect(plan.finish.at(-1)).toMatchObject({ kind: 'watermark', opacity: 0.5, placement: 'random', probability: 1 });
  expect(plan.finish.at(-1).overlay).toMatchObject({ ...MARK, data: '240 bytes' });
});

test.each([
  ['missing.tif', 'No such file'],
  ['text.tif', 'no known image format'],
  ['huge.tif', 'at most 2048 pixels'],
])('a watermark that cannot be used (%s) fails in one line and writes nothing', async (mark, reason) => {
  expect(await run('picture.tif', 'failed.png', '--watermark', at(mark))).toBe(1);
  expect(error.mock.calls).toHaveLength(1);
  const line = String(error.mock.calls[0]);
  expect(line).toMatch(/^sectile export: The watermark cannot be used: /);
  expect(line).toContain(reason);
  expect(line).not.toContain('\n');
  expect(existsSync(at('failed.png'))).toBe(false);
});

test.each([
  [['--watermark-opacity', '1.5'], '--watermark-opacity takes a number from 0 to 1'],
  [['--watermark-opacity', 'half'], '--watermark-opacity takes a number from 0 to 1'],
  [['--watermark-placement', 'left'], '--watermark-placement takes random, repeat, center'],
  [['--watermark-opacity', '0.5'], '--watermark-opacity needs --watermark'],
  [['--watermark-placement', 'center'], '--watermark-placement needs --watermark'],
  [['--watermark', ''], '--watermark takes a file'],
])('%j is wrong use', async (options, message) => {
  const isAlone = message.includes('needs') || options[0] === '--watermark';
  const all = isAlone ? options : ['--watermark', at('mark.tif'), ...options];
  expect(await run('picture.tif', 'no.png', ...all)).toBe(2);
  expect(String(error.mock.calls[0])).toContain(message);
});
