import { ImageError, throwIfAborted } from '../errors.ts';
import { columnsOf, rowsOf, tileRect } from '../geometry/tile-grid.ts';
import { type ByteReads, readFromSource, readTogether } from '../jpeg2000/byte-reads.ts';
import type { EncodedWindow, PreparedTiles, WindowRequest } from '../jpeg2000/codestream.ts';
import { type Jp2File, openJp2 } from '../jpeg2000/jp2-file.ts';
import { DEFAULT_LIMITS, type Limits } from '../limits.ts';
import type { ImageInfo } from '../metadata/image-info.ts';
import type { RangeSource, ReadOptions } from '../source/range-source.ts';
import type { EncodedSegment, ImageReader, SampleLayout, SegmentRef } from './image-reader.ts';
import { jpeg2000Info } from './jpeg2000-info.ts';

/** Settings of {@link openJpeg2000Reader}. */
export interface Jpeg2000ReaderOptions extends ReadOptions {
  readonly limits?: Limits | undefined;
  /** Where headers are read from, when something caches them. Default: `source`. */
  readonly cached?: RangeSource | undefined;
}

/**
 * Opens a JP2, JPX or raw JPEG 2000 file. Its levels are the resolutions of the codestream, its segments windows on a grid of
 * tiles, each made of just the code-blocks that it touches. Tiles and packets are indexed when a segment first needs them.
 *
 * @throws ImageError `malformed` | `unsupported` | `limit` | `source`.
 */
export async function openJpeg2000Reader(
  source: RangeSource,
  options: Jpeg2000ReaderOptions = {},
): Promise<ImageReader> {
  const { limits = DEFAULT_LIMITS, cached = source, signal } = options;
  const file = await readFromSource(openJp2(source.byteLength, limits), cached, { signal });
  return new Jpeg2000Reader(source, file);
}

class Jpeg2000Reader implements ImageReader {
  readonly info: ImageInfo;
  readonly revision: string;
  readonly lastModified: Date | undefined;
  readonly #source: RangeSource;
  readonly #file: Jp2File;
  /** Ids and revisions of sources need not be unique (memory), and code-blocks of one file must not be taken for another's. */
  readonly #cacheKey: Uint32Array = crypto.getRandomValues(new Uint32Array(4));
  /** Indexing changes the codestream's state: one at a time. */
  #indexing: Promise<unknown> = Promise.resolve();

  constructor(source: RangeSource, file: Jp2File) {
    this.info = jpeg2000Info(file);
    this.revision = source.revision;
    this.lastModified = source.lastModified;
    this.#source = source;
    this.#file = file;
  }

  async readSegments(refs: readonly SegmentRef[], options?: ReadOptions): Promise<readonly EncodedSegment[]> {
    throwIfAborted(options?.signal);
    const { codestream } = this.#file;
    const requests = refs.map((ref) => this.#request(ref));
    const prepared: PreparedTiles[] = [];
    for (const request of requests) {
      // Not given up when this caller leaves: the index serves all who come after.
      prepared.push(await this.#exclusively(() => codestream.prepare(request)));
      throwIfAborted(options?.signal);
    }
    const parsers = requests.map((request, i) => codestream.collect(request, prepared[i]!));
    const windows = await readFromSource(readTogether(parsers), this.#source, options);
    return windows.map((window) => this.#segment(window));
  }

  async readStoredTile(): Promise<undefined> {
    return undefined;
  }

  close(): Promise<void> {
    return this.#source.close();
  }

  #exclusively<Result>(begin: () => ByteReads<Result>): Promise<Result> {
    const run = this.#indexing.then(() => readFromSource(begin(), this.#source));
    this.#indexing = run.catch(() => undefined);
    return run;
  }

  #request({ page, level, col, row, layers }: SegmentRef): WindowRequest {
    const grid = page === 0 ? this.info.levels[level] : undefined;
    const inside = grid && col >= 0 && row >= 0 && col < columnsOf(grid) && row < rowsOf(grid);
    if (!inside) throw new ImageError('not-found', `There is no tile ${col}, ${row} in level ${level} of page ${page}`);
    const rect = tileRect(grid, col, row);
    return { discard: level, rect, layers, color: this.#file.color.color, cacheKey: this.#cacheKey };
  }

  #segment({ window, bytes }: EncodedWindow): EncodedSegment {
    const { bands, dtype, bitsPerSample } = this.info;
    const layout: SampleLayout = {
      dtype,
      bitsPerSample,
      sampleFormat: dtype.startsWith('uint') ? 'uint' : 'int',
      littleEndian: false,
      predictor: 1,
      reverseBits: false,
      storedBands: bands,
      convert: { kind: 'keep' },
    };
    const { width, height } = window;
    return { width, height, bands, dtype, parts: [{ codec: 'jpeg2000', bytes }], layout, jpeg2000: window };
  }
}
