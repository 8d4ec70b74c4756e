import type { Rect } from '../geometry/rect.ts';
import { tilesTouching } from '../geometry/tile-grid.ts';
import type { SegmentRef } from './image-reader.ts';

/** What all segments of one picture have in common. */
type CommonRef = Pick<SegmentRef, 'page' | 'level' | 'layers'>;

/** A text for each segment of an image. */
export function segmentKey({ page, level, col, row, layers }: SegmentRef): string {
  return layers === undefined ? `${page}/${level}/${col}/${row}` : `${page}/${level}/${col}/${row}/${layers}`;
}

/** Every segment of a level that touches a rectangle of it, row by row. The rectangle lies in the level. */
export function refsTouching(
  rect: Rect,
  grid: { readonly tileWidth: number; readonly tileHeight: number },
  { page, level, layers }: CommonRef,
): readonly SegmentRef[] {
  const { firstCol, firstRow, lastCol, lastRow } = tilesTouching(grid, rect);
  const refs: SegmentRef[] = [];
  for (let row = firstRow; row <= lastRow; row++) {
    for (let col = firstCol; col <= lastCol; col++) {
      refs.push(layers === undefined ? { page, level, col, row } : { page, level, col, row, layers });
    }
  }
  return refs;
}
