// Copies of bytes that were put out before (RFC 1951, 2), 16 at a time.

/** For each distance below 16, which of the bytes that are repeated each of 16 bytes is. */
const repetitions: usize = memory.data(16 * 16, 16);
let isReady: bool = false;

export function prepareCopies(): void {
  if (isReady) return;
  for (let distance: usize = 1; distance < 16; distance++) {
    for (let i: usize = 0; i < 16; i++) store<u8>(repetitions + (distance << 4) + i, <u8>(i % distance));
  }
  isReady = true;
}

/** Copies `length` (1 or more) bytes from `distance` (1 or more) back. May write up to 15 bytes more. */
// @ts-ignore: decorator
@inline
export function copyMatch(to: usize, distance: usize, length: usize): void {
  const from = to - distance;
  if (distance >= 16) {
    v128.store(to, v128.load(from));
    for (let i: usize = 16; i < length; i += 16) v128.store(to + i, v128.load(from + i));
  } else {
    // What is repeated, as often as 16 bytes hold it; the next 16 go on behind its last whole repetition.
    const bytes = v128.swizzle(v128.load(from), v128.load(repetitions + (distance << 4)));
    const step = 16 - (16 % distance);
    for (let i: usize = 0; i < length; i += step) v128.store(to + i, bytes);
  }
}
