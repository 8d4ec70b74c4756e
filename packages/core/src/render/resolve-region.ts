import { ImageError } from '../errors.ts';
import { intersectRects, type Rect } from '../geometry/rect.ts';
import { roundPixels } from '../geometry/rounding.ts';
import type { Size } from '../geometry/size.ts';
import type { RegionSpec } from './request.ts';

/** A region in whole pixels of the full-size picture. */
export interface ResolvedRegion {
  /** Inside the picture, not empty. */
  readonly rect: Rect;
  /**
   * Sides whose ratio a missing output side is computed from. Those of `rect`, except for IIP fractions, where it
   * is the region as asked for: not rounded and not cut at the edge.
   */
  readonly aspect: Size;
}

/** Regions that are not tiles. */
export type AreaSpec = Exclude<RegionSpec, { kind: 'tile' } | { kind: 'tile-index' }>;

/**
 * The pixels that a region names. What lies outside the picture is cut off (IIIF Image API 3.0, 4.1).
 *
 * @throws ImageError `request` for an empty region, one wholly outside the picture, and numbers that are none.
 */
export function resolveRegion(spec: AreaSpec, image: Size): ResolvedRegion {
  switch (spec.kind) {
    case 'full':
      return withOwnAspect({ x: 0, y: 0, width: image.width, height: image.height });
    case 'square': {
      const side = Math.min(image.width, image.height);
      const x = Math.floor((image.width - side) / 2);
      const y = Math.floor((image.height - side) / 2);
      return withOwnAspect({ x, y, width: side, height: side });
    }
    case 'pixels':
      return withOwnAspect(clipToImage(spec, image));
    case 'percent':
      return withOwnAspect(clipToImage(roundedPercent(spec, image), image));
    case 'fraction':
      return resolveFraction(spec, image);
  }
}

function withOwnAspect(rect: Rect): ResolvedRegion {
  return { rect, aspect: rect };
}

function clipToImage(rect: Rect, image: Size): Rect {
  requireNumbers(rect);
  if (!(rect.width > 0 && rect.height > 0)) throw new ImageError('request', 'The region has no width or no height');
  const clipped = intersectRects(rect, { x: 0, y: 0, width: image.width, height: image.height });
  if (clipped.width < 1 || clipped.height < 1) {
    throw new ImageError('request', 'The region lies outside the image');
  }
  return clipped;
}

function roundedPercent(percent: Rect, image: Size): Rect {
  if (!(percent.width > 0 && percent.height > 0)) {
    throw new ImageError('request', 'The region has no width or no height');
  }
  return {
    x: roundPixels((percent.x * image.width) / 100),
    y: roundPixels((percent.y * image.height) / 100),
    width: Math.max(1, roundPixels((percent.width * image.width) / 100)),
    height: Math.max(1, roundPixels((percent.height * image.height) / 100)),
  };
}

function resolveFraction(spec: Rect, image: Size): ResolvedRegion {
  requireNumbers(spec);
  const width = clampFraction(spec.width) * image.width;
  const height = clampFraction(spec.height) * image.height;
  if (!(width > 0 && height > 0)) throw new ImageError('request', 'The region has no width or no height');
  // A region that begins at the far edge still has one pixel, as with iipsrv.
  const x = Math.min(roundPixels(clampFraction(spec.x) * image.width), image.width - 1);
  const y = Math.min(roundPixels(clampFraction(spec.y) * image.height), image.height - 1);
  return {
    rect: {
      x,
      y,
      width: Math.max(1, Math.min(roundPixels(width), image.width - x)),
      height: Math.max(1, Math.min(roundPixels(height), image.height - y)),
    },
    aspect: { width, height },
  };
}

function clampFraction(value: number): number {
  return Math.min(1, Math.max(0, value));
}

function requireNumbers(rect: Rect): void {
  if (![rect.x, rect.y, rect.width, rect.height].every(Number.isFinite)) {
    throw new ImageError('request', 'The region is not made of numbers');
  }
}
