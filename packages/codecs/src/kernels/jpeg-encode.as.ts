// JPEG encoder: baseline Huffman, optionally with optimal tables, and progressive (ITU-T T.81; colors: T.871).
//
// Pixels arrive in bands of whole MCU rows, so that memory stays small however large the picture is. `encodeBand`
// writes at once with given tables; `transformBand` keeps quantised coefficients for coders that need several passes.

import { arenaAllocate, arenaReset } from './arena.as';
import { prepareCoefficientOrder } from './jpeg/coefficient-order.as';
import {
  beginOutput,
  flushBits,
  FREQUENCIES,
  HUFFMAN,
  MAX_BLOCK_BYTES,
  openOutput,
  outputAddress as outputStart,
  reserveBlocks,
  takeOutput,
} from './jpeg/entropy-output.as';
import {
  BLUE_CHROMA,
  convert420,
  convert444,
  convertGray,
  LUMA,
  RED_CHROMA,
  SAMPLE_STRIDE,
} from './jpeg/forward-color.as';
import { prepareMultipliers, transformBlock } from './jpeg/forward-dct.as';
import {
  beginProgressiveScan,
  codeAcFirst,
  codeAcRefinement,
  codeDcFirst,
  codeDcRefinement,
  flushEndOfBand,
} from './jpeg/progressive-coder.as';
import { BLOCK_COMPONENTS, codeMcus, PREDICTIONS } from './jpeg/sequential-coder.as';

const LAYOUT_GRAY: i32 = 0;
const LAYOUT_444: i32 = 1;
const LAYOUT_420: i32 = 2;
/** Room for an end-of-band run with its correction bits, stuffed. */
const MAX_PENDING_BYTES: usize = 1024;

/** What forward-color scales samples by. */
const COLOR_SCALE: f64 = 32768;
const SUBSAMPLED_COLOR_SCALE: f64 = 131072;

/** Divisors of luma and chroma, written by the caller: u16 in zigzag order. */
const DIVISORS: usize = memory.data(2 * 128, 16);
const LUMA_MULTIPLIERS: usize = memory.data(256, 16);
const CHROMA_MULTIPLIERS: usize = memory.data(256, 16);
/** Pixels of a 16 x 16 group that crosses the right or bottom edge, edge pixels repeated; 4 bytes of slack. */
const EDGE: usize = memory.data(16 * 16 * 4 + 16, 16);

let width: i32 = 0;
let bands: i32 = 0;
let layout: i32 = 0;
let mcuWidth: i32 = 0;
let mcuHeight: i32 = 0;
let mcusPerRow: i32 = 0;
let blocksPerMcu: i32 = 0;
let band: usize = 0;
let blocks: usize = 0;
let mcuRowsKept: i32 = 0;

prepareCoefficientOrder();

export function divisorsAddress(): usize {
  return DIVISORS;
}
export function huffmanAddress(): usize {
  return HUFFMAN;
}
export function frequenciesAddress(): usize {
  return FREQUENCIES;
}
export function outputAddress(): usize {
  return outputStart();
}

/**
 * Starts a picture; divisors have been written before. `keptHeight` is the picture's height for `transformBand`, or 0
 * for `encodeBand`. Returns the address for `bandHeight` rows of pixels.
 */
export function begin(newWidth: i32, newBands: i32, newLayout: i32, bandHeight: i32, keptHeight: i32): usize {
  arenaReset();
  width = newWidth;
  bands = newBands;
  layout = newLayout;
  mcuWidth = mcuHeight = layout == LAYOUT_420 ? 16 : 8;
  mcusPerRow = (width + mcuWidth - 1) / mcuWidth;
  blocksPerMcu = layout == LAYOUT_420 ? 6 : layout == LAYOUT_444 ? 3 : 1;
  store<u64>(BLOCK_COMPONENTS, layout == LAYOUT_420 ? 0x0201_00000000 : 0x020100);
  mcuRowsKept = 0;

  const lumaScale = layout == LAYOUT_GRAY ? 1 : COLOR_SCALE;
  prepareMultipliers(LUMA_MULTIPLIERS, DIVISORS, lumaScale);
  prepareMultipliers(CHROMA_MULTIPLIERS, DIVISORS + 128, layout == LAYOUT_420 ? SUBSAMPLED_COLOR_SCALE : COLOR_SCALE);

  band = arenaAllocate(<usize>width * bands * bandHeight + 16);
  // Transforming works on groups 16 pixels wide, which may be one MCU more than the row has.
  const mcuRows = keptHeight == 0 ? 1 : (keptHeight + mcuHeight - 1) / mcuHeight;
  blocks = arenaAllocate((<usize>mcusPerRow * mcuRows + 1) * blocksPerMcu * 128);
  openOutput();
  memory.fill(PREDICTIONS, 0, 16);
  return band;
}

