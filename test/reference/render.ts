import { DEFAULT_LIMITS } from '@sectile/core';
import { typescriptKernels } from '@sectile/core/codec';
import { ImageError } from '@sectile/core/errors';
import type { Rect, Size } from '@sectile/core/geometry';
import type { PixelBuffer } from '@sectile/core/pixels';
import type { ImageReader } from '@sectile/core/pyramid';
import {
  DEFAULT_PLAN_OPTIONS,
  executePlan,
  inlineRenderWorker,
  type PixelsPlan,
  type PlanOptions,
  planRender,
  type RenderRequest,
} from '@sectile/core/render';
import { referenceBoxShrink, referenceResample } from './resample.ts';
import { keepingCodecs } from './synthetic-reader.ts';

/** A request for a PNG of everything, with changes. */
export function requestOf(changes: Partial<RenderRequest>): RenderRequest {
  return {
    page: 0,
    region: { kind: 'full' },
    size: { kind: 'native' },
    upscale: 'allow',
    adjustments: [],
    rotation: { mirror: false, degrees: 0 },
    quality: 'default',
    output: { format: 'png', metadata: 'tile' },
    ...changes,
  };
}

/** Plans and executes; the pixels that would have been encoded. */
export async function render(
  reader: ImageReader,
  changes: Partial<RenderRequest>,
  options: Partial<PlanOptions> = {},
): Promise<{ plan: PixelsPlan; pixels: PixelBuffer }> {
  const plan = planRender(requestOf(changes), reader.info, { ...DEFAULT_PLAN_OPTIONS, passThrough: false, ...options });
  if (plan.kind !== 'pixels') throw new ImageError('request', 'Planned to pass through');
  const { codecs, kept } = keepingCodecs();
  const worker = inlineRenderWorker({ codecs, kernels: typescriptKernels, limits: DEFAULT_LIMITS });
  await executePlan(plan, reader, worker);
  const [pixels] = kept;
  if (pixels === undefined) throw new ImageError('codec', 'Nothing was encoded');
  return { plan, pixels };
}

/**
 * The naive executor: takes the whole level, shrinks all of it by the whole-number part, and resamples the region
 * with formulas, in double precision. Shares with the real one the level and the reduction, nothing else.
 *
 * @param region Pixels of the level; edges may be fractional.
 */
export function referenceRender(
  level: PixelBuffer,
  region: Rect,
  size: Size,
  { shrink, kernel }: { shrink: number; kernel: 'area' | 'bilinear' | 'lanczos3' | 'nearest' },
): Float64Array {
  const shrunk: PixelBuffer =
    shrink === 1
      ? level
      : {
          ...level,
          width: Math.ceil(level.width / shrink),
          height: Math.ceil(level.height / shrink),
          dtype: 'float64',
          data: referenceBoxShrink(level, shrink),
        };
  const source = {
    x: region.x / shrink,
    y: region.y / shrink,
    width: region.width / shrink,
    height: region.height / shrink,
  };
  return referenceResample(shrunk, { source, size, kernel, premultiply: level.bands === 2 || level.bands === 4 });
}

/** Largest difference of any two samples. */
export function largestDifference(actual: PixelBuffer, expected: Float64Array | PixelBuffer['data']): number {
  if (actual.data.length !== expected.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) largest = Math.max(largest, Math.abs(actual.data[i]! - expected[i]!));
  return largest;
}
