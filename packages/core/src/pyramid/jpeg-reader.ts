import type { EncodedSegment, SampleLayout } from '../codec/encoded-segment.ts';
import { ImageError, throwIfAborted } from '../errors.ts';
import { columnsOf, rowsOf } from '../geometry/tile-grid.ts';
import { type JpegFile, openJpeg } from '../jpeg/jpeg-file.ts';
import { RowIndex } from '../jpeg/row-index.ts';
import { assertWithin, type Limits } from '../limits.ts';
import type { ImageInfo, LevelInfo } from '../metadata/image-info.ts';
import type { RangeSource, ReadOptions } from '../source/range-source.ts';
import type { ImageReader, SegmentRef } from './image-reader.ts';
import { jpegInfo } from './jpeg-info.ts';

/** Settings of {@link openJpegReader}. */
export interface JpegReaderOptions extends ReadOptions {
  readonly limits: Limits;
  /** Where headers are read from, when something caches them. Default: `source`. */
  readonly cached?: RangeSource | undefined;
  /** Up to so many pixels a file is read and decoded as a whole, which takes less than finding its rows. Default 2^20. */
  readonly wholePixels?: number | undefined;
}

const DEFAULT_WHOLE_PIXELS = 2 ** 20;

/**
 * Opens a JPEG file. Large sequential ones are read in rows of MCUs, which are found when first needed, by reading the
 * file once from its beginning; progressive ones only decode as a whole. Smaller levels are made while decoding.
 *
 * @throws ImageError `malformed` | `unsupported` | `source`; `limit` for progressive files too large to be decoded.
 */
export async function openJpegReader(source: RangeSource, options: JpegReaderOptions): Promise<ImageReader> {
  const { limits, cached = source, wholePixels = DEFAULT_WHOLE_PIXELS, signal } = options;
  const file = await openJpeg(cached, limits, { signal });
  const { width, height } = file.frame;
  assertWithin(width * height, limits.maxImagePixels, 'The number of pixels');
  const inRows = width * height > wholePixels && RowIndex.isPossible(file);
  if (!inRows) {
    assertWithin(
      width * height,
      limits.maxSegmentPixels,
      'The number of pixels of a JPEG file that decodes as a whole',
    );
    assertWithin(
      source.byteLength,
      limits.maxSegmentBytes,
      'The number of bytes of a JPEG file that decodes as a whole',
    );
  }
  return new JpegReader(source, file, inRows);
}

class JpegReader implements ImageReader {
  readonly info: ImageInfo;
  readonly revision: string;
  readonly lastModified: Date | undefined;
  readonly #source: RangeSource;
  readonly #file: JpegFile;
  readonly #rows: RowIndex | undefined;
  readonly #layout: SampleLayout;

  constructor(source: RangeSource, file: JpegFile, inRows: boolean) {
    this.info = jpegInfo(file, inRows);
    this.revision = source.revision;
    this.lastModified = source.lastModified;
    this.#source = source;
    this.#file = file;
    this.#rows = inRows ? new RowIndex(source, file) : undefined;
    this.#layout = {
      dtype: 'uint8',
      bitsPerSample: 8,
      sampleFormat: 'uint',
      littleEndian: true,
      predictor: 1,
      reverseBits: false,
      storedBands: this.info.bands,
      convert: { kind: 'keep' },
    };
  }

  async readSegments(
    refs: readonly SegmentRef[],
    options: ReadOptions = {},
  ): Promise<readonly (EncodedSegment | undefined)[]> {
    throwIfAborted(options.signal);
    const levels = refs.map((ref) => this.#levelOf(ref));
    const rows = this.#rows;
    if (rows !== undefined) return Promise.all(refs.map((ref, i) => this.#readRows(rows, ref, levels[i]!, options)));
    if (refs.length === 0) return [];
    const bytes = await this.#source.read(0, this.#source.byteLength, options);
    return refs.map(({ level }, i) => ({ ...this.#segmentOf(levels[i]!, bytes), discardLevels: level }));
  }

  /** The whole file is no tile of a client: none is passed through. */
  async readStoredTile(): Promise<undefined> {
    return undefined;
  }

  close(): Promise<void> {
    return this.#source.close();
  }

  #levelOf({ page, level: index, col, row }: SegmentRef): LevelInfo {
    const level = this.info.levels[index];
    const exists = page === 0 && level !== undefined && col >= 0 && col < columnsOf(level) && row >= 0;
    if (!exists || !(row < rowsOf(level)) || !Number.isInteger(row)) {
      throw new ImageError(
        'not-found',
        `There is no tile at column ${col}, row ${row} of level ${index}, page ${page}`,
      );
    }
    return level;
  }

  async #readRows(
    rows: RowIndex,
    ref: SegmentRef,
    level: LevelInfo,
    options: ReadOptions,
  ): Promise<EncodedSegment | undefined> {
    const top = ref.row * level.tileHeight;
    const keepRows = Math.min(level.tileHeight, level.height - top);
    const found = await rows.read({ top, keepRows, shift: ref.level }, options);
    if (found === undefined) return undefined;
    const segment = this.#segmentOf({ ...level, height: keepRows }, found.bytes);
    return { ...segment, tables: this.#file.headers, jpegRows: found.rows, discardLevels: ref.level };
  }

  #segmentOf({ width, height }: LevelInfo, bytes: Uint8Array): EncodedSegment {
    const { bands } = this.info;
    return { width, height, bands, dtype: 'uint8', parts: [{ codec: 'jpeg', bytes }], layout: this.#layout };
  }
}
