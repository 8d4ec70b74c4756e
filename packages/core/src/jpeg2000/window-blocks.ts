import { BLOCK_FIELDS } from '../codec/jpeg2000-window.ts';
import { ImageError } from '../errors.ts';
import type { PrecinctBlocks } from './chunk-list.ts';
import type { HeldBytes } from './held-bytes.ts';
import { type HtSet, lastHtSet } from './ht-set.ts';
import { NumberList } from './number-list.ts';
import { segmentRoom } from './packet-header.ts';
import type { PrecinctGrid, PrecinctRange } from './precinct-grid.ts';
import { ceilShift, floorShift, type Resolution, type TileComponent } from './tile-geometry.ts';
import type { BandWindow } from './wavelet-window.ts';

/** Magnitude bit-planes that the block decoder can hold beside the sign and the half below the last plane. */
const MAX_PLANES = 30;

/** Where bands of a window come from. */
export interface BandSource {
  readonly component: TileComponent;
  readonly resolution: Resolution;
  /** Covers at least the window. */
  readonly precincts: PrecinctGrid;
}

/** Numbers that a collector holds on to between windows; those of larger ones go. */
const MAX_KEPT_NUMBERS = 2 ** 18;

/**
 * Collects the tiles and code-blocks of a window, and the byte ranges that hold them, in the order that both are needed; then
 * goes on with another window.
 */
export class BlockCollector {
  byteLength = 0;
  /** `Jpeg2000Window.tiles`. */
  readonly tiles: NumberList<Uint32Array> = new NumberList(new Uint32Array(64));
  /** `Jpeg2000Window.blocks`, their ids and segments. */
  readonly blocks: NumberList<Int32Array> = new NumberList(new Int32Array(BLOCK_FIELDS * 64));
  readonly blockIds: NumberList<Float64Array> = new NumberList(new Float64Array(64));
  readonly segments: NumberList<Uint32Array> = new NumberList(new Uint32Array(128));
  /** Where the bytes lie, one after another, as offset and length; those that touch have been joined. */
  readonly ranges: NumberList<Float64Array> = new NumberList(new Float64Array(64));
  /** Bytes of ranges that were in memory, and which: the first and the one after the last, in pairs. */
  readonly heldBytes: NumberList<Uint8Array> = new NumberList(new Uint8Array(64));
  readonly heldRanges: NumberList<Uint32Array> = new NumberList(new Uint32Array(2));
  /** File offset after the last range. */
  #byteEnd = -1;
  /** File offset of the first byte of the code-block being added, which no other one has; 0 for none. */
  #firstByte = 0;

  /** Whether it is small enough to be kept for another window. */
  get isSmall(): boolean {
    return this.#lists().every(({ row }) => row.length <= MAX_KEPT_NUMBERS);
  }

  /** Begins a window. */
  begin(): void {
    this.byteLength = 0;
    this.#byteEnd = -1;
    for (const list of this.#lists()) list.length = 0;
  }

  #lists(): readonly { length: number; readonly row: { readonly length: number } }[] {
    const { tiles, blocks, blockIds, segments, ranges, heldBytes, heldRanges } = this;
    return [tiles, blocks, blockIds, segments, ranges, heldBytes, heldRanges];
  }

  get rangeCount(): number {
    return this.ranges.length / 2;
  }

  /** The next bytes get a range of their own, also when they touch the last one. */
  endRange(): void {
    this.#byteEnd = -1;
  }

  /** Copies the bytes of all ranges from number `first` on out of a stretch of the file that has them. */
  takeHeld({ start, bytes }: HeldBytes, first: number): void {
    const { ranges, heldBytes, heldRanges } = this;
    for (let i = 2 * first; i < ranges.length; i += 2) {
      const from = ranges.row[i]! - start;
      const byteLength = ranges.row[i + 1]!;
      heldBytes.reserve(byteLength);
      heldBytes.row.set(bytes.subarray(from, from + byteLength), heldBytes.length);
      heldBytes.length += byteLength;
    }
    if (first === this.rangeCount) return;
    heldRanges.push(first);
    heldRanges.push(this.rangeCount);
  }

  /** Adds the code-blocks of a subband that meet the window; `range` are its precincts. @returns How many. */
  addBand(source: BandSource, window: BandWindow, range: PrecinctRange): number {
    const before = this.blockIds.length;
    const { precincts } = source;
    const { col0, row0, col1, row1 } = range;
    for (let row = row0; row < row1; row++) {
      for (let col = col0; col < col1; col++) {
        const blocks = precincts.at(col, row);
        if (blocks) this.#addPrecinct(source, window, blocks);
      }
    }
    return this.blockIds.length - before;
  }

