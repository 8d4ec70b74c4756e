import { ImageError } from '@sectile/core/errors';
import type { ImageReader } from '@sectile/core/pyramid';
import type { RangeSource } from '@sectile/core/source';
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

interface Entry extends OpenImage {
  users: number;
  checkedAt: number;
  usedAt: number;
  retired: boolean;
}

/** Creates an empty set of opened images. Concurrent requests for one image share one opening; failures are forgotten. */
export function createOpenImages(options: OpenImagesOptions): OpenImages {
  const { resolver, maxCount, idleMs, revalidateMs, now } = options;
  /** Insertion order is age of use. */
  const entries = new Map<string, Entry>();
  const pending = new Map<string, Promise<Entry>>();

  async function find(id: string): Promise<FoundImage> {
    const found = await resolver.find(id);
    if (!found) throw new ImageError('not-found', 'No such image');
    return found;
  }

  function isFresh(entry: Entry): boolean {
    return now() - entry.checkedAt < revalidateMs;
  }

  /** The kept entry when the store still has that revision, else a newly opened one. */
  async function refresh(id: string): Promise<Entry> {
    const askedAt = now();
    const kept = entries.get(id);
    const found = await find(id).catch((error) => {
      if (kept) retire(kept);
      throw error;
    });
    if (kept && !kept.retired && kept.revision === found.revision) {
      kept.checkedAt = askedAt;
      return kept;
    }
    const reader = await options.open(await found.open());
    if (kept) retire(kept);
    const { revision, lastModified } = found;
    const entry: Entry = {
      ...{ id, revision, lastModified, reader },
      ...{ users: 0, checkedAt: askedAt, usedAt: askedAt, retired: false },
      keep: (task) => occupy(entry, task),
    };
    return entry;
  }

  async function occupy<T>(entry: Entry, task: () => Promise<T>): Promise<T> {
    entry.users += 1;
    try {
      return await task();
    } finally {
      release(entry);
    }
  }

  function load(id: string): Promise<Entry> {
    const running = pending.get(id);
    if (running) return running;
    const loading = refresh(id).finally(() => pending.delete(id));
    pending.set(id, loading);
    return loading;
  }

  function retire(entry: Entry): void {
    entry.retired = true;
    if (entries.get(entry.id) === entry) entries.delete(entry.id);
    if (entry.users === 0) entry.reader.close().catch(() => {});
  }

  function touch(entry: Entry): void {
    entry.usedAt = now();
    entries.delete(entry.id);
    entries.set(entry.id, entry);
  }

  function release(entry: Entry): void {
    entry.users -= 1;
    if (entry.users > 0) return;
    if (entry.retired) entry.reader.close().catch(() => {});
    else trim();
  }

  function trim(): void {
    for (const entry of entries.values()) {
      if (entries.size <= maxCount) return;
      if (entry.users === 0) retire(entry);
    }
  }

  return {
    get size() {
      return entries.size;
    },
    find,
    async use(id, task) {
      const kept = entries.get(id);
      const entry = kept && isFresh(kept) ? kept : await load(id);
      if (!entry.retired) touch(entry);
      return entry.keep(() => task(entry));
    },
    isCurrent(id, revision) {
      const kept = entries.get(id);
      return kept !== undefined && kept.revision === revision && isFresh(kept);
    },
    sweep() {
      const oldest = now() - idleMs;
      for (const entry of entries.values()) {
        if (entry.usedAt < oldest && entry.users === 0) retire(entry);
      }
    },
    clear() {
      for (const entry of [...entries.values()]) retire(entry);
    },
  };
}
