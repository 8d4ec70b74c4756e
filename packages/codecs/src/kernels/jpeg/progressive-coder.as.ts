// Progressive entropy coding of quantised blocks (ITU-T T.81 annex G.1.2). Every scan runs twice: once to count symbols
// for its Huffman tables, once to write.

import { OFFSET_OF } from './coefficient-order.as';
import { FREQUENCIES, HUFFMAN, putBits } from './entropy-output.as';
import { categoryOf, PREDICTIONS, valueBits } from './sequential-coder.as';

/** Correction bits wait here until the end-of-band run that they belong to has been written: one a byte. */
const MAX_CORRECTIONS: i32 = 1024;
const CORRECTIONS: usize = memory.data(1024 + 64);
const MAX_END_OF_BAND_RUN: u32 = 0x7fff;

let counting: bool = false;
/** Byte offset of the scan's AC table. */
let acTable: usize = 0;
let endOfBandRun: u32 = 0;
/** Correction bits of blocks within the end-of-band run. */
let pendingCorrections: i32 = 0;

export function beginProgressiveScan(countOnly: bool, acTableIndex: usize): void {
  counting = countOnly;
  acTable = acTableIndex << 10;
  endOfBandRun = 0;
  pendingCorrections = 0;
}

function putSymbol(table: usize, symbol: usize): void {
  const offset = table + (symbol << 2);
  if (counting) {
    store<u32>(FREQUENCIES + offset, load<u32>(FREQUENCIES + offset) + 1);
  } else {
    const entry = load<u32>(HUFFMAN + offset);
    putBits(<u64>(entry >> 8), entry & 255);
  }
}

// @ts-ignore: decorator
@inline
function putRaw(bits: u64, length: u32): void {
  if (!counting && length != 0) putBits(bits, length);
}

function putCorrections(from: i32, to: i32): void {
  for (let i = from; i < to; i++) putRaw(<u64>load<u8>(CORRECTIONS + i), 1);
}

/** First scan of a DC coefficient: the difference of values without their lowest `low` bits. */
export function codeDcFirst(block: usize, component: usize, low: i32): void {
  const dc = <i32>load<i16>(block) >> low;
  const difference = dc - load<i32>(PREDICTIONS + (component << 2));
  store<i32>(PREDICTIONS + (component << 2), dc);
  const category = categoryOf(difference);
  putSymbol(component == 0 ? 0 : 2048, category);
  putRaw(valueBits(difference, category), category);
}

/** Later scan of a DC coefficient: bit `low`. */
export function codeDcRefinement(block: usize, low: i32): void {
  putRaw(<u64>((<i32>load<i16>(block) >> low) & 1), 1);
}

/** Ends the run of blocks without further coefficients, and sends their correction bits. */
export function flushEndOfBand(): void {
  if (endOfBandRun == 0) return;
  const length = 31 - clz<u32>(endOfBandRun);
  putSymbol(acTable, length << 4);
  putRaw(<u64>(endOfBandRun & ((1 << length) - 1)), length);
  endOfBandRun = 0;
  putCorrections(0, pendingCorrections);
  pendingCorrections = 0;
}

// @ts-ignore: decorator
@inline
function coefficient(block: usize, k: i32): i32 {
  return <i32>load<i16>(block + load<u8>(OFFSET_OF + k));
}

/** First scan of coefficients `start` to `end` (zigzag, inclusive), divided by 2^low towards zero. */
export function codeAcFirst(block: usize, start: i32, end: i32, low: i32): void {
  let run = 0;
  for (let k = start; k <= end; k++) {
    const value = coefficient(block, k);
    const magnitude = abs<i32>(value) >> low;
    if (magnitude == 0) {
      run++;
      continue;
    }
    flushEndOfBand();
    for (; run > 15; run -= 16) putSymbol(acTable, 0xf0);
    const category = categoryOf(magnitude);
    putSymbol(acTable, <usize>(run << 4) + category);
    putRaw(valueBits(value < 0 ? -magnitude : magnitude, category), category);
    run = 0;
  }
  if (run > 0 && ++endOfBandRun == MAX_END_OF_BAND_RUN) flushEndOfBand();
}

/** The last coefficient that becomes 1 or -1 in this scan, or 0. */
function lastNewCoefficient(block: usize, start: i32, end: i32, low: i32): i32 {
  for (let k = end; k >= start; k--) {
    if (abs<i32>(coefficient(block, k)) >> low == 1) return k;
  }
  return 0;
}

/** Later scan of coefficients `start` to `end`: bit `low` of those known, and those that become 1 or -1. */
export function codeAcRefinement(block: usize, start: i32, end: i32, low: i32): void {
  const lastNew = lastNewCoefficient(block, start, end, low);
  let run = 0;
  let first = pendingCorrections, next = first;
  for (let k = start; k <= end; k++) {
    const value = coefficient(block, k);
    const magnitude = abs<i32>(value) >> low;
    if (magnitude == 0) {
      run++;
      continue;
    }
    for (; run > 15 && k <= lastNew; run -= 16) {
      flushEndOfBand();
      putSymbol(acTable, 0xf0);
      putCorrections(first, next);
      first = next = 0;
    }
    if (magnitude > 1) {
      store<u8>(CORRECTIONS + next++, <u8>(magnitude & 1));
      continue;
    }
    flushEndOfBand();
    putSymbol(acTable, <usize>(run << 4) + 1);
    putRaw(value < 0 ? 0 : 1, 1);
    putCorrections(first, next);
    first = next = 0;
    run = 0;
  }
  if (run == 0 && next == first) return;
  pendingCorrections = next;
  endOfBandRun++;
  if (endOfBandRun == MAX_END_OF_BAND_RUN || pendingCorrections > MAX_CORRECTIONS - 64) flushEndOfBand();
}
