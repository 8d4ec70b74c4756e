// JPEG decoder, 8 bit: baseline, extended sequential and progressive Huffman (ITU-T T.81). The caller reads the markers;
// here live the tables, the scans and the way from samples to pixels.

import { arenaAllocate, arenaReset } from './arena.as';
import { at, beginReading, dropBits, end } from './jpeg/bit-reader.as';
import {
  clearScanBlocks,
  component,
  componentCount,
  defineComponent as defineFrameComponent,
  DIVISORS,
  height,
  layOut,
  mcuRows,
  mcusPerRow,
  scheduleBlocks,
  width,
} from './jpeg/frame.as';
import { acTable, buildTable, dcTable, HUFFMAN_INPUT } from './jpeg/huffman-decoder.as';
import { interleaveColors, SampleRows } from './jpeg/inverse-color.as';
import { OFFSET_OF, prepareBlockOrder } from './jpeg/inverse-dct.as';
import { beginProgressive, decodeScan as decodeProgressive, reconstructAll } from './jpeg/progressive-decoder.as';
import { beginMcus, continueMcus, mcu, numberRestarts } from './jpeg/restart.as';
import { beginSequential, decodeScan as decodeSequential } from './jpeg/sequential-decoder.as';
import { upsampledRow, useSums } from './jpeg/upsample.as';

/** Bytes behind the input that fast reading may touch. */
const INPUT_SLACK: usize = 16;
/** Pixels that interleaving may write beyond a row. */
const OUTPUT_SLACK: usize = 64;

const ROWS: usize = memory.data(64, 16);

let progressive: bool = false;
/** The scan has one component, the last one added. */
let singleScan: bool = false;
let scanComponent: i32 = 0;
let input: usize = 0;
let inputLength: usize = 0;
/** Upsampled rows of four components. */
let upsampled: usize = 0;
let upsampledStride: usize = 0;
let pixels: usize = 0;

prepareBlockOrder();

/** Forgets the last picture. Returns the address for `byteLength` bytes of input. */
export function begin(byteLength: usize): usize {
  arenaReset();
  input = arenaAllocate(byteLength + INPUT_SLACK);
  inputLength = byteLength;
  return input;
}

/** Where {@link defineQuantization} finds 64 divisors (u16, zigzag order) and {@link defineHuffman} a table. */
export function tableAddress(): usize {
  return HUFFMAN_INPUT;
}

export function defineQuantization(index: i32): void {
  memory.copy(DIVISORS + (index << 7), HUFFMAN_INPUT, 128);
}

/** False when the table is not a prefix code. */
export function defineHuffman(isDc: bool, index: i32, valuesFollow: bool): bool {
  return buildTable(isDc ? dcTable(index) : acTable(index), isDc, valuesFollow);
}

export function defineComponent(index: i32, h: i32, v: i32, quantization: i32): void {
  defineFrameComponent(index, h, v, quantization);
}

/** Lays the picture out at 1 / 2^shift of its size. Components have been defined. */
export function beginFrame(width: i32, height: i32, components: i32, shift: i32, isProgressive: bool): void {
  progressive = isProgressive;
  layOut(width, height, components, shift, progressive);
  pixels = 0;
}

export function beginScan(): void {
  clearScanBlocks();
}

/** Adds a component to the scan; `single`: it is the only one. False when MCUs become too large. */
export function addToScan(index: i32, single: bool, dc: i32, ac: i32): bool {
  singleScan = single;
  scanComponent = index;
  const it = component(index);
  return scheduleBlocks(index, single ? 1 : it.h, single ? 1 : it.v, dcTable(dc), acTable(ac));
}

function scanMcus(): i32 {
  if (!singleScan) return mcusPerRow * mcuRows;
  const it = component(scanComponent);
  return it.usedBlocksPerRow * it.usedBlockRows;
}

