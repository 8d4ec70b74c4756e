import { createEngine } from '@sectile/codecs';
import type { PixelBuffer } from '@sectile/core/pixels';
import type { WatermarkOverlay } from '@sectile/core/processing';
import { openImage } from '@sectile/core/pyramid';
import { inlineRenderWorker } from '@sectile/core/render';
import { memorySource } from '@sectile/core/source';
import { type Config, readWatermark } from '@sectile/server';
import { beforeAll, describe, expect, test } from 'vitest';
import { drawnPyramid } from '../fixtures/drawn-pyramid.ts';
import { fixtureBytes } from '../fixtures/fixtures.ts';
import { type Served, serveImages } from './served.ts';

const FILES = {
  'a.tif': drawnPyramid({ width: 300, height: 200, bands: 3, reduced: 3, draw: () => [40, 40, 40] }),
  'b.tif': drawnPyramid({ width: 300, height: 200, bands: 3, reduced: 3, draw: () => [40, 40, 40] }),
  'gray16.tif': drawnPyramid({ width: 128, height: 128, bands: 1, dtype: 'uint16', draw: () => [10_000] }),
  'stored.tif': fixtureBytes('small-pyramid.tif'),
  'large.tif': drawnPyramid({ width: 512, height: 256, bands: 1, draw: () => [40] }),
};

/** 8 x 4 pixels of white, half transparent on the right. */
const MARK = drawnPyramid({
  width: 8,
  height: 4,
  bands: 4,
  tile: 16,
  draw: (x) => [255, 255, 255, x < 4 ? 255 : 128],
  fields: { ExtraSamples: [2] },
});

let overlay: WatermarkOverlay;

beforeAll(async () => {
  const engine = await createEngine();
  const reader = await openImage(memorySource(MARK, { id: 'mark' }));
  overlay = await readWatermark(reader, { worker: inlineRenderWorker(engine), codecs: engine.codecs });
});

const serve = (config: Partial<Config> = {}): Promise<Served> => serveImages(FILES, config, { watermark: overlay });

/** Columns and rows of the pixels that are no longer `background`. */
function marks({ width, bands, data }: PixelBuffer, background = 40): (readonly [x: number, y: number])[] {
  const found: (readonly [number, number])[] = [];
  for (let i = 0; i < data.length; i += bands) {
    if (data[i] !== background) found.push([(i / bands) % width, Math.floor(i / bands / width)]);
  }
  return found;
}

test('a watermark keeps its colors and its alpha', () => {
  expect(overlay).toMatchObject({ width: 8, height: 4 });
  expect(Array.from(overlay.data.subarray(12, 20))).toEqual([255, 255, 255, 255, 255, 255, 255, 128]);
});

describe('a tile', () => {
  test('carries it once, where image and tile say, every time', async () => {
    const [first, second] = [await serve(), await serve()];
    const places = new Set<string>();
    for (const image of ['a.tif', 'b.tif']) {
      for (const tile of [0, 1, 6, 7]) {
        const url = `/iip?FIF=${image}&PTL=3,${tile}`;
        const found = marks(await first.pixels(url));
        expect(found.length).toBe(32);
        expect(marks(await second.pixels(url))).toEqual(found);
        places.add(String(found[0]));
      }
    }
    expect(places.size).toBeGreaterThan(5);
  });

  test('has an entity tag that stands for the watermark, too', async () => {
    const plain = await serveImages(FILES);
    const tagOf = async (served: Served) => (await served.get('/iip?FIF=a.tif&PTL=3,1')).headers.get('etag');
    const tag = await tagOf(await serve());
    expect(await tagOf(await serve())).toBe(tag);
    expect(await tagOf(plain)).not.toBe(tag);
    expect(await tagOf(await serve({ watermarkOpacity: 0.5 }))).not.toBe(tag);
  });

  test('is covered by alpha times opacity', async () => {
    const half = await serve({ watermarkOpacity: 0.5 });
    const pixels = await half.pixels('/iip?FIF=a.tif&PTL=3,0');
    const values = new Set(Array.from(pixels.data));
    const mix = (cover: number) => Math.round(40 + (255 - 40) * cover);
    expect(values).toEqual(new Set([40, mix(0.5), mix((0.5 * 128) / 255)]));
  });

  test('of stored JPEG is drawn anew instead of passed through', async () => {
    const bytesOf = async (served: Served) =>
      new Uint8Array(await (await served.get('/iip?FIF=stored.tif&JTL=2,1')).arrayBuffer());
    const [plain, marked] = [await serveImages(FILES), await serve()];
    expect(await bytesOf(marked)).not.toEqual(await bytesOf(plain));
    expect(marks(await marked.pixels('/iip?FIF=gray16.tif&PTL=1,0'), 39).length).toBe(32);
  });
});

describe('an export', () => {
  test('carries it in every block of twice the tile size', async () => {
    const served = await serve();
    const found = marks(await served.pixels('/iip?FIF=large.tif&CVT=png'));
    const blocks = new Map<string, number>();
    for (const [x, y] of found) {
      const key = `${Math.floor(x / 128)} ${Math.floor(y / 128)}`;
      blocks.set(key, (blocks.get(key) ?? 0) + 1);
    }
    expect([...blocks.values()]).toEqual(new Array(8).fill(32));
  });

  test('by IIIF is the tile where it is one', async () => {
    const served = await serve();
    const tile = await served.pixels('/iip?FIF=a.tif&PTL=3,6');
    expect(await served.pixels('/iiif/3/a.tif/64,64,64,64/64,64/0/default.png')).toEqual(tile);
  });
});

describe('how often and where is configured', () => {
  test.each([
    [0, 0],
    [1, 8],
  ])('with probability %i', async (watermarkProbability, count) => {
    const served = await serve({ watermarkProbability });
    expect(marks(await served.pixels('/iip?FIF=large.tif&CVT=png')).length).toBe(count * 32);
  });

  test('sometimes', async () => {
    const served = await serve({ watermarkProbability: 0.5 });
    const found = marks(await served.pixels('/iip?FIF=large.tif&CVT=png')).length / 32;
    expect(found).toBeGreaterThan(0);
    expect(found).toBeLessThan(8);
  });

  test.each([
    ['top-left', 0, 0],
    ['bottom-right', 56, 60],
    ['center', 28, 30],
  ] as const)('%s', async (watermarkPlacement, x, y) => {
    const served = await serve({ watermarkPlacement });
    expect(marks(await served.pixels('/iip?FIF=a.tif&PTL=3,1'))[0]).toEqual([x, y]);
  });

  test('all over the picture, across tiles', async () => {
    const served = await serve({ watermarkPlacement: 'repeat' });
    const whole = await served.pixels('/iip?FIF=large.tif&CVT=png');
    expect(marks(whole).length).toBe(512 * 256);
    const part = await served.pixels('/iiif/3/large.tif/100,30,50,20/max/0/default.png');
    for (let y = 0; y < 20; y++) {
      const row = Array.from(part.data.subarray(y * 50, y * 50 + 50));
      expect(row).toEqual(Array.from(whole.data.subarray((y + 30) * 512 + 100, (y + 30) * 512 + 150)));
    }
  });
});
