import type { Jpeg2000Band } from '../codec/jpeg2000-window.ts';
import { ImageError } from '../errors.ts';
import type { ByteRange } from '../source/read-ranges.ts';
import { type HtSet, lastHtSet } from './ht-set.ts';
import { segmentRoom } from './packet-header.ts';
import type { PrecinctBlocks, PrecinctRef } from './precinct-blocks.ts';
import { ceilShift, floorShift, type Resolution, type TileComponent } from './tile-geometry.ts';
import type { BandWindow, ResolutionWindow } from './wavelet-window.ts';

/** Magnitude bit-planes that the block decoder can hold beside the sign and the half below the last plane. */
const MAX_PLANES = 30;

/** The precincts that hold code-blocks of a window, by number within the resolution. */
export function precinctsTouching(resolution: Resolution, { bands }: ResolutionWindow): number[] {
  const halving = resolution.bands.length === 1 ? 0 : 1;
  const firstCol = floorShift(resolution.x0, resolution.precinctX);
  const firstRow = floorShift(resolution.y0, resolution.precinctY);
  const touched = new Set<number>();
  for (const { x0, y0, x1, y1 } of bands) {
    if (x1 <= x0 || y1 <= y0) continue;
    const cols = [
      floorShift(x0, resolution.precinctX - halving),
      ceilShift(x1, resolution.precinctX - halving),
    ] as const;
    const rows = [
      floorShift(y0, resolution.precinctY - halving),
      ceilShift(y1, resolution.precinctY - halving),
    ] as const;
    for (let row = rows[0] - firstRow; row < rows[1] - firstRow; row++) {
      for (let col = cols[0] - firstCol; col < cols[1] - firstCol; col++) {
        touched.add(row * resolution.precinctsWide + col);
      }
    }
  }
  return [...touched];
}

/** A precinct and what is known of its code-blocks. */
export interface ParsedPrecinct {
  readonly ref: PrecinctRef;
  readonly blocks: PrecinctBlocks;
}

/** Collects the code-blocks of a window, and the byte ranges that hold them, in the order that both are needed. */
export class BlockCollector {
  readonly #ranges: { byteOffset: number; byteLength: number }[] = [];
  byteLength = 0;
  readonly #blocks: number[] = [];
  readonly #ids: number[] = [];
  readonly #segments: number[] = [];
  /** File offset of the first byte of the code-block being added, which no other one has; 0 for none. */
  #firstByte = 0;

  /** Where the bytes lie, one after another; those that touch have been joined. */
  get ranges(): readonly ByteRange[] {
    return this.#ranges;
  }