/** Starts an entropy-coded segment: empty output, predictions 0. */
function beginScan(): void {
  beginOutput();
  memory.fill(PREDICTIONS, 0, 16);
}

/** Codes `rows` rows of pixels, all of the band but in the last one. Returns the byte length of the output. */
export function encodeBand(rows: i32): i32 {
  for (let y = 0; y < rows; y += mcuHeight) {
    transformMcuRow(y, rows, blocks);
    reserveBlocks(<usize>mcusPerRow * blocksPerMcu);
    codeMcus(blocks, mcusPerRow, blocksPerMcu);
  }
  return takeOutput();
}

/** Transforms `rows` rows of pixels, all of the band but in the last one, and keeps the coefficients. */
export function transformBand(rows: i32): void {
  const rowByteLength = <usize>mcusPerRow * blocksPerMcu * 128;
  for (let y = 0; y < rows; y += mcuHeight) transformMcuRow(y, rows, blocks + rowByteLength * mcuRowsKept++);
}

/** Writes the last bits. Returns the byte length of output not yet taken. */
export function finishScan(): i32 {
  reserveBlocks(1);
  flushBits();
  return takeOutput();
}

/** A progressive DC scan of all components. Returns the byte length of the output, 0 when counting. */
export function codeDcScan(countOnly: bool, low: i32, refinement: bool): i32 {
  startProgressive(countOnly, 0);
  for (let row = 0; row < mcuRowsKept; row++) {
    const rowBlocks = mcusPerRow * blocksPerMcu;
    reserveBlocks(rowBlocks);
    for (let i = 0; i < rowBlocks; i++) {
      const block = blocks + (<usize>rowBlocks * row + i) * 128;
      if (refinement) codeDcRefinement(block, low);
      else codeDcFirst(block, load<u8>(BLOCK_COMPONENTS + (i % blocksPerMcu)), low);
    }
  }
  return finishScan();
}

/**
 * A progressive AC scan of one component, which counts only blocks that hold pixels. `height`: rows of the picture.
 * Returns the byte length of the output, 0 when counting.
 */
export function codeAcScan(component: i32, start: i32, end: i32, low: i32, refinement: bool, countOnly: bool, height: i32): i32 {
  startProgressive(countOnly, component == 0 ? 1 : 3);
  const perMcu = layout == LAYOUT_420 && component == 0 ? 2 : 1;
  const pixelsPerBlock = mcuWidth / perMcu;
  const columns = (width + pixelsPerBlock - 1) / pixelsPerBlock, rows = (height + pixelsPerBlock - 1) / pixelsPerBlock;
  const componentOffset = component == 0 ? 0 : blocksPerMcu - 3 + component;
  for (let row = 0; row < rows; row++) {
    reserveBlocks(<usize>columns + (MAX_PENDING_BYTES / MAX_BLOCK_BYTES));
    const mcuRow = blocks + <usize>(row / perMcu) * mcusPerRow * blocksPerMcu * 128;
    const rowOffset = componentOffset + (row % perMcu) * perMcu;
    for (let column = 0; column < columns; column++) {
      const block = mcuRow + <usize>((column / perMcu) * blocksPerMcu + rowOffset + (column % perMcu)) * 128;
      if (refinement) codeAcRefinement(block, start, end, low);
      else codeAcFirst(block, start, end, low);
    }
  }
  reserveBlocks(MAX_PENDING_BYTES / MAX_BLOCK_BYTES);
  flushEndOfBand();
  return finishScan();
}

function startProgressive(countOnly: bool, acTable: usize): void {
  if (countOnly) memory.fill(FREQUENCIES, 0, 4096);
  beginScan();
  beginProgressiveScan(countOnly, acTable);
}

