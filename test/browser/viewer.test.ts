import { existsSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createEngine } from '@sectile/codecs';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeSamples } from '../../packages/cli/src/samples/make-samples.ts';
import { corpusFiles, corpusPath } from '../conformance/corpus.ts';
import { launchChromium } from './chromium.ts';
import { type RunningServer, startServer } from './serve.ts';
import { choose, drawn, lookFromAfar, lookFromNear, openPage, PROTOCOLS, sizeOf, type View } from './viewer-page.ts';
import { cropAndScale, meanDifference, samplesOfBytes, unsigned } from './vips.ts';

interface Subject {
  readonly name: string;
  /** Full-size pixel to look at from near. */
  readonly detail: readonly [x: number, y: number];
  /** Too large for libvips to make an overview of. */
  readonly isHuge?: boolean;
  /** Samples are signed: shown from the lowest to the highest that a byte can hold. */
  readonly isSigned?: boolean;
  /** libvips does not show such samples as they are meant: what the server exports is the truth for the viewer. */
  readonly isScientific?: boolean;
}

const SAMPLES: readonly Subject[] = [
  { name: 'chart of an island.tif', detail: [3100, 900] },
  { name: 'relief 16-bit.tif', detail: [1700, 2500] },
  { name: 'pavement 2 gigapixel.tif', detail: [50_001, 20_003], isHuge: true },
  { name: 'seal, surface normals.tif', detail: [500, 600] },
  { name: 'panel in 8 wavelengths.tif', detail: [300, 300] },
  { name: 'elevations in meters.tif', detail: [700, 500], isScientific: true },
  { name: 'color chart CIELAB.tif', detail: [600, 350], isScientific: true },
];

const CORPUS: readonly Subject[] = [
  { name: 'CMU-1-Small-Region.svs', detail: [1500, 900] },
  { name: 'multi-channel-z-series.ome.tif', detail: [250, 80], isSigned: true },
];

/**
 * What is compared is softened: OpenSeadragon draws tiles a pixel larger than they are, to leave no seams, and browsers
 * make pictures smaller more roughly than libvips does.
 */
const BLUR = 2;

/** Mean difference that JPEG, and what is left of that, make; in 8-bit steps. */
const SIMILAR = 6;

const exports = mkdtempSync(join(tmpdir(), 'sectile-exports-'));

let folder: string;
let server: RunningServer;
let browser: BrowserContext;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sectile-viewer-'));
  await makeSamples(folder, await createEngine(), () => {});
  for (const name of corpusFiles('.svs', '.ome.tif')) symlinkSync(corpusPath(name), join(folder, basename(name)));
  server = await startServer([folder], { SECTILE_FOLLOW_SYMLINKS: '1' });
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  expect(await server?.stop()).toBe(0);
});

/** What libvips makes of the same part of the file, kept for the next protocol. */
const truths = new Map<string, Uint8Array>();

async function truthOf(
  { name, isSigned = false, isScientific = false }: Subject,
  { clip, source }: View,
): Promise<Uint8Array> {
  const key = JSON.stringify([name, clip.width, clip.height, source]);
  const file = isScientific ? await exported(name) : join(folder, name);
  const truth = truths.get(key) ?? cropAndScale(isSigned ? unsigned(file) : file, source, clip, BLUR);
  truths.set(key, truth);
  return truth;
}

/** The whole picture as the server shows it, in a file. */
async function exported(name: string): Promise<string> {
  const file = join(exports, `${name}.png`);
  if (existsSync(file)) return file;
  const response = await fetch(`${server.origin}/iiif/3/${encodeURIComponent(name)}/full/max/0/default.png`);
  expect(response.status).toBe(200);
  writeFileSync(file, new Uint8Array(await response.arrayBuffer()));
  return file;
}

async function expectSame(page: Page, subject: Subject, view: View, label: string): Promise<void> {
  await drawn(page);
  const screenshot = await page.screenshot({ clip: view.clip });
  const difference = meanDifference(samplesOfBytes(screenshot, BLUR), await truthOf(subject, view));
  if (process.env['SCREENSHOTS']) {
    writeFileSync(join(process.env['SCREENSHOTS'], `${subject.name} ${label}.png`), screenshot);
    console.log(subject.name, label, difference.toFixed(2), JSON.stringify(view));
  }
  expect(difference).toBeLessThan(SIMILAR);
}

test('the gallery shows a thumbnail of every image', async () => {
  const { page, problems, requests } = await openPage(browser, `${server.origin}/`);
  await page.waitForLoadState('networkidle');
  const pictures = await page.$$eval('img', (images) =>
    images.map((image) => ({
      loaded: image.complete && image.naturalWidth > 0,
      side: Math.max(image.naturalWidth, image.naturalHeight),
    })),
  );
  expect(pictures.length).toBe(SAMPLES.length + corpusFiles('.svs', '.ome.tif').length);
  for (const picture of pictures) expect(picture).toEqual({ loaded: true, side: 400 });
  await page.click(`text=${SAMPLES[0]?.name}`);
  await drawn(page);
  expect(problems).toEqual([]);
  expect(requests.filter((url) => !url.startsWith(`${server.origin}/`))).toEqual([]);
  await page.close();
});

const subjects = [
  ...SAMPLES,
  ...CORPUS.filter(({ name }) => corpusFiles('.svs', '.tif').some((file) => file.endsWith(name))),
];

describe.each(subjects)('the viewer shows $name', (subject) => {
  test('as libvips does, over every protocol, from afar and from near', async () => {
    const { page, problems, requests } = await openPage(
      browser,
      `${server.origin}/view/${encodeURIComponent(subject.name)}`,
    );
    for (const [protocol, path] of PROTOCOLS) {
      if (!(await page.isChecked(`input[value=${protocol}]`))) requests.length = 0;
      await choose(page, protocol);
      const size = await sizeOf(page);
      if (!subject.isHuge) await expectSame(page, subject, await lookFromAfar(page, size), `${protocol} afar`);
      for (const reduction of [4, 1]) {
        const view = await lookFromNear(page, subject.detail, reduction, size);
        await expectSame(page, subject, view, `${protocol} near ${reduction}`);
      }
      const ofProtocols = requests.filter((url) => PROTOCOLS.some(([, each]) => url.startsWith(server.origin + each)));
      expect(ofProtocols.length).toBeGreaterThan(0);
      expect(ofProtocols.filter((url) => !url.startsWith(server.origin + path))).toEqual([]);
      expect(requests.filter((url) => !url.startsWith(`${server.origin}/`))).toEqual([]);
      expect([protocol, problems]).toEqual([protocol, []]);
    }
    await page.close();
  });
});
