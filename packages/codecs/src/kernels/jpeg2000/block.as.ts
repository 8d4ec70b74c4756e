// Tier-1 decoding of one code-block: the three coding passes of ITU-T T.800 annex D.
//
// A stripe's samples lie in columns of four. 16 columns make a word of 64 bits, bit 4 column + row: the order in which they
// are scanned. Three words (PATCH_BYTES apart) say which of their samples
//   - are significant,
//   - were coded in this bit-plane already,
//   - were refined before.
// So what a pass has to visit is found for 64 samples at once, and taken from the lowest bit to the highest.
//
// Contexts come from words of another shape, one for each column of 16 rows (a group of four stripes):
//   bits 3 (row + 1) + (col + 1): significance of the 3 x 18 neighborhood, row -1..16, col -1..1,
// followed by a word of signs, bit row + 1. Both kinds of words lie in rows with a border of one word around.
import {
  CONTEXTS,
  RUN_LENGTH_CONTEXT,
  UNIFORM_CONTEXT,
  advance,
  readRawBit,
  resetContexts,
  startMq,
  startRaw,
  symbolIn,
} from './mq.as';

const BYPASS: i32 = 1;
const RESET: i32 = 2;
const VERTICALLY_CAUSAL: i32 = 8;
const SEGMENTATION_SYMBOLS: i32 = 32;

// A code-block has at most 4096 samples and 1024 columns or rows, hence at most 256 stripes of one patch or 64 patches.
const PATCHES: i32 = 258 * 3;
const PATCH_BYTES: usize = 24;
const PATCH_MAP = memory.data(PATCHES * 24, 16);
const COLUMN_BYTES: usize = 16;
const COLUMN_MAP = memory.data(3 * 1026 * 16, 16);
const VALUES = memory.data(256 * 16 * 4 * 4, 16);

/** Row 0 of all columns of a patch; times 2, 4, 8 the others. */
const FIRST_ROWS: u64 = 0x1111111111111111;

// Significance contexts by orientation (LL, HL, LH, HH) and the 9 bits around a sample, times 8 (table D.1).
const SIGNIFICANCE = memory.data(4 * 512, 16);
// By significance (bits 1, 3, 5, 7) and sign (0, 2, 4, 6) of N, W, E, S: context times 8, and the bit to flip (table D.3).
const SIGN = memory.data(256, 16);

function significanceContext(orientation: i32, around: i32): i32 {
  let h = ((around >> 3) & 1) + ((around >> 5) & 1);
  let v = ((around >> 1) & 1) + ((around >> 7) & 1);
  const d = (around & 1) + ((around >> 2) & 1) + ((around >> 6) & 1) + ((around >> 8) & 1);
  if (orientation == 3) {
    const hv = h + v;
    if (d >= 3) return 8;
    if (d == 2) return hv >= 1 ? 7 : 6;
    if (d == 1) return hv >= 2 ? 5 : 3 + hv;
    return hv >= 2 ? 2 : hv;
  }
  if (orientation == 1) {
    const swap = h;
    h = v;
    v = swap;
  }
  if (h == 2) return 8;
  if (h == 1) return v >= 1 ? 7 : d >= 1 ? 6 : 5;
  if (v > 0) return 2 + v;
  return d >= 2 ? 2 : d;
}

function contribution(index: i32, first: i32, second: i32): i32 {
  let sum = 0;
  if (index & (2 << first)) sum += index & (1 << first) ? -1 : 1;
  if (index & (2 << second)) sum += index & (1 << second) ? -1 : 1;
  return max(-1, min(1, sum));
}

function signContext(index: i32): i32 {
  const vertical = contribution(index, 0, 6);
  const horizontal = contribution(index, 2, 4);
  const flip = horizontal < 0 || (horizontal == 0 && vertical < 0) ? 1 : 0;
  const h = flip ? -horizontal : horizontal;
  const v = flip ? -vertical : vertical;
  const context = h == 0 ? 9 + v : 12 + v;
  return (context << 3) | flip;
}

function buildTables(): void {
  for (let orientation = 0; orientation < 4; orientation++) {
    for (let around = 0; around < 512; around++) {
      store<u8>(SIGNIFICANCE + orientation * 512 + around, <u8>(significanceContext(orientation, around) << 3));
    }
  }
  for (let index = 0; index < 256; index++) store<u8>(SIGN + index, <u8>signContext(index));
}
buildTables();

