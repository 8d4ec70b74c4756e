import { ImageError, throwIfAborted } from '../errors.ts';
import { columnsOf, rowsOf } from '../geometry/tile-grid.ts';
import { DEFAULT_LIMITS, type Limits } from '../limits.ts';
import type { ImageInfo } from '../metadata/image-info.ts';
import type { RangeSource, ReadOptions } from '../source/range-source.ts';
import { type ByteRange, readRanges } from '../source/read-ranges.ts';
import { type BlockCachedSource, withBlockCache } from '../source/with-block-cache.ts';
import { mergeJpegTables } from '../tiff/jpeg-tables.ts';
import { PHOTOMETRIC } from '../tiff/photometric.ts';
import { openTiff, type TiffFile, type TiffLevel } from '../tiff/tiff-file.ts';
import type {
  EncodedPart,
  EncodedSegment,
  FileRange,
  ImageReader,
  ReadSegmentsOptions,
  SegmentRef,
} from './image-reader.ts';
import { tiffInfo } from './tiff-info.ts';

/** Settings of {@link openTiffReader}. */
export interface TiffReaderOptions extends ReadOptions {
  readonly limits?: Limits | undefined;
  /** Holds directories and segment offsets. Default: a cache of its own over `source`, of 2 MiB. */
  readonly cached?: BlockCachedSource | undefined;
}

/**
 * Opens a TIFF or BigTIFF file: a pyramid of pages or SubIFDs, a stack of pages, or a single picture in tiles or strips.
 *
 * @throws ImageError `malformed` | `unsupported` | `limit` | `source`.
 */
export async function openTiffReader(source: RangeSource, options: TiffReaderOptions = {}): Promise<ImageReader> {
  const { limits = DEFAULT_LIMITS, cached: metadata = withBlockCache(source), signal } = options;
  const file = await openTiff(metadata, { limits, signal });
  const info = await tiffInfo(file, { signal });
  return new TiffReader(metadata, source, file, info);
}

class TiffReader implements ImageReader {
  readonly info: ImageInfo;
  readonly revision: string;
  readonly lastModified: Date | undefined;
  readonly #metadata: BlockCachedSource;
  readonly #source: RangeSource;
  readonly #file: TiffFile;

  constructor(metadata: BlockCachedSource, source: RangeSource, file: TiffFile, info: ImageInfo) {
    this.info = info;
    this.revision = source.revision;
    this.lastModified = source.lastModified;
    this.#metadata = metadata;
    this.#source = source;
    this.#file = file;
  }

  async readSegments(
    refs: readonly SegmentRef[],
    options?: ReadSegmentsOptions,
  ): Promise<readonly (EncodedSegment | undefined)[]> {
    throwIfAborted(options?.signal);
    const places = await Promise.all(refs.map((ref) => this.#place(ref, options)));
    const ranges = places.flatMap(({ ranges }) => ranges);
    const { descriptor } = this.#source;
    const defer = options?.deferReads && descriptor !== undefined && places.every(({ level }) => !level.complete);
    const bytes = defer
      ? ranges.map((range) => range && { descriptor, ranges: Float64Array.of(range.byteOffset, range.byteLength) })
      : await this.#readRanges(ranges, options);
    let next = 0;
    return places.map(({ level, ref, ranges }) => {
      const parts = bytes.slice(next, next + ranges.length);
      next += ranges.length;
      return parts.some((part) => part !== undefined) ? segmentOf(level, ref, parts) : undefined;
    });
  }

  async readStoredTile(ref: SegmentRef, options?: ReadOptions): Promise<Uint8Array | undefined> {
    const { level, ranges } = await this.#place(ref, options);
    const { passThrough, tables, photometric } = level.picture;
    if (!passThrough) return undefined;
    const [bytes] = await this.#readRanges(ranges, options);
    if (!bytes || passThrough.format === 'webp') return bytes;
    return mergeJpegTables(tables, bytes, { rgb: photometric === PHOTOMETRIC.rgb });
  }

  close(): Promise<void> {
    return this.#metadata.close();
  }

  async #place(ref: SegmentRef, options?: ReadOptions): Promise<Place> {
    const { page, level, col, row } = ref;
    if (!this.info.pages[page]) throw new ImageError('not-found', `There is no page ${page}`);
    if (!this.info.levels[level]) throw new ImageError('not-found', `There is no level ${level}`);
    const levels = await this.#file.page(page);
    const found = levels[level];
    if (!found) throw new ImageError('malformed', `Page ${page} has no level ${level}`);
    const { grid } = found.picture;
    if (!(Number.isInteger(col) && Number.isInteger(row) && col >= 0 && row >= 0)) {
      throw new ImageError('not-found', `There is no tile at column ${col}, row ${row}`);
    }
    if (col >= columnsOf(grid) || row >= rowsOf(grid)) {
      throw new ImageError('not-found', `There is no tile at column ${col}, row ${row} of level ${level}`);
    }
    const located = Array.from({ length: grid.planes }, (_, plane) => found.locate({ col, row, plane }, options));
    // Waiting for what is there already would cost some turns for each of many segments.
    const ranges = located.some((range) => range instanceof Promise) ? await Promise.all(located) : located;
    return { ref, level: found, ranges: ranges as readonly (ByteRange | undefined)[] };
  }

  /** Reads ranges, `undefined` for sparse ones; what the metadata cache happens to hold is taken from there. */
  async #readRanges(
    ranges: readonly (ByteRange | undefined)[],
    options?: ReadOptions,
  ): Promise<(Uint8Array | undefined)[]> {
    const results: (Uint8Array | undefined)[] = new Array(ranges.length);
    const wanted: { readonly slot: number; readonly range: ByteRange }[] = [];
    for (const [slot, range] of ranges.entries()) {
      if (!range) continue;
      results[slot] = this.#metadata.peek(range.byteOffset, range.byteLength);
      if (!results[slot]) wanted.push({ slot, range });
    }
    const read = await readRanges(
      this.#source,
      wanted.map(({ range }) => range),
      { signal: options?.signal },
    );
    for (const [i, { slot }] of wanted.entries()) results[slot] = read[i];
    return results;
  }
}

interface Place {
  readonly ref: SegmentRef;
  readonly level: TiffLevel;
  /** One entry a plane. */
  readonly ranges: readonly (ByteRange | undefined)[];
}

const NOTHING = new Uint8Array(0);

function segmentOf(
  { picture, complete }: TiffLevel,
  { row }: SegmentRef,
  stored: readonly (Uint8Array | FileRange | undefined)[],
): EncodedSegment {
  const { grid, codec } = picture;
  const width = grid.tileWidth;
  const height = grid.tiled ? grid.tileHeight : Math.min(grid.tileHeight, grid.height - row * grid.tileHeight);
  const partOf = (part: Uint8Array | FileRange): EncodedPart =>
    part instanceof Uint8Array
      ? { codec, bytes: complete?.(part, { width, height }) ?? part }
      : { codec, bytes: NOTHING, file: part };
  return {
    width,
    height,
    bands: picture.bands,
    dtype: picture.dtype,
    parts: stored.map((part) => part && partOf(part)),
    layout: picture.layout,
    tables: picture.tables,
    colorTransform: picture.colorTransform,
    tiff: picture.rare && { ...picture.rare, width, height },
  };
}
