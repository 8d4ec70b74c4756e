import { reducedSize } from '../geometry/level-size.ts';
import type { Size } from '../geometry/size.ts';
import { columnsOf } from '../geometry/tile-grid.ts';
import type { ImageInfo, LevelInfo } from '../metadata/image-info.ts';

/** One level of a completed pyramid and where its tiles come from. */
export interface ChainLevel {
  readonly info: LevelInfo;
  readonly origin: /** The file's own segments are good tiles. */
    | { readonly kind: 'stored' }
    /** Cut from the file's strips or unwieldy tiles of this very level. */
    | { readonly kind: 'cut'; readonly stored: LevelInfo }
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
 * Completes a pyramid: levels in strips or in unwieldy tiles are cut into tiles, and below the smallest stored level
 * halves are added, sizes rounded up, until one fits a tile.
 */
export function levelChain(levels: readonly LevelInfo[], tile: Size): readonly ChainLevel[] {
  const chain: ChainLevel[] = levels.map((level) => storedLevel(level, tile));
  let last = chain.at(-1);
  // Below strips all columns of a row are made at once: each strip is then decoded once, from top to bottom.
  const isWide = last !== undefined && last.origin.kind === 'cut' && isStrip(last.origin.stored);
  while (last !== undefined && (last.info.width > tile.width || last.info.height > tile.height)) {
    last = halfOf(last.info, tile, isWide);
    chain.push(last);
  }
  return chain;
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

function storedLevel(level: LevelInfo, tile: Size): ChainLevel {
  const isGood = isStrip(level) ? isCheapStrip(level, tile) : isGoodTile(level);
  if (isGood) return { info: level, origin: { kind: 'stored' }, blockColumns: 1, blockRows: 1 };
  const { passThrough: _, ...rest } = level;
  return {
    info: { ...rest, tileWidth: tile.width, tileHeight: tile.height },
    origin: { kind: 'cut', stored: level },
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
