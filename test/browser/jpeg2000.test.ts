import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drawComponent } from '../fixtures/jpeg2000/picture.ts';
import { launchChromium } from './chromium.ts';
import { type RunningServer, startServer } from './serve.ts';
import { choose, drawn, lookFromNear, openPage, PROTOCOLS, sizeOf } from './viewer-page.ts';
import { meanDifference, rgbSamples, samplesOfBytes } from './vips.ts';

const SIZE = { width: 1500, height: 1100 };

/**
 * The same pixels as JPEG 2000 without loss, by OpenJPEG's `opj_compress`, and as TIFF, by libvips. Both offer tiles of the
 * same size.
 */
const PAIRS = [
  {
    name: 'one tile with precincts',
    jp2: 'untiled.jp2',
    tiff: 'tiles-of-256.tif',
    tile: 256,
    options: ['-n', '5', '-c', '[256,256],[128,128]', '-p', 'RPCL', '-PLT'],
  },
  { name: 'tiles', jp2: 'tiled.jp2', tiff: 'tiles-of-512.tif', tile: 512, options: ['-n', '5', '-t', '512,512'] },
] as const;

/**
 * Mean difference of screenshots, in 8-bit steps: smaller levels, which shine through where tiles meet, are made by other filters
 * in a pyramid than in a wavelet.
 */
const SEAMS = 0.5;

let folder: string;
let server: RunningServer;
let browser: BrowserContext;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sectile-jpeg2000-'));
  const picture = join(folder, 'picture.ppm');
  const components = [0, 1, 2].map((component) =>
    drawComponent({ ...SIZE, bits: 8, signed: false, steps: [1, 1, 1] }, component),
  );
  const samples = Uint8Array.from({ length: 3 * SIZE.width * SIZE.height }, (_, i) => components[i % 3]![(i / 3) | 0]!);
  writeFileSync(picture, Buffer.concat([Buffer.from(`P6\n${SIZE.width} ${SIZE.height}\n255\n`), samples]));
  for (const { jp2, tiff, tile, options } of PAIRS) {
    execFileSync('opj_compress', ['-i', picture, '-o', join(folder, jp2), ...options], { stdio: 'pipe' });
    const layout = ['--tile', '--tile-width', `${tile}`, '--tile-height', `${tile}`, '--pyramid'];
    execFileSync('vips', ['tiffsave', picture, join(folder, tiff), '--compression', 'deflate', ...layout]);
  }
  server = await startServer([folder]);
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  expect(await server?.stop()).toBe(0);
});

/** URLs of all full-size tiles of a picture. Zoomify and Deep Zoom have JPEG tiles only: equal pixels make equal files. */
async function tileUrls(file: string, tile: number): Promise<{ protocol: string; url: string }[]> {
  const numbers = await (await fetch(`${server.origin}/iip?FIF=${file}&OBJ=Resolution-number`)).text();
  const largest = Number(/Resolution-number:(\d+)/.exec(numbers)?.[1]) - 1;
  const cols = Math.ceil(SIZE.width / tile);
  const rows = Math.ceil(SIZE.height / tile);
  const levels = Math.ceil(Math.log2(Math.max(SIZE.width, SIZE.height) / tile)) + 1;
  let before = 0;
  for (let level = 1; level < levels; level++) {
    const [width, height] = [SIZE.width / 2 ** level, SIZE.height / 2 ** level].map(Math.ceil);
    before += Math.ceil(width! / tile) * Math.ceil(height! / tile);
  }
  return Array.from({ length: cols * rows }, (_, index) => {
    const col = index % cols;
    const row = Math.floor(index / cols);
    const [x, y] = [col * tile, row * tile];
    const width = Math.min(tile, SIZE.width - x);
    const height = Math.min(tile, SIZE.height - y);
    return [
      ['iiif3', `/iiif/3/${file}/${x},${y},${width},${height}/max/0/default.png`],
      ['iiif2', `/iiif/2/${file}/${x},${y},${width},${height}/full/0/default.png`],
      ['deepzoom', `/deepzoom/${file}_files/${Math.ceil(Math.log2(SIZE.width))}/${col}_${row}.jpg`],
      ['zoomify', `/zoomify/${file}/TileGroup${Math.floor((before + index) / 256)}/${levels - 1}-${col}-${row}.jpg`],
      ['iip', `/iip?FIF=${file}&PTL=${largest},${index}`],
    ].map(([protocol, url]) => ({ protocol: protocol!, url: url! }));
  }).flat();
}

