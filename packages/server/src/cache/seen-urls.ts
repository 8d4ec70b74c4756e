import { LRUCache } from 'lru-cache';
import type { Reply } from '../http/exchange.ts';

/** What is known of a URL that was answered before: enough to answer it again without parsing or planning. */
export interface SeenUrl {
  readonly image: string;
  readonly revision: string;
  /** Key of the answer in the byte cache. */
  readonly key: string;
  readonly etag: string;
  readonly lastModified: Date | undefined;
  /** The origin that the headers speak of; `undefined` when they speak of none. */
  readonly origin: string | undefined;
  /** Headers of the 200. */
  readonly headers: Reply['headers'];
}

/** Remembers what URLs mean, for as long as the image keeps its revision: a viewer's next visitor asks the same ones. */
export interface SeenUrls {
  get(target: string): SeenUrl | undefined;
  set(target: string, seen: SeenUrl): void;
  clear(): void;
}

/** Targets longer than this are not worth remembering: nobody asks for them twice. */
const MAX_TARGET_LENGTH = 1024;

/** Keeps the `maxCount` URLs asked for last. */
export function createSeenUrls(maxCount: number): SeenUrls {
  const urls = new LRUCache<string, SeenUrl>({ max: maxCount });
  return {
    get: (target) => urls.get(target),
    set(target, seen) {
      if (target.length <= MAX_TARGET_LENGTH) urls.set(target, seen);
    },
    clear: () => urls.clear(),
  };
}
