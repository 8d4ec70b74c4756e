// The MQ arithmetic decoder of ITU-T T.800 annex C and the raw bits of the selective bypass (D.6).
//
// Callers carry the decoder's registers in one local variable, `state`:
//   bits 48..63  A
//   bits 32..47  Chigh, which is less than A
//   bits  0..31  the bits that follow, read ahead; below the last of them one bit that is 1
// so that one shift renormalizes both registers and tells when bits run out.

/** Table C.2: Qe, next state after a more and a less probable symbol, switch of sense. */
// prettier-ignore
const STATES = memory.data<u16>([
  0x5601, 1, 1, 1, 0x3401, 2, 6, 0, 0x1801, 3, 9, 0, 0x0ac1, 4, 12, 0, 0x0521, 5, 29, 0, 0x0221, 38, 33, 0,
  0x5601, 7, 6, 1, 0x5401, 8, 14, 0, 0x4801, 9, 14, 0, 0x3801, 10, 14, 0, 0x3001, 11, 17, 0, 0x2401, 12, 18, 0,
  0x1c01, 13, 20, 0, 0x1601, 29, 21, 0, 0x5601, 15, 14, 1, 0x5401, 16, 14, 0, 0x5101, 17, 15, 0, 0x4801, 18, 16, 0,
  0x3801, 19, 17, 0, 0x3401, 20, 18, 0, 0x3001, 21, 19, 0, 0x2801, 22, 19, 0, 0x2401, 23, 20, 0, 0x2201, 24, 21, 0,
  0x1c01, 25, 22, 0, 0x1801, 26, 23, 0, 0x1601, 27, 24, 0, 0x1401, 28, 25, 0, 0x1201, 29, 26, 0, 0x1101, 30, 27, 0,
  0x0ac1, 31, 28, 0, 0x09c1, 32, 29, 0, 0x08a1, 33, 30, 0, 0x0521, 34, 31, 0, 0x0441, 35, 32, 0, 0x02a1, 36, 33, 0,
  0x0221, 37, 34, 0, 0x0141, 38, 35, 0, 0x0111, 39, 36, 0, 0x0085, 40, 37, 0, 0x0049, 41, 38, 0, 0x0025, 42, 39, 0,
  0x0015, 43, 40, 0, 0x0009, 44, 41, 0, 0x0005, 45, 42, 0, 0x0001, 45, 43, 0, 0x5601, 46, 46, 0,
]);
const STATE_COUNT: i32 = 47;

// A context word is Qe << 48 | Qe << 32 | next word after a less probable symbol << 16 | the same after a more probable
// symbol | the more probable symbol. Next words are byte offsets into this table of all words.
const WORDS = memory.data(2 * 47 * 8, 16);

/** Contexts of a code-block: 0..8 significance, 9..13 sign, 14..16 magnitude, 17 run length, 18 uniform. */
export const CONTEXTS = memory.data(19 * 8, 16);
export const RUN_LENGTH_CONTEXT: usize = CONTEXTS + 17 * 8;
export const UNIFORM_CONTEXT: usize = CONTEXTS + 18 * 8;

/** The last byte taken. */
let position: usize = 0;
/** Bits that are left of a raw byte. */
let rawBits: i32 = 0;
let rawByte: u32 = 0;

function wordOffset(state: i32, symbol: i32): i32 {
  return ((state << 1) | symbol) << 3;
}

function buildWords(): void {
  for (let state = 0; state < STATE_COUNT; state++) {
    const row = STATES + state * 8;
    const flip = <i32>load<u16>(row, 6);
    for (let symbol = 0; symbol < 2; symbol++) {
      const more = wordOffset(<i32>load<u16>(row, 2), symbol);
      const less = wordOffset(<i32>load<u16>(row, 4), symbol ^ flip);
      const qe = <u64>load<u16>(row);
      store<u64>(WORDS + wordOffset(state, symbol), (qe << 48) | (qe << 32) | (<u64>less << 16) | <u64>(more | symbol));
    }
  }
}
buildWords();

function setContext(context: usize, state: i32): void {
  store<u64>(context, load<u64>(WORDS + wordOffset(state, 0)));
}

