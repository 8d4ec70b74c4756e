import { ImageError } from '../errors.ts';
import type { Rect } from '../geometry/rect.ts';
import type { Size } from '../geometry/size.ts';
import { columnsOf, tilesTouching } from '../geometry/tile-grid.ts';
import { assertWithin } from '../limits.ts';
import type { ImageInfo, LevelInfo } from '../metadata/image-info.ts';
import { bytesPerSample } from '../pixels/dtype.ts';
import type { StageStep } from '../processing/stage-step.ts';
import type { SegmentRef } from '../pyramid/image-reader.ts';
import type { PlanOptions } from './plan-options.ts';
import { embedsIcc, planEncoding, planMetadata } from './plan-output.ts';
import { planStages, type StagePlan } from './plan-stages.ts';
import type { PixelsPlan, RenderPlan } from './plan-types.ts';
import { planWindow, type WindowPlan } from './plan-window.ts';
import type { RenderRequest } from './request.ts';
import { type ResolvedView, resolveView } from './resolve-view.ts';

// A plan lists its segments; more of them than this is no picture but an attack on memory.
const MAX_SEGMENTS = 2 ** 18;

/**
 * Decides how a request will be answered: level, part, segments, stages, size, file. Pure and synchronous; nothing is
 * read. The formulas are in `resolve-region.ts`, `resolve-size.ts`, `resolve-tile.ts` and `plan-window.ts`.
 *
 * @throws ImageError `request` for what makes no sense for this image, `not-found` for a page, level or tile that
 *   does not exist, `unsupported` for an output format without encoder, `limit` for too much work.
 */
export function planRender(request: RenderRequest, info: ImageInfo, options: PlanOptions): RenderPlan {
  if (!options.outputFormats.includes(request.output.format)) {
    throw new ImageError('unsupported', `There is no encoder for ${request.output.format}`);
  }
  if (info.pages[request.page] === undefined) throw new ImageError('not-found', 'There is no such page');
  const turned = withWholeTurn(request);
  const view = resolveView(turned, info, options);
  assertWithin(view.size.width, options.limits.maxOutputSide, 'The output width');
  assertWithin(view.size.height, options.limits.maxOutputSide, 'The output height');
  assertWithin(view.size.width * view.size.height, options.limits.maxOutputPixels, 'The number of output pixels');
  const stages = planStages(turned, info, options);
  const pixels = planPixels(turned, info, options, { view, stages });
  const tile = storedTile(turned, info, options, { view, stages });
  if (tile === undefined) return pixels;
  const { format, size } = pixels.output;
  return {
    kind: 'pass-through',
    segment: tile,
    format,
    embedIcc: embedsIcc(info, stages, options),
    size,
    fallback: pixels,
  };
}

interface Decisions {
  readonly view: ResolvedView;
  readonly stages: StagePlan;
}

function withWholeTurn(request: RenderRequest): RenderRequest {
  const degrees = ((request.rotation.degrees % 360) + 360) % 360;
  if (!Number.isFinite(degrees)) throw new ImageError('request', 'The rotation is no number');
  return degrees === request.rotation.degrees ? request : { ...request, rotation: { ...request.rotation, degrees } };
}

/** The stored tile that already is the answer. */
function storedTile(
  request: RenderRequest,
  info: ImageInfo,
  options: PlanOptions,
  { view, stages }: Decisions,
): SegmentRef | undefined {
  const level = levelAt(info, view.level);
  const { source, size } = view;
  const col = source.x / level.tileWidth;
  const row = source.y / level.tileHeight;
  const isWholeTile =
    Number.isInteger(col) &&
    Number.isInteger(row) &&
    source.width === level.tileWidth &&
    source.height === level.tileHeight &&
    size.width === source.width &&
    size.height === source.height;
  const isUntouched = request.output.quality === undefined && stages.stages.length === 0 && stages.finish.length === 0;
  const isWanted = options.passThrough && level.passThrough?.format === request.output.format;
  return isWholeTile && isUntouched && isWanted ? { page: request.page, level: view.level, col, row } : undefined;
}

