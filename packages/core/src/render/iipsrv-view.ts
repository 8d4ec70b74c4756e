import type { Rect } from '../geometry/rect.ts';
import type { Size } from '../geometry/size.ts';
import type { ImageInfo } from '../metadata/image-info.ts';
import type { PlanOptions } from './plan-options.ts';
import type { RenderRequest } from './request.ts';
import type { ResolvedView } from './resolved-view.ts';

/** What iipsrv knows of an export: the part as fractions, the sides asked for (0: not), the sides it will have. */
interface Export {
  readonly view: Rect;
  readonly asked: Size;
  readonly size: Size;
}

/** Levels count from full size, as everywhere here. `size` is what iipsrv takes for the level's size. */
interface Choice {
  readonly level: number;
  readonly size: Size;
}

const EPSILON = 2 ** -23;
const { fround, round, floor, trunc, min, max } = Math;

/** True for requests whose level and size `iipsrvView` decides: IIP exports where a deployment wants iipsrv's pixels. */
export function isIipsrvExport({ region, overLimit }: RenderRequest, { compat }: PlanOptions): boolean {
  return compat === 'iipsrv' && overLimit === 'clamp' && (region.kind === 'full' || region.kind === 'fraction');
}

/**
 * Level, part and size of an IIP export as iipsrv 1.3 decides them, defects included: without `WID` and `HEI` the
 * smallest level is blown up, over `MAX_CVT` levels are chosen too small, and levels count as exact halves. Only for
 * `compat`; the sane way is `resolveView`.
 */
export function iipsrvView(request: RenderRequest, info: ImageInfo, options: PlanOptions): ResolvedView {
  const { region } = request;
  const view: Rect = region.kind === 'fraction' ? region : { x: 0, y: 0, width: 1, height: 1 };
  const asked = askedSides(request);
  const limit = options.limits.maxOutputSide;
  const wanted: Export = { view, asked, size: outputSize(view, asked, info, limit) };
  const choice = withinLimit(smallestSufficient(wanted, info), wanted, info, limit);
  const isWhole = region.kind === 'full';
  const source = isWhole ? { x: 0, y: 0, ...sizeOf(info, choice.level) } : partOf(view, choice, info);
  const { width, height } = wanted.size;
  const isFree = options.allowUpscaling && request.upscale === 'allow';
  return {
    level: choice.level,
    source,
    size: {
      width: max(1, isFree ? width : min(width, choice.size.width)),
      height: max(1, isFree ? height : min(height, choice.size.height)),
    },
    region: fullSizePart(view, info),
  };
}

function askedSides({ size }: RenderRequest): Size {
  switch (size.kind) {
    case 'width':
      return { width: size.width, height: 0 };
    case 'height':
      return { width: 0, height: size.height };
    case 'fit':
    case 'exact':
      return { width: size.width, height: size.height };
    default:
      return { width: 0, height: 0 };
  }
}

function outputSize(view: Rect, asked: Size, image: Size, limit: number): Size {
  const ratio = fround((view.width * image.width) / (view.height * image.height));
  const byHeight = (height: number): Size => ({ width: round(height * ratio), height });
  const byWidth = (width: number): Size => ({ width, height: round(width / ratio) });
  let size: Size = { width: image.width, height: image.height };
  if (asked.width > 0 && asked.height > 0) {
    const isTooWide =
      fround(asked.width / (view.width * image.width)) > fround(asked.height / (view.height * image.height));
    size = isTooWide ? byHeight(asked.height) : byWidth(asked.width);
  } else if (asked.width > 0) size = byWidth(asked.width);
  else if (asked.height > 0) size = byHeight(asked.height);
  if (size.width <= limit && size.height <= limit) return size;
  if (size.width > size.height) return byWidth(limit);
  return size.height > size.width ? byHeight(limit) : { width: limit, height: limit };
}

/** From the smallest level on, the first in which the part has the sides asked for. */
function smallestSufficient({ view, asked, size }: Export, info: ImageInfo): Choice {
  for (let level = info.levels.length - 1; level > 0; level--) {
    const { width, height } = sizeOf(info, level);
    const part: Size = {
      width: view.width === 1 ? width : floor(fround(info.width * view.width) / 2 ** level + EPSILON),
      height: view.height === 1 ? height : floor(fround(info.height * view.height) / 2 ** level + EPSILON),
    };
    const fits = part.width <= width + 1 && part.height <= height + 1;
    const suffices =
      (asked.width === 0 || part.width >= size.width) && (asked.height === 0 || part.height >= size.height);
    if (fits && suffices) return { level, size: { width, height } };
  }
  return { level: 0, size: sizeOf(info, 0) };
}

/** Goes to smaller levels while the part is larger than the limit. Looks their sizes up in the wrong order. */
function withinLimit(choice: Choice, { view, asked }: Export, info: ImageInfo, limit: number): Choice {
  if (!Number.isFinite(limit)) return choice;
  const { width, height } = choice.size;
  const toWidth = asked.width > 0 || asked.height === 0 ? asked.width : trunc((width * asked.height) / height);
  const toHeight = asked.height > 0 || asked.width === 0 ? asked.height : trunc((height * asked.width) / width);
  let scale = min(fround(toWidth / info.width), fround(toHeight / height));
  if (scale <= 0 || scale > 1) scale = 1;
  const part: Size = { width: width * view.width * scale, height: height * view.height * scale };
  if (part.width <= limit && part.height <= limit) return choice;
  let side = trunc(width > height ? part.width : part.height);
  let { level, size } = choice;
  const last = info.levels.length - 1;
  for (; level < last && side > limit; level++) {
    side = trunc(side / 2);
    size = sizeOf(info, last - level);
  }
  return { level, size };
}

function partOf(view: Rect, { level, size }: Choice, info: ImageInfo): Rect {
  const along = (start: number, extent: number, full: number, length: number): readonly [number, number] => {
    const scaled = fround(full) / 2 ** level;
    const first = min(round(start * scaled), length);
    return [first, max(1, min(round(extent * scaled), length - first))];
  };
  const [left, width] = along(view.x, view.width, info.width, size.width);
  const [top, height] = along(view.y, view.height, info.height, size.height);
  // The size that was looked up wrongly says nothing of the pixels there are.
  const real = sizeOf(info, level);
  const x = min(left, real.width - 1);
  const y = min(top, real.height - 1);
  return { x, y, width: min(width, real.width - x), height: min(height, real.height - y) };
}

function fullSizePart(view: Rect, image: Size): Rect {
  const x = view.x * image.width;
  const y = view.y * image.height;
  return {
    x,
    y,
    width: max(1, min(view.width * image.width, image.width - x)),
    height: max(1, min(view.height * image.height, image.height - y)),
  };
}

function sizeOf(info: ImageInfo, level: number): Size {
  const { width, height } = info.levels[level] ?? info;
  return { width, height };
}
