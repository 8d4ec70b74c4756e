import type { Rect, Size } from '@sectile/core/geometry';

/**
 * The tiles that OpenSeadragon 6 asks for, by the formulas of its tile sources. Written for tests, so that they need
 * no browser; `test/browser` has the real one.
 */
export interface ViewerTile {
  readonly path: string;
  /** Where the viewer draws the tile, in pixels of the full size. */
  readonly bounds: Rect;
  /** Full-size pixels for one pixel of the level. */
  readonly scaleFactor: number;
  /** Size that the tile must have; `undefined`: whatever it has is stretched to its place. */
  readonly size?: Size | undefined;
}

interface Level {
  readonly scaleFactor: number;
  readonly columns: number;
  readonly rows: number;
  readonly tile: Size;
}

/** Where `TileSource.getTileBounds` puts a tile. */
function boundsOf(image: Size, { scaleFactor, tile }: Level, col: number, row: number): Rect {
  const [x, y] = [col * tile.width * scaleFactor, row * tile.height * scaleFactor];
  return {
    x,
    y,
    width: Math.min(tile.width * scaleFactor, image.width - x),
    height: Math.min(tile.height * scaleFactor, image.height - y),
  };
}

/** `TileSource.getNumTiles`. */
function plainLevel(image: Size, tile: Size, scaleFactor: number): Level {
  const columns = Math.ceil(image.width / scaleFactor / tile.width);
  return { scaleFactor, tile, columns, rows: Math.ceil(image.height / scaleFactor / tile.height) };
}

function tilesOf(
  image: Size,
  levels: readonly Level[],
  tileAt: (level: number, col: number, row: number) => Pick<ViewerTile, 'path' | 'size'>,
): ViewerTile[] {
  return levels.flatMap((level, index) =>
    Array.from({ length: level.columns * level.rows }, (_, at) => {
      const [col, row] = [at % level.columns, Math.floor(at / level.columns)];
      return { ...tileAt(index, col, row), bounds: boundsOf(image, level, col, row), scaleFactor: level.scaleFactor };
    }),
  );
}

/** What `IIIFTileSource` reads of an info.json. */
export interface TiledInfo extends Size {
  readonly sizes?: readonly Size[];
  readonly tiles: readonly (Size & { readonly scaleFactors: readonly number[] })[];
}

/** `IIIFTileSource`, for pictures as PNG. */
export function iiifTiles(base: string, info: TiledInfo, version: 2 | 3): ViewerTile[] {
  const { width, height } = info;
  const [tile] = info.tiles;
  if (tile === undefined) return [];
  const last = Math.round(Math.log2(Math.max(...tile.scaleFactors)));
  const sizes = levelSizes(info, tile.scaleFactors, last);
  const levels = Array.from({ length: last + 1 }, (_, index): Level => {
    const plain = plainLevel(info, tile, 2 ** (last - index));
    const size = sizes?.[index];
    if (size === undefined) return plain;
    return { ...plain, columns: Math.ceil(size.width / tile.width), rows: Math.ceil(size.height / tile.height) };
  });
  return tilesOf(info, levels, (index, col, row) => {
    const { scaleFactor } = levels[index] as Level;
    const level = sizes?.[index] ?? { width: Math.ceil(width / scaleFactor), height: Math.ceil(height / scaleFactor) };
    if (level.width < tile.width && level.height < tile.height) {
      const size = version === 2 && level.width !== width ? `${level.width},` : iiifSize(level, info, version);
      // The height is up to the server where version 2 is asked.
      return { path: `${base}/full/${size}/0/default.png`, size: version === 2 ? undefined : level };
    }
    const [x, y] = [col * tile.width * scaleFactor, row * tile.height * scaleFactor];
    const w = Math.min(tile.width * scaleFactor, width - x);
    const h = Math.min(tile.height * scaleFactor, height - y);
    const size = {
      width: Math.min(tile.width, level.width - col * tile.width),
      height: Math.min(tile.height, level.height - row * tile.height),
    };
    const region = x === 0 && y === 0 && w === width && h === height ? 'full' : `${x},${y},${w},${h}`;
    const text = iiifSize(size, info, version);
    return { path: `${base}/${region}/${text}/0/default.png`, size: text === 'full' ? undefined : size };
  });
}

/** In version 2 `full` wherever the width is that of the picture, even where the height is not. */
function iiifSize(size: Size, image: Size, version: 2 | 3): string {
  if (version === 2 && size.width === image.width) return 'full';
  if (version === 3 && size.width === image.width && size.height === image.height) return 'max';
  return `${size.width},${size.height}`;
}

