/** Which decoded code-block: four words that tell the codestream and its layers, and the block's id within it. */
export interface BlockKey {
  readonly codestream: Uint32Array;
  readonly id: number;
}

/** Bytes of a slot: a code-block of 64 x 64 coefficients of 16 bits. Larger ones take several. */
const SLOT_BYTES = 8192;
/** Slots among which a key may lie. */
const WAYS = 8;
/** Words that describe a slot. */
const HEAD = 8;
const VERSION = 0;
const KEY = 1;
/** Part of the block and its bytes. */
const CONTENT = 5;
const USED = 6;
/** The memory begins with the clock that `USED` is read from. */
const CLOCK_BYTES = 64;

/** One set of slots. */
export const MIN_CACHE_BYTES: number = CLOCK_BYTES + WAYS * (SLOT_BYTES + 4 * HEAD);

/**
 * Decoded code-blocks, those used last, in memory that threads may share. Neighboring windows share the blocks at their
 * edges and most of the lower resolutions, and decoding blocks is what takes time.
 *
 * Nobody waits: a slot's version is odd while it is written, and another one after it was. Who finds it odd, or changed
 * after reading, has found nothing.
 */
export class BlockCache {
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #sets: number;
  /** Key and content of the slot that is looked for. */
  readonly #wanted = new Int32Array(CONTENT);

  /** @param memory Zeros, or the memory of another cache: {@link MIN_CACHE_BYTES} at least. */
  constructor(memory: ArrayBufferLike) {
    this.#sets = Math.floor((memory.byteLength - CLOCK_BYTES) / (WAYS * (SLOT_BYTES + 4 * HEAD)));
    if (this.#sets < 1) throw new RangeError(`A cache of code-blocks takes ${MIN_CACHE_BYTES} bytes at least`);
    const slots = this.#sets * WAYS;
    this.#words = new Int32Array(memory, 0, CLOCK_BYTES / 4 + slots * HEAD);
    this.#bytes = new Uint8Array(memory, this.#words.byteLength, slots * SLOT_BYTES);
  }

  /** Fills `target`, of the block's length, with its bytes. @returns Whether all of it was there. */
  read(key: BlockKey, target: Uint8Array): boolean {
    for (let at = 0, part = 0; at < target.length; at += SLOT_BYTES, part++) {
      if (!this.#readPart(key, part, target.subarray(at, at + SLOT_BYTES))) return false;
    }
    return true;
  }

  write(key: BlockKey, source: Uint8Array): void {
    for (let at = 0, part = 0; at < source.length; at += SLOT_BYTES, part++) {
      this.#writePart(key, part, source.subarray(at, at + SLOT_BYTES));
    }
  }

  #readPart(key: BlockKey, part: number, target: Uint8Array): boolean {
    const first = this.#want(key, part, target.length);
    for (let slot = first; slot < first + WAYS; slot++) {
      const head = headOf(slot);
      const version = Atomics.load(this.#words, head + VERSION);
      if ((version & 1) !== 0 || !this.#isWanted(head)) continue;
      target.set(this.#bytes.subarray(slot * SLOT_BYTES, slot * SLOT_BYTES + target.length));
      this.#words[head + USED] = Atomics.add(this.#words, 0, 1);
      // Exchanged for itself: a plain load may overtake the reads before it.
      return Atomics.compareExchange(this.#words, head + VERSION, version, version) === version;
    }
    return false;
  }

  #writePart(key: BlockKey, part: number, source: Uint8Array): void {
    const slot = this.#slotToReplace(this.#want(key, part, source.length));
    if (slot === undefined) return;
    const head = headOf(slot);
    const version = Atomics.load(this.#words, head + VERSION);
    if ((version & 1) !== 0) return;
    if (Atomics.compareExchange(this.#words, head + VERSION, version, version + 1) !== version) return;
    this.#words.set(this.#wanted, head + KEY);
    this.#words[head + USED] = Atomics.add(this.#words, 0, 1);
    this.#bytes.set(source, slot * SLOT_BYTES);
    Atomics.store(this.#words, head + VERSION, version + 2);
  }

  /** @returns The first of the slots that may hold it. */
  #want({ codestream, id }: BlockKey, part: number, byteLength: number): number {
    const wanted = this.#wanted;
    wanted.set(codestream);
    // Ids are file offsets, of up to 53 bits.
    wanted[0] = wanted[0]! ^ (id % 2 ** 32);
    wanted[1] = wanted[1]! ^ Math.floor(id / 2 ** 32);
    wanted[CONTENT - KEY] = (part << 16) | byteLength;
    const mixed = Math.imul(wanted[0] ^ Math.imul(wanted[1]! + part, 0x85ebca6b), 0x9e3779b1);
    return (((mixed ^ (mixed >>> 15)) >>> 0) % this.#sets) * WAYS;
  }

  #isWanted(head: number): boolean {
    for (let i = 0; i < CONTENT; i++) if (this.#words[head + KEY + i] !== this.#wanted[i]) return false;
    return true;
  }

  /**
   * The same block's, else one that is empty, else the one not used for the longest time. Never one that is being written:
   * its thread may have been ended.
   */
  #slotToReplace(first: number): number | undefined {
    const now = Atomics.load(this.#words, 0);
    let oldest: number | undefined;
    let age = -1;
    for (let slot = first; slot < first + WAYS; slot++) {
      const head = headOf(slot);
      const version = Atomics.load(this.#words, head + VERSION);
      if ((version & 1) !== 0) continue;
      if (version === 0 || this.#isWanted(head)) return slot;
      const unused = (now - this.#words[head + USED]!) >>> 0;
      if (unused > age) {
        age = unused;
        oldest = slot;
      }
    }
    return oldest;
  }
}

function headOf(slot: number): number {
  return CLOCK_BYTES / 4 + slot * HEAD;
}
