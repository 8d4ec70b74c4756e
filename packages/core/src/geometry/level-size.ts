import type { Size } from './size.ts';

/**
 * How many full-size pixels one pixel of a level stands for, along one axis.
 *
 * A level is meant to be exactly 1/n of the full size when its side is `full / n` rounded either way: 150 and 151 of
 * 301 are both the half. Then the answer is n, and tile edges fall on whole pixels. Other levels keep the true ratio.
 */
export function downsampleOf(fullSide: number, levelSide: number): number {
  const ratio = fullSide / levelSide;
  // Several n round to the same side when the level is tiny; the power of two is what pyramids mean.
  const power = 2 ** Math.round(Math.log2(ratio));
  const whole = Math.max(1, Math.round(ratio));
  for (const n of [power, whole]) {
    if (levelSide === Math.max(1, Math.floor(fullSide / n)) || levelSide === Math.ceil(fullSide / n)) return n;
  }
  return ratio;
}

/** A picture reduced by a whole number, partial pixels counted: no row or column is lost. */
export function reducedSize(size: Size, divisor: number): Size {
  return { width: Math.ceil(size.width / divisor), height: Math.ceil(size.height / divisor) };
}

/** Index of the full-size level in Deep Zoom numbering, where level 0 is one pixel: ceil(log2(longer side)). */
export function lastDeepZoomLevel(size: Size): number {
  let level = 0;
  for (let side = Math.max(size.width, size.height); side > 1; side = Math.ceil(side / 2)) level++;
  return level;
}

/** Zoomify tiers from full size to the first that fits one tile, each side halved and rounded down, at least 1. */
export function zoomifyTiers(size: Size, tile: Size): readonly Size[] {
  const tiers: Size[] = [{ width: size.width, height: size.height }];
  let { width, height } = size;
  while (width > tile.width || height > tile.height) {
    width = Math.max(1, Math.floor(width / 2));
    height = Math.max(1, Math.floor(height / 2));
    tiers.push({ width, height });
  }
  return tiers;
}

/** The largest size with the aspect of `size` that fits into `box`; computed sides are rounded, at least 1. */
export function fitInto(size: Size, box: Size): Size {
  if (box.width * size.height <= box.height * size.width) {
    return { width: box.width, height: Math.max(1, roundToFit((size.height * box.width) / size.width, box.height)) };
  }
  return { width: Math.max(1, roundToFit((size.width * box.height) / size.height, box.width)), height: box.height };
}

function roundToFit(side: number, limit: number): number {
  return Math.min(limit, Math.floor(side + 0.5 + 1e-9 * side));
}
