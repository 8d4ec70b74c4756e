// Tier-1 decoding of one code-block: the three coding passes of ITU-T T.800 annex D.
//
// Samples lie in columns of four (a stripe's height). One word a column holds all state that its four samples need:
//   bits  0..17  significance of the 3 x 6 neighborhood, 3 (row + 1) + (col + 1) for row -1..4, col -1..1
//   bits 18 + 3 row  coded in this bit-plane already, row 0..3
//   bits 19 + 3 row  refined before
//   bits 20 + 3 row  sign
//   bit  30, 31      sign of the samples above and below
// Words lie in rows of `width + 2`, one row a stripe, with a border of one word around.
import {
  CONTEXTS,
  RUN_LENGTH_CONTEXT,
  UNIFORM_CONTEXT,
  decodeMq,
  readRawBit,
  resetContexts,
  startMq,
  startRaw,
} from './mq.as';

const BYPASS: i32 = 1;
const RESET: i32 = 2;
const TERMINATE_ALL: i32 = 4;
const VERTICALLY_CAUSAL: i32 = 8;
const SEGMENTATION_SYMBOLS: i32 = 32;

const NEIGHBORHOOD: u32 = 0x3ffff;
/** One bit for each of the four samples, at 3 row. */
const ROWS: u32 = 0x249;
const CODED: u32 = ROWS << 18;

// A code-block has at most 4096 samples and 1024 columns or rows.
const FLAGS = memory.data((1026 * 3 + 6 * 258 + 66 * 18) * 4, 16);
const VALUES = memory.data(4096 * 4 + 1024 * 3 * 4, 16);

// Significance contexts by orientation (LL, HL, LH, HH) and the 9 bits around a sample, times 4 (table D.1).
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
      store<u8>(SIGNIFICANCE + orientation * 512 + around, <u8>(significanceContext(orientation, around) << 2));
    }
  }
  for (let index = 0; index < 256; index++) store<u8>(SIGN + index, <u8>signContext(index));
}
buildTables();

/** Bytes from one row of words to the next. */
let pitch: usize = 0;
let causal: bool = false;

/** Index into SIGN. `row` is a constant where it matters. */
// @ts-ignore: decorator
@inline
function signIndex(flags: usize, row: u32): usize {
  const own = load<u32>(flags);
  const left = load<u32>(flags - 4);
  const right = load<u32>(flags, 4);
  const at = 3 * row;
  const above = row == 0 ? own >>> 30 : own >>> (17 + at);
  const below = row == 3 ? own >>> 25 : own >>> (17 + at);
  return (
    ((own >>> at) & 0xaa) |
    (above & 1) |
    ((left >>> (18 + at)) & 4) |
    ((right >>> (16 + at)) & 16) |
    (below & 64)
  );
}

/** The samples that are not significant but have a significant neighbor, a bit at 3 row each. */
// @ts-ignore: decorator
@inline
function candidates(word: u32): u32 {
  const line = word | (word >>> 1) | (word >>> 2);
  return (line | (line >>> 3) | (line >>> 6)) & ~(word >>> 4) & ROWS;
}

/** Makes a sample significant in the words of its own column and of its neighbors. */
// @ts-ignore: decorator
@inline
function setSignificant(flags: usize, row: u32, negative: u32): void {
  const at = 3 * (row + 1);
  store<u32>(flags, load<u32>(flags) | (2 << at) | (negative << (20 + 3 * row)));
  store<u32>(flags - 4, load<u32>(flags - 4) | (4 << at));
  store<u32>(flags, load<u32>(flags, 4) | (1 << at), 4);
  if (row == 0) {
    if (!causal) {
      const above = flags - pitch;
      store<u32>(above, load<u32>(above) | (1 << 16) | (negative << 31));
      store<u32>(above - 4, load<u32>(above - 4) | (1 << 17));
      store<u32>(above, load<u32>(above, 4) | (1 << 15), 4);
    }
  } else if (row == 3) {
    const below = flags + pitch;
    store<u32>(below, load<u32>(below) | 2 | (negative << 30));
    store<u32>(below - 4, load<u32>(below - 4) | 4);
    store<u32>(below, load<u32>(below, 4) | 1, 4);
  }
}

// @ts-ignore: decorator
@inline
function decodeSign(flags: usize, value: usize, row: u32, magnitude: i32, state: u64): u64 {
  const entry = <u32>load<u8>(SIGN + signIndex(flags, row));
  state = decodeMq(CONTEXTS + ((entry >>> 3) << 2), state);
  const negative = <i32>(state & 1) ^ <i32>(entry & 1);
  store<i32>(value + (<usize>row << 2), (magnitude ^ -negative) + negative);
  setSignificant(flags, row, negative);
  return state;
}

