/** TIFF 6.0, section 13: codes of 9 to 12 bits, most significant bit first, one code wider a code early. */
const CLEAR = 256;
const END = 257;
const FIRST_FREE = 258;
const MAX_CODE = 4094;

/** Open addressing over (prefix code, next byte); a prime above twice the number of codes keeps probes short. */
const SLOTS = 9001;

/** Compresses bytes as TIFF readers expect them (compression 5). */
export function lzwEncode(bytes: Uint8Array): Uint8Array {
  const writer = new CodeWriter(bytes.length);
  const keys = new Int32Array(SLOTS).fill(-1);
  const codes = new Uint16Array(SLOTS);
  let next = FIRST_FREE;
  let width = 9;
  writer.write(CLEAR, width);
  if (bytes.length > 0) {
    let prefix = bytes[0]!;
    for (let at = 1; at < bytes.length; at++) {
      const key = (prefix << 8) | bytes[at]!;
      let slot = key % SLOTS;
      while (keys[slot] !== -1 && keys[slot] !== key) slot = slot === 0 ? SLOTS - 1 : slot - 1;
      if (keys[slot] === key) {
        prefix = codes[slot]!;
        continue;
      }
      writer.write(prefix, width);
      keys[slot] = key;
      codes[slot] = next++;
      if (next > MAX_CODE) {
        writer.write(CLEAR, width);
        keys.fill(-1);
        next = FIRST_FREE;
        width = 9;
      } else if (next === 1 << width) {
        width++;
      }
      prefix = bytes[at]!;
    }
    writer.write(prefix, width);
    // The reader adds an entry for the code just sent, and may widen before it reads the end.
    if (next + 1 === 1 << width && width < 12) width++;
  }
  writer.write(END, width);
  return writer.finish();
}

class CodeWriter {
  #bytes: Uint8Array;
  #length = 0;
  #bits = 0;
  #bitCount = 0;

  constructor(inputLength: number) {
    // Random bytes grow by half: every byte costs a code of up to 12 bits.
    this.#bytes = new Uint8Array(Math.ceil(inputLength * 1.5) + 16);
  }

  write(code: number, width: number): void {
    this.#bits = (this.#bits << width) | code;
    this.#bitCount += width;
    while (this.#bitCount >= 8) {
      this.#bitCount -= 8;
      this.#bytes[this.#length++] = (this.#bits >> this.#bitCount) & 0xff;
    }
    this.#bits &= (1 << this.#bitCount) - 1;
  }

  finish(): Uint8Array {
    if (this.#bitCount > 0) this.#bytes[this.#length++] = (this.#bits << (8 - this.#bitCount)) & 0xff;
    return this.#bytes.subarray(0, this.#length);
  }
}
