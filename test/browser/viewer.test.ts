import { existsSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createEngine } from '@sectile/codecs';
import type { Rect, Size } from '@sectile/core/geometry';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeSamples } from '../../packages/cli/src/samples/make-samples.ts';
import { corpusFiles, corpusPath } from '../conformance/corpus.ts';
import { launchChromium } from './chromium.ts';
import { type RunningServer, startServer } from './serve.ts';
import { cropAndScale, meanDifference, samplesOfBytes, unsigned } from './vips.ts';

/** Radio button of a protocol and the path that its requests must have. */
const PROTOCOLS = [
  ['iiif3', '/iiif/3/'],
  ['iiif2', '/iiif/2/'],
  ['deepzoom', '/deepzoom/'],
  ['zoomify', '/zoomify/'],
  ['iip', '/iip?'],
] as const;

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

/** A page, and what went wrong on it. */
interface WatchedPage {
  readonly page: Page;
  readonly problems: string[];
  readonly requests: string[];
}

async function open(path: string): Promise<WatchedPage> {
  const page = await browser.newPage();
  const problems: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('requestfailed', (request) => problems.push(`${request.failure()?.errorText} ${request.url()}`));
  page.on('request', (request) => requests.push(request.url()));
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(server.origin + path);
  return { page, problems, requests };
}

/** Waits until everything in sight is there in full sharpness and nothing moves. */
async function drawn(page: Page): Promise<void> {
  // Until the script has run, that name means the element.
  await page.waitForFunction(() => (globalThis as unknown as { viewer: OpenedViewer }).viewer.isOpen?.());
  await frames(page);
  await page.waitForFunction(() => {
    const { viewer } = globalThis as unknown as { viewer: OpenedViewer };
    const item = viewer.isOpen?.() ? viewer.world.getItemAt(0) : undefined;
    return item?.getFullyLoaded() === true && !viewer.isAnimating();
  });
  await frames(page);
}

/** The viewer notices a new view and new tiles when it draws the next frame. */
async function frames(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { viewer } = globalThis as unknown as { viewer: OpenedViewer };
    viewer.forceRedraw();
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
  });
}

/** As much of OpenSeadragon's viewer as is used here. */
interface OpenedViewer {
  isOpen?(): boolean;
  isAnimating(): boolean;
  forceRedraw(): void;
  setControlsEnabled(enabled: boolean): void;
  readonly navigator: { readonly element: { readonly style: { display: string } } };
  readonly world: { getItemAt(index: number): { getFullyLoaded(): boolean } | undefined };
  readonly viewport: {
    goHome(immediately: boolean): void;
    imageToViewportZoom(zoom: number): number;
    zoomTo(zoom: number, point: undefined, immediately: boolean): void;
    panTo(point: object, immediately: boolean): void;
    imageToViewportCoordinates(x: number, y: number): object;
    imageToViewerElementCoordinates(point: object): { x: number; y: number };
    viewerElementToImageCoordinates(point: object): { x: number; y: number };
  };
}

interface View {
  /** Where the picture, or the part of it that is in sight, lies on the page, in whole pixels. */
  readonly clip: Rect;
  /** What part of the picture that is, in whole pixels of the full size. */
  readonly source: Rect;
}

/** The whole picture. */
async function lookFromAfar(page: Page, size: Size): Promise<View> {
  const clip = await page.evaluate(({ width, height }) => {
    const { viewer, OpenSeadragon } = globalThis as unknown as { viewer: OpenedViewer; OpenSeadragon: PointClass };
    viewer.viewport.goHome(true);
    const place = (x: number, y: number) =>
      viewer.viewport.imageToViewerElementCoordinates(new OpenSeadragon.Point(x, y));
    const [start, end] = [place(0, 0), place(width, height)];
    const box = document.getElementById('viewer')!.getBoundingClientRect();
    const [x, y] = [Math.round(box.x + start.x), Math.round(box.y + start.y)];
    return { x, y, width: Math.round(box.x + end.x) - x, height: Math.round(box.y + end.y) - y };
  }, size);
  return { clip, source: { x: 0, y: 0, ...size } };
}

/** So many full-size pixels to one of the screen, around a point. */
async function lookFromNear(page: Page, [x, y]: Subject['detail'], reduction: number, size: Size): Promise<View> {
  const { corner, box } = await page.evaluate(
    ([atX, atY, step]) => {
      const { viewer, OpenSeadragon } = globalThis as unknown as { viewer: OpenedViewer; OpenSeadragon: PointClass };
      const { viewport } = viewer;
      viewport.zoomTo(viewport.imageToViewportZoom(1 / step), undefined, true);
      viewport.panTo(viewport.imageToViewportCoordinates(atX, atY), true);
      // Moved a little, so that pixels of picture and screen coincide.
      const first = viewport.viewerElementToImageCoordinates(new OpenSeadragon.Point(0, 0));
      const corner = { x: Math.round(first.x / step) * step, y: Math.round(first.y / step) * step };
      viewport.panTo(viewport.imageToViewportCoordinates(atX + corner.x - first.x, atY + corner.y - first.y), true);
      const { x, y, width, height } = document.getElementById('viewer')!.getBoundingClientRect();
      return { corner, box: { x, y, width, height } };
    },
    [x, y, reduction] as const,
  );
  const source = {
    x: Math.max(0, corner.x),
    y: Math.max(0, corner.y),
    width: Math.min(size.width, corner.x + box.width * reduction) - Math.max(0, corner.x),
    height: Math.min(size.height, corner.y + box.height * reduction) - Math.max(0, corner.y),
  };
  const clip = {
    x: box.x + (source.x - corner.x) / reduction,
    y: box.y + (source.y - corner.y) / reduction,
    width: Math.floor(source.width / reduction),
    height: Math.floor(source.height / reduction),
  };
  return { clip, source: { ...source, width: clip.width * reduction, height: clip.height * reduction } };
}

type PointClass = { readonly Point: new (x: number, y: number) => object };

function sizeOf(page: Page): Promise<Size> {
  return page.evaluate(() => {
    const { width, height } = document.getElementById('viewer')!.dataset;
    return { width: Number(width), height: Number(height) };
  });
}

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
  const { page, problems, requests } = await open('/');
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
    const { page, problems, requests } = await open(`/view/${encodeURIComponent(subject.name)}`);
    for (const [protocol, path] of PROTOCOLS) {
      if (!(await page.isChecked(`input[value=${protocol}]`))) requests.length = 0;
      await page.check(`input[value=${protocol}]`);
      await drawn(page);
      await page.evaluate(() => {
        const { viewer } = globalThis as unknown as { viewer: OpenedViewer };
        viewer.setControlsEnabled(false);
        viewer.navigator.element.style.display = 'none';
      });
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
