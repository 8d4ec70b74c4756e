// The MQ arithmetic decoder of ITU-T T.800 annex C and the raw bits of the selective bypass (D.6).
//
// Callers carry the decoder's registers in one local variable, `state`:
//   bits 17..63  C: Chigh in the upper 16 bits, below it the bits that follow, read ahead
//   bits  1..16  A
//   bit   0      the symbol just decoded
// so that one shift renormalizes both registers.

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

// A context word is Qe << 16 | state << 1 | more probable symbol. Two tables of 128 words say which one follows: the first
// after a more probable symbol, the second after a less probable one.
const TRANSITIONS = memory.data(2 * 128 * 4, 16);

/** Contexts of a code-block: 0..8 significance, 9..13 sign, 14..16 magnitude, 17 run length, 18 uniform. */
export const CONTEXTS = memory.data(19 * 4, 16);
export const RUN_LENGTH_CONTEXT: usize = CONTEXTS + 17 * 4;
export const UNIFORM_CONTEXT: usize = CONTEXTS + 18 * 4;

/** Valid bits of the code register below its upper 16. */
let bitsLeft: i32 = 0;
/** Last byte taken, and its address. */
let lastByte: u32 = 0;
let position: usize = 0;

function contextWord(state: i32, symbol: i32): u32 {
  return ((<u32>load<u16>(STATES + state * 8)) << 16) | (state << 1) | symbol;
}

function buildTransitions(): void {
  for (let state = 0; state < STATE_COUNT; state++) {
    const row = STATES + state * 8;
    const flip = <i32>load<u16>(row, 6);
    for (let symbol = 0; symbol < 2; symbol++) {
      const index = ((state << 1) | symbol) << 2;
      store<u32>(TRANSITIONS + index, contextWord(<i32>load<u16>(row, 2), symbol));
      store<u32>(TRANSITIONS + index + 512, contextWord(<i32>load<u16>(row, 4), symbol ^ flip));
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

/**
 * BYTEIN until at least 24 bits are there. The two bytes after a segment are 0xff 0xff while it is decoded, so its end reads
 * as a marker.
 */
function refill(state: u64): u64 {
  let bits = bitsLeft;
  let last = lastByte;
  while (bits < 24) {
    const next = <u32>load<u8>(position, 1);
    if (last != 0xff) {
      position++;
      last = next;
      bits += 8;
      state += <u64>next << (48 - bits);
    } else if (next <= 0x8f) {
      // The highest bit of a byte after 0xff is a carry.
      position++;
      last = next;
      bits += 7;
      state += <u64>next << (48 - bits);
    } else {
      bits += 8;
      state += <u64>0xff << (48 - bits);
    }
  }
  bitsLeft = bits;
  lastByte = last;
  return state;
}

/** INITDEC on the segment that begins at `start`; returns the state to carry. */
export function startMq(start: usize): u64 {
  position = start;
  lastByte = <u32>load<u8>(start);
  // Chigh begins with one zero bit and the first byte: seven more bits belong to it.
  bitsLeft = -7;
  return refill((<u64>lastByte << 55) | 0x10000);
}

/**
 * DECODE: the symbol is bit 0 of the returned state. Which way a symbol goes is as good as random, so intervals, exchanges
 * and transitions are selected without branching: half again as fast as to skip what most symbols do not need.
 */
// @ts-ignore: decorator
@inline
export function decodeMq(context: usize, state: u64): u64 {
  const word = load<u32>(context);
  const qe = <u64>(word >>> 16);
  const rest = ((state >>> 1) & 0xffff) - qe;
  const low = state >>> 48 < qe;
  const symbol = <u64>(word & 1);
  const registers = state & ~0x1ffff;
  const less = (rest < qe) != low;
  const after = load<u32>(TRANSITIONS + (<usize>less << 9) + (<usize>(word & 0xff) << 2));
  store<u32>(context, select<u32>(word, after, !low && (rest & 0x8000) != 0));
  const interval = select<u64>(qe, rest, low);
  const code = registers - select<u64>(0, qe << 48, low);
  const shift = <i32>clz(interval) - 48;
  let next = (code | (interval << 1)) << shift;
  bitsLeft -= shift;
  if (bitsLeft < 15) next = refill(next);
  return next | (symbol ^ <u64>less);
}

/** Begins raw bits at `start`. */
export function startRaw(start: usize): void {
  position = start;
  bitsLeft = 0;
  lastByte = 0;
}

/** One raw bit; a byte after 0xff holds 7. */
export function readRawBit(): u32 {
  if (bitsLeft == 0) {
    const after = lastByte == 0xff;
    const byte = <u32>load<u8>(position);
    if (after && byte > 0x8f) {
      bitsLeft = 8;
    } else {
      position++;
      lastByte = byte;
      bitsLeft = after ? 7 : 8;
    }
  }
  bitsLeft--;
  return (lastByte >>> bitsLeft) & 1;
}
