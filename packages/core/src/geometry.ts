export { downsampleOf, fitInto, lastDeepZoomLevel, reducedSize, zoomifyTiers } from './geometry/level-size.ts';
export { growRect, intersectRects, outerRect, type Rect, sameRect } from './geometry/rect.ts';
export { roundPixels, snapToWhole } from './geometry/rounding.ts';
export type { Size } from './geometry/size.ts';
export { columnsOf, rowsOf, type TileGrid, tileRect, tilesTouching } from './geometry/tile-grid.ts';
