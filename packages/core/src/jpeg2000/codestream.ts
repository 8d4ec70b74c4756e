import type { Jpeg2000Color } from '../codec/jpeg2000-color.ts';
import type { Jpeg2000Plane, Jpeg2000Tile, Jpeg2000Window } from '../codec/jpeg2000-window.ts';
import { ImageError } from '../errors.ts';
import type { Rect } from '../geometry/rect.ts';
import type { Size } from '../geometry/size.ts';
import { assertWithin, type Limits } from '../limits.ts';
import type { ByteRange } from '../source/read-ranges.ts';
import { type ByteReads, readTogether } from './byte-reads.ts';
import type { PrecinctBlocks } from './chunk-list.ts';
import { type HeldBytes, readThrough } from './held-bytes.ts';
import { type MainHeader, readMainHeader, type TileParameters } from './main-header.ts';
import { PacketIndex } from './packet-index.ts';
import { PacketTools } from './packet-tools.ts';
import { type Bounds, ceilShift, tileGeometry } from './tile-geometry.ts';
import { readTileHeader, readTilePartTable, type TilePartTable, tileExtent } from './tile-parts.ts';
import { TileWindow } from './tile-window.ts';
import { WeightedCache } from './weighted-cache.ts';
import { BlockCollector } from './window-blocks.ts';

/** Bytes of packet indexes and of parsed packet headers that one open codestream keeps. */
const INDEX_BYTES = 2 ** 28;
const PRECINCT_BYTES = 2 ** 26;
/** Bytes of tiles that were read as a whole, kept for the windows beside the one that they were read for. */
const HELD_BYTES = 2 ** 22;
/**
 * Tiles up to this many bytes are read as a whole: that costs less than a handful of reads to find the packets that are needed,
 * in files and much more so over networks. Of lower resolutions a tile has fewer bytes, by a fourth each.
 */
const WHOLE_TILE_BYTES = 2 ** 18;
/** So many are read anyway. */
const LEAST_TILE_BYTES = 2 ** 15;
/** Tiles that are indexed side by side. */
const TILES_AT_ONCE = 16;
/** Tiles times components of one window. 65535 tiles of three components, each a pixel of the smallest resolution, fit. */
const MAX_TILE_COMPONENTS = 2 ** 18;
/** Resolutions of all these: the usual six of three components in each of 65535 tiles. */
const MAX_RESOLUTIONS = 65535 * 3 * 6;

const RESOLUTIONS_OF_WINDOW = 'The number of resolutions of all tiles of a window';

/** What to read: pixels of one resolution, counted from the picture's corner. */
export interface WindowRequest {
  /** Resolution levels to leave out. */
  readonly discard: number;
  readonly rect: Rect;
  /** Quality layers to use, at most; all by default. */
  readonly layers?: number | undefined;
  readonly color: Jpeg2000Color;
  /** Identity of the file's bytes, four random words, under which decoded code-blocks are kept; undefined: they are not. */
  readonly cacheKey: Uint32Array | undefined;
}

/** A window's code-blocks, and where their bytes lie. */
export interface LocatedWindow {
  readonly window: Jpeg2000Window;
  /** Offset and length of each range in the file; one after another, in this order, they are the bytes that `window` counts. */
  readonly ranges: Float64Array;
  readonly byteLength: number;
  /** Tiles whose bytes are in memory already: they hold all the ranges from one number to another, exclusive. */
  readonly held: readonly HeldRanges[];
}

interface HeldRanges extends HeldBytes {
  readonly first: number;
  readonly end: number;
}

/** The tiles of a window, indexed: the step between {@link Codestream.prepare} and {@link Codestream.locate}. */
export type PreparedTiles = ReadonlyMap<number, PacketIndex>;