/** Decodes a sequential scan whose data begin at `offset`. Returns the MCUs found; `scanEnd` tells where it ended. */
export function decodeScan(offset: usize, restartInterval: i32): i32 {
  beginReading(input + offset, input + inputLength);
  beginMcus(scanMcus(), restartInterval);
  numberRestarts(0);
  beginSequential(singleScan);
  decodeSequential();
  return mcu;
}

/** Last DC value of a component, for {@link continueScan}. */
export function setPrediction(index: i32, value: i32): void {
  component(index).prediction = value;
}

/**
 * As {@link decodeScan} for a scan that begins in the middle of one: behind `skipBits` bits of the first byte, and
 * `mcusToRestart` MCUs before the restart marker `nextRestart`. Predictions have been set.
 */
export function continueScan(skipBits: i32, restartInterval: i32, mcusToRestart: i32, nextRestart: i32): i32 {
  beginReading(input, input + inputLength);
  dropBits(skipBits);
  continueMcus(scanMcus(), restartInterval, mcusToRestart);
  numberRestarts(nextRestart);
  beginSequential(singleScan);
  decodeSequential();
  return mcu;
}

/** Decodes a progressive scan; as {@link decodeScan}. */
export function decodeProgressiveScan(
  offset: usize,
  restartInterval: i32,
  start: i32,
  last: i32,
  low: i32,
  refinement: bool,
): i32 {
  beginReading(input + offset, input + inputLength);
  beginMcus(scanMcus(), restartInterval);
  numberRestarts(0);
  beginProgressive(start, last, low, refinement, singleScan);
  decodeProgressive();
  return mcu;
}

/** Offset at which reading of the last scan stopped: at a marker, or before bytes that belong to none. */
export function scanEnd(): usize {
  return min(at, end) - input;
}

/** Turns the kept coefficients of a progressive picture into samples. */
export function finishProgressive(): void {
  for (let i = 0; i < componentCount; i++) {
    const it = component(i);
    it.divisorsRowMajor = arenaAllocate(128);
    for (let k = 0; k < 64; k++) {
      store<i16>(it.divisorsRowMajor + load<u8>(OFFSET_OF + k), load<i16>(it.divisors + (k << 1)));
    }
  }
  reconstructAll();
}

/** Room for the pixels of `rows` rows. Returns its address. */
export function beginPixels(rows: i32): usize {
  upsampledStride = (<usize>width + 63) & ~31;
  upsampled = arenaAllocate(upsampledStride * 4 + 64) + 16;
  useSums(arenaAllocate(upsampledStride * 2 + 64));
  pixels = arenaAllocate(<usize>(width * componentCount) * rows + OUTPUT_SLACK);
  return pixels;
}

/**
 * Writes `rows` rows of interleaved pixels from row `y` on. `transform` 1: the first three components are YCbCr and
 * become RGB. `invert`: bytes are XORed with it, those of the fourth component with `invertFourth`.
 */
export function makePixels(y: i32, rows: i32, transform: i32, invert: i32, invertFourth: i32): void {
  const list = changetype<SampleRows>(ROWS);
  list.count = componentCount;
  list.invert = <u8>invert;
  list.invertFourth = <u8>invertFourth;
  const rowByteLength = <usize>(width * componentCount);
  let to = pixels;
  for (let row = y; row < min(y + rows, height); row++) {
    for (let i: usize = 0; i < <usize>componentCount; i++) {
      const samples = upsampledRow(component(<i32>i), row, upsampled + i * upsampledStride);
      store<usize>(ROWS + i * sizeof<usize>(), samples);
    }
    if (componentCount == 1) memory.copy(to, list.first, width);
    else if (componentCount == 2) interleaveTwo(list.first, list.second, to);
    else interleaveColors(list, to, width, transform);
    to += rowByteLength;
  }
}

function interleaveTwo(a: usize, b: usize, to: usize): void {
  for (let x = 0; x < width; x++) {
    store<u8>(to + (x << 1), load<u8>(a + x));
    store<u8>(to + (x << 1) + 1, load<u8>(b + x));
  }
}
