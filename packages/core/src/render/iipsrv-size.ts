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
  const cut: Size = {
    width: Math.max(1, Math.trunc((x + width > 1 ? 1 - x : width) * image.width)),
    height: Math.max(1, Math.trunc((y + height > 1 ? 1 - y : height) * image.height)),
  };
  const sides = size.kind === 'max' ? fitInto(region.aspect, cut) : cut;
  return { rect: { ...rect, ...sides }, aspect: region.aspect };
}

function fractionsOf({ region: spec }: RenderRequest, { rect }: ResolvedRegion, image: Size): Rect {
  if (spec.kind === 'percent') {
    return { x: spec.x / 100, y: spec.y / 100, width: spec.width / 100, height: spec.height / 100 };
  }
  const { x, y, width, height } = spec.kind === 'pixels' ? spec : rect;
  return { x: x / image.width, y: y / image.height, width: width / image.width, height: height / image.height };
}