/** Reads the code-blocks of a window. */
export function* readBlocks({ ranges, byteLength, held }: LocatedWindow): ByteReads<Uint8Array> {
  const result = new Uint8Array(byteLength);
  const missing: ByteRange[] = [];
  const places: number[] = [];
  let next = 0;
  let place = 0;
  for (let i = 0; 2 * i < ranges.length; i++) {
    const byteOffset = ranges[2 * i]!;
    const length = ranges[2 * i + 1]!;
    while (held[next] && held[next]!.end <= i) next++;
    const holder = held[next];
    if (holder && holder.first <= i) {
      const start = byteOffset - holder.start;
      result.set(holder.bytes.subarray(start, start + length), place);
    } else {
      missing.push({ byteOffset, byteLength: length });
      places.push(place);
    }
    place += length;
  }
  if (missing.length > 0) {
    const pieces = yield missing;
    for (let i = 0; i < pieces.length; i++) result.set(pieces[i]!, places[i]);
  }
  return result;
}

/** Opens a codestream that lies at `offset` of a file. */
export function* openCodestream(offset: number, end: number, limits: Limits): ByteReads<Codestream> {
  return new Codestream(yield* readMainHeader(offset, end, limits), end, limits);
}

/**
 * An opened JPEG 2000 codestream: finds the code-blocks that a window of a resolution needs, and keeps what it learned
 * on the way. All reading is by {@link ByteReads}.
 */
export class Codestream {
  readonly main: MainHeader;
  /** Resolution levels that all components have, and so can be left out. */
  readonly levels: number;
  /** Reference grid steps of one pixel: the finest component's. */
  readonly pixelX: number;
  readonly pixelY: number;
  readonly #end: number;
  readonly #limits: Limits;
  readonly #indexes = new WeightedCache<PacketIndex>(INDEX_BYTES, (index) => index.byteLength);
  readonly #precincts = new WeightedCache<PrecinctBlocks>(PRECINCT_BYTES, (blocks) => blocks.byteLength);
  readonly #held = new WeightedCache<HeldBytes>(HELD_BYTES, ({ bytes }) => bytes.byteLength);
  readonly #tools = new PacketTools();
  readonly #idleCollectors: BlockCollector[] = [];
  #nextPacket = 0;
  #table: TilePartTable | undefined;

  constructor(main: MainHeader, end: number, limits: Limits) {
    this.main = main;
    this.#end = end;
    this.#limits = limits;
    this.levels = main.parameters.coding.reduce((least, { levels }) => Math.min(least, levels), 32);
    this.pixelX = commonStep(main.size.components.map(({ dx }) => dx));
    this.pixelY = commonStep(main.size.components.map(({ dy }) => dy));
  }

  /** Bounds of the picture in pixels when `discard` levels are left out (T.800 B.5). */
  bounds(discard: number): Bounds {
    const { x0, y0, x1, y1 } = this.main.size;
    return {
      x0: ceilShift(Math.ceil(x0 / this.pixelX), discard),
      y0: ceilShift(Math.ceil(y0 / this.pixelY), discard),
      x1: ceilShift(Math.ceil(x1 / this.pixelX), discard),
      y1: ceilShift(Math.ceil(y1 / this.pixelY), discard),
    };
  }

  /** Size of the picture in pixels; may be 0 where all samples of a resolution lie outside. */
  size(discard: number): Size {
    const { x0, y0, x1, y1 } = this.bounds(discard);
    return { width: x1 - x0, height: y1 - y0 };
  }

  /** The tiles of a window when all of them have been indexed already. @throws ImageError `limit`. */
  prepared(request: WindowRequest): PreparedTiles | undefined {
    const prepared = new Map<number, PacketIndex>();
    for (const tile of this.#tilesOf(request)) {
      const index = this.#indexes.get(tile);
      if (!index?.covers(request.discard)) return undefined;
      prepared.set(tile, index);
    }
    return prepared;
  }

