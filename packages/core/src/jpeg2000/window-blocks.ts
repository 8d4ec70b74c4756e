import { BLOCK_FIELDS, type Jpeg2000Band } from '../codec/jpeg2000-window.ts';
import { ImageError } from '../errors.ts';
import type { PrecinctBlocks } from './chunk-list.ts';
import { type HtSet, lastHtSet } from './ht-set.ts';
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

/**
 * Collects the code-blocks of a window, and the byte ranges that hold them, in the order that both are needed; then goes on
 * with another window.
 */
export class BlockCollector {
  byteLength = 0;
  #blocks = new Int32Array(BLOCK_FIELDS * 64);
  #ids = new Float64Array(64);
  #blockCount = 0;
  #segments = new Uint32Array(128);
  #segmentEnd = 0;
  /** Offset and length one after the other. */
  #ranges = new Float64Array(64);
  #rangeEnd = 0;
  /** File offset after the last range. */
  #byteEnd = -1;
  /** File offset of the first byte of the code-block being added, which no other one has; 0 for none. */
  #firstByte = 0;

  /** Begins a window. */
  begin(): void {
    this.byteLength = 0;
    this.#blockCount = 0;
    this.#segmentEnd = 0;
    this.#rangeEnd = 0;
    this.#byteEnd = -1;
  }

  /** Copies: where the bytes lie, one after another, as offset and length; those that touch have been joined. */
  get ranges(): Float64Array {
    return this.#ranges.slice(0, this.#rangeEnd);
  }

  get blocks(): Int32Array {
    return this.#blocks.slice(0, BLOCK_FIELDS * this.#blockCount);
  }

  get blockIds(): Float64Array {
    return this.#ids.slice(0, this.#blockCount);
  }

  get segments(): Uint32Array {
    return this.#segments.slice(0, this.#segmentEnd);
  }

  get rangeCount(): number {
    return this.#rangeEnd / 2;
  }

  /** The next bytes get a range of their own, also when they touch the last one. */
  endRange(): void {
    this.#byteEnd = -1;
  }

  /** Adds the code-blocks of a subband that meet the window; `range` are its precincts. */
  addBand(source: BandSource, window: BandWindow, range: PrecinctRange): Jpeg2000Band {
    const firstBlock = this.#blockCount;
    const { precincts } = source;
    const { col0, row0, col1, row1 } = range;
    for (let row = row0; row < row1; row++) {
      for (let col = col0; col < col1; col++) {
        const blocks = precincts.at(col, row);
        if (blocks) this.#addPrecinct(source, window, blocks);
      }
    }
    return {
      orientation: window.band.orientation,
      width: window.x1 - window.x0,
      height: window.y1 - window.y0,
      step: window.band.step,
      firstBlock,
      blockCount: this.#blockCount - firstBlock,
    };
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
    const firstSegment = this.#segmentEnd / 2;
    const byteOffset = this.byteLength;
    this.#firstByte = 0;
    this.#makeRoom(end - first);
    if (set) this.#addHtSet(blocks, set);
    else this.#addSegments(component.coding.blockStyle, blocks, first, end);
    const at = BLOCK_FIELDS * this.#blockCount;
    const fields = this.#blocks;
    fields[at] = x0 - window.x0;
    fields[at + 1] = y0 - window.y0;
    fields[at + 2] = Math.min(band.x1, (col + 1) * blockWidth) - x0;
    fields[at + 3] = Math.min(band.y1, (row + 1) * blockHeight) - y0;
    fields[at + 4] = planes;
    fields[at + 5] = firstSegment;
    fields[at + 6] = this.#segmentEnd / 2 - firstSegment;
    fields[at + 7] = byteOffset;
    fields[at + 8] = cleanupPlane;
    this.#ids[this.#blockCount++] = this.#firstByte;
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
    this.#segments[this.#segmentEnd++] = byteLength;
    this.#segments[this.#segmentEnd++] = passes;
  }

  #addRange(blocks: PrecinctBlocks, chunk: number): void {
    const byteOffset = blocks.chunkOffset(chunk);
    const byteLength = blocks.chunkLength(chunk);
    if (byteLength === 0) return;
    this.byteLength += byteLength;
    if (this.#firstByte === 0) this.#firstByte = byteOffset;
    if (this.#byteEnd === byteOffset) {
      this.#ranges[this.#rangeEnd - 1]! += byteLength;
    } else {
      this.#ranges[this.#rangeEnd++] = byteOffset;
      this.#ranges[this.#rangeEnd++] = byteLength;
    }
    this.#byteEnd = byteOffset + byteLength;
  }

  /** Chunks of several layers go on with the segment of the one before until it has all its passes. */
  #addSegments(blockStyle: number, blocks: PrecinctBlocks, first: number, end: number): void {
    let pass = 0;
    let room = 0;
    for (let chunk = first; chunk < end; chunk++) {
      const passes = blocks.chunkPasses(chunk);
      if (room === 0) {
        room = segmentRoom(blockStyle, pass);
        this.#addSegment(0, 0);
      }
      this.#segments[this.#segmentEnd - 2]! += blocks.chunkLength(chunk);
      this.#segments[this.#segmentEnd - 1]! += passes;
      room -= passes;
      pass += passes;
      this.#addRange(blocks, chunk);
    }
  }

  /** For one more code-block of so many chunks. */
  #makeRoom(chunks: number): void {
    if (this.#blockCount === this.#ids.length) {
      this.#ids = grown(this.#ids, new Float64Array(2 * this.#blockCount));
      this.#blocks = grown(this.#blocks, new Int32Array(2 * this.#blocks.length));
    }
    const segmentEnd = this.#segmentEnd + 2 * chunks;
    if (segmentEnd > this.#segments.length) this.#segments = grown(this.#segments, new Uint32Array(2 * segmentEnd));
    const rangeEnd = this.#rangeEnd + 2 * chunks;
    if (rangeEnd > this.#ranges.length) this.#ranges = grown(this.#ranges, new Float64Array(2 * rangeEnd));
  }
}

function grown<Numbers extends Int32Array | Uint32Array | Float64Array>(old: Numbers, larger: Numbers): Numbers {
  larger.set(old);
  return larger;
}

/** A code-block of a precinct, at a column and row of the subband's whole grid. */
interface BlockPlace {
  readonly window: BandWindow;
  readonly blocks: PrecinctBlocks;
  readonly block: number;
  readonly col: number;
  readonly row: number;
}
