/** The bits of packet headers: after a byte 0xff the next one holds only seven (T.800 B.10.1). */
export class HeaderBits {
  /** True once a bit was asked for that is not there; zeros are handed out from then on. */
  exhausted = false;
  /** Index of the next byte. */
  position = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #end = 0;
  #current = 0;
  #left = 0;

  /** Begins a header at `bytes[start]`. */
  begin(bytes: Uint8Array, start: number): void {
    this.#bytes = bytes;
    this.#end = bytes.length;
    this.#current = 0;
    this.#left = 0;
    this.position = start;
    this.exhausted = false;
  }

  /** Bytes after the current one. */
  get remaining(): number {
    return this.#end - this.position;
  }

  bit(): number {
    if (this.#left === 0) {
      if (this.position >= this.#end) {
        this.exhausted = true;
        return 0;
      }
      this.#left = this.#current === 0xff ? 7 : 8;
      this.#current = this.#bytes[this.position++]!;
    }
    this.#left--;
    return (this.#current >> this.#left) & 1;
  }

  /** Up to 32 bits, first one highest. */
  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) value = value * 2 + this.bit();
    return value;
  }

  /** Ends the header: the rest of the byte is padding, and a last byte 0xff has one more after it. */
  align(): void {
    this.#left = 0;
    if (this.#current === 0xff) {
      if (this.position < this.#end) this.position++;
      else this.exhausted = true;
    }
    this.#current = 0;
  }

  /** Steps over a marker of `byteLength` bytes if it is the next thing. */
  skipMarker(marker: number, byteLength: number): void {
    const at = this.position;
    if (at + 2 > this.#end) return;
    if (((this.#bytes[at]! << 8) | this.#bytes[at + 1]!) === marker) this.position = at + byteLength;
  }
}
