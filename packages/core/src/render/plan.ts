import { ImageError } from '../errors.ts';
import type { Rect } from '../geometry/rect.ts';
import { tilesTouching } from '../geometry/tile-grid.ts';
import { assertWithin } from '../limits.ts';
import type { ImageInfo, LevelInfo } from '../metadata/image-info.ts';
import { bytesPerSample } from '../pixels/dtype.ts';
import type { PixelShape } from '../processing/stage.ts';
import { shapeAfter, totalBorder } from '../processing/stage-table.ts';
import type { SegmentRef } from '../pyramid/image-reader.ts';
import { refsTouching } from '../pyramid/segment-refs.ts';
import { isIipsrvExport } from './iipsrv-view.ts';
import { ENCODER_FACTS, type PlanOptions } from './plan-options.ts';
import { embedsIcc, isExport, planEncoding, planMetadata, profileOf } from './plan-output.ts';
import { planStages, type StagePlan } from './plan-stages.ts';
import type { PixelsPlan, RenderPlan } from './plan-types.ts';
import { planWindow } from './plan-window.ts';
import type { RenderRequest } from './request.ts';
import { resolveView } from './resolve-view.ts';
import type { ResolvedView } from './resolved-view.ts';

// A plan lists its segments; more of them than this is no picture but an attack on memory.
const MAX_SEGMENTS = 2 ** 18;

/**
 * Decides how a request will be answered: level, part, segments, stages, size, file. Pure and synchronous; nothing is
 * read. The formulas are in `resolve-region.ts`, `resolve-size.ts`, `resolve-tile.ts` and `plan-window.ts`.
 *
 * @throws ImageError `request` for what makes no sense for this image, `not-found` for a page, level or tile that
 *   does not exist, `unsupported` for an output format without encoder, `limit` for too much work.
 */
export function planRender(request: RenderRequest, image: ImageInfo, policy: PlanOptions): RenderPlan {
  if (!policy.outputFormats.includes(request.output.format)) {
    throw new ImageError('unsupported', `There is no encoder for ${request.output.format}`);
  }
  const options = withinFormat(request, policy);
  const info = options.ranges === undefined ? image : { ...image, ranges: options.ranges };
  if (info.pages[request.page] === undefined) throw new ImageError('not-found', 'There is no such page');
  const turned = withWholeTurn(request);
  const view = resolveView(turned, info, options);
  assertWithin(view.size.width, options.limits.maxOutputSide, 'The output width');
  assertWithin(view.size.height, options.limits.maxOutputSide, 'The output height');
  assertWithin(view.size.width * view.size.height, options.limits.maxOutputPixels, 'The number of output pixels');
  const stages = planStages(turned, info, options, view);
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

/** What a format cannot hold is reduced or refused before any work, as what a deployment does not allow. */
function withinFormat({ output }: RenderRequest, options: PlanOptions): PlanOptions {
  const { maxSide = Number.POSITIVE_INFINITY } = ENCODER_FACTS[output.format];
  const { limits } = options;
  return limits.maxOutputSide <= maxSide ? options : { ...options, limits: { ...limits, maxOutputSide: maxSide } };
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
  const { quality, optimize, progressive } = request.output;
  const isUntouched =
    quality === undefined && !optimize && !progressive && stages.stages.length === 0 && stages.finish.length === 0;
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
  const { window, shrink, resample } = planWindow({
    source: view.source,
    size: view.size,
    level,
    border: totalBorder(stages.stages),
    enlargeBy: options.enlargeBy,
    mayShrink: !(info.extraSamples.includes('unassociated-alpha') || isShadedElevation(stages)),
    fromCorners: isIipsrvExport(request, options),
  });
  const assembled: PixelShape = {
    width: Math.ceil(window.width / shrink),
    height: Math.ceil(window.height / shrink),
    bands: info.bands,
    dtype: info.dtype,
  };
  const staged = shapeAfter(stages.stages, assembled);
  const finished = shapeAfter(stages.finish, { ...staged, ...view.size });
  const workingBytes = byteLength(assembled) + byteLength(staged) + 2 * byteLength(finished);
  assertWithin(workingBytes, options.limits.maxWorkingBytes, 'The working memory in bytes');
  const layers = qualityLayers(request, info, options);
  const segments = segmentsOf(window, level, { page: request.page, level: view.level, layers }, options);
  const metadata = planMetadata(request, info, view, {
    icc: profileOf(info, stages, options),
    rights: options.rights,
  });
  return {
    kind: 'pixels',
    page: request.page,
    level: view.level,
    ...(layers === undefined ? {} : { layers }),
    segments,
    tileWidth: level.tileWidth,
    tileHeight: level.tileHeight,
    window,
    shrink,
    bands: info.bands,
    dtype: info.dtype,
    stages: stages.stages,
    ...(resample === undefined ? {} : { resample: { ...resample, premultiply: stages.premultiply } }),
    finish: stages.finish,
    output: {
      format: request.output.format,
      options: planEncoding(request, options, {
        info,
        stages,
        metadata,
        isExport: isExport(request, info, view),
      }),
      size: { width: finished.width, height: finished.height },
    },
    cost: { pixels: segments.length * segmentPixels(level), segments: segments.length, workingBytes },
  };
}

/** Quality layers of JPEG 2000 that a request may use; other formats have none. */
function qualityLayers(request: RenderRequest, { format }: ImageInfo, { maxLayers }: PlanOptions): number | undefined {
  if (format !== 'jpeg2000') return undefined;
  if (maxLayers <= 0) return request.layers;
  return Math.min(request.layers ?? maxLayers, maxLayers);
}

/** Slopes are taken where the samples are: averaging them first would flatten the ground. */
function isShadedElevation({ stages }: StagePlan): boolean {
  return stages.some(({ kind }) => kind === 'elevation-hillshade');
}

function byteLength({ width, height, bands, dtype }: PixelShape): number {
  return width * height * bands * bytesPerSample(dtype);
}

function levelAt(info: ImageInfo, index: number): LevelInfo {
  const level = info.levels[index];
  if (level === undefined) throw new ImageError('not-found', 'There is no such level');
  return level;
}

/** Every segment of the level that touches the window, row by row. */
function segmentsOf(
  window: Rect,
  level: LevelInfo,
  place: Pick<SegmentRef, 'page' | 'level' | 'layers'>,
  { limits }: PlanOptions,
): readonly SegmentRef[] {
  const { firstCol, firstRow, lastCol, lastRow } = tilesTouching(level, window);
  const count = (lastCol - firstCol + 1) * (lastRow - firstRow + 1);
  assertWithin(count, MAX_SEGMENTS, 'The number of segments to read');
  assertWithin(count * segmentPixels(level), limits.maxDecodePixels, 'The number of pixels to decode');
  return refsTouching(window, level, place);
}

function segmentPixels(level: LevelInfo): number {
  return level.tileWidth * level.tileHeight;
}