/** Bytes from a stripe of patches to the next, from a group of columns to the next. */
let stripePitch: usize = 0;
let groupPitch: usize = 0;
/** Nothing below a stripe counts: a group is a stripe then, and tells nothing to the one above. */
let causal: bool = false;
/** Rows of a group less one. */
let groupMask: u32 = 0;
/** Significance contexts of the code-block's orientation. */
let significance: usize = 0;
/** One and a half of the bit-plane that is decoded, doubled; and half of it. */
let magnitude: i32 = 0;
let half: i32 = 0;

/** Significant samples of a patch, and those right above and below one. */
// @ts-ignore: decorator
@inline
function spreadVertically(patch: usize): u64 {
  const own = load<u64>(patch);
  const above = load<u64>(patch - stripePitch);
  const below = causal ? 0 : load<u64>(patch + stripePitch);
  return own | verticalNeighbors(own, above, below);
}

// @ts-ignore: decorator
@inline
function verticalNeighbors(own: u64, above: u64, below: u64): u64 {
  return (
    ((own & ~(8 * FIRST_ROWS)) << 1) |
    ((own & ~FIRST_ROWS) >>> 1) |
    ((above >>> 3) & FIRST_ROWS) |
    ((below & FIRST_ROWS) << 3)
  );
}

/** Of three patches side by side, spread vertically: what is left and right of them in the middle one. */
// @ts-ignore: decorator
@inline
function besides(left: u64, middle: u64, right: u64): u64 {
  return (middle << 4) | (middle >>> 4) | (left >>> 60) | (right << 60);
}

/** The samples of a patch that the code-block has. */
// @ts-ignore: decorator
@inline
function inside(columns: i32, rows: i32): u64 {
  const wide = columns >= 16 ? ~(<u64>0) : (<u64>1 << (columns << 2)) - 1;
  return rows >= 4 ? wide : wide & (FIRST_ROWS * ((1 << rows) - 1));
}

/** Rows after the first of a sample's group, of which `stripe` is one stripe. */
// @ts-ignore: decorator
@inline
function firstRow(stripe: i32): u32 {
  return (stripe << 2) & groupMask;
}

/** Where the column of bit `at` is, for patches whose columns begin at `columns`. */
// @ts-ignore: decorator
@inline
function columnOf(columns: usize, at: usize): usize {
  return columns + ((at & 0x3c) << 2);
}

/** The 3 x 3 bits around a sample. `row`: of its group. */
// @ts-ignore: decorator
@inline
function around(column: usize, row: u32): usize {
  return <usize>(load<u64>(column) >>> (3 * row)) & 0x1ff;
}

/** Index into SIGN. */
// @ts-ignore: decorator
@inline
function signIndex(column: usize, row: u32): usize {
  const own = <usize>load<u64>(column, 8) >>> row;
  return (
    (around(column, row) & 0xaa) |
    (own & 1) |
    ((own & 4) << 4) |
    (((<usize>load<u64>(column - COLUMN_BYTES, 8) >>> row) & 2) << 1) |
    (((<usize>load<u64>(column + COLUMN_BYTES, 8) >>> row) & 2) << 3)
  );
}

// @ts-ignore: decorator
@inline
function orTo(address: usize, bits: u64): void {
  store<u64>(address, load<u64>(address) | bits);
}

/** Makes a sample significant for the contexts of its neighbors. */
// @ts-ignore: decorator
@inline
function setSignificant(column: usize, row: u32, negative: u32): void {
  const at = 3 * row;
  orTo(column, <u64>16 << at);
  orTo(column - COLUMN_BYTES, <u64>32 << at);
  orTo(column + COLUMN_BYTES, <u64>8 << at);
  orTo(column + 8, <u64>negative << (row + 1));
  if (((row + 1) & groupMask) < 2) setSignificantBeyond(column, row, negative);
}

/** The first and the last row of a group are neighbors of the groups above and below, too. */
function setSignificantBeyond(column: usize, row: u32, negative: u32): void {
  if (row == 0 && causal) return;
  const other = row == 0 ? column - groupPitch : column + groupPitch;
  const at = row == 0 ? 51 : 0;
  orTo(other, <u64>2 << at);
  orTo(other - COLUMN_BYTES, <u64>4 << at);
  orTo(other + COLUMN_BYTES, <u64>1 << at);
  orTo(other + 8, <u64>negative << (row == 0 ? 17 : 0));
}

