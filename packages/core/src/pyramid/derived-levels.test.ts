import { describe, expect, test, vi } from 'vitest';
import { noise } from '../../../../test/contracts/kernels.ts';
import { keepingCodecs, type SyntheticReader, syntheticReader } from '../../../../test/reference/synthetic-reader.ts';
import type { Size } from '../geometry/size.ts';
import { typescriptKernels } from '../kernels/typescript-kernels.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import type { PixelBuffer } from '../pixels/pixel-buffer.ts';
import { type Assembler, assembleWindow } from './assemble.ts';
import { decodeSegment } from './decode-segment.ts';
import { type DerivedLevelOptions, withDerivedLevels } from './derived-levels.ts';
import type { ImageReader, SegmentRef } from './image-reader.ts';
import { TileCache } from './tile-cache.ts';

const ENGINE = { codecs: keepingCodecs().codecs, kernels: typescriptKernels, limits: DEFAULT_LIMITS };

function assembler(): Assembler {
  return { assemble: vi.fn((task, options) => assembleWindow(task, ENGINE, options)) };
}

function flat(size: Size, tile: Size, shape: Partial<PixelBuffer> = {}): SyntheticReader {
  const full = noise({ ...size, bands: shape.bands ?? 1, dtype: shape.dtype ?? 'uint8' });
  return syntheticReader({ levels: [full], tile, padded: false });
}

function derive(reader: ImageReader, options: Partial<DerivedLevelOptions> = {}, worker = assembler()): ImageReader {
  return withDerivedLevels(reader, worker, { limits: DEFAULT_LIMITS, tileSize: 16, ...options });
}

async function pixelsAt(
  reader: ImageReader,
  ref: Omit<SegmentRef, 'page'>,
  signal?: AbortSignal,
): Promise<PixelBuffer> {
  const [segment] = await reader.readSegments([{ page: 0, ...ref }], { signal });
  if (segment === undefined) throw new Error('sparse');
  return decodeSegment(segment, ENGINE.codecs, DEFAULT_LIMITS);
}

const sizes = (reader: ImageReader) =>
  reader.info.levels.map(({ width, height, tileWidth, tileHeight, stored }) => [
    width,
    height,
    tileWidth,
    tileHeight,
    stored,
  ]);

describe('levels', () => {
  test('are halved, rounded up, until one fits a tile', () => {
    const reader = derive(flat({ width: 131, height: 70 }, { width: 131, height: 8 }));
    expect(sizes(reader)).toEqual([
      [131, 70, 16, 16, true],
      [66, 35, 16, 16, false],
      [33, 18, 16, 16, false],
      [17, 9, 16, 16, false],
      [9, 5, 16, 16, false],
    ]);
    expect(reader.info.levels.map(({ downsampleX }) => downsampleX)).toEqual([1, 2, 4, 8, 16]);
    expect(reader.info.tileSize).toEqual({ width: 16, height: 16 });
  });

  test('in wide strips are cut into tiles', () => {
    const reader = derive(flat({ width: 2000, height: 40 }, { width: 2000, height: 8 }));
    expect(reader.info.levels[0]).toMatchObject({ tileWidth: 16, tileHeight: 16, stored: true });
  });

  test('of a good pyramid stay, and the reader with them', () => {
    const full = noise({ width: 300, height: 200, bands: 1, dtype: 'uint8' });
    const half = typescriptKernels.boxShrink(full, 2);
    const quarter = typescriptKernels.boxShrink(full, 4);
    const reader = syntheticReader({ levels: [full, half, quarter], tile: { width: 128, height: 128 } });
    expect(withDerivedLevels(reader, assembler(), { limits: DEFAULT_LIMITS })).toBe(reader);
  });

  test('are put in where a pyramid leaves some out, and the others are still those of the file', async () => {
    const full = noise({ width: 1030, height: 900, bands: 1, dtype: 'uint8' });
    const levels = [1, 4, 32].map((shrink) => (shrink === 1 ? full : typescriptKernels.boxShrink(full, shrink)));
    const reader = derive(syntheticReader({ levels, tile: { width: 64, height: 64 } }), { tileSize: undefined });
    expect(sizes(reader).map(([width, , , , stored]) => [width, stored])).toEqual([
      [1030, true],
      [515, false],
      [258, true],
      [129, false],
      [65, false],
      [33, true],
    ]);
    expect(await reader.readStoredTile({ page: 0, level: 2, col: 1, row: 0 })).toEqual(Uint8Array.of(1, 1, 0));
    expect(await reader.readStoredTile({ page: 0, level: 1, col: 0, row: 0 })).toBeUndefined();
    const [stored] = await reader.readSegments([{ page: 0, level: 5, col: 0, row: 0 }]);
    expect(stored?.parts[0]?.bytes[0]).toBe(levels[2]?.data[0]);
    const tile = await pixelsAt(reader, { level: 3, col: 0, row: 0 });
    const expected = typescriptKernels.boxShrink(levels[1]!, 2);
    expect(tile.data[64]).toBe(expected.data[expected.width]);
  });

  test('continue below a pyramid that ends too soon, and stored tiles still pass through', async () => {
    const full = noise({ width: 600, height: 100, bands: 1, dtype: 'uint8' });
    const reader = derive(syntheticReader({ levels: [full], tile: { width: 64, height: 64 } }), {
      tileSize: undefined,
    });
    expect(sizes(reader).map(([width]) => width)).toEqual([600, 300, 150, 75, 38]);
    expect(await reader.readStoredTile({ page: 0, level: 0, col: 2, row: 1 })).toEqual(Uint8Array.of(0, 2, 1));
    expect(await reader.readStoredTile({ page: 0, level: 1, col: 0, row: 0 })).toBeUndefined();
  });

  test.each([
    { page: 0, level: 9, col: 0, row: 0 },
    { page: 1, level: 1, col: 0, row: 0 },
    { page: 0, level: 1, col: 5, row: 0 },
    { page: 0, level: 1, col: 0, row: -1 },
  ])('have no tile %o', async (ref) => {
    const reader = derive(flat({ width: 131, height: 70 }, { width: 131, height: 8 }));
    await expect(reader.readSegments([ref])).rejects.toMatchObject({ kind: 'not-found' });
  });
});

