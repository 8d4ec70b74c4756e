import { describe, expect, test } from 'vitest';
import { isImageError } from '../errors.ts';
import { orderAdjustments } from './stage-order.ts';

describe('orderAdjustments', () => {
  test('brings adjustments into the one order', () => {
    const asked = [
      'contrast',
      'equalize',
      'colormap',
      'convolution',
      'invert',
      'gamma',
      'color-twist',
      'hillshade',
      'range',
    ];
    expect(orderAdjustments(asked.map((kind) => ({ kind }))).map(({ kind }) => kind)).toEqual([
      'range',
      'hillshade',
      'color-twist',
      'gamma',
      'invert',
      'colormap',
      'convolution',
      'contrast',
      'equalize',
    ]);
  });

  test('keeps the given order of equals and leaves its input alone', () => {
    const asked = [
      { kind: 'turn', id: 1 },
      { kind: 'range', id: 2 },
      { kind: 'range', id: 3 },
    ];
    expect(orderAdjustments(asked).map(({ id }) => id)).toEqual([2, 3, 1]);
    expect(asked[0]!.id).toBe(1);
  });

  test('refuses kinds that it does not know', () => {
    const asked = [{ kind: 'sepia' }, { kind: 'gamma' }];
    expect(() => orderAdjustments(asked)).toThrow(expect.toSatisfy((error: unknown) => isImageError(error, 'request')));
  });
});
