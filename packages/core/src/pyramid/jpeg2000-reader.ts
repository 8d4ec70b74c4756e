import { ImageError, throwIfAborted } from '../errors.ts';
import { intersectRects, type Rect } from '../geometry/rect.ts';
import { columnsOf, rowsOf, tileRect } from '../geometry/tile-grid.ts';
import { readFromSource, readOn, readTogether } from '../jpeg2000/byte-reads.ts';
import type { WantedTiles } from '../jpeg2000/codestream.ts';
import { type Jp2File, openJp2 } from '../jpeg2000/jp2-file.ts';
import { SharedTiles } from '../jpeg2000/shared-tiles.ts';
import { type LocatedWindow, readBlocks, type WindowLocator, type WindowRequest } from '../jpeg2000/window-locator.ts';
import { DEFAULT_LIMITS, type Limits } from '../limits.ts';
import type { ImageInfo } from '../metadata/image-info.ts';
import type { RangeSource, ReadOptions } from '../source/range-source.ts';
import type {
  EncodedPart,
  EncodedSegment,
  ImageReader,
  ReadSegmentsOptions,
  SampleLayout,
  SegmentRef,
} from './image-reader.ts';
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

const NOTHING = new Uint8Array(0);

class Jpeg2000Reader implements ImageReader {
  readonly info: ImageInfo;
  readonly revision: string;
  readonly lastModified: Date | undefined;
  readonly #source: RangeSource;
  readonly #file: Jp2File;
  /** Ids and revisions of sources need not be unique (memory), and code-blocks of one file must not be taken for another's. */
  readonly #cacheKey: Uint32Array = crypto.getRandomValues(new Uint32Array(4));
  readonly #tiles: SharedTiles;

  constructor(source: RangeSource, file: Jp2File) {
    this.info = jpeg2000Info(file);
    this.revision = source.revision;
    this.lastModified = source.lastModified;
    this.#source = source;
    this.#file = file;
    this.#tiles = new SharedTiles(file.codestream, source);
  }

  async readSegments(refs: readonly SegmentRef[], options?: ReadSegmentsOptions): Promise<readonly EncodedSegment[]> {
    throwIfAborted(options?.signal);
    const places = refs.map((ref) => this.#place(ref, options?.window));
    const located = await this.#locate(
      places.map(({ request }) => request),
      options,
    );
    const parts = await this.#readParts(located, options);
    return places.map(({ x, y }, i) => this.#segment({ x, y, window: located[i]!.window, part: parts[i]! }));
  }

  async readStoredTile(): Promise<undefined> {
    return undefined;
  }

  close(): Promise<void> {
    return this.#source.close();
  }

  /** Windows together until they have many tiles, and a window of many tiles in groups: what a tile takes meanwhile is bounded. */
  async #locate(requests: readonly WindowRequest[], options?: ReadOptions): Promise<readonly LocatedWindow[]> {
    const { codestream } = this.#file;
    const { tilesAtOnce } = codestream;
    const located: LocatedWindow[] = [];
    while (located.length < requests.length) {
      const locators: WindowLocator[] = [];
      let tileCount = 0;
      for (let i = located.length; i < requests.length && tileCount < tilesAtOnce; i++) {
        const locator = codestream.locator(requests[i]!);
        locators.push(locator);
        tileCount += locator.tiles.length;
      }
      const longest = locators.reduce((most, { tiles }) => Math.max(most, tiles.length), 0);
      for (let first = 0; first < longest; first += tilesAtOnce) {
        await this.#addTiles(locators, first, first + tilesAtOnce, options);
      }
      for (const locator of locators) located.push(locator.finish(codestream.bounds(locator.request.discard)));
    }
    return located;
  }

  /** Goes on with several windows together: from their tile number `first` to `end`. */
  async #addTiles(
    locators: readonly WindowLocator[],
    first: number,
    end: number,
    options?: ReadOptions,
  ): Promise<void> {
    const groups = locators.map(({ tiles }) => tiles.slice(first, end));
    const wanted = wantedTiles(locators, groups);
    const indexes = this.#tiles.known(wanted) ?? (await this.#tiles.index(wanted, options));
    const adding = readTogether(locators.map((locator, i) => locator.add(groups[i]!, indexes)));
    // Often all packet headers are in memory.
    const step = adding.next();
    if (!step.done) await readOn(adding, step, this.#source, options);
  }

  /** The code-blocks of windows, or where a file has them when they may be left unread. */
  async #readParts(located: readonly LocatedWindow[], options?: ReadSegmentsOptions): Promise<EncodedPart[]> {
    const { descriptor } = this.#source;
    if (options?.deferReads && descriptor !== undefined) {
      return located.map(({ ranges, byteLength, heldBytes }): EncodedPart => {
        if (heldBytes.length === byteLength) return { codec: 'jpeg2000', bytes: heldBytes };
        return { codec: 'jpeg2000', bytes: NOTHING, file: { descriptor, ranges } };
      });
    }
    const bodies = await readFromSource(readTogether(located.map(readBlocks)), this.#source, options);
    return bodies.map((bytes) => ({ codec: 'jpeg2000', bytes }));
  }

  /** What a segment covers of the pixels that are needed, all of it if none are named, and where in the segment that is. */
  #place(ref: SegmentRef, needed: Rect | undefined): { request: WindowRequest; x: number; y: number } {
    const { page, level, col, row, layers } = ref;
    const grid = page === 0 ? this.info.levels[level] : undefined;
    const inside = grid && col >= 0 && row >= 0 && col < columnsOf(grid) && row < rowsOf(grid);
    if (!inside) throw new ImageError('not-found', `There is no tile ${col}, ${row} in level ${level} of page ${page}`);
    const whole = tileRect(grid, col, row);
    const part = needed ? intersectRects(whole, needed) : whole;
    const rect = part.width * part.height > 0 ? part : whole;
    const request = { discard: level, rect, layers, color: this.#file.color.color, cacheKey: this.#cacheKey };
    return { request, x: rect.x - whole.x, y: rect.y - whole.y };
  }

  #segment({ x, y, window, part }: SegmentContents): EncodedSegment {
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
    return { width, height, x, y, bands, dtype, parts: [part], layout, jpeg2000: window };
  }
}

/** Tiles of several windows, each as far as the one needs it that needs most. */
function wantedTiles(locators: readonly WindowLocator[], groups: readonly (readonly number[])[]): WantedTiles {
  const wanted = new Map<number, number>();
  groups.forEach((tiles, i) => {
    const { discard } = locators[i]!.request;
    for (const tile of tiles) wanted.set(tile, Math.min(discard, wanted.get(tile) ?? discard));
  });
  return wanted;
}

interface SegmentContents {
  readonly x: number;
  readonly y: number;
  readonly window: LocatedWindow['window'];
  readonly part: EncodedPart;
}
