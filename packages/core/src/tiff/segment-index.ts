import { ImageError } from '../errors.ts';
import { columnsOf, rowsOf } from '../geometry/tile-grid.ts';
import { assertWithin, type Limits } from '../limits.ts';
import type { ReadOptions } from '../source/range-source.ts';
import type { ByteRange } from '../source/read-ranges.ts';
import type { BlockCachedSource } from '../source/with-block-cache.ts';
import type { Directory, Field } from './directory.ts';
import { decodeNumbers, readFieldBytes } from './field-value.ts';
import type { TiffPicture } from './picture.ts';
import { unpackedByteLength } from './segment-size.ts';
import { definitionOf, type TagName } from './tags.ts';

/** Names one stored part of a picture: a segment, or one plane of it. */
export interface SegmentPlace {
  readonly col: number;
  readonly row: number;
  readonly plane: number;
}

/**
 * Finds segments in the file. The arrays of offsets and byte counts may hold millions of entries and are never read
 * whole: an entry is read when it is asked for, and the block cache below brings its neighbors along.
 */
export class SegmentIndex {
  readonly #source: BlockCachedSource;
  readonly #picture: TiffPicture;
  readonly #offsets: Field;
  readonly #byteCounts: Field | undefined;
  readonly #littleEndian: boolean;
  readonly #limits: Limits;

  /** @param source The metadata's source. */
  constructor(
    source: BlockCachedSource,
    directory: Directory,
    picture: TiffPicture,
    options: { readonly littleEndian: boolean; readonly limits: Limits },
  ) {
    const [offsets, byteCounts] = segmentFields(directory, picture.grid.tiled);
    const needed = storedSegmentCount(picture);
    if (!offsets || offsets.count < needed) {
      throw new ImageError('malformed', `${needed} strips or tiles but ${offsets?.count ?? 0} offsets`);
    }
    const counted = byteCounts !== undefined && byteCounts.count >= needed;
    if (!counted && picture.codec !== 'none' && needed > 1) {
      throw new ImageError('malformed', `${needed} strips or tiles but ${byteCounts?.count ?? 0} byte counts`);
    }
    this.#source = source;
    this.#picture = picture;
    this.#offsets = offsets;
    this.#byteCounts = counted ? byteCounts : undefined;
    this.#littleEndian = options.littleEndian;
    this.#limits = options.limits;
  }

  /** From the first byte of the first segment to behind the last one, where both are stored. */
  async extent(options?: ReadOptions): Promise<ByteRange | undefined> {
    const { grid } = this.#picture;
    const last = { col: columnsOf(grid) - 1, row: rowsOf(grid) - 1, plane: grid.planes - 1 };
    const [begin, end] = await Promise.all([
      this.locate({ col: 0, row: 0, plane: 0 }, options),
      this.locate(last, options),
    ]);
    if (!begin || !end || end.byteOffset < begin.byteOffset) return begin;
    return { byteOffset: begin.byteOffset, byteLength: end.byteOffset + end.byteLength - begin.byteOffset };
  }

  /**
   * Where a part of a segment is stored; `undefined` when it is sparse. The column and row must exist. A promise only where
   * the source does not have the entries at hand: a window may touch many segments.
   */
  locate(place: SegmentPlace, options?: ReadOptions): ByteRange | undefined | Promise<ByteRange | undefined> {
    const { grid } = this.#picture;
    const rowsOfStored = Math.ceil(grid.height / grid.storedRows);
    const storedRow = Math.floor((place.row * grid.tileHeight) / grid.storedRows);
    const index = (place.plane * rowsOfStored + storedRow) * columnsOf(grid) + place.col;
    const offset = this.#entry(this.#offsets, index, options);
    const count = this.#byteCounts && this.#entry(this.#byteCounts, index, options);
    if (!(offset instanceof Promise || count instanceof Promise)) return this.#range(place, offset, count);
    return Promise.all([offset, count]).then(([byteOffset, byteCount]) => this.#range(place, byteOffset, byteCount));
  }

  #range({ row, plane }: SegmentPlace, byteOffset: number, byteCount: number | undefined): ByteRange | undefined {
    if (byteOffset === 0) return undefined;
    if (byteOffset >= this.#source.byteLength) {
      throw new ImageError('malformed', `A strip or tile at ${byteOffset}, behind the end of the file`);
    }
    const available = this.#source.byteLength - byteOffset;
    const { codec } = this.#picture;
    // Some writers store byte counts of zero for their only strip; a sparse one has an offset of zero, too.
    const missing = byteCount === undefined || (byteCount === 0 && storedSegmentCount(this.#picture) === 1);
    if (!missing && byteCount === 0) return undefined;
    const stored = Math.min(available, missing ? (codec === 'none' ? Infinity : available) : byteCount);
    const range = codec === 'none' ? this.#cut(byteOffset, stored, row, plane) : { byteOffset, byteLength: stored };
    assertWithin(range.byteLength, this.#limits.maxSegmentBytes, 'Bytes of a strip or tile');
    return range;
  }

  /** The piece of an uncompressed strip that holds a row of the grid; never more bytes than its pixels need. */
  #cut(byteOffset: number, byteLength: number, row: number, plane: number): ByteRange {
    const { grid, layout } = this.#picture;
    const firstRow = row * grid.tileHeight;
    const rows = grid.tiled ? grid.tileHeight : Math.min(grid.tileHeight, grid.height - firstRow);
    const skipped = unpackedByteLength({ width: grid.tileWidth, height: firstRow % grid.storedRows }, layout, plane);
    const needed = unpackedByteLength({ width: grid.tileWidth, height: rows }, layout, plane);
    return {
      byteOffset: byteOffset + Math.min(skipped, byteLength),
      byteLength: Math.min(needed, Math.max(0, byteLength - skipped)),
    };
  }

  #entry(field: Field, index: number, options?: ReadOptions): number | Promise<number> {
    const { byteLength } = field.type;
    if (field.location.kind === 'inline') {
      return this.#valueOf(field, field.location.bytes.subarray(index * byteLength, (index + 1) * byteLength));
    }
    const byteOffset = field.location.byteOffset + index * byteLength;
    const cached = this.#source.peek(byteOffset, byteLength);
    if (cached) return this.#valueOf(field, cached);
    const entry: Field = { ...field, location: { kind: 'offset', byteOffset } };
    return readFieldBytes(this.#source, entry, 1, options).then((bytes) => this.#valueOf(field, bytes));
  }

  #valueOf({ tag, type }: Field, bytes: Uint8Array): number {
    const [value] = decodeNumbers(bytes, type.name, this.#littleEndian);
    if (value === undefined || type.family !== 'integer' || value < 0) {
      throw new ImageError('malformed', `Tag ${tag} should hold offsets or byte counts but is ${type.name}`);
    }
    return value;
  }
}

/** Strips or tiles that the file stores for a picture, planes counted apart. */
function storedSegmentCount({ grid }: TiffPicture): number {
  const rows = grid.tiled ? rowsOf(grid) : Math.ceil(grid.height / grid.storedRows);
  return columnsOf(grid) * rows * grid.planes;
}

/** Offsets and byte counts. Some writers use the strip tags for tiles. */
function segmentFields(directory: Directory, tiled: boolean): readonly [Field | undefined, Field | undefined] {
  const find = (name: TagName) => directory.fields.get(definitionOf(name).id);
  const strips = [find('StripOffsets'), find('StripByteCounts')] as const;
  const tiles = [find('TileOffsets'), find('TileByteCounts')] as const;
  return tiled && tiles[0] ? tiles : strips;
}
