import { DEFAULT_LIMITS } from '@sectile/core';
import { typescriptKernels } from '@sectile/core/codec';
import { type Size, zoomifyTiers } from '@sectile/core/geometry';
import { createPixelBuffer, type PixelBuffer } from '@sectile/core/pixels';
import { TileCache, withDerivedLevels } from '@sectile/core/pyramid';
import {
  DEFAULT_PLAN_OPTIONS,
  inlineRenderWorker,
  type PixelsPlan,
  planRender,
  type RenderRequest,
} from '@sectile/core/render';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noise } from '../contracts/kernels.ts';
import { largestDifference, referenceRender, render, requestOf } from '../reference/render.ts';
import { halves, keepingCodecs, syntheticReader } from '../reference/synthetic-reader.ts';

const side = fc.integer({ min: 1, max: 700 });
const pyramids = fc.record({
  width: side,
  height: side,
  tile: fc.constantFrom(16, 32, 50, 64, 256),
  rounding: fc.constantFrom('floor' as const, 'ceil' as const),
});

function flat(size: Size): PixelBuffer {
  return createPixelBuffer(size.width, size.height, 1, 'uint8');
}

function readerOf({
  width,
  height,
  tile,
  rounding,
}: {
  width: number;
  height: number;
  tile: number;
  rounding: 'floor' | 'ceil';
}) {
  return syntheticReader({
    levels: halves(flat({ width, height }), rounding, tile),
    tile: { width: tile, height: tile },
  });
}

function pixelsPlan(request: Partial<RenderRequest>, reader: ReturnType<typeof readerOf>): PixelsPlan {
  const plan = planRender(requestOf(request), reader.info, DEFAULT_PLAN_OPTIONS);
  if (plan.kind !== 'pixels') throw new Error('passes through');
  return plan;
}

function expectSane(plan: PixelsPlan, reader: ReturnType<typeof readerOf>): void {
  const level = reader.info.levels[plan.level]!;
  const { window } = plan;
  expect(window.x).toBeGreaterThanOrEqual(0);
  expect(window.y).toBeGreaterThanOrEqual(0);
  expect(window.width).toBeGreaterThan(0);
  expect(window.height).toBeGreaterThan(0);
  expect(window.x + window.width).toBeLessThanOrEqual(level.width);
  expect(window.y + window.height).toBeLessThanOrEqual(level.height);
  for (const { col, row } of plan.segments) {
    expect(col * level.tileWidth).toBeLessThan(window.x + window.width);
    expect((col + 1) * level.tileWidth).toBeGreaterThan(window.x);
    expect(row * level.tileHeight).toBeLessThan(window.y + window.height);
    expect((row + 1) * level.tileHeight).toBeGreaterThan(window.y);
  }
}

/** Checks every tile of a grid against the size that a client computes for it. */
function expectGrid(level: Size, tile: number, planOf: (col: number, row: number) => PixelsPlan): void {
  let covered = 0;
  for (let row = 0; row * tile < level.height; row++) {
    for (let col = 0; col * tile < level.width; col++) {
      const { size } = planOf(col, row).output;
      expect(size).toEqual({
        width: Math.min(tile, level.width - col * tile),
        height: Math.min(tile, level.height - row * tile),
      });
      covered += size.width * size.height;
    }
  }
  expect(covered).toBe(level.width * level.height);
}

