import type { Size } from './size.ts';

/** A half-open rectangle: x to x + width (exclusive), y to y + height (exclusive). Origin top-left. */
export interface Rect extends Size {
  readonly x: number;
  readonly y: number;
}

/** The common part of two rectangles; width or height is 0 when they do not meet. */
export function intersectRects(a: Rect, b: Rect): Rect {
  const x = Math.max(a.x, b.x);
  const y = Math.max(a.y, b.y);
  const width = Math.max(0, Math.min(a.x + a.width, b.x + b.width) - x);
  const height = Math.max(0, Math.min(a.y + a.height, b.y + b.height) - y);
  return { x, y, width, height };
}

/** The rectangle grown by `border` on every side, then clipped to a picture of `bounds`. */
export function growRect(rect: Rect, border: number, bounds: Size): Rect {
  return intersectRects(
    { x: rect.x - border, y: rect.y - border, width: rect.width + 2 * border, height: rect.height + 2 * border },
    { x: 0, y: 0, ...bounds },
  );
}

/** The smallest rectangle of whole pixels around one with fractional edges. */
export function outerRect(rect: Rect): Rect {
  // 1e-6 forgives the rounding of divisions such as 512 / (301 / 150.5) that should have come out whole.
  const x = Math.floor(rect.x + 1e-6);
  const y = Math.floor(rect.y + 1e-6);
  return {
    x,
    y,
    width: Math.max(1, Math.ceil(rect.x + rect.width - 1e-6) - x),
    height: Math.max(1, Math.ceil(rect.y + rect.height - 1e-6) - y),
  };
}

/** True when both describe the same rectangle. */
export function sameRect(a: Rect, b: Rect): boolean {
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}
