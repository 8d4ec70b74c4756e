import { describe, expect, test } from 'vitest';
import { noise } from '../../../../test/contracts/kernels.ts';
import { largestDifference, render, requestOf } from '../../../../test/reference/render.ts';
import { keepingCodecs, type SyntheticReader, syntheticReader } from '../../../../test/reference/synthetic-reader.ts';
import { takeBytes } from '../bytes/recycled-bytes.ts';
import type { CodecRegistry } from '../codec/codec.ts';
import { typescriptKernels } from '../kernels/typescript-kernels.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { cropPixels } from '../pixels/blit.ts';
import { createPixelBuffer, type PixelBuffer } from '../pixels/pixel-buffer.ts';
import { executePlan } from './execute.ts';
import { inlineRenderWorker } from './inline-worker.ts';
import { planRender } from './plan.ts';
import { DEFAULT_PLAN_OPTIONS } from './plan-options.ts';
import type { RenderRequest } from './request.ts';

const JPG = { format: 'jpg', metadata: 'tile' } as const;

function readerOf(full: PixelBuffer, side: number): SyntheticReader {
  return syntheticReader({ levels: [full], tile: { width: side, height: side } });
}

function workerOf() {
  const { codecs, kept } = keepingCodecs();
  return { worker: inlineRenderWorker({ codecs, kernels: typescriptKernels, limits: DEFAULT_LIMITS }), kept };
}

