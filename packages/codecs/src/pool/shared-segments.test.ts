import { createPixelBuffer, cropPixels, type DType, type PixelBuffer } from '@sectile/core/pixels';
import type { CachedSegment } from '@sectile/core/pyramid';
import { describe, expect, test } from 'vitest';
import { noise } from '../../../../test/contracts/kernels.ts';
import { SharedSegments } from './shared-segments.ts';

const MEMORY_BYTES = 2 ** 21;

interface Shape {
  readonly side?: number;
  readonly bands?: number;
  readonly dtype?: DType;
  readonly border?: number;
}

function segmentAt(col: number, row: number, { side = 32, bands = 1, dtype = 'uint16', border = 1 }: Shape = {}) {
  const segment: CachedSegment = {
    ...{ image: 1, ref: { page: 0, level: 0, col, row } },
    ...{ width: side, height: side, bands, dtype, border },
  };
  const pixels = noise({ width: side, height: side, bands, dtype }, 1 + col + 100 * row);
  return { segment, pixels };
}

type Known = ReturnType<typeof segmentAt>;

/** What is laid into a window at (x, y) of the segment; nothing where it is not kept. */
function laid(cache: SharedSegments, { segment }: Pick<Known, 'segment'>, x: number, y: number, side: number) {
  const window = createPixelBuffer(side, side, segment.bands, segment.dtype);
  return cache.lay(segment, window, -x, -y) ? window : undefined;
}

/** The same by hand: zeros outside of the segment. */
function expected({ pixels }: Known, left: number, top: number, side: number): PixelBuffer {
  const window = createPixelBuffer(side, side, pixels.bands, pixels.dtype);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const isInside = x + left >= 0 && x + left < pixels.width && y + top >= 0 && y + top < pixels.height;
      for (let band = 0; isInside && band < pixels.bands; band++) {
        const from = ((y + top) * pixels.width + x + left) * pixels.bands + band;
        window.data[(y * side + x) * pixels.bands + band] = pixels.data[from]!;
      }
    }
  }
  return window;
}

describe('SharedSegments', () => {
  test.each<Shape>([
    {},
    { side: 200, border: 3 },
    { bands: 3, dtype: 'uint8' },
    { side: 5, bands: 2, dtype: 'float32', border: 7 },
  ])('lays what windows around a segment and its neighbors need: %o', (shape) => {
    const memory = new SharedArrayBuffer(MEMORY_BYTES);
    const known = segmentAt(3, 4, shape);
    const { side = 32, border = 1 } = shape;
    expect(new SharedSegments(memory).keep(known.segment, known.pixels)).toBe(false);
    const other = new SharedSegments(memory);
    for (const row of [-1, 0, 1]) {
      for (const col of [-1, 0, 1]) {
        const [x, y] = [col * side - border, row * side - border];
        const window = laid(other, known, x, y, side + 2 * border);
        expect(window).toEqual(expected(known, x, y, side + 2 * border));
      }
    }
    expect(laid(other, known, 1, 2, 4)).toEqual(expected(known, 1, 2, 4));
  });

  test('keeps images, pages, levels, places and borders apart', () => {
    const cache = new SharedSegments(new ArrayBuffer(MEMORY_BYTES));
    const { segment, pixels } = segmentAt(1, 0);
    cache.keep(segment, pixels);
    const { ref } = segment;
    const others: readonly Partial<CachedSegment>[] = [
      { image: 2 },
      { ref: { ...ref, page: 1 } },
      { ref: { ...ref, level: 1 } },
      { ref: { ...ref, col: 0 } },
      { ref: { ...ref, col: 0, row: 1 } },
      { ref: { ...ref, col: 1, row: 1 } },
      { border: 2 },
    ];
    for (const other of others) {
      // A window of which the segment's first row is the last.
      const isLaid = laid(cache, { segment: { ...segment, ...other } }, 0, 1 - 32, 32);
      expect(isLaid, JSON.stringify(other)).toBeUndefined();
    }
    expect(laid(cache, { segment }, 0, 1 - 32, 32)).toBeDefined();
  });

  test('has nothing of segments that cannot be named', () => {
    const cache = new SharedSegments(new ArrayBuffer(MEMORY_BYTES));
    const { segment, pixels } = segmentAt(0, 0);
    const far = { ...segment, ref: { ...segment.ref, page: 2 ** 16 } };
    cache.keep(far, pixels);
    expect(laid(cache, { segment: far }, 0, 0, 32)).toBeUndefined();
    expect(laid(cache, { segment }, 0, 0, 32)).toBeUndefined();
  });

  test('gives up what was not used for long, and says so', () => {
    const cache = new SharedSegments(new ArrayBuffer(MEMORY_BYTES));
    const many = Array.from({ length: 100 }, (_, col) => segmentAt(col, 0, { side: 128 }));
    for (const { segment, pixels } of many) cache.keep(segment, pixels);
    const found = many.map((known) => laid(cache, known, 0, 0, 128));
    found.forEach((window, col) => {
      if (window !== undefined) expect(window).toEqual(many[col]!.pixels);
    });
    expect(found[0]).toBeUndefined();
    expect(found[99]).toEqual(cropPixels(many[99]!.pixels, { x: 0, y: 0, width: 128, height: 128 }));
  });
});
