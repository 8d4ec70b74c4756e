import { LRUCache } from 'lru-cache';

/** A finished answer, ready to be sent again. */
export interface CachedImage {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  /** Size of the picture in pixels. */
  readonly width: number;
  readonly height: number;
}

/**
 * Keeps finished answers by key. Keys hold the image's revision, so nothing has to be invalidated. A cache in the
 * process answers at once, one across the network with a promise; neither throws: what fails is a miss.
 */
export interface ByteCache {
  get(key: string): CachedImage | undefined | Promise<CachedImage | undefined>;
  set(key: string, image: CachedImage): void | Promise<void>;
  clear(): void | Promise<void>;
}

/** What one entry costs beside its bytes: key, object and list nodes, roughly. */
const ENTRY_OVERHEAD_BYTES = 512;

/**
 * An in-process cache that forgets the answers not asked for the longest once `maxBytes` are exceeded. An answer larger
 * than the whole budget is not kept. With 0 bytes nothing is kept at all; `Infinity` sets no bound.
 */
export function memoryCache(maxBytes: number): ByteCache {
  if (maxBytes <= 0) return { get: () => undefined, set: () => {}, clear: () => {} };
  const entries = new LRUCache<string, CachedImage>({
    maxSize: Math.min(Math.floor(maxBytes), Number.MAX_SAFE_INTEGER),
    sizeCalculation: (image, key) => image.bytes.byteLength + 2 * key.length + ENTRY_OVERHEAD_BYTES,
  });
  return {
    get: (key) => entries.get(key),
    set(key, image) {
      entries.set(key, image);
    },
    clear: () => entries.clear(),
  };
}
