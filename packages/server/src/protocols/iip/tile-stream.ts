/** The tiles of a `TIL` request. */
export interface TileSpan {
  readonly firstTile: number;
  readonly lastTile: number;
}

/**
 * Indexes of the tiles in the rectangle that has the two tiles as corners, column by column, in a grid of `columns`.
 * `firstTile <= lastTile`; when the last one is further left the corners change columns.
 */
export function* tileStreamOrder({ firstTile, lastTile }: TileSpan, columns: number): Generator<number, void> {
  const [startColumn, endColumn] = [firstTile % columns, lastTile % columns];
  const [startRow, endRow] = [Math.floor(firstTile / columns), Math.floor(lastTile / columns)];
  for (let col = Math.min(startColumn, endColumn); col <= Math.max(startColumn, endColumn); col++) {
    for (let row = startRow; row <= endRow; row++) yield row * columns + col;
  }
}

/** How the bytes of a tile are to be read: a JPEG file, or samples of 16 or of other bits, little-endian. */
export type TileStreamEncoding = 'jpeg' | 'raw-16' | 'raw';

const COMPRESSION_TYPES: Readonly<Record<TileStreamEncoding, number>> = { jpeg: 2, 'raw-16': 3, raw: 0 };

/**
 * One tile of a `TIL` reply: `Tile,<resolution>,<tile>,0/<length>:`, compression type and subtype of four bytes each,
 * which `length` counts, then the data, then CRLF.
 */
export function tileStreamPart(
  tile: { readonly iipResolution: number; readonly tile: number; readonly encoding: TileStreamEncoding },
  data: Uint8Array,
): Uint8Array {
  const label = new TextEncoder().encode(`Tile,${tile.iipResolution},${tile.tile},0/${data.length + 8}:`);
  const part = new Uint8Array(label.length + 8 + data.length + 2);
  part.set(label);
  part.set([COMPRESSION_TYPES[tile.encoding], 0, 0, 0, 0x00, 0x11, 0x00, 0x00], label.length);
  part.set(data, label.length + 8);
  part.set([0x0d, 0x0a], part.length - 2);
  return part;
}
