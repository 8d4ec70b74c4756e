import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { downsampleOf, fitInto, lastDeepZoomLevel, reducedSize, zoomifyTiers } from './level-size.ts';

describe('downsampleOf', () => {
  test.each([
    [301, 301, 1],
    [301, 151, 2],
    [301, 150, 2],
    [301, 75, 4],
    [301, 76, 4],
    [301, 37, 8],
    [46000, 11500, 4],
    [32914, 2057, 16],
    [900, 300, 3],
    [1000, 700, 1000 / 700],
    [5, 1, 4],
    [1, 1, 1],
  ])('of %i to %i is %d', (full, level, expected) => {
    expect(downsampleOf(full, level)).toBe(expected);
  });

  test('is a power of two for every level of a halved pyramid', () => {
    fc.assert(
      fc.property(fc.integer({ min: 64, max: 10 ** 6 }), fc.boolean(), (full, up) => {
        for (let side = full, n = 1; side >= 32; n *= 2) {
          expect(downsampleOf(full, side)).toBe(n);
          side = up ? Math.ceil(full / (2 * n)) : Math.floor(full / (2 * n));
        }
      }),
    );
  });
});

describe('levels of clients', () => {
  test.each([
    [{ width: 300, height: 200 }, 9],
    [{ width: 256, height: 1 }, 8],
    [{ width: 257, height: 1 }, 9],
    [{ width: 1, height: 1 }, 0],
  ])('Deep Zoom counts %o up to level %i', (size, last) => {
    expect(lastDeepZoomLevel(size)).toBe(last);
  });

  test('Zoomify halves and rounds down until both sides fit', () => {
    const sizes = zoomifyTiers({ width: 1000, height: 601 }, { width: 256, height: 256 });
    expect(sizes.map(({ width, height }) => [width, height])).toEqual([
      [1000, 601],
      [500, 300],
      [250, 150],
    ]);
  });

  test('a side never becomes 0', () => {
    expect(zoomifyTiers({ width: 5000, height: 1 }, { width: 64, height: 64 }).at(-1)).toEqual({
      width: 39,
      height: 1,
    });
    expect(reducedSize({ width: 5000, height: 1 }, 8192)).toEqual({ width: 1, height: 1 });
  });
});

test('fitInto touches the box with one side, keeps the aspect with the other', () => {
  expect(fitInto({ width: 301, height: 201 }, { width: 100, height: 100 })).toEqual({ width: 100, height: 67 });
  expect(fitInto({ width: 201, height: 301 }, { width: 100, height: 100 })).toEqual({ width: 67, height: 100 });
  const side = fc.integer({ min: 1, max: 5000 });
  fc.assert(
    fc.property(side, side, side, side, (width, height, boxWidth, boxHeight) => {
      const fitted = fitInto({ width, height }, { width: boxWidth, height: boxHeight });
      expect(fitted.width).toBeLessThanOrEqual(boxWidth);
      expect(fitted.height).toBeLessThanOrEqual(boxHeight);
      expect(fitted.width === boxWidth || fitted.height === boxHeight).toBe(true);
      expect(Math.min(fitted.width, fitted.height)).toBeGreaterThanOrEqual(1);
    }),
  );
});
