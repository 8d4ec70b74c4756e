import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitWindow } from './split-window.ts';

const plans = fc.record({
  window: fc.record({
    x: fc.integer({ min: 0, max: 500 }),
    y: fc.integer({ min: 0, max: 500 }),
    width: fc.integer({ min: 1, max: 700 }),
    height: fc.integer({ min: 1, max: 700 }),
  }),
  shrink: fc.integer({ min: 1, max: 9 }),
  tileWidth: fc.constantFrom(16, 100, 256, 4000),
  tileHeight: fc.constantFrom(1, 16, 100, 256, 4000),
});

test('blocks cover the window once, in reading order, cut between boxes', () => {
  fc.assert(
    fc.property(
      plans,
      fc.integer({ min: 1, max: 10 ** 7 }),
      fc.integer({ min: 1, max: 300 }),
      (plan, pixels, segments) => {
        const { window, shrink } = plan;
        const blocks = splitWindow(plan, pixels, segments);
        expect(blocks.reduce((area, { width, height }) => area + width * height, 0)).toBe(window.width * window.height);
        for (const { x, y, width, height } of blocks) {
          expect((x - window.x) % shrink).toBe(0);
          expect((y - window.y) % shrink).toBe(0);
          expect(x).toBeGreaterThanOrEqual(window.x);
          expect(x + width).toBeLessThanOrEqual(window.x + window.width);
          expect(y + height).toBeLessThanOrEqual(window.y + window.height);
        }
        const order = blocks.map(({ x, y }) => y * 10000 + x);
        expect(order).toEqual([...new Set(order)].sort((a, b) => a - b));
      },
    ),
    { numRuns: 200 },
  );
});

test('cuts lie between segments where boxes allow', () => {
  const plan = { window: { x: 10, y: 0, width: 500, height: 500 }, shrink: 1, tileWidth: 100, tileHeight: 100 };
  const blocks = splitWindow(plan, 100 * 100 * 12, 100);
  expect(blocks).toEqual([0, 200, 400].map((y) => ({ x: 10, y, width: 500, height: Math.min(200, 500 - y) })));
});

test('a row of segments wider than the budget is cut across', () => {
  const plan = { window: { x: 0, y: 0, width: 1000, height: 100 }, shrink: 1, tileWidth: 100, tileHeight: 100 };
  expect(splitWindow(plan, 100 * 100 * 3, 100).map(({ x, width }) => [x, width])).toEqual([
    [0, 300],
    [300, 300],
    [600, 300],
    [900, 100],
  ]);
});
