import { checkRead, closedError } from './check-range.ts';
import type { RangeSource, ReadOptions } from './range-source.ts';
import { SharedWork } from './shared-work.ts';

/** Settings of {@link withBlockCache}. */
export interface BlockCacheOptions {
  /** Bytes of one block. Default 64 KiB: what stores and file systems deliver as fast as a single byte. */
  readonly blockByteLength?: number;
  /** Bytes kept; the blocks used longest ago go first. Default 2 MiB. */
  readonly maxBytes?: number;
}

/** A source that remembers what it read. */
export interface BlockCachedSource extends RangeSource {
  /** The bytes, when all of them are in the cache already; never reads. */
  peek(byteOffset: number, byteLength: number): Uint8Array | undefined;
}

const DEFAULT_BLOCK_BYTES = 65536;
const DEFAULT_MAX_BYTES = 2 ** 21;

/**
 * Reads aligned blocks and keeps them. Blocks that are missing side by side are read in one go, and a block under way
 * is waited for, not read twice. Failures are not kept.
 */
export function withBlockCache(source: RangeSource, options: BlockCacheOptions = {}): BlockCachedSource {
  return new BlockCache(source, options.blockByteLength ?? DEFAULT_BLOCK_BYTES, options.maxBytes ?? DEFAULT_MAX_BYTES);
}

/** Blocks `first` to `first + count` (exclusive), being read. */
interface Run {
  readonly first: number;
  readonly read: SharedWork<Uint8Array>;
}

class BlockCache implements BlockCachedSource {
  readonly id: string;
  readonly byteLength: number;
  readonly revision: string;
  readonly lastModified: Date | undefined;
  readonly #source: RangeSource;
  readonly #blockByteLength: number;
  readonly #maxBytes: number;
  /** Insertion order is age: a block that is used moves to the end. */
  readonly #blocks = new Map<number, Uint8Array>();
  readonly #pending = new Map<number, Run>();
  #bytes = 0;
  #closed = false;

  constructor(source: RangeSource, blockByteLength: number, maxBytes: number) {
    this.id = source.id;
    this.byteLength = source.byteLength;
    this.revision = source.revision;
    this.lastModified = source.lastModified;
    this.#source = source;
    this.#blockByteLength = blockByteLength;
    this.#maxBytes = maxBytes;
  }

  peek(byteOffset: number, byteLength: number): Uint8Array | undefined {
    const blocks: Uint8Array[] = [];
    for (let index = this.#firstBlock(byteOffset); index <= this.#lastBlock(byteOffset, byteLength); index++) {
      const block = this.#blocks.get(index);
      if (!block) return undefined;
      blocks.push(block);
    }
    for (const [i, block] of blocks.entries()) this.#keep(this.#firstBlock(byteOffset) + i, block);
    return this.#cut(blocks, byteOffset, byteLength);
  }

  async read(byteOffset: number, byteLength: number, options?: ReadOptions): Promise<Uint8Array> {
    if (this.#closed) throw closedError();
    checkRead(this, byteOffset, byteLength, options);
    if (byteLength === 0) return new Uint8Array(0);
    const cached = this.peek(byteOffset, byteLength);
    if (cached) return cached;
    const first = this.#firstBlock(byteOffset);
    const last = this.#lastBlock(byteOffset, byteLength);
    this.#startMissing(first, last);
    const waits: (Uint8Array | Promise<Uint8Array>)[] = [];
    for (let index = first; index <= last; index++) waits.push(this.#block(index, options?.signal));
    return this.#cut(await Promise.all(waits), byteOffset, byteLength);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#blocks.clear();
    this.#bytes = 0;
    await this.#source.close();
  }

  #firstBlock(byteOffset: number): number {
    return Math.floor(byteOffset / this.#blockByteLength);
  }

  #lastBlock(byteOffset: number, byteLength: number): number {
    return Math.floor((byteOffset + byteLength - 1) / this.#blockByteLength);
  }

  /** Starts one read for each row of neighbouring blocks that are neither kept nor under way. */
  #startMissing(first: number, last: number): void {
    let start = first;
    for (let index = first; index <= last + 1; index++) {
      const missing = index <= last && !this.#blocks.has(index) && (this.#pending.get(index)?.read.abandoned ?? true);
      if (missing) continue;
      if (index > start) this.#startRun(start, index - start);
      start = index + 1;
    }
  }

  #startRun(first: number, count: number): void {
    const byteOffset = first * this.#blockByteLength;
    const byteLength = Math.min(count * this.#blockByteLength, this.byteLength - byteOffset);
    const read = new SharedWork((signal) => this.#source.read(byteOffset, byteLength, { signal }));
    const run: Run = { first, read };
    for (let index = first; index < first + count; index++) this.#pending.set(index, run);
    const finish = (bytes: Uint8Array | undefined) => {
      for (let index = first; index < first + count; index++) {
        if (this.#pending.get(index) !== run) continue;
        this.#pending.delete(index);
        if (bytes && !this.#closed) this.#keep(index, this.#blockOf(run, index, bytes).slice());
      }
    };
    read.observe(finish, () => finish(undefined));
  }

  #block(index: number, signal: AbortSignal | undefined): Uint8Array | Promise<Uint8Array> {
    const block = this.#blocks.get(index);
    if (block) return block;
    const run = this.#pending.get(index);
    // `read` calls this right after `#startMissing`, with no turn of the event loop in between.
    if (!run) throw new Error('A block is neither kept nor under way');
    return run.read.wait(signal).then((bytes) => this.#blockOf(run, index, bytes));
  }

  #blockOf(run: Run, index: number, bytes: Uint8Array): Uint8Array {
    const start = (index - run.first) * this.#blockByteLength;
    return bytes.subarray(start, Math.min(start + this.#blockByteLength, bytes.length));
  }

  #keep(index: number, block: Uint8Array): void {
    if (this.#blocks.delete(index)) this.#bytes -= block.length;
    this.#blocks.set(index, block);
    this.#bytes += block.length;
    for (const [oldest, bytes] of this.#blocks) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#blocks.delete(oldest);
      this.#bytes -= bytes.length;
    }
  }

  /** The wanted range out of the blocks that cover it. */
  #cut(blocks: readonly Uint8Array[], byteOffset: number, byteLength: number): Uint8Array {
    const start = byteOffset - this.#firstBlock(byteOffset) * this.#blockByteLength;
    const [only] = blocks;
    if (blocks.length === 1 && only) return only.subarray(start, start + byteLength);
    const joined = new Uint8Array(byteLength);
    let position = -start;
    for (const block of blocks) {
      const from = Math.max(0, -position);
      const until = Math.min(block.length, byteLength - position);
      joined.set(block.subarray(from, until), position + from);
      position += block.length;
    }
    return joined;
  }
}