function planPixels(
  request: RenderRequest,
  info: ImageInfo,
  options: PlanOptions,
  { view, stages }: Decisions,
): PixelsPlan {
  const level = levelAt(info, view.level);
  const windowPlan = planWindow({
    source: view.source,
    size: view.size,
    level,
    border: borderOf(stages.stages),
    enlargeBy: options.enlargeBy,
    mayShrink: !info.extraSamples.includes('unassociated-alpha'),
  });
  const { window, shrink, resample } = windowPlan;
  const segments = segmentsOf(window, level, { page: request.page, level: view.level }, options);
  const size = turnedSize(view.size, stages.finish);
  const metadata = planMetadata(request, info, view, embedsIcc(info, stages, options));
  const plan: PixelsPlan = {
    kind: 'pixels',
    page: request.page,
    level: view.level,
    segments,
    tileWidth: level.tileWidth,
    tileHeight: level.tileHeight,
    window,
    shrink,
    bands: info.bands,
    dtype: info.dtype,
    stages: stages.stages,
    ...(resample === undefined ? {} : { resample: { ...resample, premultiply: stages.alpha } }),
    finish: stages.finish,
    output: {
      format: request.output.format,
      options: planEncoding(request, options, { alpha: stages.alpha, metadata }),
      size,
    },
    cost: costOf(segments.length, level, { info, stages, windowPlan, size }),
  };
  assertWithin(plan.cost.workingBytes, options.limits.maxWorkingBytes, 'The working memory in bytes');
  return plan;
}

function levelAt(info: ImageInfo, index: number): LevelInfo {
  const level = info.levels[index];
  if (level === undefined) throw new ImageError('not-found', 'There is no such level');
  return level;
}

function borderOf(steps: readonly StageStep[]): number {
  return steps.reduce((border, step) => border + (step.kind === 'convolution' ? (step.side - 1) / 2 : 0), 0);
}

/** Every segment of the level that touches the window, row by row. */
function segmentsOf(
  window: Rect,
  level: LevelInfo,
  place: { readonly page: number; readonly level: number },
  { limits }: PlanOptions,
): readonly SegmentRef[] {
  const { firstCol, firstRow, lastCol, lastRow } = tilesTouching(level, window);
  const count = (lastCol - firstCol + 1) * (lastRow - firstRow + 1);
  assertWithin(count, MAX_SEGMENTS, 'The number of segments to read');
  assertWithin(count * segmentPixels(level), limits.maxDecodePixels, 'The number of pixels to decode');
  const refs: SegmentRef[] = [];
  for (let row = firstRow; row <= lastRow; row++) {
    for (let col = firstCol; col <= lastCol; col++) refs.push({ ...place, col, row });
  }
  return refs;
}

function segmentPixels(level: LevelInfo): number {
  const height = columnsOf(level) === 1 ? Math.min(level.tileHeight, level.height) : level.tileHeight;
  return level.tileWidth * height;
}

function turnedSize(size: Size, finish: readonly StageStep[]): Size {
  let { width, height } = size;
  for (const step of finish) {
    if (step.kind === 'turn' && step.degrees !== 180) [width, height] = [height, width];
  }
  return { width, height };
}

function costOf(
  segments: number,
  level: LevelInfo,
  parts: { info: ImageInfo; stages: StagePlan; windowPlan: WindowPlan; size: Size },
): PixelsPlan['cost'] {
  const { window, shrink } = parts.windowPlan;
  const cells = Math.ceil(window.width / shrink) * Math.ceil(window.height / shrink);
  const decoded = cells * parts.info.bands * bytesPerSample(parts.info.dtype);
  const staged = cells * parts.stages.bands * bytesPerSample(parts.stages.dtype);
  const output = parts.size.width * parts.size.height * (parts.stages.colors + 1) * bytesPerSample(parts.stages.dtype);
  // The output exists twice while it is turned or encoded.
  return { pixels: segments * segmentPixels(level), segments, workingBytes: decoded + staged + 2 * output };
}
