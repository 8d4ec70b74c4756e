import { createPixelBuffer } from '@sectile/core/pixels';
import type { ImageInfo, LevelInfo } from '@sectile/core/pyramid';
import {
  DEFAULT_PLAN_OPTIONS,
  type PixelsPlan,
  type PlanOptions,
  planRender,
  type RenderPlan,
  type RenderRequest,
} from '@sectile/core/render';
import { requestOf } from './render.ts';
import { imageInfo } from './synthetic-reader.ts';

/** A stored level in 64 pixel tiles. */
export function levelOf(
  width: number,
  height: number,
  downsample: number,
  changes: Partial<LevelInfo> = {},
): LevelInfo {
  return {
    width,
    height,
    tileWidth: 64,
    tileHeight: 64,
    downsampleX: downsample,
    downsampleY: downsample,
    stored: true,
    ...changes,
  };
}

/** Levels of {@link infoOf}. */
export const LEVELS = [levelOf(301, 201, 1), levelOf(150, 100, 2), levelOf(75, 50, 4), levelOf(37, 25, 8)];

/** 301 x 201 RGB in 64 pixel tiles, levels halved and rounded down. */
export function infoOf(changes: Partial<ImageInfo> = {}): ImageInfo {
  const full = createPixelBuffer(1, 1, changes.bands ?? 3, changes.dtype ?? 'uint8');
  return imageInfo(full, { width: 301, height: 201, levels: LEVELS, tileSize: { width: 64, height: 64 }, ...changes });
}

/** The plan for a PNG of everything, with changes. */
export function planOf(
  request: Partial<RenderRequest>,
  info = infoOf(),
  options: Partial<PlanOptions> = {},
): RenderPlan {
  return planRender(requestOf(request), info, { ...DEFAULT_PLAN_OPTIONS, ...options });
}

/** The plan that decodes, also where the answer could pass through. */
export function pixelsPlan(
  request: Partial<RenderRequest>,
  info = infoOf(),
  options: Partial<PlanOptions> = {},
): PixelsPlan {
  const plan = planOf(request, info, options);
  return plan.kind === 'pixels' ? plan : plan.fallback;
}

export const PNG = { format: 'png', metadata: 'tile' } as const;
export const JPG = { format: 'jpg', metadata: 'tile' } as const;
export const WEBP = { format: 'webp', metadata: 'tile' } as const;
export const TIF = { format: 'tif', metadata: 'tile' } as const;
