import type { Jpeg2000Color } from '../codec/jpeg2000-color.ts';
import type { Jpeg2000Coding, Jpeg2000Plane, Jpeg2000Window } from '../codec/jpeg2000-window.ts';
import type { Rect } from '../geometry/rect.ts';
import { assertWithin, type Limits } from '../limits.ts';
import type { ByteRange } from '../source/read-ranges.ts';
import type { ByteReads } from './byte-reads.ts';
import type { PrecinctBlocks } from './chunk-list.ts';
import { type HeldBytes, readThrough } from './held-bytes.ts';
import type { ImageSize } from './image-size.ts';
import { resolutionCount, type TileParameters } from './main-header.ts';
import type { PacketIndex } from './packet-index.ts';
import { type Bounds, quantizationSteps, tileGeometry } from './tile-geometry.ts';
import { TileWindow } from './tile-window.ts';
import type { WeightedCache } from './weighted-cache.ts';
import { BlockCollector } from './window-blocks.ts';

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
  /** Bytes that were in memory already, of all the ranges from one number to another, exclusive, in pairs. */
  readonly heldBytes: Uint8Array;
  readonly heldRanges: Uint32Array;
}

/** Resolutions of all tiles of a window: the usual six of three components in each of 65535 tiles. */
const MAX_RESOLUTIONS = 65535 * 3 * 6;

/** Throws for more resolutions in a window's tiles than anyone waits for. */
export function assertResolutions(count: number): void {
  assertWithin(count, MAX_RESOLUTIONS, 'The number of resolutions of all tiles of a window');
}

/** What a codestream keeps for the windows that are located in it. */
export interface WindowSurroundings {
  readonly size: ImageSize;
  readonly limits: Limits;
  readonly precincts: WeightedCache<PrecinctBlocks>;
  /** Tiles that were read as a whole. */
  readonly held: WeightedCache<HeldBytes>;
  readonly idleCollectors: BlockCollector[];
}

/** Finds the code-blocks of a window, some tiles at a time. */
export class WindowLocator {
  readonly request: WindowRequest;
  /** Numbers of the tiles that the window touches. */
  readonly tiles: readonly number[];
  readonly #planes: readonly Jpeg2000Plane[];
  readonly #surroundings: WindowSurroundings;
  /** Others may run while this one waits for bytes: each has its own. */
  #ownCollector: BlockCollector | undefined;
  readonly #codings: Jpeg2000Coding[] = [];
  /** Of the last tile, and the number of the coding of its first component. */
  #parameters: TileParameters | undefined;
  #firstCoding = 0;
  #resolutions = 0;

  constructor(
    request: WindowRequest,
    tiles: readonly number[],
    planes: readonly Jpeg2000Plane[],
    surroundings: WindowSurroundings,
  ) {
    this.request = request;
    this.tiles = tiles;
    this.#planes = planes;
    this.#surroundings = surroundings;
  }

  get #collector(): BlockCollector {
    if (!this.#ownCollector) {
      this.#ownCollector = this.#surroundings.idleCollectors.pop() ?? new BlockCollector();
      this.#ownCollector.begin();
    }
    return this.#ownCollector;
  }

  /**
   * Adds the next tiles, of which those are in `indexes` that the file holds; reads packet headers, but none of the blocks.
   *
   * @throws ImageError `malformed` | `unsupported` | `limit`.
   */
  *add(tiles: readonly number[], indexes: ReadonlyMap<number, PacketIndex>): ByteReads<void> {
    const { discard, layers } = this.request;
    const { size, limits, held, precincts } = this.#surroundings;
    const collector = this.#collector;
    for (const tile of tiles) {
      const index = indexes.get(tile);
      if (!index) continue;
      const { parameters } = index.header;
      // Headers of tiles may declare more than the main header did.
      this.#resolutions += resolutionCount(parameters);
      assertResolutions(this.#resolutions);
      const tileWindow = new TileWindow(index, tileGeometry(size, tile, parameters, limits), this.#planes, discard);
      const bytes = held.get(tile);
      const reads = tileWindow.load(precincts, layers ?? Infinity);
      yield* bytes ? readThrough(reads, bytes) : reads;
      const first = collector.rangeCount;
      collector.endRange();
      tileWindow.collect(collector, this.#codingsOf(parameters));
      if (bytes) collector.takeHeld(bytes, first);
      assertWithin(collector.byteLength, limits.maxSegmentBytes, 'The code-blocks of a window in bytes');
    }
  }

  /** Number of the first component's coding; those of the others follow. */
  #codingsOf(parameters: TileParameters): number {
    if (parameters === this.#parameters) return this.#firstCoding;
    this.#parameters = parameters;
    this.#firstCoding = this.#codings.length;
    this.#surroundings.size.components.forEach(({ bits }, component) => {
      const coding = parameters.coding[component]!;
      this.#codings.push({
        reversible: coding.reversible,
        blockStyle: coding.blockStyle,
        roiShift: parameters.roiShift[component]!,
        steps: quantizationSteps(coding, parameters.quantization[component]!, bits),
      });
    });
    return this.#firstCoding;
  }

  /** To be called once, after the last tile; `bounds`: of the picture at the window's resolution. */
  finish(bounds: Bounds): LocatedWindow {
    const { rect, layers, color, cacheKey } = this.request;
    const collector = this.#collector;
    const { byteLength, ranges, heldBytes, heldRanges } = collector;
    const window: Jpeg2000Window = {
      cacheKey: cacheKey?.map((word, i) => (i === 2 ? word ^ (layers ?? 0) : word)),
      x0: bounds.x0 + rect.x,
      y0: bounds.y0 + rect.y,
      width: rect.width,
      height: rect.height,
      components: this.#planes,
      codings: this.#codings,
      tiles: collector.tiles.toArray(),
      blocks: collector.blocks.toArray(),
      blockIds: collector.blockIds.toArray(),
      segments: collector.segments.toArray(),
      color,
    };
    const located = {
      window,
      ranges: ranges.toArray(),
      byteLength,
      heldBytes: heldBytes.toArray(),
      heldRanges: heldRanges.toArray(),
    };
    if (collector.isSmall) this.#surroundings.idleCollectors.push(collector);
    return located;
  }
}

/** Reads the code-blocks of a window. */
export function* readBlocks({ ranges, byteLength, heldBytes, heldRanges }: LocatedWindow): ByteReads<Uint8Array> {
  if (heldBytes.length === byteLength) return heldBytes;
  const result = new Uint8Array(byteLength);
  const missing: ByteRange[] = [];
  const places: number[] = [];
  let run = 0;
  let taken = 0;
  let place = 0;
  for (let i = 0; 2 * i < ranges.length; i++) {
    const length = ranges[2 * i + 1]!;
    if (run < heldRanges.length && i >= heldRanges[run + 1]!) run += 2;
    if (run < heldRanges.length && i >= heldRanges[run]!) {
      result.set(heldBytes.subarray(taken, taken + length), place);
      taken += length;
    } else {
      missing.push({ byteOffset: ranges[2 * i]!, byteLength: length });
      places.push(place);
    }
    place += length;
  }
  const pieces = yield missing;
  for (let i = 0; i < pieces.length; i++) result.set(pieces[i]!, places[i]);
  return result;
}