describe('tiles that clients compute', () => {
  test('Deep Zoom: sides halved and rounded up to one pixel', () => {
    fc.assert(
      fc.property(pyramids, (pyramid) => {
        const reader = readerOf(pyramid);
        const last = Math.ceil(Math.log2(Math.max(pyramid.width, pyramid.height)));
        for (let index = 0; index <= last; index++) {
          const divisor = 2 ** (last - index);
          const size = { width: Math.ceil(pyramid.width / divisor), height: Math.ceil(pyramid.height / divisor) };
          expectGrid(size, pyramid.tile, (col, row) => {
            const level = { from: 'one-pixel', index } as const;
            const plan = pixelsPlan({ level, region: { kind: 'tile', col, row } }, reader);
            expectSane(plan, reader);
            return plan;
          });
        }
      }),
      { numRuns: 40 },
    );
  });

  test('Zoomify: tiers counted by rounding down, their sides rounded up', () => {
    fc.assert(
      fc.property(pyramids, (pyramid) => {
        const reader = readerOf(pyramid);
        const last = zoomifyTiers(pyramid, reader.info.tileSize).length - 1;
        for (let index = 0; index <= last; index++) {
          const divisor = 2 ** (last - index);
          const size = { width: Math.ceil(pyramid.width / divisor), height: Math.ceil(pyramid.height / divisor) };
          expectGrid(size, pyramid.tile, (col, row) => {
            const level = { from: 'one-tile', index } as const;
            const plan = pixelsPlan({ level, region: { kind: 'tile', col, row } }, reader);
            expectSane(plan, reader);
            return plan;
          });
        }
      }),
      { numRuns: 40 },
    );
  });

  test('IIP: the sizes of the stored levels', () => {
    fc.assert(
      fc.property(pyramids, (pyramid) => {
        const reader = readerOf(pyramid);
        for (const [index, size] of [...reader.info.levels].reverse().entries()) {
          const columns = Math.ceil(size.width / pyramid.tile);
          expectGrid(size, pyramid.tile, (col, row) => {
            const level = { from: 'smallest', index } as const;
            const plan = pixelsPlan({ level, region: { kind: 'tile-index', index: row * columns + col } }, reader);
            expectSane(plan, reader);
            expect(plan.resample?.kernel ?? 'nearest').toBe('nearest');
            return plan;
          });
        }
      }),
      { numRuns: 40 },
    );
  });

  test('IIIF: regions of tile size times scale factor, sizes rounded up', () => {
    fc.assert(
      fc.property(pyramids, (pyramid) => {
        const reader = readerOf(pyramid);
        const { width, height, tile } = pyramid;
        for (const [index] of reader.info.levels.entries()) {
          const factor = 2 ** index;
          const step = tile * factor;
          let covered = 0;
          for (let y = 0; y < height; y += step) {
            for (let x = 0; x < width; x += step) {
              const w = Math.min(step, width - x);
              const h = Math.min(step, height - y);
              const size = { width: Math.ceil(w / factor), height: Math.ceil(h / factor) };
              const plan = pixelsPlan(
                {
                  region: { kind: 'pixels', x, y, width: w, height: h },
                  size: { kind: 'exact', ...size },
                  upscale: 'reject',
                },
                reader,
              );
              expectSane(plan, reader);
              expect(plan.output.size).toEqual(size);
              covered += w * h;
            }
          }
          expect(covered).toBe(width * height);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('pixels', () => {
  const pictures = fc.record({
    width: fc.integer({ min: 1, max: 150 }),
    height: fc.integer({ min: 1, max: 150 }),
    tile: fc.constantFrom(16, 32, 50),
    bands: fc.constantFrom(1, 3, 4),
    seed: fc.integer({ min: 1, max: 1000 }),
    rounding: fc.constantFrom('floor' as const, 'ceil' as const),
    padded: fc.boolean(),
    hasPyramid: fc.boolean(),
  });
  const part = fc.record({
    x: fc.double({ min: 0, max: 0.95, noNaN: true }),
    y: fc.double({ min: 0, max: 0.95, noNaN: true }),
    width: fc.double({ min: 0.02, max: 1, noNaN: true }),
    height: fc.double({ min: 0.02, max: 1, noNaN: true }),
    scale: fc.double({ min: 0.02, max: 2.5, noNaN: true }),
  });

  test('a region export equals the naive executor within one', async () => {
    await fc.assert(
      fc.asyncProperty(pictures, part, async (picture, { x, y, width, height, scale }) => {
        const full = noise({ ...picture, dtype: 'uint8' }, picture.seed);
        // Colors of fully transparent pixels mean nothing: copying keeps them, averaging does not.
        if (full.bands === 4) for (let i = 3; i < full.data.length; i += 4) full.data[i] = Math.max(1, full.data[i]!);
        const levels = picture.hasPyramid ? halves(full, picture.rounding, picture.tile) : [full];
        const reader = syntheticReader({
          levels,
          tile: { width: picture.tile, height: picture.tile },
          padded: picture.padded,
        });
        const region = {
          x: Math.floor(x * full.width),
          y: Math.floor(y * full.height),
          width: Math.ceil(width * full.width),
          height: Math.ceil(height * full.height),
        };
        const w = Math.min(region.width, full.width - region.x);
        const h = Math.min(region.height, full.height - region.y);
        const size = { width: Math.max(1, Math.round(w * scale)), height: Math.max(1, Math.round(h * scale)) };
        const { plan, pixels } = await render(reader, {
          region: { kind: 'pixels', ...region },
          size: { kind: 'exact', ...size },
        });
        expect(plan.output.size).toEqual(size);
        const level = levels[plan.level]!;
        const { downsampleX, downsampleY } = reader.info.levels[plan.level]!;
        const right = Math.min(level.width, region.x + w === full.width ? level.width : (region.x + w) / downsampleX);
        const bottom = Math.min(
          level.height,
          region.y + h === full.height ? level.height : (region.y + h) / downsampleY,
        );
        const left = Math.min(region.x / downsampleX, right - Math.min(1, w / downsampleX));
        const top = Math.min(region.y / downsampleY, bottom - Math.min(1, h / downsampleY));
        const source = { x: left, y: top, width: right - left, height: bottom - top };
        const expected = referenceRender(level, source, size, {
          shrink: plan.shrink,
          kernel: source.width >= size.width && source.height >= size.height ? 'area' : 'bilinear',
        });
        expect(largestDifference(pixels, expected)).toBeLessThanOrEqual(1.001);
      }),
      { numRuns: 150 },
    );
  });

  test('each tile equals the same part of the whole level, and the region export of the same region', async () => {
    await fc.assert(
      fc.asyncProperty(pictures, async (picture) => {
        const full = noise({ ...picture, dtype: 'uint8' }, picture.seed);
        const reader = syntheticReader({
          levels: halves(full, picture.rounding, picture.tile),
          tile: { width: picture.tile, height: picture.tile },
        });
        const index = reader.info.levels.length > 1 ? 1 : 0;
        const level = reader.info.levels[index]!;
        const col = Math.floor((level.width - 1) / picture.tile);
        const tile = await render(reader, { level: { from: 'full', index }, region: { kind: 'tile', col, row: 0 } });
        const x = col * picture.tile * 2 ** index;
        const asRegion = await render(reader, {
          region: {
            kind: 'pixels',
            x,
            y: 0,
            width: full.width - x,
            height: Math.min(full.height, picture.tile * 2 ** index),
          },
          size: { kind: 'exact', ...tile.plan.output.size },
        });
        if (asRegion.plan.level === index) expect(largestDifference(asRegion.pixels, tile.pixels.data)).toBe(0);
        // Only a corner of a few pixels does not tell which level was meant.
        else expect(Math.max(tile.pixels.width, tile.pixels.height)).toBeLessThanOrEqual(2);
      }),
      { numRuns: 60 },
    );
  });
});

describe('derived levels', () => {
  const flats = fc.record({
    width: fc.integer({ min: 1, max: 200 }),
    height: fc.integer({ min: 1, max: 200 }),
    segment: fc.record({
      width: fc.constantFrom(16, 48, 'strip' as const),
      height: fc.constantFrom(1, 3, 16, 40, 1000),
    }),
    bands: fc.constantFrom(1, 3),
    maxCacheBytes: fc.constantFrom(0, 5000, 10 ** 7),
    seed: fc.integer({ min: 1, max: 1000 }),
  });

  test('are halves of the level before, whatever the segments and however small the cache', async () => {
    await fc.assert(
      fc.asyncProperty(flats, async ({ segment, maxCacheBytes, seed, ...shape }) => {
        const full = noise({ ...shape, dtype: 'uint8' }, seed);
        const tile = {
          width: segment.width === 'strip' ? full.width : segment.width,
          height: Math.min(segment.height, full.height),
        };
        const flatReader = syntheticReader({ levels: [full], tile, padded: false });
        const worker = inlineRenderWorker({
          codecs: keepingCodecs().codecs,
          kernels: typescriptKernels,
          limits: DEFAULT_LIMITS,
        });
        const reader = withDerivedLevels(flatReader, worker, {
          limits: DEFAULT_LIMITS,
          cache: new TileCache(maxCacheBytes),
          tileSize: 16,
        });
        let expected = full;
        for (const [index, level] of reader.info.levels.entries()) {
          if (index > 0) expected = typescriptKernels.boxShrink(expected, 2);
          expect({ width: level.width, height: level.height }).toEqual({
            width: expected.width,
            height: expected.height,
          });
        }
        const whole = await render(reader, { size: { kind: 'exact', width: expected.width, height: expected.height } });
        expect(whole.plan.level).toBe(reader.info.levels.length - 1);
        expect(whole.pixels.data).toEqual(expected.data);
      }),
      { numRuns: 60 },
    );
  });
});

test('nothing is resampled from corners, nor rounded down, unless iipsrv is to be repeated', () => {
  const sizes = fc.oneof(
    fc.record({ kind: fc.constant('width' as const), width: fc.integer({ min: 1, max: 900 }) }),
    fc.record({ kind: fc.constant('fit' as const), width: fc.integer({ min: 1, max: 900 }), height: side }),
    fc.constant({ kind: 'native' as const }),
  );
  const unit = fc.double({ min: 0.001, max: 1, noNaN: true });
  const part = fc.record({ x: unit, y: unit, width: unit, height: unit });
  fc.assert(
    fc.property(pyramids, sizes, fc.option(part), (pyramid, size, rect) => {
      const region = rect && rect.width > 0 && rect.height > 0 ? { kind: 'fraction' as const, ...rect } : undefined;
      const adjustments = [{ kind: 'gamma', exponent: 2 }] as const;
      const request: Partial<RenderRequest> = { size, overLimit: 'clamp', adjustments, ...(region ? { region } : {}) };
      const plan = pixelsPlan(request, readerOf(pyramid));
      expect(plan.resample?.kernel ?? 'nearest').not.toMatch(/corner/);
      expect(plan.stages.some((step) => 'truncate' in step || 'single' in step)).toBe(false);
    }),
    { numRuns: 200 },
  );
});