/** Initial states of table D.7. */
export function resetContexts(): void {
  for (let i: usize = 0; i < 19; i++) setContext(CONTEXTS + i * 8, 0);
  setContext(CONTEXTS, 4);
  setContext(RUN_LENGTH_CONTEXT, 3);
  setContext(UNIFORM_CONTEXT, 46);
}

/** BYTEIN twice, where 16 bits or more are empty. */
function refill(state: u64): u64 {
  const at = position;
  const second = <u64>load<u8>(at, 1);
  if (load<u8>(at) == 0xff || second == 0xff) return refillAfterFf(state);
  position = at + 2;
  // 16 bits and a new lowest one, less the old one.
  const bits = (second << 9) | (<u64>load<u8>(at, 2) << 1) | 1;
  return state + ((bits - 0x10000) << (ctz(state) - 16));
}

/**
 * The same where a byte is 0xff. The two bytes after a segment are 0xff 0xff while it is decoded, so its end reads
 * as a marker.
 */
function refillAfterFf(state: u64): u64 {
  // The highest empty bit.
  let empty = ctz(state);
  state ^= <u64>1 << empty;
  let at = position;
  for (let i = 0; i < 2; i++) {
    const next = <u64>load<u8>(at, 1);
    if (load<u8>(at) != 0xff) {
      state += next << (empty - 7);
      empty -= 8;
      at++;
    } else if (next <= 0x8f) {
      // The highest bit of a byte after 0xff is a carry.
      state += next << (empty - 6);
      empty -= 7;
      at++;
    } else {
      state += <u64>0xff << (empty - 7);
      empty -= 8;
    }
  }
  position = at;
  return state | (<u64>1 << empty);
}

/** INITDEC on the segment that begins at `start`; returns the state to carry. */
export function startMq(start: usize): u64 {
  position = start;
  // Chigh begins with one zero bit and the first byte.
  return refill(refill((<u64>0x8000 << 48) | (<u64>load<u8>(start) << 39) | (<u64>1 << 38)));
}

/** Whether Chigh is below Qe: the lower part of the interval. */
// @ts-ignore: decorator
@inline
function isLower(word: u64, state: u64): bool {
  return (state & 0xffffffffffff) < (word & 0xffff00000000);
}

/** The upper part is the less probable symbol's where it is shorter than the lower one (C.3.2). */
// @ts-ignore: decorator
@inline
function isLessProbable(word: u64, state: u64): u32 {
  return <u32>isLower(word, state) ^ <u32>(state >>> 49 < word >>> 48);
}

/** DECODE's symbol, in a context with this word. */
// @ts-ignore: decorator
@inline
export function symbolIn(word: u64, state: u64): u32 {
  return (<u32>word & 1) ^ isLessProbable(word, state);
}

/**
 * DECODE's registers after that symbol. Which way it goes is as good as random, so intervals and transitions are selected
 * without branching.
 */
// @ts-ignore: decorator
@inline
export function advance(context: usize, word: u64, state: u64): u64 {
  const upper = state - (word & 0xffffffff00000000);
  const lower = (state & 0xffffffffffff) | (word & 0xffff000000000000);
  const next = select<u64>(lower, upper, isLower(word, state));
  const less = isLessProbable(word, state);
  const after = load<u64>(<usize>((<u32>word >>> (less << 4)) & 0x3f8), WORDS);
  store<u64>(context, select<u64>(word, after, <i64>next < 0));
  const shifted = next << clz(next);
  return (shifted & 0xffff) == 0 ? refill(shifted) : shifted;
}

/** Begins raw bits at `start`. */
export function startRaw(start: usize): void {
  position = start;
  rawBits = 0;
  rawByte = 0;
}

/** One raw bit; a byte after 0xff holds 7. */
export function readRawBit(): u32 {
  if (rawBits == 0) {
    const after = rawByte == 0xff;
    const byte = <u32>load<u8>(position);
    if (after && byte > 0x8f) {
      rawBits = 8;
    } else {
      position++;
      rawByte = byte;
      rawBits = after ? 7 : 8;
    }
  }
  rawBits--;
  return (rawByte >>> rawBits) & 1;
}
