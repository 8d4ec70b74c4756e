import { reducedSize } from '../geometry/level-size.ts';
import type { Size } from '../geometry/size.ts';
import { columnsOf } from '../geometry/tile-grid.ts';
import type { ImageInfo, LevelInfo } from '../metadata/image-info.ts';

/** One level of a completed pyramid and where its tiles come from. */
export interface ChainLevel {
  readonly info: LevelInfo;
  readonly origin: /** The file's own segments are good tiles. `fileLevel` is the level's index in the file. */
    | { readonly kind: 'stored'; readonly fileLevel: number }
    /** Cut from the file's strips or unwieldy tiles of this very level. */
    | { readonly kind: 'cut'; readonly fileLevel: number; readonly stored: LevelInfo }
    /** Averaged from the level before. */
    | { readonly kind: 'reduced' };
  /** Columns and rows of tiles that are made together, because they come from the same segments. */
  readonly blockColumns: number;
  readonly blockRows: number;
}

/** Stored tiles up to so many pixels are served as they are. */
const MAX_TILE_PIXELS = 2 ** 22;
/** Strips are served as they are where those that a tile touches have up to so many times its pixels. */
const MAX_STRIP_OVERHEAD = 8;
/** Smaller stored tiles mean too many reads for one tile of a client. */
const MIN_TILE_SIDE = 64;

/** Tile size for clients where the file has no good one of its own. */
export const DERIVED_TILE_SIDE = 256;

/** The tile size that a completed pyramid tells clients. */
export function chainTileSize(info: ImageInfo, wanted: number | undefined): Size {
  if (wanted !== undefined) return { width: wanted, height: wanted };
  const [full] = info.levels;
  if (full !== undefined && !isStrip(full) && isGoodTile(full)) return info.tileSize;
  return { width: DERIVED_TILE_SIDE, height: DERIVED_TILE_SIDE };
}

/**
 * Completes a pyramid: levels in strips or in unwieldy tiles are cut into tiles, halves are put in where the file leaves
 * some out (slide scanners keep every second level, and viewers of IIP count on all), and below the smallest stored
 * level halves are added, sizes rounded up, until one fits a tile.
 */
export function levelChain(levels: readonly LevelInfo[], tile: Size): readonly ChainLevel[] {
  const chain: ChainLevel[] = [];
  let last: LevelInfo | undefined;
  // Below strips all columns of a row are made at once: each strip is then decoded once, from top to bottom.
  let isWide = false;
  const addHalf = (level: LevelInfo): LevelInfo => {
    const half = halfOf(level, tile, isWide);
    chain.push(half);
    return half.info;
  };
  for (const [fileLevel, level] of levels.entries()) {
    for (let count = missingHalves(last, level); last !== undefined && count > 0; count--) last = addHalf(last);
    const stored = storedLevel(level, fileLevel, tile);
    chain.push(stored);
    last = stored.info;
    isWide = stored.origin.kind === 'cut' && isStrip(stored.origin.stored);
  }
  while (last !== undefined && (last.width > tile.width || last.height > tile.height)) last = addHalf(last);
  return chain;
}

/** How many times the larger of two neighbors can be halved before it has the size of the smaller. */
function missingHalves(larger: LevelInfo | undefined, smaller: LevelInfo): number {
  if (larger === undefined) return 0;
  const halvings = Math.log2(smaller.downsampleX / larger.downsampleX);
  const isEven = smaller.downsampleX * larger.downsampleY === smaller.downsampleY * larger.downsampleX;
  return isEven && Number.isInteger(halvings) ? halvings - 1 : 0;
}

function halfOf(level: LevelInfo, tile: Size, isWide: boolean): ChainLevel {
  const info: LevelInfo = {
    ...reducedSize(level, 2),
    tileWidth: tile.width,
    tileHeight: tile.height,
    downsampleX: level.downsampleX * 2,
    downsampleY: level.downsampleY * 2,
    stored: false,
  };
  return { info, origin: { kind: 'reduced' }, blockColumns: isWide ? columnsOf(info) : 1, blockRows: 1 };
}

function storedLevel(level: LevelInfo, fileLevel: number, tile: Size): ChainLevel {
  const isGood = isStrip(level) ? isCheapStrip(level, tile) : isGoodTile(level);
  if (isGood) return { info: level, origin: { kind: 'stored', fileLevel }, blockColumns: 1, blockRows: 1 };
  const { passThrough: _, ...rest } = level;
  return {
    info: { ...rest, tileWidth: tile.width, tileHeight: tile.height },
    origin: { kind: 'cut', fileLevel, stored: level },
    blockColumns: Math.ceil(level.tileWidth / tile.width),
    blockRows: Math.ceil(level.tileHeight / tile.height),
  };
}

function isStrip(level: LevelInfo): boolean {
  return columnsOf(level) === 1;
}

function isGoodTile({ tileWidth, tileHeight }: LevelInfo): boolean {
  return tileWidth * tileHeight <= MAX_TILE_PIXELS && Math.min(tileWidth, tileHeight) >= MIN_TILE_SIDE;
}

/** True when the strips that one tile touches are few pixels. */
function isCheapStrip(level: LevelInfo, tile: Size): boolean {
  const strips = Math.ceil(tile.height / level.tileHeight) + (tile.height % level.tileHeight === 0 ? 0 : 1);
  const pixels = level.width * Math.min(level.height, strips * level.tileHeight);
  return pixels <= MAX_STRIP_OVERHEAD * tile.width * tile.height;
}
