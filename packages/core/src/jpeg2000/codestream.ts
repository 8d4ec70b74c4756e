import type { Jpeg2000Plane } from '../codec/jpeg2000-window.ts';
import type { Size } from '../geometry/size.ts';
import { assertWithin, type Limits } from '../limits.ts';
import { type ByteReads, readTogether } from './byte-reads.ts';
import type { PrecinctBlocks } from './chunk-list.ts';
import { type HeldBytes, readThrough } from './held-bytes.ts';
import { type MainHeader, readMainHeader, resolutionCount } from './main-header.ts';
import { PacketIndex } from './packet-index.ts';
import { PacketTools } from './packet-tools.ts';
import { type Bounds, ceilShift, tileGeometry } from './tile-geometry.ts';
import { readTileHeader, readTilePartTable, type TileHeader, type TilePartTable, tileExtent } from './tile-parts.ts';
import { WeightedCache } from './weighted-cache.ts';
import type { BlockCollector } from './window-blocks.ts';
import { assertResolutions, type LocatedWindow, WindowLocator, type WindowRequest } from './window-locator.ts';

/** Bytes of packet indexes and of parsed packet headers that one open codestream keeps. */
const INDEX_BYTES = 2 ** 28;
const PRECINCT_BYTES = 2 ** 26;
/** Bytes of tiles that were read as a whole, kept for the windows beside the one that they were read for. */
const HELD_BYTES = 2 ** 22;
/** What a tile takes in memory beside its bytes. */
const HELD_EXTRA_BYTES = 256;
/**
 * Tiles up to this many bytes are read as a whole: that costs less than a handful of reads to find the packets that are needed,
 * in files and much more so over networks. Of lower resolutions a tile has fewer bytes, by a fourth each.
 */
const WHOLE_TILE_BYTES = 2 ** 18;
/** So many are read anyway. */
const LEAST_TILE_BYTES = 2 ** 15;
/** Tiles that are indexed side by side: so few whatever they take, and so many when they are small. */
const TILES_AT_ONCE = { least: 16, most: 4096 };
/** Tiles times components of one window. 65535 tiles of three components, each a pixel of the smallest resolution, fit. */
const MAX_TILE_COMPONENTS = 2 ** 18;

