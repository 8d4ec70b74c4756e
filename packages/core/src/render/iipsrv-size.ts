import { ImageError } from '../errors.ts';
import { fitInto } from '../geometry/level-size.ts';
import type { Rect } from '../geometry/rect.ts';
import type { Size } from '../geometry/size.ts';
import type { RenderRequest } from './request.ts';
import type { ResolvedRegion } from './resolve-region.ts';

/**
 * The region of a IIIF request with the sides that iipsrv 1.3 counts for `max` and `pct:n`: fractions of the picture
 * times its sides, rounded down, which takes a pixel off most regions. Others are left alone. Only for `compat`.
 *
 * @throws ImageError `request` for a box larger than the region, which iipsrv refuses in version 3.
 */
export function iipsrvRegion(region: ResolvedRegion, request: RenderRequest, image: Size): ResolvedRegion {
  const { size, upscale } = request;
  const { rect } = region;
  if (size.kind === 'fit' && upscale === 'reject' && (size.width > rect.width || size.height > rect.height)) {
    throw new ImageError('request', 'The size is larger than the region and may not be enlarged');
  }
  if (size.kind !== 'max' && size.kind !== 'percent') return region;
  const { x, y, width, height } = fractionsOf(request, region, image);
  const cut: Size = { width: cutSide(x, width, image.width), height: cutSide(y, height, image.height) };
  const sides = size.kind === 'max' ? fitInto(region.aspect, cut) : cut;
  return { rect: { ...rect, ...sides }, aspect: region.aspect };
}

/** What is left of a side after it has been a fraction. */
function cutSide(start: number, extent: number, side: number): number {
  return Math.max(1, Math.trunc((start + extent > 1 ? 1 - start : extent) * side));
}

function fractionsOf({ region: spec }: RenderRequest, { rect }: ResolvedRegion, image: Size): Rect {
  if (spec.kind === 'percent') {
    return { x: spec.x / 100, y: spec.y / 100, width: spec.width / 100, height: spec.height / 100 };
  }
  const { x, y, width, height } = spec.kind === 'pixels' ? spec : rect;
  const [across, down] = [width / image.width, height / image.height];
  // Answers to squares are those of single precision, to others those of double.
  const isSquare = spec.kind === 'square';
  return {
    x: x / image.width,
    y: y / image.height,
    width: isSquare ? Math.fround(across) : across,
    height: isSquare ? Math.fround(down) : down,
  };
}
