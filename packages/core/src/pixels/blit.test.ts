import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noise } from '../../../../test/contracts/kernels.ts';
import { blit, cropPixels } from './blit.ts';
import { convertSamples } from './convert.ts';
import { createPixelBuffer } from './pixel-buffer.ts';

const side = fc.integer({ min: 1, max: 12 });
const offset = fc.integer({ min: -15, max: 15 });

describe('blit', () => {
  test('copies what meets the target and nothing else', () => {
    fc.assert(
      fc.property(
        side,
        side,
        side,
        side,
        offset,
        offset,
        fc.integer({ min: 1, max: 4 }),
        (w, h, tw, th, x, y, bands) => {
          const source = noise({ width: w, height: h, bands, dtype: 'uint8' }, w * h);
          const target = noise({ width: tw, height: th, bands, dtype: 'uint8' }, 99);
          const before = target.data.slice();
          blit(source, target, x, y);
          for (let row = 0; row < th; row++) {
            for (let column = 0; column < tw; column++) {
              const inside = column >= x && column < x + w && row >= y && row < y + h;
              const from = ((row - y) * w + column - x) * bands;
              const to = (row * tw + column) * bands;
              const expected = inside ? source.data.slice(from, from + bands) : before.slice(to, to + bands);
              expect(target.data.slice(to, to + bands)).toEqual(expected);
            }
          }
        },
      ),
    );
  });

  test.each([
    { bands: 1, dtype: 'uint8' },
    { bands: 3, dtype: 'uint16' },
  ] as const)('refuses pixels of another kind: %o', (shape) => {
    const source = createPixelBuffer(2, 2, shape.bands, shape.dtype);
    expect(() => blit(source, createPixelBuffer(2, 2, 3, 'uint8'), 0, 0)).toThrow(
      expect.objectContaining({ kind: 'codec' }),
    );
  });
});

test('cropPixels of everything is no copy', () => {
  const pixels = noise({ width: 5, height: 4, bands: 2, dtype: 'uint8' });
  expect(cropPixels(pixels, { x: 0, y: 0, width: 5, height: 4 })).toBe(pixels);
  expect(cropPixels(pixels, { x: 4, y: 3, width: 1, height: 1 }).data).toEqual(pixels.data.slice(-2));
});

test.each([
  ['float32', 'uint8', [-1, 0.5, 1.49, 254.5, 300, Number.NaN], [0, 1, 1, 255, 255, 0]],
  ['int16', 'uint8', [-5, 0, 7, 256], [0, 0, 7, 255]],
  ['uint16', 'int8', [0, 127, 128, 65535], [0, 127, 127, 127]],
  ['float64', 'int16', [-40000, -1.5, -1.4, 40000], [-32768, -1, -1, 32767]],
  ['uint8', 'float32', [0, 255], [0, 255]],
] as const)('convertSamples from %s to %s keeps values, rounded and clamped', (from, to, values, expected) => {
  const pixels = createPixelBuffer(values.length, 1, 1, from);
  pixels.data.set(values);
  expect(Array.from(convertSamples(pixels, to).data)).toEqual(expected);
});
