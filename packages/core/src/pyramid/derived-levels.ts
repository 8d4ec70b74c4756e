import { ImageError, throwIfAborted } from '../errors.ts';
import { intersectRects, type Rect } from '../geometry/rect.ts';
import { columnsOf, rowsOf, tileRect } from '../geometry/tile-grid.ts';
import { assertWithin, type Limits } from '../limits.ts';
import type { ImageInfo, LevelInfo } from '../metadata/image-info.ts';
import { cropPixels } from '../pixels/blit.ts';
import { bytesPerSample } from '../pixels/dtype.ts';
import type { PixelBuffer } from '../pixels/pixel-buffer.ts';
import type { ReadOptions } from '../source/range-source.ts';
import { SharedWork } from '../source/shared-work.ts';
import type { Assembler } from './assemble.ts';
import type { EncodedSegment, ImageReader, ReadSegmentsOptions, SegmentRef } from './image-reader.ts';
import { type ChainLevel, chainTileSize, levelChain } from './level-chain.ts';
import { rawSegment } from './raw-segment.ts';
import { refsTouching, segmentKey } from './segment-refs.ts';
import { TileCache } from './tile-cache.ts';

/** Settings of {@link withDerivedLevels}. */
export interface DerivedLevelOptions {
  readonly limits: Limits;
  /** Where decoded tiles are kept; to be shared by readers that are open together. Default: an own one of 64 MiB. */
  readonly cache?: TileCache | undefined;
  /** Side of the tiles that are made. Default: that of the file's tiles, or 256 where it has strips. */
  readonly tileSize?: number | undefined;
}

/**
 * Makes any image a tiled pyramid: cuts strips and unwieldy tiles into tiles, and adds levels, each averaged two by two
 * from the one before, where the file leaves some out and until one fits a tile. Made from the top of the picture to its
 * bottom in bounded memory, and kept as decoded tiles as long as the cache has room. A reader that needs none of that is
 * returned as it is.
 *
 * Made levels have `stored: false`; reading from them fails with `limit` when it would decode more than
 * `limits.maxDecodePixels` of the file.
 */
export function withDerivedLevels(
  reader: ImageReader,
  assembler: Assembler,
  options: DerivedLevelOptions,
): ImageReader {
  const tileSize = chainTileSize(reader.info, options.tileSize);
  const chain = levelChain(reader.info.levels, tileSize);
  if (chain.every(({ origin }) => origin.kind === 'stored')) return reader;
  const info: ImageInfo = { ...reader.info, tileSize, levels: chain.map((level) => level.info) };
  return new DerivedReader({ reader, assembler, chain, info, options });
}

/** Tiles that are made together: some of a level's grid, from one window of the level they are made from. */
interface Block {
  readonly key: string;
  readonly page: number;
  readonly level: number;
  readonly layers?: number | undefined;
  /** The tiles, in pixels of the level. */
  readonly rect: Rect;
}

type Tiles = ReadonlyMap<string, PixelBuffer>;

const DEFAULT_CACHE_BYTES = 2 ** 26;

class DerivedReader implements ImageReader {
  readonly info: ImageInfo;
  readonly revision: string;
  readonly lastModified: Date | undefined;
  readonly #reader: ImageReader;
  readonly #assembler: Assembler;
  readonly #chain: readonly ChainLevel[];
  readonly #limits: Limits;
  readonly #cache: TileCache;
  readonly #prefix: string;
  readonly #underWay = new Map<string, SharedWork<Tiles>>();

  constructor(parts: {
    reader: ImageReader;
    assembler: Assembler;
    chain: readonly ChainLevel[];
    info: ImageInfo;
    options: DerivedLevelOptions;
  }) {
    this.info = parts.info;
    this.revision = parts.reader.revision;
    this.lastModified = parts.reader.lastModified;
    this.#reader = parts.reader;
    this.#assembler = parts.assembler;
    this.#chain = parts.chain;
    this.#limits = parts.options.limits;
    this.#cache = parts.options.cache ?? new TileCache(DEFAULT_CACHE_BYTES);
    this.#prefix = this.#cache.claimPrefix();
  }

  async readSegments(
    refs: readonly SegmentRef[],
    options: ReadSegmentsOptions = {},
  ): Promise<readonly (EncodedSegment | undefined)[]> {
    throwIfAborted(options.signal);
    const inFile = refs.map((ref) => this.#refInFile(ref));
    const stored = inFile.filter((ref) => ref !== undefined);
    const fromFile = stored.length === 0 ? [] : await this.#reader.readSegments(stored, options);
    const made = await this.#madeTiles(
      refs.filter((_, index) => inFile[index] === undefined),
      { signal: options.signal },
    );
    let next = 0;
    return refs.map((ref, index) => {
      if (inFile[index] !== undefined) return fromFile[next++];
      const tile = made.get(segmentKey(ref));
      return tile && rawSegment(tile);
    });
  }

  async readStoredTile(ref: SegmentRef, options?: ReadOptions): Promise<Uint8Array | undefined> {
    const inFile = this.#refInFile(ref);
    return inFile && this.#reader.readStoredTile(inFile, options);
  }

