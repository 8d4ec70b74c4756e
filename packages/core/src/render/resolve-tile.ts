import { ImageError } from '../errors.ts';
import { lastDeepZoomLevel, reducedSize, zoomifyTiers } from '../geometry/level-size.ts';
import { outerRect, type Rect } from '../geometry/rect.ts';
import type { Size } from '../geometry/size.ts';
import { columnsOf, rowsOf, type TileGrid, tileRect } from '../geometry/tile-grid.ts';
import type { ImageInfo } from '../metadata/image-info.ts';
import { toLevelRect } from '../pyramid/select-level.ts';
import type { LevelSpec, RegionSpec, RenderRequest } from './request.ts';

/** The grid that a client addresses tiles in. */
interface ClientLevel {
  readonly size: Size;
  readonly tile: Size;
  /** Index into `info.levels` when the client means that level itself. */
  readonly stored?: number | undefined;
  /** Full-size pixels for one pixel of this level. */
  readonly downsampleX: number;
  readonly downsampleY: number;
}

/** A tile, or another part of a level, in pixels of the level it was asked from. */
export interface LevelPart {
  readonly level: ClientLevel;
  /** Whole pixels of `level.size`, before any turn. */
  readonly rect: Rect;
  /** The same in full-size pixels; the last tile reaches the edge of the picture. */
  readonly region: Rect;
}

/** Regions that are tiles. */
export type TileSpec = Extract<RegionSpec, { kind: 'tile' } | { kind: 'tile-index' }>;

/**
 * The pixels that a tile covers. Tiles are those of the picture as it is shown: mirrored and turned by a multiple
 * of 90 degrees first where the request says so.
 *
 * @throws ImageError `not-found` for a level or a tile that does not exist; `request` without a level.
 */
export function resolveTile(spec: TileSpec, request: RenderRequest, info: ImageInfo): LevelPart {
  if (request.level === undefined) throw new ImageError('request', 'A tile needs a level');
  const level = resolveLevel(request.level, info);
  const { rotation } = request;
  const sideways = rotation.degrees % 180 === 90;
  const grid: TileGrid = {
    width: sideways ? level.size.height : level.size.width,
    height: sideways ? level.size.width : level.size.height,
    tileWidth: level.tile.width,
    tileHeight: level.tile.height,
  };
  const { col, row } = spec.kind === 'tile' ? spec : tileAt(spec.index, grid);
  if (!(isIndex(col, columnsOf(grid)) && isIndex(row, rowsOf(grid)))) {
    throw new ImageError('not-found', 'There is no such tile');
  }
  const rect = beforeTurn(tileRect(grid, col, row), level.size, rotation);
  return { level, rect, region: toFullSize(rect, level, info) };
}

/**
 * All pixels of a level that a region of full-size pixels touches.
 *
 * @throws ImageError `not-found` for a level that does not exist.
 */
export function resolveLevelPart(region: Rect, spec: LevelSpec, info: ImageInfo): LevelPart {
  const level = resolveLevel(spec, info);
  const { size, downsampleX, downsampleY } = level;
  const rect = outerRect(toLevelRect(region, info, { ...size, downsampleX, downsampleY }));
  return { level, rect, region: toFullSize(rect, level, info) };
}

function tileAt(index: number, grid: TileGrid): { col: number; row: number } {
  const columns = columnsOf(grid);
  return { col: index % columns, row: Math.floor(index / columns) };
}

function isIndex(value: number, count: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < count;
}

function resolveLevel(spec: LevelSpec, info: ImageInfo): ClientLevel {
  switch (spec.from) {
    case 'full':
      return storedLevel(spec.index, info);
    case 'smallest':
      return storedLevel(info.levels.length - 1 - spec.index, info);
    // The sizes of these levels are rounded up, so that they hold every pixel: viewers of Zoomify, too, count columns
    // and rows that way, though they round down to count the tiers.
    case 'one-tile':
      return madeLevel(zoomifyTiers(info, squareTile(info)).length - 1 - spec.index, spec, info);
    case 'one-pixel':
      return madeLevel(lastDeepZoomLevel(info) - spec.index, spec, info);
  }
}

/** Tiles of Deep Zoom and Zoomify have one side only. */
function squareTile({ tileSize }: ImageInfo): Size {
  return { width: tileSize.width, height: tileSize.width };
}

function madeLevel(halvings: number, { index }: LevelSpec, info: ImageInfo): ClientLevel {
  if (!(Number.isInteger(index) && index >= 0 && halvings >= 0)) throw noSuchLevel();
  const downsample = 2 ** halvings;
  const size = reducedSize(info, downsample);
  return { size, tile: squareTile(info), downsampleX: downsample, downsampleY: downsample };
}

function storedLevel(index: number, info: ImageInfo): ClientLevel {
  const level = Number.isInteger(index) ? info.levels[index] : undefined;
  if (level === undefined) throw noSuchLevel();
  return {
    size: level,
    tile: info.tileSize,
    stored: index,
    downsampleX: level.downsampleX,
    downsampleY: level.downsampleY,
  };
}

function noSuchLevel(): ImageError {
  return new ImageError('not-found', 'There is no such level');
}

/** A rectangle of the turned picture as a rectangle of the picture itself, which has `size`. */
function beforeTurn(rect: Rect, size: Size, rotation: RenderRequest['rotation']): Rect {
  let upright = rect;
  if (rotation.degrees === 90) {
    upright = { x: rect.y, y: size.height - rect.x - rect.width, width: rect.height, height: rect.width };
  } else if (rotation.degrees === 180) {
    upright = { ...rect, x: size.width - rect.x - rect.width, y: size.height - rect.y - rect.height };
  } else if (rotation.degrees === 270) {
    upright = { x: size.width - rect.y - rect.height, y: rect.x, width: rect.height, height: rect.width };
  }
  return rotation.mirror ? { ...upright, x: size.width - upright.x - upright.width } : upright;
}

function toFullSize(rect: Rect, level: ClientLevel, full: Size): Rect {
  const x = Math.min(rect.x * level.downsampleX, full.width - 1);
  const y = Math.min(rect.y * level.downsampleY, full.height - 1);
  const right = rect.x + rect.width;
  const bottom = rect.y + rect.height;
  return {
    x,
    y,
    width: (right === level.size.width ? full.width : Math.min(full.width, right * level.downsampleX)) - x,
    height: (bottom === level.size.height ? full.height : Math.min(full.height, bottom * level.downsampleY)) - y,
  };
}