describe('pixels', () => {
  test('float averages leave NaN out, level after level', async () => {
    const full = noise({ width: 64, height: 64, bands: 1, dtype: 'float32' });
    full.data.fill(Number.NaN);
    full.data[0] = 8;
    const reader = derive(syntheticReader({ levels: [full], tile: { width: 64, height: 4 }, padded: false }));
    const top = await pixelsAt(reader, { level: 2, col: 0, row: 0 });
    expect(top.data[0]).toBe(8);
    expect(top.data[1]).toBeNaN();
  });

  test('colors are weighted with alpha', async () => {
    const data = new Uint8Array(32 * 2 * 2);
    data.set([200, 255], 0);
    data.set([100, 0], 2);
    const full: PixelBuffer = { width: 32, height: 2, bands: 2, dtype: 'uint8', data };
    const reader = derive(syntheticReader({ levels: [full], tile: { width: 32, height: 2 } }));
    const top = await pixelsAt(reader, { level: 1, col: 0, row: 0 });
    expect([...top.data.subarray(0, 2)]).toEqual([200, 64]);
  });
});

describe('reading', () => {
  test('decodes every strip of a wide picture once for its overview, a few rows of tiles at a time', async () => {
    const source = flat({ width: 4000, height: 64 }, { width: 4000, height: 4 });
    const worker = assembler();
    const reader = derive(source, { cache: new TileCache(0), tileSize: 16 }, worker);
    await pixelsAt(reader, { level: reader.info.levels.length - 1, col: 0, row: 0 });
    expect(source.reads).toHaveLength(16);
    const areas = vi.mocked(worker.assemble).mock.calls.map(([{ window }]) => window.width * window.height);
    expect(Math.max(...areas)).toBe(4000 * 2 * 16);
  });

  test('comes from the cache the second time', async () => {
    const source = flat({ width: 4000, height: 64 }, { width: 4000, height: 4 });
    const reader = derive(source);
    await pixelsAt(reader, { level: 2, col: 0, row: 0 });
    const reads = source.reads.length;
    await pixelsAt(reader, { level: 2, col: 30, row: 0 });
    await pixelsAt(reader, { level: 1, col: 3, row: 1 });
    await pixelsAt(reader, { level: 0, col: 3, row: 1 });
    expect(source.reads).toHaveLength(reads);
  });

  test('is shared by those who ask at the same time', async () => {
    const source = flat({ width: 2000, height: 64 }, { width: 2000, height: 4 });
    const reader = derive(source);
    const tiles = await Promise.all([0, 1, 2].map((col) => pixelsAt(reader, { level: 0, col, row: 0 })));
    expect(source.reads).toHaveLength(4);
    expect(tiles.map(({ width }) => width)).toEqual([16, 16, 16]);
  });

  test('goes on for the others when one leaves', async () => {
    const reader = derive(flat({ width: 2000, height: 64 }, { width: 2000, height: 4 }));
    const controller = new AbortController();
    const leaving = pixelsAt(reader, { level: 3, col: 0, row: 0 }, controller.signal);
    const staying = pixelsAt(reader, { level: 3, col: 0, row: 0 }, new AbortController().signal);
    controller.abort();
    await expect(leaving).rejects.toMatchObject({ kind: 'aborted' });
    expect((await staying).width).toBe(16);
  });

  test('ends when all have left, and begins again for the next', async () => {
    const source = flat({ width: 2000, height: 640 }, { width: 2000, height: 4 });
    const readSegments = source.readSegments;
    source.readSegments = async (refs, options) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      return readSegments(refs, options);
    };
    const reader = derive(source);
    const controller = new AbortController();
    const leaving = pixelsAt(reader, { level: 5, col: 0, row: 0 }, controller.signal);
    await new Promise((resolve) => setTimeout(resolve, 0));
    controller.abort();
    await expect(leaving).rejects.toMatchObject({ kind: 'aborted' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(source.reads.length).toBeLessThan(160);
    expect((await pixelsAt(reader, { level: 5, col: 0, row: 0 })).width).toBe(16);
  });

  test('is tried again after a failure', async () => {
    const source = flat({ width: 2000, height: 64 }, { width: 2000, height: 4 });
    const read = vi.spyOn(source, 'readSegments').mockRejectedValueOnce(new Error('gone'));
    const reader = derive(source);
    await expect(pixelsAt(reader, { level: 1, col: 0, row: 0 })).rejects.toThrow('gone');
    expect((await pixelsAt(reader, { level: 1, col: 0, row: 0 })).width).toBe(16);
    expect(read).toHaveBeenCalled();
  });

  test('refuses an overview that would decode more than the limit', async () => {
    const limits = { ...DEFAULT_LIMITS, maxDecodePixels: 2000 * 63 };
    const reader = derive(flat({ width: 2000, height: 64 }, { width: 2000, height: 4 }), { limits });
    expect((await pixelsAt(reader, { level: 0, col: 0, row: 0 })).width).toBe(16);
    await expect(pixelsAt(reader, { level: 2, col: 0, row: 0 })).rejects.toMatchObject({ kind: 'limit' });
  });
});
