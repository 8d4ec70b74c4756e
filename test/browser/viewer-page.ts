import type { Rect, Size } from '@sectile/core/geometry';
import type { BrowserContext, Page } from 'playwright-core';

/** Radio button of a protocol and the path that its requests must have. */
export const PROTOCOLS = [
  ['iiif3', '/iiif/3/'],
  ['iiif2', '/iiif/2/'],
  ['deepzoom', '/deepzoom/'],
  ['zoomify', '/zoomify/'],
  ['iip', '/iip?'],
] as const;

/** A page, and what went wrong on it. */
export interface WatchedPage {
  readonly page: Page;
  readonly problems: string[];
  readonly requests: string[];
}

/** Opens a URL in a new page and watches it. */
export async function openPage(browser: BrowserContext, url: string): Promise<WatchedPage> {
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
  await page.goto(url);
  return { page, problems, requests };
}

/** Waits until everything in sight is there in full sharpness and nothing moves. */
export async function drawn(page: Page): Promise<void> {
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
export interface OpenedViewer {
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

export interface View {
  /** Where the picture, or the part of it that is in sight, lies on the page, in whole pixels. */
  readonly clip: Rect;
  /** What part of the picture that is, in whole pixels of the full size. */
  readonly source: Rect;
}

/** The whole picture. */
export async function lookFromAfar(page: Page, size: Size): Promise<View> {
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
export async function lookFromNear(
  page: Page,
  [x, y]: readonly [x: number, y: number],
  reduction: number,
  size: Size,
): Promise<View> {
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

/** Size of the opened picture in pixels. */
export function sizeOf(page: Page): Promise<Size> {
  return page.evaluate(() => {
    const { width, height } = document.getElementById('viewer')!.dataset;
    return { width: Number(width), height: Number(height) };
  });
}

/** Opens the picture over a protocol, waits until it is drawn, and takes away what lies over it. */
export async function choose(page: Page, protocol: string): Promise<void> {
  await page.check(`input[value=${protocol}]`);
  await drawn(page);
  await page.evaluate(() => {
    const { viewer } = globalThis as unknown as { viewer: OpenedViewer };
    viewer.setControlsEnabled(false);
    viewer.navigator.element.style.display = 'none';
  });
}