/** A sample that became significant: its value is one and a half of the bit-plane, or that negated. */
// @ts-ignore: decorator
@inline
function makeSignificant(column: usize, row: u32, value: usize, negative: i32): void {
  store<i32>(value, (magnitude ^ -negative) + negative);
  setSignificant(column, row, negative);
}

// @ts-ignore: decorator
@inline
function decodeSign(column: usize, row: u32, value: usize, state: u64): u64 {
  const entry = <u32>load<u8>(SIGN + signIndex(column, row));
  const context = CONTEXTS + <usize>(entry & 0xf8);
  const word = load<u64>(context);
  makeSignificant(column, row, value, symbolIn(word, state) ^ (entry & 1));
  return advance(context, word, state);
}

/** Neighbors of a sample that come after it in its patch: those below and to the right. */
// @ts-ignore: decorator
@inline
function laterNeighbors(at: usize): u64 {
  return <u64>((<u32>0xc0e87432 >>> ((<u32>at & 3) << 3)) & 0xff) << (at & 0x3c);
}

// @ts-ignore: decorator
@inline
function significancePassOf(width: i32, height: i32, state: u64, raw: bool): u64 {
  const table = significance;
  let stripe = 0;
  let values = VALUES;
  let line = PATCH_MAP + stripePitch + PATCH_BYTES;
  let group = COLUMN_MAP + groupPitch + COLUMN_BYTES;
  for (let rows = height; rows > 0; rows -= 4) {
    const row0 = firstRow(stripe);
    let columns = group;
    let patch = line;
    let left: u64 = 0;
    let middle = spreadVertically(patch);
    for (let rest = width; rest > 0; rest -= 16) {
      const right = spreadVertically(patch + PATCH_BYTES);
      let significant = load<u64>(patch);
      const open = ~significant & inside(rest, rows);
      let todo = (middle | besides(left, middle, right)) & open;
      let coded = todo;
      while (todo != 0) {
        const at = <usize>ctz(todo);
        todo &= todo - 1;
        const column = columnOf(columns, at);
        const row = row0 + (<u32>at & 3);
        if (raw) {
          if (readRawBit() == 0) continue;
          makeSignificant(column, row, values + (at << 2), readRawBit());
        } else {
          const context = CONTEXTS + <usize>load<u8>(table + around(column, row));
          const word = load<u64>(context);
          const symbol = symbolIn(word, state);
          state = advance(context, word, state);
          // Loaded before it is known whether there is a sign: which way the symbol goes is hard to predict.
          const entry = <u32>load<u8>(SIGN + signIndex(column, row));
          const signContext = CONTEXTS + <usize>(entry & 0xf8);
          const signWord = load<u64>(signContext);
          if (symbol == 0) continue;
          makeSignificant(column, row, values + (at << 2), symbolIn(signWord, state) ^ (entry & 1));
          state = advance(signContext, signWord, state);
        }
        significant |= <u64>1 << at;
        const later = laterNeighbors(at) & open;
        todo |= later;
        coded |= later;
      }
      store<u64>(patch, significant);
      store<u64>(patch, coded, 8);
      left = spreadVertically(patch);
      middle = right;
      patch += PATCH_BYTES;
      columns += 16 * COLUMN_BYTES;
      values += 256;
    }
    line += stripePitch;
    if (((++stripe << 2) & groupMask) == 0) group += groupPitch;
  }
  return state;
}

/** The half that stood for the unknown rest becomes this plane's bit and a new half. */
// @ts-ignore: decorator
@inline
function refine(value: usize, bit: u32): void {
  const old = load<i32>(value);
  const sign = old >> 31;
  const change = bit ? half : -half;
  store<i32>(value, old + ((change ^ sign) - sign));
}

// @ts-ignore: decorator
@inline
function refinementPassOf(width: i32, height: i32, state: u64, raw: bool): u64 {
  let values = VALUES;
  let line = PATCH_MAP + stripePitch + PATCH_BYTES;
  for (let rows = height; rows > 0; rows -= 4) {
    let patch = line;
    let left: u64 = 0;
    let middle = spreadVertically(patch);
    for (let rest = width; rest > 0; rest -= 16) {
      const right = spreadVertically(patch + PATCH_BYTES);
      const significant = load<u64>(patch);
      const refined = load<u64>(patch, 16);
      let todo = significant & ~load<u64>(patch, 8);
      if (todo != 0) {
        store<u64>(patch, refined | todo, 16);
        const below = causal ? 0 : load<u64>(patch + stripePitch);
        const vertical = verticalNeighbors(significant, load<u64>(patch - stripePitch), below);
        const neighbors = (vertical | besides(left, middle, right)) & ~refined;
        do {
          const at = <usize>ctz(todo);
          todo &= todo - 1;
          if (raw) {
            refine(values + (at << 2), readRawBit());
            continue;
          }
          const context = CONTEXTS + 112 + ((<usize>(neighbors >>> at) & 1) << 3) + ((<usize>(refined >>> at) & 1) << 4);
          const word = load<u64>(context);
          refine(values + (at << 2), symbolIn(word, state));
          state = advance(context, word, state);
        } while (todo != 0);
      }
      left = middle;
      middle = right;
      patch += PATCH_BYTES;
      values += 256;
    }
    line += stripePitch;
  }
  return state;
}