/** Decodes both answers in the browser: size of the first one, and the largest difference of a sample. */
function compareInBrowser(page: Page, urls: readonly [string, string]): Promise<[number, number, number]> {
  return page.evaluate(async ([first, second]) => {
    const load = async (url: string) => {
      const response = await fetch(url);
      if (!response.ok) throw new Error(`${response.status} ${url}`);
      const bitmap = await createImageBitmap(await response.blob());
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
      context.drawImage(bitmap, 0, 0);
      return context.getImageData(0, 0, bitmap.width, bitmap.height);
    };
    const [a, b] = [await load(first), await load(second)];
    let largest = a.width === b.width && a.height === b.height ? 0 : 256;
    for (let i = 0; i < a.data.length; i++) largest = Math.max(largest, Math.abs(a.data[i]! - (b.data[i] ?? 256)));
    return [a.width, a.height, largest] as [number, number, number];
  }, urls);
}

describe.each(PAIRS)('JPEG 2000 of $name', ({ jp2, tiff, tile }) => {
  test('has in all protocols the tiles of the TIFF', async () => {
    const { page } = await openPage(browser, `${server.origin}/view/${jp2}`);
    const urls = await tileUrls(jp2, tile);
    const others = await tileUrls(tiff, tile);
    expect(new Set(urls.map(({ protocol }) => protocol)).size).toBe(PROTOCOLS.length);
    for (const [i, { protocol, url }] of urls.entries()) {
      const [width, height, difference] = await compareInBrowser(page, [url, others[i]!.url]);
      expect([url, difference]).toEqual([url, 0]);
      // Deep Zoom tiles overlap where its descriptor says so.
      if (protocol !== 'deepzoom') expect([width <= tile, height <= tile]).toEqual([true, true]);
    }
    await page.close();
  });

  test('is drawn as the TIFF is', async () => {
    const pages = [];
    for (const file of [jp2, tiff]) pages.push(await openPage(browser, `${server.origin}/view/${file}`));
    for (const [protocol] of PROTOCOLS) {
      const shots: Uint8Array[] = [];
      for (const { page } of pages) {
        await page.bringToFront();
        await choose(page, protocol);
        const { clip } = await lookFromNear(page, [700, 600], 1, await sizeOf(page));
        await drawn(page);
        shots.push(samplesOfBytes(await page.screenshot({ clip })));
      }
      expect([protocol, meanDifference(shots[0]!, shots[1]!) < SEAMS]).toEqual([protocol, true]);
    }
    for (const { page, problems } of pages) {
      expect(problems).toEqual([]);
      await page.close();
    }
  });

  test('has at smaller sizes what OpenJPEG decodes', async () => {
    for (const reduction of [1, 2, 3]) {
      const expected = join(folder, `reduced-${reduction}.ppm`);
      execFileSync('opj_decompress', ['-i', join(folder, jp2), '-o', expected, '-r', `${reduction}`], {
        stdio: 'pipe',
      });
      const [width, height] = [SIZE.width, SIZE.height].map((side) => Math.ceil(side / 2 ** reduction));
      const response = await fetch(`${server.origin}/iiif/3/${jp2}/full/${width},${height}/0/default.png`);
      expect(response.status).toBe(200);
      const actual = samplesOfBytes(new Uint8Array(await response.arrayBuffer()));
      expect([reduction, meanDifference(actual, rgbSamples(expected))]).toEqual([reduction, 0]);
    }
    expect(readFileSync(join(folder, jp2)).length).toBeLessThan(3 * SIZE.width * SIZE.height);
  });
});
