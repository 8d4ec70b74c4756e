import { ImageError } from '../errors.ts';
import type { Rect } from '../geometry/rect.ts';
import { tilesTouching } from '../geometry/tile-grid.ts';
import { assertWithin, type Limits } from '../limits.ts';
import type { PixelBuffer } from '../pixels/pixel-buffer.ts';
import type { Assembler } from '../pyramid/assemble.ts';
import type { ImageReader } from '../pyramid/image-reader.ts';
import { refsTouching } from '../pyramid/segment-refs.ts';
import type { ReadOptions } from '../source/range-source.ts';

/** Part of one level of one page. */
export interface LevelWindow {
  readonly page: number;
  readonly level: number;
  /** Whole pixels of the level. */
  readonly window: Rect;
}

/** What reading samples needs beside an image. */
export interface SampleReading {
  readonly worker: Assembler;
  readonly limits: Limits;
}

/**
 * Reads samples as the file has them, all bands, nothing adjusted.
 *
 * @throws ImageError `not-found` for a level or page that does not exist, `request` for a window that is not inside the
 *   level, `limit` when more would be decoded than is allowed.
 */
export async function readWindow(
  reader: ImageReader,
  { page, level, window }: LevelWindow,
  { worker, limits }: SampleReading,
  options: ReadOptions = {},
): Promise<PixelBuffer> {
  const { bands, dtype, levels, pages } = reader.info;
  const grid = levels[level];
  if (!grid || !pages[page]) throw new ImageError('not-found', 'No such level or page');
  const { tileWidth, tileHeight } = grid;
  if (window.x + window.width > grid.width || window.y + window.height > grid.height) {
    throw new ImageError('request', 'The samples asked for lie outside the level');
  }
  const { firstCol, firstRow, lastCol, lastRow } = tilesTouching(grid, window);
  const count = (lastCol - firstCol + 1) * (lastRow - firstRow + 1);
  assertWithin(count * tileWidth * tileHeight, limits.maxDecodePixels, 'The number of pixels to decode');
  const refs = refsTouching(window, grid, { page, level });
  const read = await reader.readSegments(refs, { signal: options.signal, window });
  const segments = refs.map((ref, index) => ({ ref, segment: read[index] }));
  return worker.assemble({ window, shrink: 1, bands, dtype, tileWidth, tileHeight, segments }, options);
}