function significancePass(width: i32, height: i32, state: u64): u64 {
  return significancePassOf(width, height, state, false);
}

function rawSignificancePass(width: i32, height: i32): void {
  significancePassOf(width, height, 0, true);
}

function refinementPass(width: i32, height: i32, state: u64): u64 {
  return refinementPassOf(width, height, state, false);
}

function rawRefinementPass(width: i32, height: i32): void {
  refinementPassOf(width, height, 0, true);
}

/** A symbol without statistics; out of line, as it is rare. Its state stays. */
function advanceUniform(state: u64): u64 {
  return advance(UNIFORM_CONTEXT, load<u64>(UNIFORM_CONTEXT), state);
}

function cleanupPass(width: i32, height: i32, state: u64): u64 {
  const table = significance;
  let stripe = 0;
  let values = VALUES;
  let line = PATCH_MAP + stripePitch + PATCH_BYTES;
  let group = COLUMN_MAP + groupPitch + COLUMN_BYTES;
  for (let rows = height; rows > 0; rows -= 4) {
    const row0 = firstRow(stripe);
    let columns = group;
    let patch = line;
    let left: u64 = 0;
    let middle = spreadVertically(patch);
    for (let rest = width; rest > 0; rest -= 16) {
      const right = spreadVertically(patch + PATCH_BYTES);
      let significant = load<u64>(patch);
      let todo = ~(significant | load<u64>(patch, 8)) & inside(rest, rows);
      store<u64>(patch, 0, 8);
      // Columns of four without any significance around: one symbol says that they stay so.
      const near = middle | besides(left, middle, right);
      let runs = rows < 4 ? 0 : ~(near | (near >>> 1) | (near >>> 2) | (near >>> 3)) & FIRST_ROWS;
      while (todo != 0) {
        let at = <usize>ctz(todo);
        const column = columnOf(columns, at);
        if ((runs >>> at) & 1) {
          const word = load<u64>(RUN_LENGTH_CONTEXT);
          const symbol = symbolIn(word, state);
          state = advance(RUN_LENGTH_CONTEXT, word, state);
          if (symbol == 0) {
            todo &= ~(<u64>15 << at);
            continue;
          }
          // Two bits: the row that ends the run.
          const high = symbolIn(load<u64>(UNIFORM_CONTEXT), state) << 1;
          state = advanceUniform(state);
          const row = high | symbolIn(load<u64>(UNIFORM_CONTEXT), state);
          state = advanceUniform(state);
          todo &= ~(<u64>((2 << row) - 1) << at);
          at += row;
        } else {
          todo &= todo - 1;
          const index = around(column, row0 + (<u32>at & 3));
          const context = CONTEXTS + <usize>load<u8>(table + index);
          const word = load<u64>(context);
          const symbol = symbolIn(word, state);
          state = advance(context, word, state);
          if (symbol == 0) continue;
        }
        state = decodeSign(column, row0 + (<u32>at & 3), values + (at << 2), state);
        significant |= <u64>1 << at;
        // The next column has significance around it now.
        runs &= ~(<u64>16 << (at & 0x3c));
      }
      store<u64>(patch, significant);
      left = spreadVertically(patch);
      middle = right;
      patch += PATCH_BYTES;
      columns += 16 * COLUMN_BYTES;
      values += 256;
    }
    line += stripePitch;
    if (((++stripe << 2) & groupMask) == 0) group += groupPitch;
  }
  return state;
}

