// Baseline and extended sequential Huffman decoding, 8 bit (ITU-T T.81 annex F.2.2).

import { at, bits, count, end, isPlain, ranOut, refill, saveReader } from './bit-reader.as';
import { Component, maxH, maxV, mcusPerRow, ScanBlock, scanBlock, scanBlockCount } from './frame.as';
import { COMPLETE, extend, lookUp } from './huffman-decoder.as';
import { BLOCK, clearBlock, OFFSET_OF, reconstruct } from './inverse-dct.as';
import { advanceTo, mcu, mcuCount, restart, restartAt } from './restart.as';

/** One component in a scan of its own: each block is an MCU, and only blocks that hold picture are there. */
let single: bool = false;
let columns: i32 = 0;

export function beginSequential(singleComponent: bool): void {
  single = singleComponent;
  columns = single ? scanBlock(0).component.usedBlocksPerRow : mcusPerRow;
  clearBlock();
}

/** Decodes the MCUs of the scan. Intervals that are damaged or missing stay as they are: middle gray. */
export function decodeScan(): void {
  while (mcu < mcuCount) {
    if (mcu == restartAt && !restart()) return;
    const column = mcu % columns;
    const run = min(columns - column, restartAt - mcu);
    const finished = decodeRun(mcu / columns, column, run);
    advanceTo(mcu + finished);
    if (finished < run && !restart()) return;
  }
}

/** Decodes `run` MCUs of one row. Returns how many came out whole. */
function decodeRun(row: i32, firstColumn: i32, run: i32): i32 {
  let buffer = bits, available = count, next = at;
  const readable = end - min(end, 4);
  for (let i = 0; i < run; i++) {
    for (let b = 0; b < scanBlockCount; b++) {
      const block = scanBlock(b);
      const it = block.component;
      const divisors = it.divisors;

      // DC.
      if (available < 32) {
        const word = bswap<u32>(load<u32>(next));
        if (next <= readable && isPlain(word)) {
          buffer = (buffer << 32) | word;
          available += 32;
          next += 4;
        } else {
          saveReader(buffer, available, next);
          refill();
          buffer = bits;
          available = count;
          next = at;
        }
      }
      let entry = lookUp(block.dcTable, buffer, available);
      if (entry == 0) return i;
      available -= entry & 0x7f;
      if (entry & COMPLETE) {
        it.prediction += <i32>entry >> 16;
      } else {
        const size = <i32>(entry >> 16);
        available -= size;
        if (size != 0) it.prediction += extend(<i32>(buffer >> available) & ((1 << size) - 1), size);
      }

      // AC.
      const acTable = block.acTable;
      let any = 0;
      for (let k: u32 = 1; k < 64; k++) {
        if (available < 32) {
          const word = bswap<u32>(load<u32>(next));
          if (next <= readable && isPlain(word)) {
            buffer = (buffer << 32) | word;
            available += 32;
            next += 4;
          } else {
            saveReader(buffer, available, next);
            refill();
            buffer = bits;
            available = count;
            next = at;
          }
        }
        entry = lookUp(acTable, buffer, available);
        if (entry == 0) {
          clearBlock();
          return i;
        }
        available -= entry & 0x7f;
        let value: i32;
        if (entry & COMPLETE) {
          k += (entry >> 8) & 63;
          value = <i32>entry >> 16;
        } else {
          const symbol = <i32>(entry >> 16), size = symbol & 15;
          if (size == 0) {
            if (symbol != 0xf0) break;
            k += 15;
            continue;
          }
          k += symbol >> 4;
          available -= size;
          value = extend(<i32>(buffer >> available) & ((1 << size) - 1), size);
        }
        store<i16>(BLOCK + load<u8>(OFFSET_OF + k), <i16>(value * <i32>load<i16>(divisors + (k << 1))));
        any |= value;
      }
      if (ranOut(available)) {
        clearBlock();
        return i;
      }
      placeBlock(block, it, row, firstColumn + i, it.prediction * <i32>load<i16>(divisors), any == 0);
    }
  }
  saveReader(buffer, available, next);
  return run;
}

// @ts-ignore: decorator
@inline
function placeBlock(block: ScanBlock, it: Component, row: i32, column: i32, dc: i32, flat: bool): void {
  const side = 8 >> it.shift;
  const blockColumn = single ? column : column * it.h + block.dx;
  const blockRow = single ? row : row * it.v + block.dy;
  const to = it.plane + <usize>(blockRow * it.stride + blockColumn) * side;
  reconstruct(to, it.stride, it.shift, dc, flat);
}
