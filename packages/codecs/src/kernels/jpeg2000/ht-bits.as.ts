// The bit streams of high-throughput code-blocks (ITU-T T.814 clause 7.1), freed of their stuffing bits before anything is
// decoded: bits can then be taken from any place, the first one lowest.

const BYTES_01: u64 = 0x0101010101010101;
const BYTES_7F: u64 = 0x7f7f7f7f7f7f7f7f;
const BYTES_80: u64 = 0x8080808080808080;

/** 57 bits or more from bit `at` on. */
// @ts-ignore: decorator
@inline
export function bitsAt(buffer: usize, at: usize): u64 {
  return load<u64>(buffer + (at >> 3)) >> (<u64>at & 7);
}

/**
 * Frees a stream that grows upwards: a byte after 0xff holds 7 bits.
 *
 * @param limit Writing stops around here, and 8 bytes further at most; up to there `padding` follows the stream.
 */
export function unstuffForward(from: usize, end: usize, target: usize, limit: usize, padding: u8): void {
  let rest: u64 = 0;
  let restBits: u64 = 0;
  let last: u64 = 0;
  while (from < end && target < limit) {
    if (from + 8 <= end && last != 0xff) {
      const word = load<u64>(from);
      if (((~word - BYTES_01) & word & BYTES_80) == 0) {
        store<u64>(target, rest | (word << restBits));
        rest = (word >> 1) >> (63 - restBits);
        target += 8;
        from += 8;
        continue;
      }
    }
    const byte = <u64>load<u8>(from++);
    rest |= byte << restBits;
    restBits += 8;
    if (last == 0xff) {
      rest &= ~((<u64>1 << (restBits - 1)));
      restBits--;
    }
    last = byte;
    if (restBits >= 8) {
      store<u8>(target++, <u8>rest);
      rest >>= 8;
      restBits -= 8;
    }
  }
  pad(target, limit, rest, restBits, padding);
}

/**
 * Frees a stream that grows downwards from the byte before `end`: a byte whose lower 7 bits are ones holds only those after
 * one above 0x8f.
 */
export function unstuffBackward(from: usize, end: usize, target: usize, limit: usize): void {
  let rest: u64 = 0;
  let restBits: u64 = 0;
  let last: u64 = 0xff;
  while (end > from && target < limit) {
    if (end >= from + 8) {
      const word = bswap<u64>(load<u64>(end - 8));
      if ((((word & BYTES_7F) + BYTES_01) & BYTES_80) == 0) {
        store<u64>(target, rest | (word << restBits));
        rest = (word >> 1) >> (63 - restBits);
        last = word >> 56;
        target += 8;
        end -= 8;
        continue;
      }
    }
    const byte = <u64>load<u8>(--end);
    if (last > 0x8f && (byte & 0x7f) == 0x7f) {
      rest |= (<u64>0x7f) << restBits;
      restBits += 7;
    } else {
      rest |= byte << restBits;
      restBits += 8;
    }
    last = byte;
    if (restBits >= 8) {
      store<u8>(target++, <u8>rest);
      rest >>= 8;
      restBits -= 8;
    }
  }
  pad(target, limit, rest, restBits, 0);
}

function pad(target: usize, limit: usize, rest: u64, restBits: u64, padding: u8): void {
  store<u8>(target++, <u8>(rest | (<u64>padding << restBits)));
  if (target < limit + 8) memory.fill(target, padding, limit + 8 - target);
}

/** Table 2 of clause 7.3.3: by state, log2 of the run that one bit stands for. */
const RUN_EXPONENTS = memory.data<u8>([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5]);
/** More symbols than a code-block has. */
const MAX_RUN: i32 = 4096;

let runFrom: usize = 0;
let runEnd: usize = 0;
let runByte: u32 = 0;
let runBits: i32 = 0;
let runState: i32 = 0;

/** Begins the adaptive run-length code (MEL) in the bytes from `from` to `end`. */
export function startRuns(from: usize, end: usize): void {
  runFrom = from;
  runEnd = end;
  runByte = 0;
  runBits = 0;
  runState = 0;
}

// @ts-ignore: decorator
@inline
function readRunBit(): i32 {
  if (runBits == 0) {
    runBits = runByte == 0xff ? 7 : 8;
    // Ones follow the last byte.
    runByte = runFrom < runEnd ? <u32>load<u8>(runFrom++) : 0xff;
  }
  runBits--;
  return <i32>(runByte >>> runBits) & 1;
}

/** How many zeros come before the next one among the symbols of the run-length code. */
export function nextRun(): i32 {
  let zeros = 0;
  while (zeros < MAX_RUN) {
    let exponent = <i32>load<u8>(RUN_EXPONENTS + runState);
    if (readRunBit()) {
      zeros += 1 << exponent;
      runState = min(runState + 1, 12);
      continue;
    }
    let run = 0;
    for (; exponent > 0; exponent--) run = (run << 1) | readRunBit();
    runState = max(runState - 1, 0);
    return zeros + run;
  }
  return zeros;
}
