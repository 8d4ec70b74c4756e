import { growRect, outerRect, type Rect } from '../geometry/rect.ts';
import { snapToWhole } from '../geometry/rounding.ts';
import type { Size } from '../geometry/size.ts';
import { kernelSupport } from '../resample/axis-weights.ts';
import type { CornerKernel, ResampleKernel, ResampleStep } from '../resample/resample-step.ts';
import type { PlanOptions } from './plan-options.ts';

/** What of a level is needed for one output, and what happens to it. */
export interface WindowPlan {
  readonly window: Rect;
  readonly shrink: number;
  readonly resample?: Omit<ResampleStep<ResampleKernel | CornerKernel>, 'premultiply'> | undefined;
}

/** What the choice of a window depends on. */
export interface WindowContext {
  /** Pixels of the level, edges possibly fractional. */
  readonly source: Rect;
  readonly size: Size;
  readonly level: Size;
  /** Pixels around the source that stages look at. */
  readonly border: number;
  readonly enlargeBy: PlanOptions['enlargeBy'];
  /** False where averaging samples before they are processed would be wrong: unassociated alpha. */
  readonly mayShrink: boolean;
  /** As iipsrv: whole pixels of the source, resampled from their corners. */
  readonly fromCorners: boolean;
}

/**
 * Chooses the whole pixels to assemble, the box reduction while doing so, and the resampling that remains: none when
 * the working buffer already is the output. Boxes lie on one grid for the whole level, so that neighboring outputs
 * average the same pixels.
 */
export function planWindow(context: WindowContext): WindowPlan {
  if (context.fromCorners) return planCornerWindow(context);
  const { source, size, level } = context;
  const scaleX = snapToWhole(source.width / size.width);
  const scaleY = snapToWhole(source.height / size.height);
  const reducing = scaleX >= 1 && scaleY >= 1;
  const kernel: ResampleKernel = reducing ? 'area' : context.enlargeBy;
  const shrink = reducing && context.mayShrink ? Math.max(1, Math.floor(Math.min(scaleX, scaleY))) : 1;
  const isCopy = scaleX === shrink && scaleY === shrink && isWhole(source.x / shrink) && isWhole(source.y / shrink);
  const margin = isCopy ? 0 : Math.max(kernelSupport(kernel, scaleX), kernelSupport(kernel, scaleY));
  const grown = growRect(outerRect(source), Math.ceil(margin) + context.border * shrink, level);
  const window = shrink === 1 ? grown : alignTo(grown, shrink, level);
  const inWindow: Rect = {
    x: snapToWhole((source.x - window.x) / shrink),
    y: snapToWhole((source.y - window.y) / shrink),
    width: snapToWhole(source.width / shrink),
    height: snapToWhole(source.height / shrink),
  };
  const isAll =
    isCopy && Math.ceil(window.width / shrink) === size.width && Math.ceil(window.height / shrink) === size.height;
  if (isAll) return { window, shrink };
  // Cutting off the border is a resampling that keeps every pixel.
  return { window, shrink, resample: { source: inWindow, size, kernel: isCopy ? 'nearest' : kernel } };
}

function planCornerWindow({ source, size, level, border, enlargeBy }: WindowContext): WindowPlan {
  const window = growRect(source, border, level);
  const isCopy = source.width === size.width && source.height === size.height;
  if (isCopy && window.width === size.width && window.height === size.height) return { window, shrink: 1 };
  const kernel = isCopy ? 'nearest' : enlargeBy === 'nearest' ? 'corner-nearest' : 'corner-bilinear';
  return {
    window,
    shrink: 1,
    resample: { source: { ...source, x: source.x - window.x, y: source.y - window.y }, size, kernel },
  };
}

function isWhole(value: number): boolean {
  return Number.isInteger(snapToWhole(value));
}

function alignTo(rect: Rect, step: number, level: Size): Rect {
  const x = Math.floor(rect.x / step) * step;
  const y = Math.floor(rect.y / step) * step;
  return {
    x,
    y,
    width: Math.min(level.width, Math.ceil((rect.x + rect.width) / step) * step) - x,
    height: Math.min(level.height, Math.ceil((rect.y + rect.height) / step) * step) - y,
  };
}