/** The members of `sizes`, smallest first, when they are the levels that the scale factors stand for. */
function levelSizes(info: TiledInfo, factors: readonly number[], last: number): readonly Size[] | undefined {
  const sizes = [...(info.sizes ?? [])].sort((a, b) => a.width - b.width);
  const largest = sizes.at(-1);
  if (largest === undefined) return undefined;
  if (largest.width < info.width && largest.height < info.height) sizes.push(info);
  if (sizes.length !== last + 1) return undefined;
  const fits = sizes.every(({ width, height }, i) => {
    const factor = factors[sizes.length - i - 1];
    return Math.round(info.width / width) === factor && Math.round(info.height / height) === factor;
  });
  return factors.length !== sizes.length || fits ? sizes : undefined;
}

/** `DziTileSource`. */
export function deepZoomTiles(base: string, image: Size, tileSize: number): ViewerTile[] {
  const last = Math.ceil(Math.log(Math.max(image.width, image.height)) / Math.log(2));
  const tile = { width: tileSize, height: tileSize };
  const levels = Array.from({ length: last + 1 }, (_, index) => plainLevel(image, tile, 2 ** (last - index)));
  return tilesOf(image, levels, (index, col, row) => {
    const { scaleFactor } = levels[index] as Level;
    return {
      path: `${base}_files/${index}/${col}_${row}.png`,
      size: {
        width: Math.min(tileSize, Math.ceil(image.width / scaleFactor) - col * tileSize),
        height: Math.min(tileSize, Math.ceil(image.height / scaleFactor) - row * tileSize),
      },
    };
  });
}

/** `ZoomifyTileSource`: levels halve and round down, yet columns and rows are counted without rounding. */
export function zoomifyTiles(base: string, image: Size, tileSize: number): ViewerTile[] {
  let last = 0;
  for (let { width, height } = image; width > tileSize || height > tileSize; last++) {
    width = Math.floor(width / 2);
    height = Math.floor(height / 2);
  }
  const tile = { width: tileSize, height: tileSize };
  const levels = Array.from({ length: last + 1 }, (_, index) => plainLevel(image, tile, 2 ** (last - index)));
  return tilesOf(image, levels, (index, col, row) => ({ path: `${base}/TileGroup0/${index}-${col}-${row}.png` }));
}

/** What `IIPTileSource` reads out of the objects. */
export interface IipFacts extends Size {
  readonly tile: Size;
  /** Smallest first. */
  readonly resolutions: readonly Size[];
}

/** `IIPTileSource.parseIIP`. */
export function parseIipFacts(text: string): IipFacts {
  const numbers = (label: string) =>
    (text.split(`${label}:`)[1] ?? '').split(/\r\n/)[0]?.split(/[ ,]/).map(Number) ?? [];
  const [width = 0, height = 0] = numbers('Max-size');
  const [tileWidth = 0, tileHeight = 0] = numbers('Tile-size');
  const sides = numbers('Resolutions');
  const resolutions = Array.from({ length: numbers('Resolution-number')[0] ?? 0 }, (_, index) => ({
    width: sides[2 * index] ?? 0,
    height: sides[2 * index + 1] ?? 0,
  }));
  return { width, height, tile: { width: tileWidth, height: tileHeight }, resolutions };
}

/**
 * `IIPTileSource`, which takes levels to be halves: so they are, but for pyramids that store every second level only. Of those
 * each level is taken for what its size says.
 */
export function iipTiles(base: string, { resolutions, tile, ...image }: IipFacts): ViewerTile[] {
  const longest = ({ width, height }: Size): number => Math.max(width, height);
  const levels = resolutions.map(({ width, height }): Level => {
    const plain = plainLevel(image, tile, 2 ** Math.round(Math.log2(longest(image) / longest({ width, height }))));
    return { ...plain, columns: Math.ceil(width / tile.width), rows: Math.ceil(height / tile.height) };
  });
  return tilesOf(image, levels, (index, col, row) => {
    const { width, height } = resolutions[index] as Size;
    const { columns } = levels[index] as Level;
    return {
      path: `${base}&PTL=${index},${row * columns + col}`,
      size: {
        width: Math.min(tile.width, width - col * tile.width),
        height: Math.min(tile.height, height - row * tile.height),
      },
    };
  });
}
