import { throwIfAborted } from '../errors.ts';
import type { RangeSource, ReadOptions } from '../source/range-source.ts';
import { SharedWork } from '../source/shared-work.ts';
import { type ByteReads, readFromSource } from './byte-reads.ts';
import type { Codestream, WantedTiles } from './codestream.ts';
import type { PacketIndex } from './packet-index.ts';

type Indexes = ReadonlyMap<number, PacketIndex>;

/**
 * Indexes tiles of a codestream for many callers at once: each tile once, for all who wait for it, and different tiles side by
 * side. What is under way goes on as long as anybody waits for it.
 */
export class SharedTiles {
  readonly #codestream: Codestream;
  readonly #source: RangeSource;
  #table: SharedWork<unknown> | undefined;
  readonly #underWay = new Map<number, SharedWork<Indexes>>();

  constructor(codestream: Codestream, source: RangeSource) {
    this.#codestream = codestream;
    this.#source = source;
  }

  /** The tiles when all of them are there already. */
  known(wanted: WantedTiles): Indexes | undefined {
    const indexes = new Map<number, PacketIndex>();
    for (const [tile, discard] of wanted) {
      const index = this.#codestream.indexOf(tile, discard);
      if (!index) return undefined;
      indexes.set(tile, index);
    }
    return indexes;
  }

  /**
   * The tiles that the file holds, indexed.
   *
   * @throws ImageError `aborted`; `malformed` | `unsupported` | `limit` | `source` of these very tiles, never of others that were
   *   indexed along with them for somebody else.
   */
  async index(wanted: WantedTiles, { signal }: ReadOptions = {}): Promise<Indexes> {
    await this.#readTable(signal);
    const indexes = new Map<number, PacketIndex>();
    const open = new Map(wanted);
    while (open.size > 0) {
      throwIfAborted(signal);
      this.#takeKnown(open, indexes);
      const [own, others] = this.#divide(open);
      // Another's work may fail for a tile that is none of ours, or not go as far as is needed here: then it is our turn.
      const waiting = [...others].map((work) => work.wait(signal).catch(() => undefined));
      if (own.size > 0) {
        const [indexed] = await Promise.all([this.#start(own).wait(signal), ...waiting]);
        for (const [tile, index] of indexed) indexes.set(tile, index);
        for (const tile of own.keys()) open.delete(tile);
      } else {
        await Promise.all(waiting);
      }
    }
    return indexes;
  }

  /** Moves tiles that are there. */
  #takeKnown(open: Map<number, number>, indexes: Map<number, PacketIndex>): void {
    for (const [tile, discard] of open) {
      const index = this.#codestream.indexOf(tile, discard);
      if (!index) continue;
      indexes.set(tile, index);
      open.delete(tile);
    }
  }

  /** Tiles that nobody works at, and the work that is under way for the rest. */
  #divide(open: WantedTiles): [own: Map<number, number>, others: Set<SharedWork<Indexes>>] {
    const own = new Map<number, number>();
    const others = new Set<SharedWork<Indexes>>();
    for (const [tile, discard] of open) {
      const work = this.#underWay.get(tile);
      if (work && !work.abandoned) others.add(work);
      else own.set(tile, discard);
    }
    return [own, others];
  }

  #start(wanted: WantedTiles): SharedWork<Indexes> {
    const work = this.#share<Indexes>(() => this.#codestream.index(wanted));
    for (const tile of wanted.keys()) this.#underWay.set(tile, work);
    const end = () => {
      for (const tile of wanted.keys()) if (this.#underWay.get(tile) === work) this.#underWay.delete(tile);
    };
    work.observe(end, end);
    return work;
  }

  async #readTable(signal: AbortSignal | undefined): Promise<void> {
    if (this.#codestream.hasTable) return;
    if (!this.#table || this.#table.abandoned) {
      const table = this.#share(() => this.#codestream.readTable());
      const end = () => {
        if (this.#table === table) this.#table = undefined;
      };
      table.observe(end, end);
      this.#table = table;
    }
    await this.#table.wait(signal);
  }

  #share<Result>(begin: () => ByteReads<Result>): SharedWork<Result> {
    return new SharedWork((signal) => readFromSource(begin(), this.#source, { signal }));
  }
}