  /**
   * Finds and indexes the tiles of a window. Not to be run twice at a time; may be given up and begun again.
   *
   * @throws ImageError `malformed` | `unsupported` | `limit`.
   */
  *prepare(request: WindowRequest): ByteReads<PreparedTiles> {
    const tiles = this.#tilesOf(request);
    this.#table ??= yield* readTilePartTable(this.main, this.#end, this.#limits);
    const prepared = new Map<number, PacketIndex>();
    const count = { resolutions: 0 };
    for (let first = 0; first < tiles.length; first += TILES_AT_ONCE) {
      const group = tiles.slice(first, first + TILES_AT_ONCE);
      const found = group.map((tile) => this.#indexes.get(tile));
      const open = group.filter((_, i) => !found[i]?.covers(request.discard));
      const opened =
        open.length > 0 ? yield* readTogether(open.map((tile) => this.#indexTile(tile, request, count))) : [];
      let next = 0;
      group.forEach((tile, i) => {
        const index = tile === open[next] ? opened[next++] : found[i];
        if (index) prepared.set(tile, index);
      });
    }
    return prepared;
  }

  #tilesOf(request: WindowRequest): number[] {
    const planes = this.#planes(request);
    const tiles = this.#tilesTouching(planes, request.discard);
    assertWithin(tiles.length * planes.length, MAX_TILE_COMPONENTS, 'The number of tile-components of a window');
    assertWithin(tiles.length * resolutionCount(this.main.parameters), MAX_RESOLUTIONS, RESOLUTIONS_OF_WINDOW);
    return tiles;
  }

  /** Reads the headers of a tile and its packets, as far as they are needed; `undefined` for one that the file lacks. */
  *#indexTile(
    tile: number,
    { discard }: WindowRequest,
    count: { resolutions: number },
  ): ByteReads<PacketIndex | undefined> {
    const held = this.#held.get(tile) ?? (yield* this.#readWhole(tile, discard));
    const reads = this.#index(tile, discard, count);
    return held ? yield* readThrough(reads, held) : yield* reads;
  }

  *#index(tile: number, discard: number, count: { resolutions: number }): ByteReads<PacketIndex | undefined> {
    let index = this.#indexes.get(tile);
    if (!index) {
      const header = yield* readTileHeader(this.main, this.#table!, tile, this.#limits);
      if (!header) return undefined;
      // Headers of tiles may declare more than the main header did.
      count.resolutions += resolutionCount(header.parameters);
      assertWithin(count.resolutions, MAX_RESOLUTIONS, RESOLUTIONS_OF_WINDOW);
      const geometry = tileGeometry(this.main.size, tile, header.parameters, this.#limits);
      index = new PacketIndex(geometry, header, { tools: this.#tools, firstPacket: this.#nextPacket });
      this.#nextPacket += index.packetCount;
      this.#indexes.set(tile, index);
    }
    yield* index.index(discard);
    // Weighed again: it has grown.
    this.#indexes.set(tile, index);
    return index;
  }

  /** The bytes of a tile that is small enough to be read as a whole. */
  *#readWhole(tile: number, discard: number): ByteReads<HeldBytes | undefined> {
    const extent = tileExtent(this.#table!, tile);
    const most = Math.max(LEAST_TILE_BYTES, WHOLE_TILE_BYTES / 4 ** discard);
    if (!extent || extent.byteLength > most) return undefined;
    const [bytes] = yield [extent];
    const held = { start: extent.byteOffset, bytes: bytes! };
    this.#held.set(tile, held);
    return held;
  }

  /** Finds the code-blocks of a window in prepared tiles; reads packet headers, but none of the blocks. */
  *locate(request: WindowRequest, prepared: PreparedTiles): ByteReads<LocatedWindow> {
    const components = this.#planes(request);
    // Others may run while this one waits for bytes: each has its own.
    const collector = this.#idleCollectors.pop() ?? new BlockCollector();
    collector.begin();
    const tiles: Jpeg2000Tile[] = [];
    const held: HeldRanges[] = [];
    for (const [tile, index] of prepared) {
      const tileWindow = new TileWindow(index, components, request.discard);
      const bytes = this.#held.get(tile);
      const reads = tileWindow.load(this.#precincts, request.layers ?? Infinity);
      yield* bytes ? readThrough(reads, bytes) : reads;
      const first = collector.rangeCount;
      collector.endRange();
      tiles.push(tileWindow.collect(collector));
      if (bytes) held.push({ ...bytes, first, end: collector.rangeCount });
    }
    const { byteLength, ranges, blocks, blockIds, segments } = collector;
    this.#idleCollectors.push(collector);
    assertWithin(byteLength, this.#limits.maxSegmentBytes, 'The code-blocks of a window in bytes');
    const bounds = this.bounds(request.discard);
    const window: Jpeg2000Window = {
      cacheKey: request.cacheKey?.map((word, i) => (i === 2 ? word ^ (request.layers ?? 0) : word)),
      x0: bounds.x0 + request.rect.x,
      y0: bounds.y0 + request.rect.y,
      width: request.rect.width,
      height: request.rect.height,
      ...{ components, tiles, blocks, blockIds, segments },
      color: request.color,
    };
    return { window, ranges, byteLength, held };
  }

  /** The samples of each component that a window needs. */
  #planes({ rect, discard }: WindowRequest): Jpeg2000Plane[] {
    const bounds = this.bounds(discard);
    const { size } = this.main;
    return size.components.map(({ bits, signed, dx, dy }) => {
      const stepX = dx / this.pixelX;
      const stepY = dy / this.pixelY;
      const xs = samplesOf(bounds.x0 + rect.x, rect.width, stepX, [
        ceilShift(Math.ceil(size.x0 / dx), discard),
        ceilShift(Math.ceil(size.x1 / dx), discard),
      ]);
      const ys = samplesOf(bounds.y0 + rect.y, rect.height, stepY, [
        ceilShift(Math.ceil(size.y0 / dy), discard),
        ceilShift(Math.ceil(size.y1 / dy), discard),
      ]);
      return { bits, signed, stepX, stepY, x0: xs.start, y0: ys.start, width: xs.count, height: ys.count };
    });
  }

  #tilesTouching(planes: readonly Jpeg2000Plane[], discard: number): number[] {
    const { size } = this.main;
    const scale = 2 ** discard;
    const cols = { first: size.tilesWide, last: -1 };
    const rows = { first: size.tilesHigh, last: -1 };
    planes.forEach(({ x0, y0, width, height }, index) => {
      const { dx, dy } = size.components[index]!;
      // One sample more on the low side: a sample may stand for positions up to a whole step before its own.
      cols.first = Math.min(cols.first, Math.floor(((x0 - 1) * scale * dx - size.tileX0) / size.tileWidth));
      cols.last = Math.max(cols.last, Math.floor(((x0 + width - 1) * scale * dx - size.tileX0) / size.tileWidth));
      rows.first = Math.min(rows.first, Math.floor(((y0 - 1) * scale * dy - size.tileY0) / size.tileHeight));
      rows.last = Math.max(rows.last, Math.floor(((y0 + height - 1) * scale * dy - size.tileY0) / size.tileHeight));
    });
    const tiles: number[] = [];
    for (let row = Math.max(0, rows.first); row <= Math.min(rows.last, size.tilesHigh - 1); row++) {
      for (let col = Math.max(0, cols.first); col <= Math.min(cols.last, size.tilesWide - 1); col++) {
        tiles.push(row * size.tilesWide + col);
      }
    }
    return tiles;
  }
}

/** Resolutions of all components of a tile. */
function resolutionCount({ coding }: TileParameters): number {
  return coding.reduce((sum, { levels }) => sum + levels + 1, 0);
}

/** The largest step that fits all components: pixels are where the finest one has samples. */
function commonStep(steps: readonly number[]): number {
  const least = steps.reduce((a, b) => Math.min(a, b), 255);
  return steps.every((step) => step % least === 0) ? least : 1;
}

/** Samples of a component under a run of pixels: each pixel takes the sample at or before it, within the component. */
function samplesOf(
  start: number,
  count: number,
  step: number,
  [least, end]: readonly [number, number],
): { start: number; count: number } {
  const clamp = (sample: number): number => Math.max(least, Math.min(end - 1, sample));
  const first = clamp(Math.floor(start / step));
  const last = clamp(Math.floor((start + count - 1) / step));
  return { start: first, count: end > least ? last - first + 1 : 0 };
}

/** Throws when a request leaves the picture. */
export function assertWindow(codestream: Codestream, { rect, discard }: WindowRequest): void {
  const { width, height } = codestream.size(discard);
  const inside = rect.x >= 0 && rect.y >= 0 && rect.width > 0 && rect.height > 0;
  if (!inside || rect.x + rect.width > width || rect.y + rect.height > height) {
    throw new ImageError('request', 'A window outside of the picture');
  }
}
