// The MQ arithmetic decoder of ITU-T T.800 annex C and the raw bits of the selective bypass (D.6).
//
// Chigh and A fall by the same Qe as long as more probable symbols come, so only D = min(A - 0x8000, Chigh) is kept up to
// date: while D stays at or above zero, the symbol is the more probable one and nothing else changes. Callers carry
// `state` = 2 D + (symbol just decoded) in a local variable; A, C and the byte position are settled in `renormalize`.

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

// A context word is Qe << 16 | state << 1 | more probable symbol.
const AFTER_MORE_PROBABLE = memory.data(94 * 4, 16);
const AFTER_LESS_PROBABLE = memory.data(94 * 4, 16);

/** Contexts of a code-block: 0..8 significance, 9..13 sign, 14..16 magnitude, 17 run length, 18 uniform. */
export const CONTEXTS = memory.data(19 * 4, 16);
export const RUN_LENGTH_CONTEXT: usize = CONTEXTS + 17 * 4;
export const UNIFORM_CONTEXT: usize = CONTEXTS + 18 * 4;

let a: i32 = 0;
let c: i64 = 0;
let bitsLeft: i32 = 0;
let position: usize = 0;
let rawByte: i32 = 0;

function contextWord(state: i32, symbol: i32): u32 {
  return ((<u32>load<u16>(STATES + state * 8)) << 16) | (state << 1) | symbol;
}

function buildTransitions(): void {
  for (let state = 0; state < STATE_COUNT; state++) {
    const row = STATES + state * 8;
    const flip = <i32>load<u16>(row, 6);
    for (let symbol = 0; symbol < 2; symbol++) {
      const index = ((state << 1) | symbol) << 2;
      store<u32>(AFTER_MORE_PROBABLE + index, contextWord(<i32>load<u16>(row, 2), symbol));
      store<u32>(AFTER_LESS_PROBABLE + index, contextWord(<i32>load<u16>(row, 4), symbol ^ flip));
    }
  }
}
buildTransitions();

/** Initial states of table D.7. */
export function resetContexts(): void {
  const zero = contextWord(0, 0);
  for (let i: usize = 0; i < 19; i++) store<u32>(CONTEXTS + i * 4, zero);
  store<u32>(CONTEXTS, contextWord(4, 0));
  store<u32>(RUN_LENGTH_CONTEXT, contextWord(3, 0));
  store<u32>(UNIFORM_CONTEXT, contextWord(46, 0));
}

/** BYTEIN. The two bytes after a segment are 0xff 0xff while it is decoded, so its end reads as a marker. */
// @ts-ignore: decorator
@inline
function readByte(): void {
  const byte = <i64>load<u8>(position);
  if (byte == 0xff) {
    const next = <i64>load<u8>(position, 1);
    if (next > 0x8f) {
      c += 0xff00;
      bitsLeft = 8;
    } else {
      position++;
      c += next << 9;
      bitsLeft = 7;
    }
  } else {
    position++;
    c += <i64>load<u8>(position) << 8;
    bitsLeft = 8;
  }
}

/** INITDEC on the segment that begins at `start`; returns the state to carry. */
export function startMq(start: usize): i32 {
  position = start;
  c = <i64>load<u8>(start) << 16;
  readByte();
  c <<= 7;
  bitsLeft -= 7;
  a = 0x8000;
  return settle();
}

// @ts-ignore: decorator
@inline
function settle(): i32 {
  const d = min(a - 0x8000, <i32>(c >> 16));
  a -= d;
  c -= <i64>d << 16;
  return d << 1;
}

/** The rest of DECODE when D fell below zero: exchanges, state transition, RENORMD. */
function renormalize(context: usize, word: u32, d: i32): i32 {
  a += d;
  c += <i64>d << 16;
  const qe = <i32>(word >>> 16);
  let symbol = <i32>(word & 1);
  const entry = <usize>((word & 0xff) << 2);
  let table = AFTER_MORE_PROBABLE;
  if (c < 0) {
    c += <i64>qe << 16;
    if (a >= qe) {
      symbol ^= 1;
      table = AFTER_LESS_PROBABLE;
    }
    a = qe;
  } else if (a < qe) {
    symbol ^= 1;
    table = AFTER_LESS_PROBABLE;
  }
  store<u32>(context, load<u32>(table + entry));
  let shift = clz(a) - 16;
  if (bitsLeft == 0) readByte();
  while (shift > bitsLeft) {
    a <<= bitsLeft;
    c <<= bitsLeft;
    shift -= bitsLeft;
    readByte();
  }
  a <<= shift;
  c <<= shift;
  bitsLeft -= shift;
  return settle() | symbol;
}

/** Decodes one symbol; it is bit 0 of the returned state. */
// @ts-ignore: decorator
@inline
export function decodeMq(context: usize, state: i32): i32 {
  const word = load<u32>(context);
  const next = (state & -2) - <i32>(word >>> 15);
  return next >= 0 ? next | <i32>(word & 1) : renormalize(context, word, next >> 1);
}

/** Begins raw bits at `start`. */
export function startRaw(start: usize): void {
  position = start;
  bitsLeft = 0;
  rawByte = 0;
}

/** One raw bit; a byte after 0xff holds 7. */
export function readRawBit(): i32 {
  if (bitsLeft == 0) {
    const after = rawByte == 0xff;
    const byte = <i32>load<u8>(position);
    if (after && byte > 0x8f) {
      bitsLeft = 8;
    } else {
      position++;
      rawByte = byte;
      bitsLeft = after ? 7 : 8;
    }
  }
  bitsLeft--;
  return (rawByte >> bitsLeft) & 1;
}
