// Entropy-coded bytes to bits for the JPEG decoders: stuffing undone, stopping at markers, zero bits beyond the end.
//
// The state lives in globals between calls; hot loops keep it in locals, and hand it to `refill` when the next four
// bytes are not plain data.

/** Bits read and not yet consumed: the lowest `count` bits. */
export let bits: u64 = 0;
export let count: i32 = 0;
/** Next byte to read, and the end of what may be read. */
export let at: usize = 0;
export let end: usize = 0;
/** How many of the bits were made up, because the data has ended. */
export let paddedBits: i32 = 0;

export function beginReading(from: usize, to: usize): void {
  at = from;
  end = to;
  resetBits();
}

/** Forgets bits read ahead: what comes next is a marker, or the start of another segment. */
export function resetBits(): void {
  bits = 0;
  count = 0;
  paddedBits = 0;
}

/** Leaves out the next bits, at most 8. */
export function dropBits(length: i32): void {
  refill();
  count -= length;
}

export function saveReader(newBits: u64, newCount: i32, newAt: usize): void {
  bits = newBits;
  count = newCount;
  at = newAt;
}

/** Reads byte by byte until there are more than 48 bits. */
export function refill(): void {
  while (count <= 48) {
    let byte: u64 = 0;
    if (at < end) byte = load<u8>(at);
    const plain = at < end && byte != 0xff;
    const stuffed = byte == 0xff && at + 1 < end && load<u8>(at + 1) == 0;
    if (plain) at++;
    else if (stuffed) at += 2;
    else {
      byte = 0;
      paddedBits += 8;
    }
    bits = (bits << 8) | byte;
    count += 8;
  }
}

/** True when bits were consumed that the data does not hold. */
// @ts-ignore: decorator
@inline
export function ranOut(bitsLeft: i32): bool {
  return bitsLeft < paddedBits;
}

/** True when the four bytes of `word` hold no 0xFF. */
// @ts-ignore: decorator
@inline
export function isPlain(word: u32): bool {
  return !(word & 0x80808080 & ~(word + 0x01010101));
}

/** Makes sure of 32 bits. */
// @ts-ignore: decorator
@inline
function ensureBits(): void {
  if (count < 32) refill();
}

/** The next `length` bits, at most 16. */
export function readBits(length: i32): i32 {
  if (length == 0) return 0;
  ensureBits();
  count -= length;
  return <i32>(bits >> count) & ((1 << length) - 1);
}

/** Skips to the next marker. Returns its code, or 0 at the end of the data; `at` then stands at its 0xFF. */
export function findMarker(): i32 {
  while (at + 1 < end) {
    if (load<u8>(at) == 0xff) {
      const code = <i32>load<u8>(at + 1);
      if (code != 0 && code != 0xff) return code;
    }
    at++;
  }
  return 0;
}

export function skipMarker(): void {
  at += 2;
}