// @ts-ignore: decorator
@inline
function significanceStep(flags: usize, value: usize, row: u32, magnitude: i32, table: usize, state: u64): u64 {
  const word = load<u32>(flags);
  const around = (word >>> (3 * row)) & 0x1ff;
  if (around == 0 || (around & 0x10) != 0) return state;
  state = decodeMq(CONTEXTS + <usize>load<u8>(table + around), state);
  if (state & 1) state = decodeSign(flags, value, row, magnitude, state);
  store<u32>(flags, load<u32>(flags) | ((1 << 18) << (3 * row)));
  return state;
}

function significancePass(width: i32, height: i32, magnitude: i32, table: usize, state: u64): u64 {
  let value = VALUES;
  let line = FLAGS + pitch + 4;
  for (let y = 0; y < height; y += 4) {
    const rows = height - y;
    const end = line + (width << 2);
    for (let flags = line; flags < end; flags += 4) {
      if (candidates(load<u32>(flags)) != 0) {
        state = significanceStep(flags, value, 0, magnitude, table, state);
        if (rows > 1) state = significanceStep(flags, value, 1, magnitude, table, state);
        if (rows > 2) state = significanceStep(flags, value, 2, magnitude, table, state);
        if (rows > 3) state = significanceStep(flags, value, 3, magnitude, table, state);
      }
      value += 16;
    }
    line += pitch;
  }
  return state;
}

function rawSignificancePass(width: i32, height: i32, magnitude: i32): void {
  let value = VALUES;
  let line = FLAGS + pitch + 4;
  for (let y = 0; y < height; y += 4) {
    const rows = min(4, height - y);
    const end = line + (width << 2);
    for (let flags = line; flags < end; flags += 4) {
      for (let row = 0; row < rows; row++) {
        const around = (load<u32>(flags) >>> (3 * row)) & 0x1ff;
        if (around == 0 || (around & 0x10) != 0) continue;
        if (readRawBit()) {
          const negative = readRawBit();
          store<i32>(value + (row << 2), (magnitude ^ -negative) + negative);
          setSignificant(flags, row, negative);
        }
        store<u32>(flags, load<u32>(flags) | ((1 << 18) << (3 * row)));
      }
      value += 16;
    }
    line += pitch;
  }
}

// @ts-ignore: decorator
@inline
function refine(value: usize, half: i32, bit: i32): void {
  // The half that stood for the unknown rest becomes this plane's bit and a new half.
  const old = load<i32>(value);
  const sign = old >> 31;
  const change = bit ? half : -half;
  store<i32>(value, old + ((change ^ sign) - sign));
}

/** Samples that were significant before this plane, a bit at 3 row each. Rows below the code-block never are. */
// @ts-ignore: decorator
@inline
function refinable(word: u32): u32 {
  return (word >>> 4) & ~(word >>> 18) & ROWS;
}

// @ts-ignore: decorator
@inline
function refinementStep(word: u32, value: usize, row: u32, half: i32, state: u64): u64 {
  const around = (word >>> (3 * row)) & 0x1ef;
  const context: usize = word & ((1 << 19) << (3 * row)) ? 16 : around == 0 ? 14 : 15;
  state = decodeMq(CONTEXTS + (context << 2), state);
  refine(value + (<usize>row << 2), half, <i32>(state & 1));
  return state;
}

function refinementPass(width: i32, height: i32, half: i32, state: u64): u64 {
  let value = VALUES;
  let line = FLAGS + pitch + 4;
  for (let y = 0; y < height; y += 4) {
    const end = line + (width << 2);
    for (let flags = line; flags < end; flags += 4) {
      const word = load<u32>(flags);
      const rows = refinable(word);
      if (rows != 0) {
        if (rows & 1) state = refinementStep(word, value, 0, half, state);
        if (rows & 8) state = refinementStep(word, value, 1, half, state);
        if (rows & 64) state = refinementStep(word, value, 2, half, state);
        if (rows & 512) state = refinementStep(word, value, 3, half, state);
        store<u32>(flags, word | (rows << 19));
      }
      value += 16;
    }
    line += pitch;
  }
  return state;
}

