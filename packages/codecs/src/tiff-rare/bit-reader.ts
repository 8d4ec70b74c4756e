/** Reads bits, most significant first. Beyond the end come zeros, which no code of CCITT begins with for long. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Bits before the next one. */
  get position(): number {
    return this.#position;
  }

  get atEnd(): boolean {
    return this.#position >= this.#bytes.length * 8;
  }

  /** The next 1 to 16 bits, which stay unread. */
  peek(count: number): number {
    const at = this.#position >> 3;
    const bytes = this.#bytes;
    const window = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    return (window >> (24 - (this.#position & 7) - count)) & ((1 << count) - 1);
  }

  skip(count: number): void {
    this.#position += count;
  }

  /** Goes on at the next multiple of `bits`. */
  align(bits: number): void {
    this.#position = Math.ceil(this.#position / bits) * bits;
  }
}
