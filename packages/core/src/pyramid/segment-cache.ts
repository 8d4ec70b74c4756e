import { recycleBytes } from '../bytes/recycled-bytes.ts';
import { blit } from '../pixels/blit.ts';
import type { DType } from '../pixels/dtype.ts';
import type { PixelBuffer } from '../pixels/pixel-buffer.ts';
import type { SegmentRef } from './image-reader.ts';
import { segmentKey } from './segment-refs.ts';
import { TileCache } from './tile-cache.ts';

/** A decoded segment of the size that its grid says: which one, and its shape. */
export interface CachedSegment {
  /** The image, by a number that no other one of this process has. */
  readonly image: number;
  readonly ref: SegmentRef;
  readonly width: number;
  readonly height: number;
  readonly bands: number;
  readonly dtype: DType;
  /** Pixels of its neighbors, at least 1, that windows around one segment reach into. */
  readonly border: number;
}

/** Keeps decoded segments for windows that overlap. */
export interface SegmentCache {
  /**
   * Lays what a window needs of a segment into it, the segment's first pixel at (x, y) of the window.
   *
   * @returns False when that is not kept: nothing was done.
   */
  lay(segment: CachedSegment, window: PixelBuffer, x: number, y: number): boolean;
  /** Keeps a segment. @returns Whether the memory of `pixels` is the cache's now, and not copied. */
  keep(segment: CachedSegment, pixels: PixelBuffer): boolean;
}

/** Segments as they are, those used last, up to a number of bytes: for one thread. */
export function localSegments(maxBytes: number): SegmentCache {
  const tiles = new TileCache(maxBytes, ({ data }) => recycleBytes(data));
  return {
    lay({ image, ref }, window, x, y) {
      const pixels = tiles.get(`${image}/${segmentKey(ref)}`);
      if (pixels !== undefined) blit(pixels, window, x, y);
      return pixels !== undefined;
    },
    keep({ image, ref }, pixels) {
      tiles.set(`${image}/${segmentKey(ref)}`, pixels);
      return true;
    },
  };
}