function rawRefinementPass(width: i32, height: i32, half: i32): void {
  let value = VALUES;
  let line = FLAGS + pitch + 4;
  for (let y = 0; y < height; y += 4) {
    const end = line + (width << 2);
    for (let flags = line; flags < end; flags += 4) {
      const word = load<u32>(flags);
      const rows = refinable(word);
      for (let row = 0; row < 4; row++) {
        if (rows & (1 << (3 * row))) refine(value + (row << 2), half, readRawBit());
      }
      store<u32>(flags, word | (rows << 19));
      value += 16;
    }
    line += pitch;
  }
}

// @ts-ignore: decorator
@inline
function cleanupStep(flags: usize, value: usize, row: u32, magnitude: i32, table: usize, state: u64): u64 {
  const around = (load<u32>(flags) >>> (3 * row)) & 0x1ff;
  state = decodeMq(CONTEXTS + <usize>load<u8>(table + around), state);
  if (state & 1) state = decodeSign(flags, value, row, magnitude, state);
  return state;
}

/** A column of four without any significance around: one symbol says that it stays so, else two where it ends. */
function runLengthColumn(flags: usize, value: usize, magnitude: i32, table: usize, state: u64): u64 {
  state = decodeMq(UNIFORM_CONTEXT, state);
  const high = <i32>(state & 1);
  state = decodeMq(UNIFORM_CONTEXT, state);
  const first = (high << 1) | <i32>(state & 1);
  if (first == 0) state = decodeSign(flags, value, 0, magnitude, state);
  else if (first == 1) state = decodeSign(flags, value, 1, magnitude, state);
  else if (first == 2) state = decodeSign(flags, value, 2, magnitude, state);
  else state = decodeSign(flags, value, 3, magnitude, state);
  if (first < 1) state = cleanupStep(flags, value, 1, magnitude, table, state);
  if (first < 2) state = cleanupStep(flags, value, 2, magnitude, table, state);
  if (first < 3) state = cleanupStep(flags, value, 3, magnitude, table, state);
  return state;
}

function cleanupPass(width: i32, height: i32, magnitude: i32, table: usize, state: u64): u64 {
  let value = VALUES;
  let line = FLAGS + pitch + 4;
  for (let y = 0; y < height; y += 4) {
    const rows: u32 = y + 4 <= height ? ROWS : ROWS & ((1 << (3 * (height - y))) - 1);
    const end = line + (width << 2);
    for (let flags = line; flags < end; flags += 4) {
      const word = load<u32>(flags);
      if ((word & (NEIGHBORHOOD | CODED)) == 0 && rows == ROWS) {
        state = decodeMq(RUN_LENGTH_CONTEXT, state);
        if (state & 1) state = runLengthColumn(flags, value, magnitude, table, state);
      } else {
        const open = ~((word >>> 4) | (word >>> 18)) & rows;
        if (open != 0) {
          if (open & 1) state = cleanupStep(flags, value, 0, magnitude, table, state);
          if (open & 8) state = cleanupStep(flags, value, 1, magnitude, table, state);
          if (open & 64) state = cleanupStep(flags, value, 2, magnitude, table, state);
          if (open & 512) state = cleanupStep(flags, value, 3, magnitude, table, state);
        }
        store<u32>(flags, load<u32>(flags) & ~CODED);
      }
      value += 16;
    }
    line += pitch;
  }
  return state;
}

/** Rows of samples out of the columns of four. */
function writeRows(width: i32, height: i32, output: usize): void {
  const rowBytes = <usize>width << 2;
  let value = VALUES;
  for (let y = 0; y < height; y += 4) {
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
  const stripes = (height + 3) >> 2;
  pitch = (width + 2) << 2;
  causal = (style & VERTICALLY_CAUSAL) != 0;
  memory.fill(FLAGS, 0, pitch * (stripes + 2));
  memory.fill(VALUES, 0, <usize>((width * stripes) << 4));
  resetContexts();
  const table = SIGNIFICANCE + (orientation << 9);
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
      const magnitude = 3 << plane;
      const half = 1 << plane;
      if (kind == 0) {
        if (raw) rawSignificancePass(width, height, magnitude);
        else state = significancePass(width, height, magnitude, table, state);
      } else if (kind == 1) {
        if (raw) rawRefinementPass(width, height, half);
        else state = refinementPass(width, height, half, state);
      } else {
        state = cleanupPass(width, height, magnitude, table, state);
        if (style & SEGMENTATION_SYMBOLS) {
          for (let k = 0; k < 4; k++) state = decodeMq(UNIFORM_CONTEXT, state);
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
