import { ImageError } from '../errors.ts';
import type { Size } from '../geometry/size.ts';
import { columnsOf, rowsOf, type TileGrid } from '../geometry/tile-grid.ts';
import { assertWithin, type Limits } from '../limits.ts';
import type { FieldValues } from './field-value.ts';

/** How a picture is cut into segments: strips (as wide as the picture) or tiles. */
export interface SegmentGrid extends TileGrid {
  readonly tiled: boolean;
  /** Stored parts of a segment: 1, or one for each band where planes are stored apart. */
  readonly planes: number;
  /** Rows of a stored strip; a multiple of `tileHeight` where long uncompressed strips are cut further. */
  readonly storedRows: number;
}

/** Facts that decide whether a strip may be cut. */
export interface RowStorage {
  /** Bytes of a row of one plane where any row can be addressed (no compression, no subsampling); else `undefined`. */
  readonly rowByteLength: number | undefined;
  readonly planes: number;
}

/** Long uncompressed strips are cut to about this: many writers store a whole picture as one strip. */
const CUT_STRIP_BYTES = 2 ** 18;

/** Reads the segment layout of a picture. @throws ImageError `malformed` | `limit`. */
export function segmentGridOf(values: FieldValues, size: Size, storage: RowStorage, limits: Limits): SegmentGrid {
  const tiled = values.has('TileWidth') || values.has('TileLength');
  const grid = tiled ? tileGrid(values, size, storage) : stripGrid(values, size, storage);
  assertWithin(grid.tileWidth * grid.tileHeight, limits.maxSegmentPixels, 'Pixels of a strip or tile');
  assertWithin(columnsOf(grid) * rowsOf(grid) * grid.planes, limits.maxSegments, 'Number of strips or tiles');
  return grid;
}

function tileGrid(values: FieldValues, size: Size, { planes }: RowStorage): SegmentGrid {
  const tileWidth = values.requireNumber('TileWidth');
  const tileHeight = values.requireNumber('TileLength');
  if (tileWidth < 1 || tileHeight < 1) throw new ImageError('malformed', `Tiles of ${tileWidth}x${tileHeight} pixels`);
  return { ...sizeOf(size), tileWidth, tileHeight, tiled: true, planes, storedRows: tileHeight };
}

function stripGrid(values: FieldValues, size: Size, { rowByteLength, planes }: RowStorage): SegmentGrid {
  const rowsPerStrip = values.requireNumber('RowsPerStrip');
  if (rowsPerStrip < 1) throw new ImageError('malformed', 'Strips without rows');
  const storedRows = Math.min(rowsPerStrip, size.height);
  const tileHeight =
    rowByteLength === undefined ? storedRows : cutRows(storedRows, storedRows === size.height, rowByteLength);
  return { ...sizeOf(size), tileWidth: size.width, tileHeight, tiled: false, planes, storedRows };
}

/** Rows of a piece of a strip. Pieces must not cross strips, so their height divides the strip's unless it is the only one. */
function cutRows(storedRows: number, onlyStrip: boolean, rowByteLength: number): number {
  const wanted = Math.max(1, Math.floor(CUT_STRIP_BYTES / rowByteLength));
  if (storedRows <= 2 * wanted) return storedRows;
  if (onlyStrip) return wanted;
  for (let rows = wanted; rows > 1; rows--) {
    if (storedRows % rows === 0) return rows;
  }
  return 1;
}

function sizeOf({ width, height }: Size): Size {
  return { width, height };
}

/** One line for people: `tiles of 256x256, planes apart`. */
export function describeGrid(grid: SegmentGrid): string {
  const segments = grid.tiled ? `tiles of ${grid.tileWidth}x${grid.tileHeight}` : `strips of ${grid.storedRows} rows`;
  return grid.planes > 1 ? `${segments}, planes apart` : segments;
}
