// Tier-1 decoding of one code-block: the three coding passes of ITU-T T.800 annex D.
//
// A stripe's samples lie in columns of four. 16 columns make a word of 64 bits, bit 4 column + row: the order in which they
// are scanned. Three words (PATCH_BYTES apart) say which of their samples
//   - are significant,
//   - were coded in this bit-plane already,
//   - were refined before.
// So what a pass has to visit is found for 64 samples at once, and taken from the lowest bit to the highest.
//
// Contexts come from 16 bits for each sample, in the order of the scan, too, which its neighbors set when they become
// significant:
//   0..3   significance of NW, NE, SW, SE
//   4..7   significance of N, W, E, S
//   8..11  whether N, W, E, S are negative
// Words and flags have a border of one patch, or column, around.
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
const FLAG_BYTES: usize = 2;
const COLUMN_BYTES: usize = 8;
/** At most 1024 columns of one stripe, or fewer of more. */
const FLAGS = memory.data(3 * 1026 * 8, 16);
const VALUES = memory.data(256 * 16 * 4 * 4, 16);

/** Row 0 of all columns of a patch; times 2, 4, 8 the others. */
const FIRST_ROWS: u64 = 0x1111111111111111;

// Significance contexts by orientation (LL, HL, LH, HH) and bits 0..7 of the flags, times 8 (table D.1).
const SIGNIFICANCE = memory.data(4 * 256, 16);
// By bits 4..11 of the flags: context times 8, and the bit to flip (table D.3).
const SIGN = memory.data(256, 16);