  get blocks(): Int32Array {
    return Int32Array.from(this.#blocks);
  }

  get blockIds(): Float64Array {
    return Float64Array.from(this.#ids);
  }

  get segments(): Uint32Array {
    return Uint32Array.from(this.#segments);
  }

  /** Adds the code-blocks of a subband that meet the window. `precincts` cover at least the window. */
  addBand(component: TileComponent, window: BandWindow, precincts: readonly ParsedPrecinct[]): Jpeg2000Band {
    const firstBlock = this.#ids.length;
    for (const { ref, blocks } of precincts) {
      const resolution = component.resolutions[ref.resolution]!;
      this.#addPrecinct({ component, window, resolution, blocks });
    }
    return {
      orientation: window.band.orientation,
      width: window.x1 - window.x0,
      height: window.y1 - window.y0,
      step: window.band.step,
      firstBlock,
      blockCount: this.#ids.length - firstBlock,
    };
  }

  #addPrecinct(source: BlockSource): void {
    const { window, resolution, blocks } = source;
    const grid = blocks.bands.find(({ band }) => band.orientation === window.band.orientation)!;
    const col0 = Math.max(grid.col0, floorShift(window.x0, resolution.blockX));
    const row0 = Math.max(grid.row0, floorShift(window.y0, resolution.blockY));
    const col1 = Math.min(grid.col0 + grid.cols, ceilShift(window.x1, resolution.blockX));
    const row1 = Math.min(grid.row0 + grid.rows, ceilShift(window.y1, resolution.blockY));
    for (let row = row0; row < row1; row++) {
      for (let col = col0; col < col1; col++) {
        const block = grid.firstBlock + (row - grid.row0) * grid.cols + (col - grid.col0);
        this.#addBlock(source, block, col, row);
      }
    }
  }

  #addBlock({ component, window, resolution, blocks }: BlockSource, block: number, col: number, row: number): void {
    const first = blocks.firstChunk[block]!;
    const end = blocks.firstChunk[block + 1]!;
    if (first === end) return;
    const { band } = window;
    const allPlanes = band.planes + component.roiShift;
    const codedPlanes = allPlanes - blocks.zeroPlanes[block]!;
    const set = blocks.isHt[block] ? lastHtSet(blocks, block) : undefined;
    // A high-throughput cleanup pass codes its bit-plane and all above.
    const cleanupPlane = set ? codedPlanes - 1 - set.number : -1;
    if (codedPlanes <= 0 || (blocks.isHt[block] && cleanupPlane < 0)) return;
    const planes = set ? allPlanes : codedPlanes;
    if (planes > MAX_PLANES) throw new ImageError('unsupported', `A code-block of ${planes} bit-planes`);
    const x0 = Math.max(band.x0, col * 2 ** resolution.blockX);
    const y0 = Math.max(band.y0, row * 2 ** resolution.blockY);
    const width = Math.min(band.x1, (col + 1) * 2 ** resolution.blockX) - x0;
    const height = Math.min(band.y1, (row + 1) * 2 ** resolution.blockY) - y0;
    const firstSegment = this.#segments.length / 2;
    const byteOffset = this.byteLength;
    this.#firstByte = 0;
    if (set) this.#addHtSet(blocks, set);
    else this.#addSegments(component.coding.blockStyle, blocks, first, end);
    const segmentCount = this.#segments.length / 2 - firstSegment;
    const places = [planes, firstSegment, segmentCount, byteOffset, cleanupPlane];
    this.#blocks.push(x0 - window.x0, y0 - window.y0, width, height, ...places);
    this.#ids.push(this.#firstByte);
  }

  #addHtSet(blocks: PrecinctBlocks, { cleanup, refinements, passes }: HtSet): void {
    this.#addRange(blocks, cleanup);
    this.#segments.push(blocks.chunkLength[cleanup]!, 1);
    if (passes === 1) return;
    const before = this.byteLength;
    for (const chunk of refinements) this.#addRange(blocks, chunk);
    this.#segments.push(this.byteLength - before, passes - 1);
  }

  #addRange({ chunkOffset, chunkLength }: PrecinctBlocks, chunk: number): void {
    const byteOffset = chunkOffset[chunk]!;
    const byteLength = chunkLength[chunk]!;
    if (byteLength === 0) return;
    this.byteLength += byteLength;
    if (this.#firstByte === 0) this.#firstByte = byteOffset;
    const last = this.#ranges.at(-1);
    if (last && last.byteOffset + last.byteLength === byteOffset) last.byteLength += byteLength;
    else this.#ranges.push({ byteOffset, byteLength });
  }

  /** Chunks of several layers go on with the segment of the one before until it has all its passes. */
  #addSegments(blockStyle: number, blocks: PrecinctBlocks, first: number, end: number): void {
    const segments = this.#segments;
    let pass = 0;
    let room = 0;
    for (let chunk = first; chunk < end; chunk++) {
      const byteLength = blocks.chunkLength[chunk]!;
      const passes = blocks.chunkPasses[chunk]!;
      if (room === 0) {
        room = segmentRoom(blockStyle, pass);
        segments.push(0, 0);
      }
      segments[segments.length - 2]! += byteLength;
      segments[segments.length - 1]! += passes;
      room -= passes;
      pass += passes;
      this.#addRange(blocks, chunk);
    }
  }
}

interface BlockSource {
  readonly component: TileComponent;
  readonly window: BandWindow;
  readonly resolution: Resolution;
  readonly blocks: PrecinctBlocks;
}
