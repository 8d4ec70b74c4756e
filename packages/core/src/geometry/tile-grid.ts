import type { Rect } from './rect.ts';
import type { Size } from './size.ts';

/** How a picture is cut into tiles of one size. The last column and row may be partial. */
export interface TileGrid extends Size {
  readonly tileWidth: number;
  readonly tileHeight: number;
}

/** Number of columns of the grid. */
export function columnsOf(grid: TileGrid): number {
  return Math.ceil(grid.width / grid.tileWidth);
}

/** Number of rows of the grid. */
export function rowsOf(grid: TileGrid): number {
  return Math.ceil(grid.height / grid.tileHeight);
}

/** The pixels of one tile, clipped to the picture. The tile must exist. */
export function tileRect(grid: TileGrid, col: number, row: number): Rect {
  const x = col * grid.tileWidth;
  const y = row * grid.tileHeight;
  return {
    x,
    y,
    width: Math.min(grid.tileWidth, grid.width - x),
    height: Math.min(grid.tileHeight, grid.height - y),
  };
}

/** The columns and rows that a rectangle touches; all four bounds are inclusive. The rectangle lies in the picture. */
export function tilesTouching(
  grid: Pick<TileGrid, 'tileWidth' | 'tileHeight'>,
  rect: Rect,
): { firstCol: number; firstRow: number; lastCol: number; lastRow: number } {
  return {
    firstCol: Math.floor(rect.x / grid.tileWidth),
    firstRow: Math.floor(rect.y / grid.tileHeight),
    lastCol: Math.floor((rect.x + rect.width - 1) / grid.tileWidth),
    lastRow: Math.floor((rect.y + rect.height - 1) / grid.tileHeight),
  };
}
