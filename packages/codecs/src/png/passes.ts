import type { Size } from '@sectile/core/geometry';

/** Where the pixels of a pass lie: pixel (x, y) of it is (xStart + x * xStep, yStart + y * yStep) of the picture. */
export interface Pass extends Size {
  readonly xStart: number;
  readonly yStart: number;
  readonly xStep: number;
  readonly yStep: number;
}

/** xStart, yStart, xStep, yStep of the seven passes of Adam7 (PNG, 8.2). */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** The passes of a picture that hold pixels; one when it is not interlaced. */
export function passesOf({ width, height }: Size, interlaced: boolean): Pass[] {
  const steps = interlaced ? ADAM7 : ([[0, 0, 1, 1]] as const);
  return steps
    .map(([xStart, yStart, xStep, yStep]) => ({
      xStart,
      yStart,
      xStep,
      yStep,
      width: Math.max(0, Math.ceil((width - xStart) / xStep)),
      height: Math.max(0, Math.ceil((height - yStart) / yStep)),
    }))
    .filter((pass) => pass.width > 0 && pass.height > 0);
}
