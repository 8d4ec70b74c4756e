import type { Rect } from '../geometry/rect.ts';
import type { ImageInfo } from '../metadata/image-info.ts';
import { selectLevel, toLevelRect } from '../pyramid/select-level.ts';
import { iipsrvRegion } from './iipsrv-size.ts';
import { iipsrvView, isIipsrvExport } from './iipsrv-view.ts';
import type { PlanOptions } from './plan-options.ts';
import type { RenderRequest, UpscaleRule } from './request.ts';
import { type ResolvedRegion, resolveRegion } from './resolve-region.ts';
import { resolveSize } from './resolve-size.ts';
import { type LevelPart, resolveLevelPart, resolveTile } from './resolve-tile.ts';
import type { ResolvedView } from './resolved-view.ts';

/** Decides level, part and size of an answer. Errors: see `resolveRegion`, `resolveTile` and `resolveSize`. */
export function resolveView(request: RenderRequest, info: ImageInfo, options: PlanOptions): ResolvedView {
  if (isIipsrvExport(request, options)) return iipsrvView(request, info, options);
  const { region, level, size } = request;
  if (region.kind === 'tile' || region.kind === 'tile-index') {
    const tile = resolveTile(region, request, info);
    if (size.kind === 'native') return viewOfPart(tile, info);
    return viewOfRegion({ rect: tile.region, aspect: tile.region }, request, info, options);
  }
  const resolved = resolveRegion(region, info);
  if (level !== undefined && size.kind === 'native')
    return viewOfPart(resolveLevelPart(resolved.rect, level, info), info);
  return viewOfRegion(resolved, request, info, options);
}

/** The pixels of a level as they are. */
function viewOfPart({ level, rect, region }: LevelPart, info: ImageInfo): ResolvedView {
  const size = { width: rect.width, height: rect.height };
  if (level.stored !== undefined) return { level: level.stored, source: rect, size, region };
  // Chosen for the whole level, so that all its tiles come from the same one.
  const index = selectLevel(info.levels, info, level.size);
  return { level: index, source: levelRect(region, info, index), size, region };
}

function viewOfRegion(
  region: ResolvedRegion,
  request: RenderRequest,
  info: ImageInfo,
  options: PlanOptions,
): ResolvedView {
  const overLimit = request.overLimit ?? 'reject';
  const size = resolveSize(request.size, {
    // In compat mode what is no tile and no IIP export is IIIF's.
    region: options.compat === 'iipsrv' ? iipsrvRegion(region, request, info) : region,
    upscale: upscaleRule(request.upscale, overLimit, options),
    overLimit,
    limits: options.limits,
  });
  const level = selectLevel(info.levels, region.rect, size);
  return { level, source: levelRect(region.rect, info, level), size, region: region.rect };
}

/** Where a deployment forbids enlarging, IIP reduces what it is asked for and IIIF refuses. */
function upscaleRule(
  rule: UpscaleRule,
  overLimit: NonNullable<RenderRequest['overLimit']>,
  options: PlanOptions,
): UpscaleRule {
  if (rule !== 'allow' || options.allowUpscaling) return rule;
  return overLimit === 'clamp' ? 'clamp' : 'reject';
}

function levelRect(region: Rect, info: ImageInfo, index: number): Rect {
  const level = info.levels[index];
  return level === undefined ? region : toLevelRect(region, info, level);
}
