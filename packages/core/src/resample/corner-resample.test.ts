import { expect, test } from 'vitest';
import type { PixelBuffer } from '../pixels/pixel-buffer.ts';
import { resampleFromCorners } from './corner-resample.ts';

const gray = (width: number, ...values: number[]): PixelBuffer => ({
  width,
  height: values.length / width,
  bands: 1,
  dtype: 'uint8',
  data: Uint8Array.from(values),
});
const values = ({ data }: PixelBuffer): number[] => Array.from(data);

test('nearest takes the pixel that a corner falls into', () => {
  expect(values(resampleFromCorners(gray(4, 10, 20, 30, 40), { width: 2, height: 1 }, 'corner-nearest'))).toEqual([
    10, 30,
  ]);
  expect(values(resampleFromCorners(gray(2, 10, 20), { width: 4, height: 1 }, 'corner-nearest'))).toEqual([
    10, 10, 20, 20,
  ]);
});

test('bilinear starts at the corner, rounds down, and runs over into the next row', () => {
  const twoRows = gray(2, 0, 255, 0, 255);
  // Position 1.5 of a row lies between 255 and the 0 that the next row begins with.
  expect(values(resampleFromCorners(twoRows, { width: 4, height: 2 }, 'corner-bilinear'))).toEqual([
    0, 127, 255, 127, 0, 127, 255, 255,
  ]);
});

test('bilinear does not average when reducing', () => {
  const row = gray(6, 0, 200, 0, 200, 0, 200);
  expect(values(resampleFromCorners(row, { width: 3, height: 1 }, 'corner-bilinear'))).toEqual([0, 0, 0]);
});
