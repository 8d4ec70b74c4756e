import type { Jpeg2000Color } from '../codec/jpeg2000-color.ts';
import type { Jpeg2000Plane, Jpeg2000Tile, Jpeg2000TileComponent, Jpeg2000Window } from '../codec/jpeg2000-window.ts';
import { ImageError } from '../errors.ts';
import type { Rect } from '../geometry/rect.ts';
import type { Size } from '../geometry/size.ts';
import { assertWithin, type Limits } from '../limits.ts';
import type { ByteRange } from '../source/read-ranges.ts';
import type { ByteReads } from './byte-reads.ts';
import { type MainHeader, readMainHeader, type TileParameters } from './main-header.ts';
import { PacketIndex } from './packet-index.ts';
import { type PrecinctBlocks, type PrecinctRef, parsePrecincts } from './precinct-blocks.ts';
import { type Bounds, ceilShift, tileGeometry } from './tile-geometry.ts';
import { readTileHeader, readTilePartTable, type TilePartTable } from './tile-parts.ts';
import { type ResolutionWindow, waveletWindows } from './wavelet-window.ts';
import { WeightedCache } from './weighted-cache.ts';
import { BlockCollector, type ParsedPrecinct, precinctsTouching } from './window-blocks.ts';

/** Bytes of packet indexes and of parsed packet headers that one open codestream keeps. */
const INDEX_BYTES = 2 ** 28;
const PRECINCT_BYTES = 2 ** 26;
/** Tiles times components of one window. 65535 tiles of three components, each a pixel of the smallest resolution, fit. */
const MAX_TILE_COMPONENTS = 2 ** 18;
/** Resolutions of all these, of about 700 bytes each: the usual six of three components in each of 65535 tiles. */
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
  /** One after another, in this order, they are the bytes that `window` counts. */
  readonly ranges: readonly ByteRange[];
  readonly byteLength: number;
}

/** The tiles of a window, indexed: the step between {@link Codestream.prepare} and {@link Codestream.locate}. */
export type PreparedTiles = ReadonlyMap<number, PacketIndex>;

