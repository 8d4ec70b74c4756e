import { ImageError } from '../errors.ts';
import { fitInto } from '../geometry/level-size.ts';
import { roundPixels } from '../geometry/rounding.ts';
import type { Size } from '../geometry/size.ts';
import type { Limits } from '../limits.ts';
import type { RenderRequest, SizeSpec, UpscaleRule } from './request.ts';
import type { ResolvedRegion } from './resolve-region.ts';

type SizeLimits = Pick<Limits, 'maxOutputSide' | 'maxOutputPixels'>;

/** What a size depends on beside its own numbers. */
export interface SizeContext {
  readonly region: ResolvedRegion;
  readonly upscale: UpscaleRule;
  readonly overLimit: NonNullable<RenderRequest['overLimit']>;
  readonly limits: SizeLimits;
}

/**
 * The output size in pixels, before any turn (IIIF Image API 3.0, 4.2; for IIP what iipsrv answers). Sides that
 * follow from the aspect are rounded half up and at least 1.
 *
 * @throws ImageError `request` for sizes of zero, for enlarging where that is refused and for sizes over the limits
 *   where `overLimit` is `reject`.
 */
export function resolveSize(spec: SizeSpec, context: SizeContext): Size {
  const region: Size = context.region.rect;
  if (spec.kind === 'native' || (spec.kind === 'max' && context.upscale !== 'allow')) {
    return fitWithin({ width: region.width, height: region.height }, context.limits);
  }
  if (spec.kind === 'max') return largestSize(region, context.limits);
  if (spec.kind === 'fit') return resolveFit(spec, context);
  return applyLimit(applyUpscaleRule(wantedSize(spec, context.region), region, context.upscale), context);
}

function wantedSize(spec: Exclude<SizeSpec, { kind: 'native' | 'max' | 'fit' }>, region: ResolvedRegion): Size {
  const { aspect, rect } = region;
  switch (spec.kind) {
    case 'width':
      return {
        width: requireSide(spec.width),
        height: followingSide(spec.width, aspect.height, aspect.width),
      };
    case 'height':
      return {
        width: followingSide(spec.height, aspect.width, aspect.height),
        height: requireSide(spec.height),
      };
    case 'exact':
      return { width: requireSide(spec.width), height: requireSide(spec.height) };
    case 'percent':
      return {
        width: requireSide(roundPixels((rect.width * spec.percent) / 100)),
        height: requireSide(roundPixels((rect.height * spec.percent) / 100)),
      };
  }
}

/** The other side by the aspect. Regions may be thinner than numbers can divide by: then it is as long as numbers go. */
function followingSide(side: number, across: number, along: number): number {
  return Math.min(Number.MAX_VALUE, Math.max(1, roundPixels((side * across) / along)));
}

function requireSide(side: number): number {
  if (!(Number.isFinite(side) && side >= 1)) throw new ImageError('request', 'The size has no width or no height');
  return Math.floor(side);
}

/** Never an error for being larger than the region: then it stays at the region's size, unless it may grow. */
function resolveFit(box: Size, context: SizeContext): Size {
  const { aspect, rect } = context.region;
  const wanted = fitInto(aspect, { width: requireSide(box.width), height: requireSide(box.height) });
  const size =
    context.upscale !== 'allow' && (wanted.width > rect.width || wanted.height > rect.height)
      ? fitInto(aspect, { width: Math.min(box.width, rect.width), height: Math.min(box.height, rect.height) })
      : wanted;
  return fitWithin(size, context.limits);
}

function applyUpscaleRule(wanted: Size, region: Size, rule: UpscaleRule): Size {
  if (rule === 'allow' || (wanted.width <= region.width && wanted.height <= region.height)) return wanted;
  if (rule === 'reject') throw new ImageError('request', 'The size is larger than the region and may not be enlarged');
  return fitInto(wanted, {
    width: Math.min(wanted.width, region.width),
    height: Math.min(wanted.height, region.height),
  });
}

function applyLimit(wanted: Size, context: SizeContext): Size {
  const within = fitWithin(wanted, context.limits);
  if (context.overLimit === 'reject' && within !== wanted) {
    throw new ImageError('request', `The size exceeds ${largestInWords(context.limits)}, the most that is given`, {
      details: { width: wanted.width, height: wanted.height },
    });
  }
  return within;
}

function largestInWords({ maxOutputSide, maxOutputPixels }: SizeLimits): string {
  const sides = Number.isFinite(maxOutputSide) ? [`${maxOutputSide} pixels a side`] : [];
  const area = maxOutputPixels < maxOutputSide ** 2 ? [`${maxOutputPixels} pixels`] : [];
  return [...sides, ...area].join(' or ');
}

/** The size itself when it is within the limits, else the largest of that aspect that is. */
function fitWithin(size: Size, limits: SizeLimits): Size {
  if (isWithin(size, limits)) return size;
  return largestSize(size, limits);
}

function isWithin(size: Size, limits: SizeLimits): boolean {
  return (
    size.width <= limits.maxOutputSide &&
    size.height <= limits.maxOutputSide &&
    size.width * size.height <= limits.maxOutputPixels
  );
}

function largestSize(aspect: Size, limits: SizeLimits): Size {
  // Divided one after the other: the product of very long sides is no number.
  const byArea = Math.sqrt(limits.maxOutputPixels / aspect.width / aspect.height);
  const longer = Math.max(aspect.width, aspect.height);
  let side = Math.max(1, Math.floor(Math.min(limits.maxOutputSide, limits.maxOutputPixels, longer * byArea)));
  if (!Number.isFinite(side)) return { width: aspect.width, height: aspect.height };
  let size = fitInto(aspect, { width: side, height: side });
  // Rounding the shorter side up may leave the area a few pixels too large.
  while (!isWithin(size, limits) && side > 1) size = fitInto(aspect, { width: --side, height: side });
  return size;
}
