// Progressive Huffman decoding, 8 bit (ITU-T T.81 annex G.2): coefficients of the whole picture are kept until all scans
// have been read.

import { count, ranOut, readBits } from './bit-reader.as';
import { Component, component, componentCount, mcuRows, mcusPerRow, scanBlock, scanBlockCount } from './frame.as';
import { extend, readSymbol } from './huffman-decoder.as';
import { BLOCK, OFFSET_OF, reconstruct } from './inverse-dct.as';
import { advanceTo, mcu, mcuCount, restart, restartAt } from './restart.as';

let start: i32 = 0;
let last: i32 = 0;
/** Bit that this scan brings: 1 << the low successive approximation position. */
let low: i32 = 0;
let refinement: bool = false;
let single: bool = false;
let columns: i32 = 0;
/** Blocks still to come that have no further coefficients in this band. */
let endOfBandRun: i32 = 0;

export function beginProgressive(spectralStart: i32, spectralEnd: i32, lowBit: i32, refines: bool, singleComponent: bool): void {
  start = spectralStart;
  last = spectralEnd;
  low = lowBit;
  refinement = refines;
  single = singleComponent;
  columns = single ? scanBlock(0).component.usedBlocksPerRow : mcusPerRow;
  endOfBandRun = 0;
}

/** Decodes one scan. Damaged intervals keep what earlier scans brought. */
export function decodeScan(): void {
  while (mcu < mcuCount) {
    if (mcu == restartAt) {
      if (!restart()) return;
      endOfBandRun = 0;
    }
    if (decodeMcu(mcu / columns, mcu % columns)) {
      advanceTo(mcu + 1);
    } else {
      if (!restart()) return;
      endOfBandRun = 0;
    }
  }
}

function decodeMcu(row: i32, column: i32): bool {
  for (let b = 0; b < scanBlockCount; b++) {
    const scheduled = scanBlock(b);
    const it = scheduled.component;
    const blockRow = single ? row : row * it.v + scheduled.dy;
    const blockColumn = single ? column : column * it.h + scheduled.dx;
    const block = it.coefficients + (<usize>(blockRow * it.blocksPerRow + blockColumn) << 7);
    let good = true;
    if (start == 0) good = refinement ? refineDc(block) : firstDc(block, it, scheduled.dcTable);
    else if (refinement) good = refineAc(block, scheduled.acTable);
    else good = firstAc(block, scheduled.acTable);
    if (!good || ranOut(count)) return false;
  }
  return true;
}

function firstDc(block: usize, it: Component, table: usize): bool {
  const size = readSymbol(table);
  if (size < 0) return false;
  if (size != 0) it.prediction += extend(readBits(size), size);
  store<i16>(block, <i16>(it.prediction << low));
  return true;
}

function refineDc(block: usize): bool {
  if (readBits(1) != 0) store<i16>(block, <i16>(<i32>load<i16>(block) | (1 << low)));
  return true;
}

function firstAc(block: usize, table: usize): bool {
  if (endOfBandRun > 0) {
    endOfBandRun--;
    return true;
  }
  for (let k = start; k <= last; k++) {
    const symbol = readSymbol(table);
    if (symbol < 0) return false;
    const run = symbol >> 4, size = symbol & 15;
    if (size != 0) {
      k += run;
      if (k > 63) return false;
      store<i16>(block + load<u8>(OFFSET_OF + k), <i16>(extend(readBits(size), size) << low));
    } else if (run == 15) {
      k += 15;
    } else {
      endOfBandRun = (1 << run) - 1 + readBits(run);
      return true;
    }
  }
  return true;
}

/** Reads the next bit of a coefficient that is not zero. */
// @ts-ignore: decorator
@inline
function refineCoefficient(address: usize, value: i32): void {
  if (readBits(1) == 0) return;
  const bit = 1 << low;
  if ((abs<i32>(value) & bit) == 0) store<i16>(address, <i16>(value >= 0 ? value + bit : value - bit));
}

function refineAc(block: usize, table: usize): bool {
  let k = start;
  if (endOfBandRun == 0) {
    for (; k <= last; k++) {
      const symbol = readSymbol(table);
      if (symbol < 0) return false;
      let run = symbol >> 4;
      let value = 0;
      if ((symbol & 15) != 0) {
        value = readBits(1) != 0 ? 1 << low : -1 << low;
      } else if (run != 15) {
        endOfBandRun = (1 << run) + readBits(run);
        break;
      }
      // Passes over `run` zeros, refining what is not zero on the way, to the place of the new coefficient.
      for (; k <= last; k++) {
        const address = block + load<u8>(OFFSET_OF + k);
        const known = <i32>load<i16>(address);
        if (known != 0) refineCoefficient(address, known);
        else if (--run < 0) break;
      }
      if (value != 0 && k <= last) store<i16>(block + load<u8>(OFFSET_OF + k), <i16>value);
    }
  }
  if (endOfBandRun > 0) {
    for (; k <= last; k++) {
      const address = block + load<u8>(OFFSET_OF + k);
      const known = <i32>load<i16>(address);
      if (known != 0) refineCoefficient(address, known);
    }
    endOfBandRun--;
  }
  return true;
}

/** Makes samples of all kept coefficients. */
export function reconstructAll(): void {
  for (let i = 0; i < componentCount; i++) {
    const it = component(i);
    const rows = mcuRows * it.v, side = 8 >> it.shift;
    let block = it.coefficients;
    for (let row = 0; row < rows; row++) {
      let to = it.plane + <usize>(row * it.stride * side);
      for (let column = 0; column < it.blocksPerRow; column++, block += 128, to += side) reconstructBlock(it, block, to);
    }
  }
}

function reconstructBlock(it: Component, block: usize, to: usize): void {
  const dc = <i32>load<i16>(block) * <i32>load<i16>(it.divisors);
  let any = v128.and(v128.load(block), i16x8(0, -1, -1, -1, -1, -1, -1, -1));
  for (let offset: usize = 16; offset < 128; offset += 16) any = v128.or(any, v128.load(block + offset));
  const flat = !v128.any_true(any);
  if (!flat) {
    for (let offset: usize = 0; offset < 128; offset += 16) {
      v128.store(BLOCK + offset, i16x8.mul(v128.load(block + offset), v128.load(it.divisorsRowMajor + offset)));
    }
  }
  reconstruct(to, it.stride, it.shift, dc, flat);
}