function significanceContext(orientation: i32, flags: i32): i32 {
  let h = ((flags >> 5) & 1) + ((flags >> 6) & 1);
  let v = ((flags >> 4) & 1) + ((flags >> 7) & 1);
  const d = popcnt<i32>(flags & 15);
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

/** Of two neighbors, bits of the significances and four more of the signs. */
function contribution(index: i32, first: i32, second: i32): i32 {
  let sum = 0;
  if (index & first) sum += index & (first << 4) ? -1 : 1;
  if (index & second) sum += index & (second << 4) ? -1 : 1;
  return max(-1, min(1, sum));
}

function signContext(index: i32): i32 {
  const vertical = contribution(index, 1, 8);
  const horizontal = contribution(index, 2, 4);
  const flip = horizontal < 0 || (horizontal == 0 && vertical < 0) ? 1 : 0;
  const h = flip ? -horizontal : horizontal;
  const v = flip ? -vertical : vertical;
  const context = h == 0 ? 9 + v : 12 + v;
  return (context << 3) | flip;
}

function buildTables(): void {
  for (let orientation = 0; orientation < 4; orientation++) {
    for (let flags = 0; flags < 256; flags++) {
      store<u8>(SIGNIFICANCE + orientation * 256 + flags, <u8>(significanceContext(orientation, flags) << 3));
    }
  }
  for (let index = 0; index < 256; index++) store<u8>(SIGN + index, <u8>signContext(index));
}
buildTables();

/** Bytes from a stripe to the next, of patches and of flags. */
let stripePitch: usize = 0;
let flagPitch: usize = 0;
/** A stripe tells nothing to the one above. */
let causal: bool = false;
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

// @ts-ignore: decorator
@inline
function orTo(address: usize, bits: u32): void {
  store<u16>(address, load<u16>(address) | bits);
}

/** Tells the neighbors of a sample. `row`: of its stripe. */
// @ts-ignore: decorator
@inline
function setSignificant(flags: usize, row: usize, negative: u32): void {
  orTo(flags - COLUMN_BYTES, 0x40 | (negative << 10));
  orTo(flags + COLUMN_BYTES, 0x20 | (negative << 9));
  const below = flags + select<usize>(flagPitch - 3 * FLAG_BYTES, FLAG_BYTES, row == 3);
  orTo(below - COLUMN_BYTES, 2);
  orTo(below, 0x10 | (negative << 8));
  orTo(below + COLUMN_BYTES, 1);
  if (causal && row == 0) return;
  const above = flags - select<usize>(flagPitch - 3 * FLAG_BYTES, FLAG_BYTES, row == 0);
  orTo(above - COLUMN_BYTES, 8);
  orTo(above, 0x80 | (negative << 11));
  orTo(above + COLUMN_BYTES, 4);
}

/** Address of a context. `table`: contexts of the code-block's orientation. */
// @ts-ignore: decorator
@inline
function significanceContextOf(table: usize, flags: usize): usize {
  return CONTEXTS + <usize>load<u8>(table + <usize>load<u8>(flags));
}

/** An entry of SIGN. */
// @ts-ignore: decorator
@inline
function signOf(flags: usize): u32 {
  return load<u8>(SIGN + <usize>(load<u16>(flags) >>> 4));
}

/** A sample that became significant: its value is one and a half of the bit-plane, or that negated. */
// @ts-ignore: decorator
@inline
function makeSignificant(flags: usize, row: usize, value: usize, negative: i32): void {
  store<i32>(value, (magnitude ^ -negative) + negative);
  setSignificant(flags, row, negative);
}

// @ts-ignore: decorator
@inline
function decodeSign(flags: usize, row: usize, value: usize, state: u64): u64 {
  const entry = signOf(flags);
  const context = CONTEXTS + <usize>(entry & 0xf8);
  const word = load<u64>(context);
  makeSignificant(flags, row, value, symbolIn(word, state) ^ (entry & 1));
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
  let values = VALUES;
  let line = PATCH_MAP + stripePitch + PATCH_BYTES;
  let lineFlags = FLAGS + flagPitch + COLUMN_BYTES;
  for (let rows = height; rows > 0; rows -= 4) {
    let flags = lineFlags;
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
        const own = flags + at * FLAG_BYTES;
        if (raw) {
          if (readRawBit() == 0) continue;
          makeSignificant(own, at & 3, values + (at << 2), readRawBit());
        } else {
          const context = significanceContextOf(table, own);
          const word = load<u64>(context);
          const symbol = symbolIn(word, state);
          state = advance(context, word, state);
          if (symbol == 0) continue;
          state = decodeSign(own, at & 3, values + (at << 2), state);
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
      flags += 16 * COLUMN_BYTES;
      values += 256;
    }
    line += stripePitch;
    lineFlags += flagPitch;
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
  let values = VALUES;
  let line = PATCH_MAP + stripePitch + PATCH_BYTES;
  let lineFlags = FLAGS + flagPitch + COLUMN_BYTES;
  for (let rows = height; rows > 0; rows -= 4) {
    let flags = lineFlags;
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
          const context = significanceContextOf(table, flags + at * FLAG_BYTES);
          const word = load<u64>(context);
          const symbol = symbolIn(word, state);
          state = advance(context, word, state);
          if (symbol == 0) continue;
        }
        state = decodeSign(flags + at * FLAG_BYTES, at & 3, values + (at << 2), state);
        significant |= <u64>1 << at;
        // The next column has significance around it now.
        runs &= ~(<u64>16 << (at & 0x3c));
      }
      store<u64>(patch, significant);
      left = spreadVertically(patch);
      middle = right;
      patch += PATCH_BYTES;
      flags += 16 * COLUMN_BYTES;
      values += 256;
    }
    line += stripePitch;
    lineFlags += flagPitch;
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
  flagPitch = <usize>(width + 2) * COLUMN_BYTES;
  causal = (style & VERTICALLY_CAUSAL) != 0;
  significance = SIGNIFICANCE + (orientation << 8);
  memory.fill(PATCH_MAP, 0, <usize>(stripes + 2) * stripePitch);
  memory.fill(FLAGS, 0, <usize>(stripes + 2) * flagPitch);
  memory.fill(VALUES, 0, <usize>(stripes * patches) << 8);
  resetContexts();
}