  /** The same segment as the file counts, or `undefined` for one that is made. */
  #refInFile(ref: SegmentRef): SegmentRef | undefined {
    const { origin } = this.#levelOf(ref);
    return origin.kind === 'stored' ? { ...ref, level: origin.fileLevel } : undefined;
  }

  async close(): Promise<void> {
    this.#cache.clear(this.#prefix);
    await this.#reader.close();
  }

  #levelOf(ref: SegmentRef): ChainLevel {
    const level = this.#chain[ref.level];
    if (
      level === undefined ||
      this.info.pages[ref.page] === undefined ||
      !(ref.col >= 0 && ref.col < columnsOf(level.info) && ref.row >= 0 && ref.row < rowsOf(level.info))
    ) {
      throw new ImageError('not-found', 'There is no such tile');
    }
    return level;
  }

  /** One block after the other: made at the same time they would need the memory of all. */
  async #madeTiles(refs: readonly SegmentRef[], options: ReadOptions): Promise<Tiles> {
    const tiles = new Map<string, PixelBuffer>();
    for (const ref of refs) {
      const key = segmentKey(ref);
      if (tiles.has(key)) continue;
      const cached = this.#cache.get(this.#prefix + key);
      if (cached !== undefined) {
        tiles.set(key, cached);
        continue;
      }
      for (const [made, tile] of await this.#share(this.#blockOf(ref), options)) tiles.set(made, tile);
    }
    return tiles;
  }

  /** Joins the making of a block that is under way, or begins it. */
  #share(block: Block, { signal }: ReadOptions): Promise<Tiles> {
    const running = this.#underWay.get(block.key);
    if (running !== undefined && !running.abandoned) return running.wait(signal);
    const work = new SharedWork<Tiles>((shared) => this.#make(block, { signal: shared }));
    const forget = (): void => {
      if (this.#underWay.get(block.key) === work) this.#underWay.delete(block.key);
    };
    this.#underWay.set(block.key, work);
    work.observe(forget, forget);
    return work.wait(signal);
  }

  #blockOf(ref: SegmentRef): Block {
    const { info, blockColumns, blockRows } = this.#levelOf(ref);
    const col = Math.floor(ref.col / blockColumns) * blockColumns;
    const row = Math.floor(ref.row / blockRows) * blockRows;
    const wanted: Rect = {
      x: col * info.tileWidth,
      y: row * info.tileHeight,
      width: blockColumns * info.tileWidth,
      height: blockRows * info.tileHeight,
    };
    return {
      key: segmentKey({ ...ref, col, row }),
      page: ref.page,
      level: ref.level,
      layers: ref.layers,
      rect: intersectRects(wanted, { x: 0, y: 0, width: info.width, height: info.height }),
    };
  }

  async #make(block: Block, options: ReadOptions): Promise<Tiles> {
    const level = this.#chain[block.level];
    if (level === undefined) throw new ImageError('not-found', 'There is no such level');
    const { pixels, pixelsOfFile } = this.#costOf(block, level);
    assertWithin(pixelsOfFile, this.#limits.maxDecodePixels, 'The number of pixels to decode for an overview');
    const { bands, dtype } = this.info;
    assertWithin(pixels * bands * bytesPerSample(dtype), this.#limits.maxWorkingBytes, 'The working memory in bytes');
    const source = this.#sourceOf(block, level);
    const refs = refsTouching(source.window, source.grid, { ...block, level: source.level });
    const segments = source.isFile
      ? await this.#reader.readSegments(refs, { signal: options.signal, window: source.window })
      : await this.readSegments(refs, { signal: options.signal, window: source.window });
    throwIfAborted(options.signal);
    const assembled = await this.#assembler.assemble(
      {
        window: source.window,
        shrink: source.shrink,
        bands,
        dtype,
        premultiply: this.info.extraSamples.at(-1) === 'unassociated-alpha',
        tileWidth: source.grid.tileWidth,
        tileHeight: source.grid.tileHeight,
        segments: refs.map((ref, index) => ({ ref, segment: segments[index] })),
      },
      options,
    );
    return this.#cut(assembled, block, level.info);
  }

  /** Pixels of the working buffer, and of the file behind it, which halving makes four times as many each time. */
  #costOf({ rect, level: index }: Block, level: ChainLevel): { pixels: number; pixelsOfFile: number } {
    const area = rect.width * rect.height;
    if (level.origin.kind !== 'reduced') return { pixels: area, pixelsOfFile: area };
    let halvings = 0;
    while (this.#chain[index - halvings]?.origin.kind === 'reduced') halvings++;
    return { pixels: 4 * area, pixelsOfFile: area * 4 ** halvings };
  }

  #sourceOf(
    { rect, level: index }: Block,
    { origin }: ChainLevel,
  ): { level: number; isFile: boolean; grid: LevelInfo; window: Rect; shrink: number } {
    if (origin.kind === 'cut') {
      return { level: origin.fileLevel, isFile: true, grid: origin.stored, window: rect, shrink: 1 };
    }
    const grid = this.#chain[index - 1]?.info;
    if (grid === undefined) throw new ImageError('not-found', 'There is no such level');
    const doubled = { x: 2 * rect.x, y: 2 * rect.y, width: 2 * rect.width, height: 2 * rect.height };
    const window = intersectRects(doubled, { x: 0, y: 0, width: grid.width, height: grid.height });
    return { level: index - 1, isFile: false, grid, window, shrink: 2 };
  }

  #cut(assembled: PixelBuffer, block: Block, level: LevelInfo): Tiles {
    const tiles = new Map<string, PixelBuffer>();
    for (const ref of refsTouching(block.rect, level, block)) {
      const rect = tileRect(level, ref.col, ref.row);
      const tile = cropPixels(assembled, { ...rect, x: rect.x - block.rect.x, y: rect.y - block.rect.y });
      tiles.set(segmentKey(ref), tile);
      this.#cache.set(this.#prefix + segmentKey(ref), tile);
    }
    return tiles;
  }
}
