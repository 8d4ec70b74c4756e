// Components of the picture being decoded, and the block schedule of the current scan.

import { arenaAllocate } from '../arena.as';

/** One color component. */
@unmanaged
export class Component {
  /** Sampling factors, 1 to 4. */
  h: i32;
  v: i32;
  /** Blocks come out at 8 >> shift samples a side. */
  shift: i32;
  /** Address of 64 divisors, i16 in zigzag order. */
  divisors: usize;
  /** Address of the same divisors in the order of coefficients in a block. */
  divisorsRowMajor: usize;
  /** Samples, one row every `stride` bytes; whole MCUs. */
  plane: usize;
  stride: i32;
  /** Blocks a row, whole MCUs; and how many of them hold picture. */
  blocksPerRow: i32;
  usedBlocksPerRow: i32;
  usedBlockRows: i32;
  /** Samples that hold picture. */
  width: i32;
  height: i32;
  /** Coefficients of a progressive picture: i16, row-major within a block, blocks row by row. */
  coefficients: usize;
  /** Last DC value. */
  prediction: i32;
}

const COMPONENTS: usize = memory.data(4 * 64, 16);
/** Four tables of 64 i16, and 64 more that reading past the end of a block may touch. */
export const DIVISORS: usize = memory.data(5 * 128, 16);

export let componentCount: i32 = 0;
export let maxH: i32 = 1;
export let maxV: i32 = 1;
export let mcusPerRow: i32 = 0;
export let mcuRows: i32 = 0;
/** log2 of the reduction of the picture. */
export let pictureShift: i32 = 0;
/** Size of the result in pixels. */
export let width: i32 = 0;
export let height: i32 = 0;

export function component(index: i32): Component {
  return changetype<Component>(COMPONENTS + (index << 6));
}

// @ts-ignore: decorator
@inline
function divideUp(a: i32, b: i32): i32 {
  return (a + b - 1) / b;
}

/** Sets the sampling of a component, before {@link layOut}. */
export function defineComponent(index: i32, h: i32, v: i32, divisorsIndex: i32): void {
  const it = component(index);
  it.h = h;
  it.v = v;
  it.divisors = DIVISORS + (<usize>divisorsIndex << 7);
}

/** Computes sizes and allocates planes, filled with middle gray, and coefficients, all 0, when asked to. */
export function layOut(fullWidth: i32, fullHeight: i32, components: i32, shift: i32, keepCoefficients: bool): void {
  componentCount = components;
  pictureShift = shift;
  maxH = maxV = 1;
  for (let i = 0; i < components; i++) {
    maxH = max(maxH, component(i).h);
    maxV = max(maxV, component(i).v);
  }
  width = divideUp(fullWidth, 1 << shift);
  height = divideUp(fullHeight, 1 << shift);
  mcusPerRow = divideUp(fullWidth, maxH * 8);
  mcuRows = divideUp(fullHeight, maxV * 8);
  for (let i = 0; i < components; i++) {
    const it = component(i);
    it.shift = componentShift(it, shift);
    const side = 8 >> it.shift;
    it.blocksPerRow = mcusPerRow * it.h;
    const blockRows = mcuRows * it.v;
    it.usedBlocksPerRow = divideUp(divideUp(fullWidth * it.h, maxH), 8);
    it.usedBlockRows = divideUp(divideUp(fullHeight * it.v, maxV), 8);
    it.width = divideUp(fullWidth * it.h * side, maxH * 8);
    it.height = divideUp(fullHeight * it.v * side, maxV * 8);
    it.stride = (it.blocksPerRow * side + 15) & ~15;
    const planeBytes = <usize>it.stride * blockRows * side;
    // Vector loops read up to 16 samples past a row.
    it.plane = arenaAllocate(planeBytes + 32);
    memory.fill(it.plane, 128, planeBytes + 32);
    it.coefficients = 0;
    if (keepCoefficients) {
      const byteLength = <usize>it.blocksPerRow * blockRows * 128;
      it.coefficients = arenaAllocate(byteLength);
      memory.fill(it.coefficients, 0, byteLength);
    }
  }
}

/** A subsampled component is reduced less, so that it needs less interpolation or none. */
function componentShift(it: Component, shift: i32): i32 {
  let own = shift;
  for (let h = it.h * 2, v = it.v * 2; own > 0 && maxH % h == 0 && maxV % v == 0; h *= 2, v *= 2) own--;
  return own;
}

/** One block of an MCU of the current scan. */
@unmanaged
export class ScanBlock {
  component: Component;
  /** Position within the MCU, in blocks. */
  dx: i32;
  dy: i32;
  dcTable: usize;
  acTable: usize;
}

export const MAX_BLOCKS_PER_MCU: i32 = 10;
const SCAN_BLOCKS: usize = memory.data(10 * 32, 16);
export let scanBlockCount: i32 = 0;

export function scanBlock(index: i32): ScanBlock {
  return changetype<ScanBlock>(SCAN_BLOCKS + (index << 5));
}

export function clearScanBlocks(): void {
  scanBlockCount = 0;
}

/** Schedules the blocks of one component. False when the MCU has too many. */
export function scheduleBlocks(index: i32, columns: i32, rows: i32, dcTable: usize, acTable: usize): bool {
  if (scanBlockCount + columns * rows > MAX_BLOCKS_PER_MCU) return false;
  for (let dy = 0; dy < rows; dy++) {
    for (let dx = 0; dx < columns; dx++) {
      const block = scanBlock(scanBlockCount++);
      block.component = component(index);
      block.dx = dx;
      block.dy = dy;
      block.dcTable = dcTable;
      block.acTable = acTable;
    }
  }
  return true;
}