/** Rows of samples out of the columns of four. */
function writeRows(width: i32, height: i32, output: usize): void {
  const rowBytes = <usize>width << 2;
  const stripeBytes = <usize>((width + 15) >> 4) << 8;
  for (let y = 0; y < height; y += 4) {
    let value = VALUES + <usize>(y >> 2) * stripeBytes;
    const rows = min(4, height - y);
    const target = output + <usize>y * rowBytes;
    let x = 0;
    if (rows == 4) {
      for (; x + 4 <= width; x += 4) {
        const c0 = v128.load(value);
        const c1 = v128.load(value, 16);
        const c2 = v128.load(value, 32);
        const c3 = v128.load(value, 48);
        const lo01 = v128.shuffle<i32>(c0, c1, 0, 4, 1, 5);
        const lo23 = v128.shuffle<i32>(c2, c3, 0, 4, 1, 5);
        const hi01 = v128.shuffle<i32>(c0, c1, 2, 6, 3, 7);
        const hi23 = v128.shuffle<i32>(c2, c3, 2, 6, 3, 7);
        const at = target + (<usize>x << 2);
        v128.store(at, v128.shuffle<i64>(lo01, lo23, 0, 2));
        v128.store(at + rowBytes, v128.shuffle<i64>(lo01, lo23, 1, 3));
        v128.store(at + 2 * rowBytes, v128.shuffle<i64>(hi01, hi23, 0, 2));
        v128.store(at + 3 * rowBytes, v128.shuffle<i64>(hi01, hi23, 1, 3));
        value += 64;
      }
    }
    for (; x < width; x++) {
      for (let row = 0; row < rows; row++) {
        store<i32>(target + <usize>row * rowBytes + (<usize>x << 2), load<i32>(value + (row << 2)));
      }
      value += 16;
    }
  }
}

/**
 * Decodes a code-block into `output`, `width * height` i32 in rows: twice the coefficient, with the half that stands for
 * the bits not decoded, so that a reversible coefficient is the value halved towards zero.
 *
 * @param segments Pairs of u32: bytes and coding passes of each codeword segment, which lie one after another at `bytes`;
 *   two writable bytes follow the last.
 * @param planes Magnitude bit-planes that are coded, 1 to 30.
 */
export function decodeBlock(
  bytes: usize,
  segments: usize,
  segmentCount: i32,
  width: i32,
  height: i32,
  planes: i32,
  orientation: i32,
  style: i32,
  output: usize,
): void {
  prepare(width, height, orientation, style);
  let plane = planes - 1;
  let kind = 2;
  let pass = 0;
  let state: u64 = 0;
  for (let i = 0; i < segmentCount; i++) {
    const byteLength = <usize>load<u32>(segments + (i << 3));
    const passes = <i32>load<u32>(segments + (i << 3), 4);
    const end = bytes + byteLength;
    const saved = load<u16>(end);
    store<u16>(end, 0xffff);
    const raw = (style & BYPASS) != 0 && pass >= 10 && kind < 2;
    if (raw) startRaw(bytes);
    else state = startMq(bytes);
    for (let n = 0; n < passes && plane >= 0; n++) {
      // Doubled: bit-plane p weighs 2 << p, and the half below it 1 << p.
      magnitude = 3 << plane;
      half = 1 << plane;
      if (kind == 0) {
        if (raw) rawSignificancePass(width, height);
        else state = significancePass(width, height, state);
      } else if (kind == 1) {
        if (raw) rawRefinementPass(width, height);
        else state = refinementPass(width, height, state);
      } else {
        state = cleanupPass(width, height, state);
        if (style & SEGMENTATION_SYMBOLS) {
          for (let k = 0; k < 4; k++) state = advanceUniform(state);
        }
      }
      if (style & RESET) resetContexts();
      pass++;
      if (++kind == 3) {
        kind = 0;
        plane--;
      }
    }
    store<u16>(end, saved);
    bytes = end;
  }
  writeRows(width, height, output);
}

/** Empties the maps for a code-block. */
function prepare(width: i32, height: i32, orientation: i32, style: i32): void {
  const stripes = (height + 3) >> 2;
  const patches = (width + 15) >> 4;
  stripePitch = <usize>(patches + 2) * PATCH_BYTES;
  groupPitch = <usize>(width + 2) * COLUMN_BYTES;
  causal = (style & VERTICALLY_CAUSAL) != 0;
  groupMask = causal ? 3 : 15;
  significance = SIGNIFICANCE + (orientation << 9);
  memory.fill(PATCH_MAP, 0, <usize>(stripes + 2) * stripePitch);
  memory.fill(COLUMN_MAP, 0, <usize>((height + groupMask) / (groupMask + 1) + 2) * groupPitch);
  memory.fill(VALUES, 0, <usize>(stripes * patches) << 8);
  resetContexts();
}
