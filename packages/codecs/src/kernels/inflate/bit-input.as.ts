// Bits of a deflate stream, least significant first. The hot loop keeps these in locals and hands them back.

/** Zeros that have to follow the input, because bits are loaded 8 bytes at a time. */
export const INPUT_PADDING: usize = 64;

/** Bits not used yet, the next lowest. */
export let buffer: u64 = 0;
/** How many of them there are. */
export let available: u64 = 0;
/** Next byte to load. */
export let position: usize = 0;
let end: usize = 0;

export function openInput(address: usize, byteLength: usize): void {
  buffer = 0;
  available = 0;
  position = address;
  end = address + byteLength;
}

export function inputEnd(): usize {
  return end;
}

/** Hands the state back after a loop kept it in locals. */
export function saveBits(newBuffer: u64, newAvailable: u64, newPosition: usize): void {
  buffer = newBuffer;
  available = newAvailable;
  position = newPosition;
}

/** The next 0 to 32 bits. Beyond the end come zeros; see {@link isExhausted}. */
export function take(count: u32): u32 {
  refill();
  const value = <u32>(buffer & ((<u64>1 << count) - 1));
  drop(count);
  return value;
}

export function drop(count: u32): void {
  buffer >>= count;
  available -= count;
}

/** Makes sure of 56 bits. */
export function refill(): void {
  // Far beyond the end nothing is loaded any more: zeros will do.
  if (position <= end + 32) {
    buffer |= load<u64>(position) << available;
    position += <usize>((63 - available) >> 3);
  } else position += <usize>((63 - available) >> 3);
  available |= 56;
}

/** True when bits have been taken that are not there. */
export function isExhausted(): bool {
  return position - <usize>(available >> 3) > end;
}

/** Goes on at the next whole byte: returns its address, and forgets the bits that were loaded from there on. */
export function alignToByte(): usize {
  const next = position - <usize>(available >> 3);
  buffer = 0;
  available = 0;
  position = next;
  return next;
}