describe('large plans', () => {
  test.each([
    ['all pixels', { kind: 'native' }],
    ['reduced by boxes that fit segments', { kind: 'width', width: 100 }],
    ['reduced by boxes that do not', { kind: 'width', width: 133 }],
    ['reduced by a fraction', { kind: 'width', width: 121 }],
  ] as const)('are assembled in blocks to the same picture: %s', async (_name, size) => {
    // 625 segments are too many to be read at once, 4 are not.
    const full = noise({ width: 399, height: 387, bands: 3, dtype: 'uint8' });
    const inBlocks = await render(readerOf(full, 16), { size });
    const atOnce = await render(readerOf(full, 200), { size });
    expect(inBlocks.plan.segments.length).toBeGreaterThan(600);
    expect(inBlocks.pixels).toMatchObject({ width: atOnce.pixels.width, height: atOnce.pixels.height });
    expect(largestDifference(inBlocks.pixels, atOnce.pixels.data)).toBe(0);
  });

  test('report how far they are', async () => {
    const full = noise({ width: 399, height: 387, bands: 1, dtype: 'uint8' });
    const reader = readerOf(full, 16);
    const plan = planRender(requestOf({}), reader.info, DEFAULT_PLAN_OPTIONS);
    const seen: number[] = [];
    await executePlan(plan, reader, workerOf().worker, { onProgress: (done) => seen.push(done) });
    expect(seen.at(-1)).toBe(1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  test('stop between blocks when the caller leaves', async () => {
    const full = noise({ width: 399, height: 387, bands: 1, dtype: 'uint8' });
    const reader = readerOf(full, 16);
    const controller = new AbortController();
    const leaving: SyntheticReader = {
      ...reader,
      readSegments: async (refs, options) => {
        const segments = await reader.readSegments(refs, options);
        controller.abort();
        return segments;
      },
    };
    const plan = planRender(requestOf({}), reader.info, DEFAULT_PLAN_OPTIONS);
    const { worker, kept } = workerOf();
    await expect(executePlan(plan, leaving, worker, { signal: controller.signal })).rejects.toMatchObject({
      kind: 'aborted',
    });
    expect(kept).toHaveLength(0);
  });
});

describe('pass-through', () => {
  const full = noise({ width: 64, height: 64, bands: 3, dtype: 'uint8' });
  const base = readerOf(full, 32);
  const info = {
    ...base.info,
    levels: base.info.levels.map((level) => ({ ...level, passThrough: { format: 'jpg' as const } })),
  };
  const request: Partial<RenderRequest> = {
    level: { from: 'full', index: 0 },
    region: { kind: 'tile', col: 1, row: 0 },
    output: JPG,
  };
  const plan = planRender(requestOf(request), info, DEFAULT_PLAN_OPTIONS);

  test('sends the stored bytes', async () => {
    const image = await executePlan(plan, { ...base, info }, workerOf().worker);
    expect(image).toEqual({ bytes: Uint8Array.of(0, 1, 0), mediaType: 'image/jpeg', width: 32, height: 32 });
  });

  test('renders a tile that is not stored', async () => {
    const { worker, kept } = workerOf();
    await executePlan(plan, { ...base, info, readStoredTile: async () => undefined }, worker);
    expect(kept).toEqual([cropPixels(full, { x: 32, y: 0, width: 32, height: 32 })]);
  });

  test('puts the profile into the stored stream', async () => {
    const icc = new Uint8Array(200).fill(7);
    const profiled = { ...info, metadata: { ...info.metadata, icc } };
    const withIcc = planRender(requestOf(request), profiled, DEFAULT_PLAN_OPTIONS);
    const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xda, 0, 2, 1, 2, 3, 0xff, 0xd9);
    const reader = { ...base, info: profiled, readStoredTile: async () => jpeg };
    const { bytes } = await executePlan(withIcc, reader, workerOf().worker);
    expect(bytes.length).toBe(jpeg.length + 200 + 18);
  });
});

describe('pixels', () => {
  test("the bytes of a reader's segment stay its own", async () => {
    const full = noise({ width: 31, height: 17, bands: 1, dtype: 'uint8' });
    const reader = syntheticReader({ levels: [full], tile: full });
    const lent = takeBytes(31 * 17);
    lent.set(full.data);
    const lending: SyntheticReader = {
      ...reader,
      readSegments: async (refs) =>
        (await reader.readSegments(refs)).map(
          (segment) => segment && { ...segment, parts: [{ codec: 'none', bytes: lent }] },
        ),
    };
    expect((await render(lending, {})).pixels).toEqual(full);
    expect(takeBytes(31 * 17).buffer).not.toBe(lent.buffer);
  });

  test('sparse segments are zero', async () => {
    const full = noise({ width: 40, height: 20, bands: 1, dtype: 'uint8' });
    const reader = readerOf(full, 20);
    const sparse: SyntheticReader = {
      ...reader,
      readSegments: async (refs) =>
        (await reader.readSegments(refs)).map((segment, i) => (i === 0 ? undefined : segment)),
    };
    const { pixels } = await render(sparse, {});
    expect(cropPixels(pixels, { x: 0, y: 0, width: 20, height: 20 }).data.every((value) => value === 0)).toBe(true);
    expect(cropPixels(pixels, { x: 20, y: 0, width: 20, height: 20 }).data).toEqual(
      cropPixels(full, { x: 20, y: 0, width: 20, height: 20 }).data,
    );
  });

  test('turned tiles make up the turned picture', async () => {
    const full = noise({ width: 50, height: 30, bands: 1, dtype: 'uint8' });
    for (const degrees of [0, 90, 180, 270]) {
      for (const mirror of [false, true]) {
        const rotation = { mirror, degrees };
        const whole = (await render(readerOf(full, 16), { rotation })).pixels;
        const columns = Math.ceil(whole.width / 16);
        const count = columns * Math.ceil(whole.height / 16);
        for (let index = 0; index < count; index++) {
          const tile = await render(readerOf(full, 16), {
            rotation,
            level: { from: 'full', index: 0 },
            region: { kind: 'tile-index', index },
          });
          const { width, height } = tile.pixels;
          const x = (index % columns) * 16;
          const y = Math.floor(index / columns) * 16;
          expect(tile.pixels.data).toEqual(cropPixels(whole, { x, y, width, height }).data);
        }
      }
    }
  });

  test('convolved tiles have no seams', async () => {
    const full = noise({ width: 50, height: 30, bands: 3, dtype: 'uint8' });
    const adjustments = [{ kind: 'convolution', kernel: 'gaussian' }] as const;
    const whole = (await render(readerOf(full, 16), { adjustments })).pixels;
    for (const [col, row] of [
      [0, 0],
      [1, 0],
      [3, 1],
    ] as const) {
      const level = { from: 'full', index: 0 } as const;
      const tile = (await render(readerOf(full, 16), { adjustments, level, region: { kind: 'tile', col, row } }))
        .pixels;
      const { width, height } = tile;
      expect(tile.data).toEqual(cropPixels(whole, { x: col * 16, y: row * 16, width, height }).data);
    }
  });

  test('neighboring enlarged regions fit together', async () => {
    const full = noise({ width: 60, height: 20, bands: 1, dtype: 'uint8' });
    const part = (x: number, width: number) =>
      render(readerOf(full, 16), {
        region: { kind: 'pixels', x, y: 0, width, height: 20 },
        size: { kind: 'percent', percent: 300 },
      });
    const whole = (await part(0, 60)).pixels;
    const right = (await part(30, 30)).pixels;
    expect(
      largestDifference(right, cropPixels(whole, { x: 90, y: 0, width: 90, height: 60 }).data),
    ).toBeLessThanOrEqual(1);
  });

  test('a picture turned by an angle has transparent corners and keeps its middle', async () => {
    const full = createPixelBuffer(41, 41, 3, 'uint8');
    full.data.fill(90);
    const { plan, pixels } = await render(readerOf(full, 16), { rotation: { mirror: false, degrees: 45 } });
    expect(plan.output).toMatchObject({ size: { width: 58, height: 58 }, options: { alpha: true } });
    expect(pixels).toMatchObject({ width: 58, height: 58, bands: 4 });
    expect(pixels.data[3]).toBe(0);
    const middle = (29 * 58 + 29) * 4;
    expect([...pixels.data.subarray(middle, middle + 4)]).toEqual([90, 90, 90, 255]);
  });

  test.each(['int16', 'uint32', 'float64'] as const)('bands of %s are picked before they are shown', async (dtype) => {
    const full = createPixelBuffer(4, 4, 5, dtype);
    for (let i = 0; i < full.data.length; i++) full.data[i] = 10 * (i % 5);
    const base = syntheticReader({ levels: [full], tile: { width: 4, height: 4 } });
    const ranges = new Array(5).fill({ minimum: 0, maximum: 255 });
    const info = { ...base.info, color: 'multiband', extraSamples: [], ranges } as const;
    const { pixels } = await render({ ...base, info }, {});
    expect([...pixels.data.subarray(0, 3)]).toEqual([0, 10, 20]);
  });
});

describe('windows with borders', () => {
  const sobel: Partial<RenderRequest> = { adjustments: [{ kind: 'convolution', kernel: 'sobel' }] };
  const tileOf = (index: number): Partial<RenderRequest> => ({
    ...sobel,
    ...{ level: { from: 'full', index: 0 }, region: { kind: 'tile-index', index } },
  });

  /** The edges of both tiles, which lie side by side, from one worker. */
  async function tilesBy(
    reader: SyntheticReader,
    { worker, kept }: ReturnType<typeof workerOf>,
  ): Promise<PixelBuffer[]> {
    for (const index of [0, 1]) {
      await executePlan(planRender(requestOf(tileOf(index)), reader.info, DEFAULT_PLAN_OPTIONS), reader, worker);
    }
    return kept.splice(0);
  }

  /** Says that bytes are compressed, by a codec that does nothing but copy; what is read again is garbage. */
  function forgetful(reader: SyntheticReader, codec: 'none' | 'lzw'): SyntheticReader {
    const known = new Set<string>();
    return {
      ...reader,
      readSegments: async (refs, options) => {
        const segments = await reader.readSegments(refs, options);
        return segments.map((segment, i) => {
          const bytes = segment?.parts[0]?.bytes;
          if (segment === undefined || bytes === undefined) return segment;
          const key = JSON.stringify(refs[i]);
          const part = { codec, bytes: known.has(key) ? new Uint8Array(bytes.length) : bytes };
          known.add(key);
          return { ...segment, parts: [part] };
        });
      },
    };
  }

  function copyingWorker() {
    const { codecs, kept } = keepingCodecs();
    const copying: CodecRegistry = {
      ...codecs,
      decoder: () => ({ kind: 'bytes', decode: (bytes: Uint8Array) => bytes.slice() }) as never,
    };
    return {
      worker: inlineRenderWorker({ codecs: copying, kernels: typescriptKernels, limits: DEFAULT_LIMITS }),
      kept,
    };
  }

  test('decode the segments that they share once', async () => {
    const full = noise({ width: 128, height: 64, bands: 1, dtype: 'uint8' });
    const expected = await tilesBy(readerOf(full, 64), workerOf());
    expect(await tilesBy(forgetful(readerOf(full, 64), 'lzw'), copyingWorker())).toEqual(expected);
  });

  test.each([
    ['lzw', 2],
    ['none', 4],
  ] as const)('read only what is not kept: stored as %s', async (codec, count) => {
    const reader = readerOf(noise({ width: 128, height: 64, bands: 1, dtype: 'uint8' }), 64);
    await tilesBy(forgetful(reader, codec), copyingWorker());
    expect(reader.reads).toHaveLength(count);
  });

  test('keep nothing that is a view of what was read', async () => {
    const full = noise({ width: 128, height: 64, bands: 1, dtype: 'uint8' });
    const [first, second] = await tilesBy(readerOf(full, 64), workerOf());
    const [again, garbled] = await tilesBy(forgetful(readerOf(full, 64), 'none'), copyingWorker());
    expect(again).toEqual(first);
    expect(garbled).not.toEqual(second);
  });

  test('never show the segments of another image, nor of one that is opened anew', async () => {
    const images = [1, 2].map((seed) => noise({ width: 128, height: 64, bands: 1, dtype: 'uint8' }, seed));
    const shared = workerOf();
    for (const full of [...images, ...images]) {
      expect(await tilesBy(readerOf(full, 64), shared)).toEqual(await tilesBy(readerOf(full, 64), workerOf()));
    }
  });
});
