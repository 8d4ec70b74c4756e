import type { Rect, Size } from '@sectile/core/geometry';
import { createPixelBuffer, type PixelBuffer } from '@sectile/core/pixels';

/**
 * Part of a picture in another size, not rounded: averaged by area where that reduces both sides, else interpolated
 * between the centers of pixels. Colors are weighted with alpha, which is the last of two or four bands.
 */
export function scaled(picture: PixelBuffer, source: Rect, size: Size): PixelBuffer {
  const reduces = source.width >= size.width && source.height >= size.height;
  const weightsOf = reduces ? areaWeights : linearWeights;
  const columns = weightsOf(source.x, source.width, size.width, picture.width);
  const rows = weightsOf(source.y, source.height, size.height, picture.height);
  const hasAlpha = picture.bands === 2 || picture.bands === 4;
  const alpha = picture.bands - 1;
  const result = createPixelBuffer(size.width, size.height, picture.bands, 'float64');
  const sum = new Float64Array(picture.bands);
  let at = 0;
  for (const row of rows) {
    for (const column of columns) {
      sum.fill(0);
      for (const [y, weightY] of row) {
        for (const [x, weightX] of column) {
          const from = (y * picture.width + x) * picture.bands;
          const weight = weightX * weightY;
          const cover = hasAlpha ? weight * picture.data[from + alpha]! : weight;
          for (let band = 0; band < alpha; band++) sum[band]! += cover * picture.data[from + band]!;
          sum[alpha]! += hasAlpha ? cover : weight * picture.data[from + alpha]!;
        }
      }
      for (let band = 0; band < alpha; band++)
        result.data[at++] = hasAlpha ? sum[band]! / (sum[alpha]! || 1) : sum[band]!;
      result.data[at++] = sum[alpha]!;
    }
  }
  return result;
}

/** For each output pixel the input pixels that it is made of and their shares, which add up to 1. */
type Weights = readonly (readonly (readonly [index: number, share: number])[])[];

function areaWeights(start: number, length: number, count: number): Weights {
  const step = length / count;
  return Array.from({ length: count }, (_, i) => {
    const [from, to] = [start + i * step, start + (i + 1) * step];
    const shares: [number, number][] = [];
    for (let index = Math.floor(from); index < to - 1e-9; index++) {
      shares.push([index, (Math.min(index + 1, to) - Math.max(index, from)) / step]);
    }
    return shares;
  });
}

function linearWeights(start: number, length: number, count: number, side: number): Weights {
  const clamp = (index: number) => Math.min(side - 1, Math.max(0, index));
  return Array.from({ length: count }, (_, i) => {
    const center = start + ((i + 0.5) * length) / count - 0.5;
    const first = Math.floor(center);
    return [[clamp(first), first + 1 - center] as const, [clamp(first + 1), center - first] as const];
  });
}

/** Each pixel of a new picture from a pixel of another, by position. */
function remapped(
  picture: PixelBuffer,
  size: Size,
  from: (x: number, y: number) => readonly [number, number],
): PixelBuffer {
  const { bands, data, width, dtype } = picture;
  const result = createPixelBuffer(size.width, size.height, bands, dtype);
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) {
      const [fromX, fromY] = from(x, y);
      const at = (fromY * width + fromX) * bands;
      for (let band = 0; band < bands; band++) result.data[(y * size.width + x) * bands + band] = data[at + band]!;
    }
  }
  return result;
}

/** Left and right changed over. */
export function mirrored(picture: PixelBuffer): PixelBuffer {
  return remapped(picture, picture, (x, y) => [picture.width - 1 - x, y]);
}

/** A quarter clockwise, so many times. */
export function turned(picture: PixelBuffer, quarters: number): PixelBuffer {
  if (quarters === 0) return picture;
  const size = { width: picture.height, height: picture.width };
  return turned(
    remapped(picture, size, (x, y) => [y, picture.height - 1 - x]),
    quarters - 1,
  );
}

/** One band: ITU-R BT.601 luma, not rounded. */
export function luma({ width, height, bands, data }: PixelBuffer): PixelBuffer {
  const gray = createPixelBuffer(width, height, 1, 'float64');
  for (let i = 0; i < gray.data.length; i++) {
    gray.data[i] = 0.299 * data[i * bands]! + 0.587 * data[i * bands + 1]! + 0.114 * data[i * bands + 2]!;
  }
  return gray;
}

/** Largest difference of any two samples; infinite when size or bands differ. */
export function difference(a: PixelBuffer, b: PixelBuffer): number {
  if (a.width !== b.width || a.height !== b.height || a.bands !== b.bands) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.data.length; i++) largest = Math.max(largest, Math.abs(a.data[i]! - b.data[i]!));
  return largest;
}
