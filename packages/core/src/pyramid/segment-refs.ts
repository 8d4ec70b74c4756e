import type { Rect } from '../geometry/rect.ts';
import { tilesTouching } from '../geometry/tile-grid.ts';
import type { SegmentRef } from './image-reader.ts';

/** Every segment of a level that touches a rectangle of it, row by row. The rectangle lies in the level. */
export function refsTouching(
  rect: Rect,
  grid: { readonly tileWidth: number; readonly tileHeight: number },
  { page, level }: { readonly page: number; readonly level: number },
): readonly SegmentRef[] {
  const { firstCol, firstRow, lastCol, lastRow } = tilesTouching(grid, rect);
  const refs: SegmentRef[] = [];
  for (let row = firstRow; row <= lastRow; row++) {
    for (let col = firstCol; col <= lastCol; col++) refs.push({ page, level, col, row });
  }
  return refs;
}