/** Tiles to index, each with the resolution levels that may be left out. */
export type WantedTiles = ReadonlyMap<number, number>;

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
  readonly #held = new WeightedCache<HeldBytes>(HELD_BYTES, ({ bytes }) => HELD_EXTRA_BYTES + bytes.byteLength);
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

  /** Begins to look for the code-blocks of a window. @throws ImageError `limit`. */
  locator(request: WindowRequest): WindowLocator {
    const planes = this.#planes(request);
    const tiles = this.#tilesTouching(planes, request.discard);
    assertWithin(tiles.length * planes.length, MAX_TILE_COMPONENTS, 'The number of tile-components of a window');
    assertResolutions(tiles.length * resolutionCount(this.main.parameters));
    return new WindowLocator(request, tiles, planes, {
      size: this.main.size,
      limits: this.#limits,
      precincts: this.#precincts,
      held: this.#held,
      idleCollectors: this.#idleCollectors,
    });
  }

  /** All that there is to a window, for one caller at a time. @throws ImageError `malformed` | `unsupported` | `limit`. */
  *locate(request: WindowRequest): ByteReads<LocatedWindow> {
    const locator = this.locator(request);
    const count = this.tilesAtOnce;
    for (let first = 0; first < locator.tiles.length; first += count) {
      const tiles = locator.tiles.slice(first, first + count);
      yield* locator.add(tiles, yield* this.index(new Map(tiles.map((tile) => [tile, request.discard]))));
    }
    return locator.finish(this.bounds(request.discard));
  }

  /** Tiles that are best indexed side by side: small ones are many, but what was read of them stays in memory meanwhile. */
  get tilesAtOnce(): number {
    const { tilePartsOffset, size } = this.main;
    const ownBytes = HELD_EXTRA_BYTES + (this.#end - tilePartsOffset) / (size.tilesWide * size.tilesHigh);
    const { least, most } = TILES_AT_ONCE;
    return Math.max(least, Math.min(most, Math.floor(HELD_BYTES / 2 / ownBytes)));
  }

  /** A tile's index if it is there and covers what remains when `discard` levels are left out. */
  indexOf(tile: number, discard: number): PacketIndex | undefined {
    const index = this.#indexes.get(tile);
    return index?.covers(discard) ? index : undefined;
  }

  /** Finds the tile-parts of all tiles, which takes reading the first time. Not to be run twice at a time. */
  *readTable(): ByteReads<TilePartTable> {
    this.#table ??= yield* readTilePartTable(this.main, this.#end, this.#limits);
    return this.#table;
  }

  /** True once {@link readTable} has been run: {@link index} can run many times side by side. */
  get hasTable(): boolean {
    return this.#table !== undefined;
  }

  /**
   * Indexes tiles, side by side. Not to be run twice at a time for the same tile; may be given up and begun again.
   *
   * @returns Those that the file holds.
   * @throws ImageError `malformed` | `unsupported` | `limit`.
   */
  *index(wanted: WantedTiles): ByteReads<Map<number, PacketIndex>> {
    const table = yield* this.readTable();
    const indexes = new Map<number, PacketIndex>();
    const open: number[] = [];
    for (const [tile, discard] of wanted) {
      const index = this.indexOf(tile, discard);
      if (index) indexes.set(tile, index);
      else open.push(tile);
    }
    if (open.length === 0) return indexes;
    const indexed = yield* readTogether(open.map((tile) => this.#indexTile(table, tile, wanted.get(tile)!)));
    indexed.forEach((index, i) => {
      if (index) indexes.set(open[i]!, index);
    });
    return indexes;
  }

  /** Reads the headers of a tile and its packets, as far as they are needed; `undefined` for one that the file lacks. */
  *#indexTile(table: TilePartTable, tile: number, discard: number): ByteReads<PacketIndex | undefined> {
    const held = this.#held.get(tile) ?? (yield* this.#readWhole(table, tile, discard));
    // With all its bytes there, all its packets are found at once, and nothing remains of the scan.
    return held
      ? yield* readThrough(this.#indexPackets(table, tile, 0), held)
      : yield* this.#indexPackets(table, tile, discard);
  }

  *#indexPackets(table: TilePartTable, tile: number, discard: number): ByteReads<PacketIndex | undefined> {
    const known = this.#indexes.get(tile);
    const header = known?.header ?? (yield* readTileHeader(this.main, table, tile, this.#limits));
    if (!header) return undefined;
    const geometry = tileGeometry(this.main.size, tile, header.parameters, this.#limits);
    const index = known ?? this.#newIndex(geometry.precinctCount * header.parameters.tile.layers, header);
    // Also when it fails, which it remembers.
    if (!known) this.#indexes.set(tile, index);
    yield* index.index(geometry, discard);
    // Weighed again: it has grown.
    this.#indexes.set(tile, index);
    return index;
  }

  #newIndex(packetCount: number, header: TileHeader): PacketIndex {
    const index = new PacketIndex(packetCount, header, { tools: this.#tools, firstPacket: this.#nextPacket });
    this.#nextPacket += packetCount;
    return index;
  }

  /** The bytes of a tile that is small enough to be read as a whole. */
  *#readWhole(table: TilePartTable, tile: number, discard: number): ByteReads<HeldBytes | undefined> {
    const extent = tileExtent(table, tile);
    const most = Math.max(LEAST_TILE_BYTES, WHOLE_TILE_BYTES / 4 ** discard);
    if (!extent || extent.byteLength > most) return undefined;
    const [bytes] = yield [extent];
    const held = { start: extent.byteOffset, bytes: bytes! };
    this.#held.set(tile, held);
    return held;
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
      // A tile has the samples from ceil(left / step) on, so it is the one that a sample's own position lies in.
      cols.first = Math.min(cols.first, Math.floor((x0 * scale * dx - size.tileX0) / size.tileWidth));
      cols.last = Math.max(cols.last, Math.floor(((x0 + width - 1) * scale * dx - size.tileX0) / size.tileWidth));
      rows.first = Math.min(rows.first, Math.floor((y0 * scale * dy - size.tileY0) / size.tileHeight));
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