/** One row of MCUs, from row `y` of the band, to quantised blocks at `to`. */
function transformMcuRow(y: i32, rows: i32, to: usize): void {
  const rowByteLength = <usize>(width * bands);
  const groupBlocks: usize = layout == LAYOUT_420 ? 6 : <usize>blocksPerMcu * 2;
  // The second MCU of an odd last group falls onto the next row's first one, which is written after it.
  for (let x = 0; x < width; x += 16) {
    let pixels = band + <usize>y * rowByteLength + <usize>(x * bands);
    let stride = rowByteLength;
    if (x + 16 > width || y + mcuHeight > rows) {
      stride = <usize>bands << 4;
      copyEdge(pixels, min(16, width - x), min(mcuHeight, rows - y));
      pixels = EDGE;
    }
    if (layout == LAYOUT_420) {
      transform420(pixels, stride, to);
      if (pixels == EDGE) flattenUnused(to, width - x <= 8, rows - y <= 8);
    }
    else if (layout == LAYOUT_444) transform444(pixels, stride, to);
    else transformGray(pixels, stride, to);
    to += groupBlocks * 128;
  }
}

/** Luma blocks of an MCU that hold no picture: flat, like the block coded before, which costs the fewest bits. */
function flattenUnused(mcu: usize, right: bool, bottom: bool): void {
  for (let i = 1; i < 4; i++) {
    if (!((right && (i & 1) != 0) || (bottom && i >= 2))) continue;
    const block = mcu + (i << 7);
    memory.fill(block, 0, 128);
    store<i16>(block, load<i16>(block - 128));
  }
}

/** Copies `columns` x `rows` pixels and repeats the last ones to the right and below. */
function copyEdge(from: usize, columns: i32, rows: i32): void {
  const rowByteLength = <usize>bands << 4;
  for (let row = 0; row < mcuHeight; row++) {
    const target = EDGE + row * rowByteLength;
    if (row >= rows) {
      memory.copy(target, target - rowByteLength, rowByteLength);
      continue;
    }
    memory.copy(target, from + <usize>row * width * bands, columns * bands);
    for (let i = columns * bands; i < <i32>rowByteLength; i++) store<u8>(target + i, load<u8>(target + i - bands));
  }
}

function transform420(pixels: usize, rowByteLength: usize, to: usize): void {
  convert420(pixels, rowByteLength, bands);
  const shift: f32 = <f32>(64 * 128 * COLOR_SCALE);
  transformBlock(LUMA, SAMPLE_STRIDE, LUMA_MULTIPLIERS, shift, to);
  transformBlock(LUMA + 32, SAMPLE_STRIDE, LUMA_MULTIPLIERS, shift, to + 128);
  transformBlock(LUMA + 8 * SAMPLE_STRIDE, SAMPLE_STRIDE, LUMA_MULTIPLIERS, shift, to + 256);
  transformBlock(LUMA + 8 * SAMPLE_STRIDE + 32, SAMPLE_STRIDE, LUMA_MULTIPLIERS, shift, to + 384);
  transformBlock(BLUE_CHROMA, SAMPLE_STRIDE, CHROMA_MULTIPLIERS, 0, to + 512);
  transformBlock(RED_CHROMA, SAMPLE_STRIDE, CHROMA_MULTIPLIERS, 0, to + 640);
}

function transform444(pixels: usize, rowByteLength: usize, to: usize): void {
  convert444(pixels, rowByteLength, bands);
  for (let half: usize = 0; half < 64; half += 32) {
    transformBlock(LUMA + half, SAMPLE_STRIDE, LUMA_MULTIPLIERS, <f32>(64 * 128 * COLOR_SCALE), to);
    transformBlock(BLUE_CHROMA + half, SAMPLE_STRIDE, CHROMA_MULTIPLIERS, 0, to + 128);
    transformBlock(RED_CHROMA + half, SAMPLE_STRIDE, CHROMA_MULTIPLIERS, 0, to + 256);
    to += 384;
  }
}

function transformGray(pixels: usize, rowByteLength: usize, to: usize): void {
  convertGray(pixels, rowByteLength);
  transformBlock(LUMA, SAMPLE_STRIDE, LUMA_MULTIPLIERS, 64 * 128, to);
  transformBlock(LUMA + 32, SAMPLE_STRIDE, LUMA_MULTIPLIERS, 64 * 128, to + 128);
}