  #addPrecinct(source: BandSource, window: BandWindow, blocks: PrecinctBlocks): void {
    const { blockX, blockY } = source.resolution;
    // Bands stand in the order of their orientations: LL alone, or HL, LH and HH.
    const grid = blocks.bands[Math.max(0, window.band.orientation - 1)]!;
    const col0 = Math.max(grid.col0, floorShift(window.x0, blockX));
    const row0 = Math.max(grid.row0, floorShift(window.y0, blockY));
    const col1 = Math.min(grid.col0 + grid.cols, ceilShift(window.x1, blockX));
    const row1 = Math.min(grid.row0 + grid.rows, ceilShift(window.y1, blockY));
    for (let row = row0; row < row1; row++) {
      for (let col = col0; col < col1; col++) {
        const block = grid.firstBlock + (row - grid.row0) * grid.cols + (col - grid.col0);
        this.#addBlock(source, { window, blocks, block, col, row });
      }
    }
  }

  #addBlock({ component, resolution }: BandSource, { window, blocks, block, col, row }: BlockPlace): void {
    const first = blocks.firstChunk(block);
    const end = blocks.firstChunk(block + 1);
    if (first === end) return;
    const { band } = window;
    const allPlanes = band.planes + component.roiShift;
    const codedPlanes = allPlanes - blocks.zeroPlanes(block);
    const isHt = blocks.isHt(block);
    const set = isHt ? lastHtSet(blocks, block) : undefined;
    // A high-throughput cleanup pass codes its bit-plane and all above.
    const cleanupPlane = set ? codedPlanes - 1 - set.number : -1;
    if (codedPlanes <= 0 || (isHt && cleanupPlane < 0)) return;
    const planes = set ? allPlanes : codedPlanes;
    if (planes > MAX_PLANES) throw new ImageError('unsupported', `A code-block of ${planes} bit-planes`);
    const blockWidth = 1 << resolution.blockX;
    const blockHeight = 1 << resolution.blockY;
    const x0 = Math.max(band.x0, col * blockWidth);
    const y0 = Math.max(band.y0, row * blockHeight);
    const { segments, blocks: fields } = this;
    const before = segments.length;
    this.#firstByte = 0;
    this.#makeRoom(end - first);
    if (set) this.#addHtSet(blocks, set);
    else this.#addSegments(component.coding.blockStyle, blocks, first, end);
    const at = fields.length;
    const { row: numbers } = fields;
    numbers[at] = x0 - window.x0;
    numbers[at + 1] = y0 - window.y0;
    numbers[at + 2] = Math.min(band.x1, (col + 1) * blockWidth) - x0;
    numbers[at + 3] = Math.min(band.y1, (row + 1) * blockHeight) - y0;
    numbers[at + 4] = planes;
    numbers[at + 5] = (segments.length - before) / 2;
    numbers[at + 6] = cleanupPlane;
    fields.length = at + BLOCK_FIELDS;
    this.blockIds.push(this.#firstByte);
  }

  #addHtSet(blocks: PrecinctBlocks, { cleanup, refinements, passes }: HtSet): void {
    this.#addRange(blocks, cleanup);
    this.#addSegment(blocks.chunkLength(cleanup), 1);
    if (passes === 1) return;
    const before = this.byteLength;
    for (const chunk of refinements) this.#addRange(blocks, chunk);
    this.#addSegment(this.byteLength - before, passes - 1);
  }

  #addSegment(byteLength: number, passes: number): void {
    const { segments } = this;
    segments.row[segments.length++] = byteLength;
    segments.row[segments.length++] = passes;
  }

  #addRange(blocks: PrecinctBlocks, chunk: number): void {
    const byteOffset = blocks.chunkOffset(chunk);
    const byteLength = blocks.chunkLength(chunk);
    if (byteLength === 0) return;
    const { ranges } = this;
    this.byteLength += byteLength;
    if (this.#firstByte === 0) this.#firstByte = byteOffset;
    if (this.#byteEnd === byteOffset) {
      ranges.row[ranges.length - 1]! += byteLength;
    } else {
      ranges.row[ranges.length++] = byteOffset;
      ranges.row[ranges.length++] = byteLength;
    }
    this.#byteEnd = byteOffset + byteLength;
  }

  /** Chunks of several layers go on with the segment of the one before until it has all its passes. */
  #addSegments(blockStyle: number, blocks: PrecinctBlocks, first: number, end: number): void {
    const { segments } = this;
    let pass = 0;
    let room = 0;
    for (let chunk = first; chunk < end; chunk++) {
      const passes = blocks.chunkPasses(chunk);
      if (room === 0) {
        room = segmentRoom(blockStyle, pass);
        this.#addSegment(0, 0);
      }
      segments.row[segments.length - 2]! += blocks.chunkLength(chunk);
      segments.row[segments.length - 1]! += passes;
      room -= passes;
      pass += passes;
      this.#addRange(blocks, chunk);
    }
  }

  /** For one more code-block of so many chunks. */
  #makeRoom(chunks: number): void {
    this.blocks.reserve(BLOCK_FIELDS);
    this.segments.reserve(2 * chunks);
    this.ranges.reserve(2 * chunks);
  }
}

/** A code-block of a precinct, at a column and row of the subband's whole grid. */
interface BlockPlace {
  readonly window: BandWindow;
  readonly blocks: PrecinctBlocks;
  readonly block: number;
  readonly col: number;
  readonly row: number;
}
