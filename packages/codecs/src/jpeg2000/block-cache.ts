/** Decoded coefficients of a code-block in rows, twice their value: i16 where they fit, else i32. */
export type BlockCoefficients = Int16Array<ArrayBuffer> | Int32Array<ArrayBuffer>;

/**
 * Decoded code-blocks, those used last, up to a number of bytes. Neighboring windows share the blocks at their edges and
 * most of the lower resolutions, and decoding blocks is what takes time.
 */
export class BlockCache {
  readonly #maxBytes: number;
  readonly #blocks = new Map<string, BlockCoefficients>();
  #byteLength = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get(key: string): BlockCoefficients | undefined {
    const block = this.#blocks.get(key);
    if (block === undefined) return undefined;
    this.#blocks.delete(key);
    this.#blocks.set(key, block);
    return block;
  }

  set(key: string, block: BlockCoefficients): void {
    const old = this.#blocks.get(key);
    if (old) this.#byteLength -= old.byteLength;
    this.#blocks.delete(key);
    this.#blocks.set(key, block);
    this.#byteLength += block.byteLength;
    for (const [oldest, { byteLength }] of this.#blocks) {
      if (this.#byteLength <= this.#maxBytes) return;
      this.#blocks.delete(oldest);
      this.#byteLength -= byteLength;
    }
  }
}
