import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { drawnPyramid } from '../../../test/fixtures/drawn-pyramid.ts';
import { smallPyramid } from '../../../test/fixtures/small-pyramid.ts';
import { runCommandLine } from './main.ts';

const folder = mkdtempSync(join(tmpdir(), 'sectile-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
/** 301 x 201, levels of 151 x 101 and smaller. */
const IMAGE = at('a.tif');
writeFileSync(IMAGE, smallPyramid());
writeFileSync(at('damaged.tif'), smallPyramid().slice(0, 900));

const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
const error = vi.spyOn(console, 'error').mockImplementation(() => undefined);
beforeEach(() => {
  log.mockClear();
  error.mockClear();
});

async function run(...args: string[]): Promise<[code: number, problem: string]> {
  return [await runCommandLine(args), error.mock.calls.flat().join('\n')];
}

/** The sides in the header of a PNG. */
function sizeOf(path: string): readonly number[] {
  const bytes = readFileSync(path);
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

test.each([
  [['export', IMAGE, at('x.jpg'), '--bogus'], /^sectile export: Unknown option '--bogus'\. Try:/],
  [['export', IMAGE, at('x.jpg'), '--quality', '0'], /--quality takes a whole number from 1 to 100/],
  [['export', IMAGE, at('x.png'), '--quality', '10'], /--quality takes a whole number from 0 to 9/],
  [['export', IMAGE, at('x.png'), '--compression', 'lzw'], /--compression belongs to tif/],
  [['export', IMAGE, at('x.webp'), '--optimize'], /--optimize belongs to jpg/],
  [['export', IMAGE, at('x.jpg'), '--bits', '16'], /jpg has 8 bits/],
  [['export', IMAGE, join(folder, 'missing', 'x.jpg')], /there is no folder ".*missing"/],
  [['export', IMAGE, `${folder}/`, '--format', 'jpg'], /is a folder/],
  [['export', IMAGE, IMAGE], /is the image itself/],
  [['tile', IMAGE, at('x.jpg'), '--col', '-1'], /--col takes a whole number of at least 0, not "-1"/],
  [['serve', folder, '--port', '80x'], /port is "80x", not a whole number/],
  [['config', '--set', 'prot=1'], /did you mean port/],
])('%j is wrong usage', async (args, problem) => {
  expect(await run(...args)).toEqual([2, expect.stringMatching(problem)]);
});

test.each([
  [[], [301, 201]],
  [
    ['--level', '1'],
    [151, 101],
  ],
  [
    ['--level', '1', '--region', '100,50,50,20'],
    [25, 10],
  ],
  [
    ['--rotate', '-90'],
    [201, 301],
  ],
])('export %j', async (options, size) => {
  expect(await run('export', IMAGE, at('out.png'), ...options)).toEqual([0, '']);
  expect(sizeOf(at('out.png'))).toEqual(size);
});

test('a URL is planned as this configuration serves it', async () => {
  vi.stubEnv('URI_MAP', 'pictures=>IIP');
  vi.stubEnv('FILESYSTEM_PREFIX', `${folder}/`);
  async function plan(...args: string[]): Promise<unknown> {
    expect(await run('plan', ...args)).toEqual([0, '']);
    return JSON.parse(log.mock.lastCall?.[0]);
  }
  expect(await plan('/pictures/a.tif&JTL=0,0')).toMatchObject({ parsed: { protocol: 'iip', image: 'a.tif' } });
  expect(await plan('http://x/iiif/3/a.tif/full/50,/0/default.png')).toMatchObject({ plan: { level: 2 } });
  expect(await plan(IMAGE, '--width', '50')).toMatchObject({ plan: { level: 2 } });
  expect(await run('plan', '/iip?FIF=b.tif&JTL=0,0')).toEqual([1, expect.stringMatching(/no image "b.tif"/)]);
  vi.unstubAllEnvs();
});

test('what a file says of itself does not reach the terminal as commands', async () => {
  const fields = { ImageDescription: 'two\r\nlines \x1b[2J' };
  writeFileSync(at('loud.tif'), drawnPyramid({ width: 8, height: 8, bands: 1, draw: () => [0], fields }));
  expect(await run('info', at('loud.tif'))).toEqual([0, '']);
  expect(log.mock.calls.flat().join()).toMatch(/description +two lines {2}\[2J\n/);
});

test('a level that is not there is an error', async () => {
  expect(await run('export', IMAGE, at('none.png'), '--level', '9')).toEqual([
    1,
    expect.stringMatching(/no such level/),
  ]);
});

test('a file is replaced when the new one is complete, through a link as well', async () => {
  writeFileSync(at('kept.png'), 'before');
  symlinkSync(at('kept.png'), at('link.png'));
  expect((await run('export', at('damaged.tif'), at('link.png')))[0]).toBe(1);
  expect(readFileSync(at('kept.png'), 'utf8')).toBe('before');
  expect((await run('export', IMAGE, at('link.png')))[0]).toBe(0);
  expect(sizeOf(at('kept.png'))).toEqual([301, 201]);
  expect(readdirSync(folder).filter((name) => name.includes('.part'))).toEqual([]);
});

test.skipIf(process.platform !== 'linux')('a disk that is full is an error', async () => {
  expect(await run('export', IMAGE, '/dev/full', '--format', 'png')).toEqual([1, expect.stringMatching(/ENOSPC/)]);
});
