import { ImageError, isImageError } from '@sectile/core/errors';
import type { ImageReader } from '@sectile/core/pyramid';
import type { RangeSource } from '@sectile/core/source';
import { openSequence } from './open-sequence.ts';
import type { FoundImage, ImageResolver } from './resolver.ts';

/** An opened image as long as its revision is the current one. */
export interface OpenImage {
  readonly id: string;
  readonly revision: string;
  readonly lastModified: Date | undefined;
  readonly reader: ImageReader;
  /** Keeps the reader open at least until `task` has settled. To be called while the image is in use. */
  keep<T>(task: () => Promise<T>): Promise<T>;
}

/** Settings of {@link createOpenImages}. */
export interface OpenImagesOptions {
  readonly resolver: ImageResolver;
  /** Reads the header of a source. Owns the source from then on, also when it fails. */
  readonly open: (source: RangeSource) => Promise<ImageReader>;
  /** Readers kept open; the one used longest ago is closed first. 0: each is closed after use. */
  readonly maxCount: number;
  /** A reader not used for so long is closed by `sweep`. */
  readonly idleMs: number;
  /** How long an image may be served before its store is asked again whether it has changed. */
  readonly revalidateMs: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/** The opened images of a server. */
export interface OpenImages {
  readonly size: number;
  /** Runs `task` with the current revision of an image; its reader stays open at least until `task` has settled. */
  use<T>(id: string, task: (image: OpenImage) => Promise<T>): Promise<T>;
  /** The store's answer without opening anything. Rejects with `not-found`. */
  find(id: string): Promise<FoundImage>;
  /** Whether a request would get that revision now, as far as is known without asking the store. */
  isCurrent(id: string, revision: string): boolean;
  /** Closes what has been idle for too long. */
  sweep(): void;
  /** Closes everything that is not in use, and the rest after its use. */
  clear(): void;
}

/** Creates an empty set of opened images. Concurrent requests for one image share one opening; failures are forgotten. */
export function createOpenImages(options: OpenImagesOptions): OpenImages {
  return new ReaderSet(options);
}

interface Entry extends OpenImage {
  users: number;
  checkedAt: number;
  usedAt: number;
  retired: boolean;
}

class ReaderSet implements OpenImages {
  readonly #options: OpenImagesOptions;
  /** Insertion order is age of use. */
  readonly #entries = new Map<string, Entry>();
  readonly #pending = new Map<string, Promise<Entry>>();

  constructor(options: OpenImagesOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  async find(id: string): Promise<FoundImage> {
    const found = await this.#options.resolver.find(id);
    if (!found) throw new ImageError('not-found', 'No such image');
    return found;
  }

  async use<T>(id: string, task: (image: OpenImage) => Promise<T>): Promise<T> {
    const kept = this.#entries.get(id);
    const entry = kept && this.#isFresh(kept) ? kept : await this.#load(id);
    if (!entry.retired) this.#touch(entry);
    return entry.keep(() => task(entry));
  }

  isCurrent(id: string, revision: string): boolean {
    const kept = this.#entries.get(id);
    return kept !== undefined && kept.revision === revision && this.#isFresh(kept);
  }

  sweep(): void {
    const oldest = this.#options.now() - this.#options.idleMs;
    for (const entry of this.#entries.values()) {
      if (entry.usedAt < oldest && entry.users === 0) void this.#retire(entry);
    }
  }

  clear(): void {
    for (const entry of [...this.#entries.values()]) void this.#retire(entry);
  }

  #isFresh(entry: Entry): boolean {
    return this.#options.now() - entry.checkedAt < this.#options.revalidateMs;
  }

  #load(id: string): Promise<Entry> {
    const running = this.#pending.get(id);
    if (running) return running;
    const loading = this.#refresh(id).finally(() => this.#pending.delete(id));
    this.#pending.set(id, loading);
    return loading;
  }

  /** The kept entry when the store still has that revision, else a newly opened one. */
  async #refresh(id: string): Promise<Entry> {
    const askedAt = this.#options.now();
    const kept = this.#entries.get(id);
    const found = await this.find(id).catch((error) => {
      if (kept) void this.#retire(kept);
      throw error;
    });
    if (kept && !kept.retired && kept.revision === found.revision) {
      kept.checkedAt = askedAt;
      return kept;
    }
    const reader = await this.#open(found);
    if (kept) void this.#retire(kept);
    const { revision, lastModified } = found;
    const entry: Entry = {
      ...{ id, revision, lastModified, reader },
      ...{ users: 0, checkedAt: askedAt, usedAt: askedAt, retired: false },
      keep: (task) => this.#occupy(entry, task),
    };
    return entry;
  }

  /** Where the system has no more files to give, what is idle is closed first. */
  async #open(found: FoundImage): Promise<ImageReader> {
    const { open } = this.#options;
    const attempt = async (): Promise<ImageReader> =>
      found.sequence ? openSequence(found.sequence, open) : open(await found.open());
    try {
      return await attempt();
    } catch (error) {
      if (!isOutOfFiles(error)) throw error;
      await this.#closeIdleHalf();
      return attempt();
    }
  }

  /** Closes half of the readers that nobody uses, those used longest ago. */
  async #closeIdleHalf(): Promise<void> {
    const idle = [...this.#entries.values()].filter(({ users }) => users === 0);
    await Promise.all(idle.slice(0, Math.ceil(idle.length / 2)).map((entry) => this.#retire(entry)));
  }

  async #occupy<T>(entry: Entry, task: () => Promise<T>): Promise<T> {
    entry.users += 1;
    try {
      return await task();
    } finally {
      entry.users -= 1;
      if (entry.users === 0) this.#release(entry);
    }
  }

  #release(entry: Entry): void {
    if (entry.retired) entry.reader.close().catch(() => {});
    else this.#trim();
  }

  /** Resolves when the reader is closed, or at once when it is still in use. */
  async #retire(entry: Entry): Promise<void> {
    if (entry.retired) return;
    entry.retired = true;
    if (this.#entries.get(entry.id) === entry) this.#entries.delete(entry.id);
    if (entry.users === 0) await entry.reader.close().catch(() => {});
  }

  #touch(entry: Entry): void {
    entry.usedAt = this.#options.now();
    this.#entries.delete(entry.id);
    this.#entries.set(entry.id, entry);
  }

  #trim(): void {
    for (const entry of this.#entries.values()) {
      if (this.#entries.size <= this.#options.maxCount) return;
      if (entry.users === 0) void this.#retire(entry);
    }
  }
}

function isOutOfFiles(error: unknown): boolean {
  if (!isImageError(error, 'source')) return false;
  const { cause } = error;
  return cause instanceof Error && 'code' in cause && (cause.code === 'EMFILE' || cause.code === 'ENFILE');
}