/** Reads the code-blocks of a window. */
export function* readBlocks({ ranges, byteLength }: LocatedWindow): ByteReads<Uint8Array> {
  const bytes = new Uint8Array(byteLength);
  let offset = 0;
  for (const piece of yield ranges) {
    bytes.set(piece, offset);
    offset += piece.length;
  }
  return bytes;
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
  readonly #indexes = new WeightedCache<number, PacketIndex>(INDEX_BYTES, (index) => index.byteLength);
  readonly #precincts = new WeightedCache<string, PrecinctBlocks>(PRECINCT_BYTES, (blocks) => blocks.byteLength);
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

  /**
   * Finds and indexes the tiles of a window. Not to be run twice at a time; may be given up and begun again.
   *
   * @throws ImageError `malformed` | `unsupported` | `limit`.
   */
  *prepare(request: WindowRequest): ByteReads<PreparedTiles> {
    this.#table ??= yield* readTilePartTable(this.main, this.#end, this.#limits);
    const prepared = new Map<number, PacketIndex>();
    const planes = this.#planes(request);
    const tiles = this.#tilesTouching(planes, request.discard);
    assertWithin(tiles.length * planes.length, MAX_TILE_COMPONENTS, 'The number of tile-components of a window');
    assertWithin(tiles.length * resolutionCount(this.main.parameters), MAX_RESOLUTIONS, RESOLUTIONS_OF_WINDOW);
    let resolutions = 0;
    for (const tile of tiles) {
      let index = this.#indexes.get(tile);
      if (!index) {
        const header = yield* readTileHeader(this.main, this.#table, tile, this.#limits);
        if (!header) continue;
        // Headers of tiles may declare more than the main header did.
        resolutions += resolutionCount(header.parameters);
        assertWithin(resolutions, MAX_RESOLUTIONS, RESOLUTIONS_OF_WINDOW);
        index = new PacketIndex(tileGeometry(this.main.size, tile, header.parameters, this.#limits), header);
        this.#indexes.set(tile, index);
      }
      yield* index.index(request.discard);
      prepared.set(tile, index);
    }
    return prepared;
  }

  /** Finds the code-blocks of a window in prepared tiles; reads packet headers, but none of the blocks. */
  *locate(request: WindowRequest, prepared: PreparedTiles): ByteReads<LocatedWindow> {
    const components = this.#planes(request);
    const collector = new BlockCollector();
    const tiles: Jpeg2000Tile[] = [];
    for (const [tile, index] of prepared) {
      tiles.push(yield* this.#collectTile({ tile, index, request, components, collector }));
    }
    assertWithin(collector.byteLength, this.#limits.maxSegmentBytes, 'The code-blocks of a window in bytes');
    const bounds = this.bounds(request.discard);
    const window: Jpeg2000Window = {
      cacheKey: request.cacheKey?.map((word, i) => (i === 2 ? word ^ (request.layers ?? 0) : word)),
      x0: bounds.x0 + request.rect.x,
      y0: bounds.y0 + request.rect.y,
      width: request.rect.width,
      height: request.rect.height,
      components,
      tiles,
      blocks: collector.blocks,
      blockIds: collector.blockIds,
      segments: collector.segments,
      color: request.color,
    };
    return { window, ranges: collector.ranges, byteLength: collector.byteLength };
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

  *#collectTile(source: TileSource): ByteReads<Jpeg2000Tile> {
    const { index, request, components, collector } = source;
    const windows = index.geometry.components.map((component, number) => {
      const levels = component.coding.levels;
      const resolution = Math.max(0, levels - request.discard);
      const decimation = 2 ** Math.max(0, request.discard - levels);
      const area = tileArea(components[number]!, component.resolutions[resolution]!, decimation);
      const empty = area.x1 <= area.x0 || area.y1 <= area.y0;
      const samples: Bounds = {
        x0: area.x0 * decimation,
        y0: area.y0 * decimation,
        x1: (area.x1 - 1) * decimation + 1,
        y1: (area.y1 - 1) * decimation + 1,
      };
      return { area, decimation, resolutions: empty ? [] : waveletWindows(component, resolution, samples) };
    });
    const precincts = yield* this.#precinctsOf(
      source,
      windows.map(({ resolutions }) => resolutions),
    );
    return {
      componentTransform: index.header.parameters.tile.componentTransform,
      components: windows.map(({ area, decimation, resolutions }, number): Jpeg2000TileComponent => {
        const component = index.geometry.components[number]!;
        return {
          x0: area.x0,
          y0: area.y0,
          width: Math.max(0, area.x1 - area.x0),
          height: Math.max(0, area.y1 - area.y0),
          decimation,
          reversible: component.coding.reversible,
          blockStyle: component.coding.blockStyle,
          roiShift: component.roiShift,
          resolutions: resolutions.map((window) => {
            const parsed = precincts.get(`${number}/${window.resolution}`) ?? [];
            return {
              x0: window.x0,
              y0: window.y0,
              width: window.x1 - window.x0,
              height: window.y1 - window.y0,
              bands: window.bands.map((band) => collector.addBand(component, band, parsed)),
            };
          }),
        };
      }),
    };
  }

  /** Packet headers of all precincts that the windows touch, by `component/resolution`. */
  *#precinctsOf(
    { tile, index, request }: TileSource,
    windows: readonly (readonly ResolutionWindow[])[],
  ): ByteReads<Map<string, ParsedPrecinct[]>> {
    const layers = Math.max(1, Math.min(request.layers ?? Infinity, index.header.parameters.tile.layers));
    const refs = windows.flatMap((resolutions, component) =>
      resolutions.flatMap((window): PrecinctRef[] => {
        const { resolution } = window;
        const geometry = index.geometry.components[component]!.resolutions[resolution]!;
        return precinctsTouching(geometry, window).map((precinct) => ({ component, resolution, precinct }));
      }),
    );
    const keyOf = (ref: PrecinctRef): string => `${tile}/${ref.component}/${ref.resolution}/${ref.precinct}/${layers}`;
    const found = refs.map((ref) => this.#precincts.get(keyOf(ref)));
    const missing = refs.filter((_, i) => found[i] === undefined);
    const parsed = missing.length > 0 ? yield* parsePrecincts(index, missing, layers) : [];
    missing.forEach((ref, i) => {
      this.#precincts.set(keyOf(ref), parsed[i]!);
    });
    const byResolution = new Map<string, ParsedPrecinct[]>();
    let next = 0;
    refs.forEach((ref, i) => {
      const key = `${ref.component}/${ref.resolution}`;
      const entry = { ref, blocks: found[i] ?? parsed[next++]! };
      const list = byResolution.get(key);
      if (list) list.push(entry);
      else byResolution.set(key, [entry]);
    });
    return byResolution;
  }
}

interface TileSource {
  readonly tile: number;
  readonly index: PacketIndex;
  readonly request: WindowRequest;
  readonly components: readonly Jpeg2000Plane[];
  readonly collector: BlockCollector;
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

/** What a tile has of a plane, in the plane's coordinates. */
function tileArea(plane: Jpeg2000Plane, tile: Bounds, decimation: number): Bounds {
  return {
    x0: Math.max(plane.x0, Math.ceil(tile.x0 / decimation)),
    y0: Math.max(plane.y0, Math.ceil(tile.y0 / decimation)),
    x1: Math.min(plane.x0 + plane.width, Math.ceil(tile.x1 / decimation)),
    y1: Math.min(plane.y0 + plane.height, Math.ceil(tile.y1 / decimation)),
  };
}

/** Throws when a request leaves the picture. */
export function assertWindow(codestream: Codestream, { rect, discard }: WindowRequest): void {
  const { width, height } = codestream.size(discard);
  const inside = rect.x >= 0 && rect.y >= 0 && rect.width > 0 && rect.height > 0;
  if (!inside || rect.x + rect.width > width || rect.y + rect.height > height) {
    throw new ImageError('request', 'A window outside of the picture');
  }
}
