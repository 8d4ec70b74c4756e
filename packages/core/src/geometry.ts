export { growRect, intersectRects, outerRect, type Rect, sameRect } from './geometry/rect.ts';
export type { Size } from './geometry/size.ts';
export { columnsOf, rowsOf, type TileGrid, tileRect, tilesTouching } from './geometry/tile-grid.ts';
