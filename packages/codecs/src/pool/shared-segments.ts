import { intersectRects, type Rect } from '@sectile/core/geometry';
import { blit, bytesPerSample, type PixelBuffer, recycleBytes, takeBytes, viewSamples } from '@sectile/core/pixels';
import type { CachedSegment, SegmentCache } from '@sectile/core/pyramid';
import { BlockCache, type BlockKey } from '../jpeg2000/block-cache.ts';

/** Pixels of a segment: all of them, or those along a side. */
interface Piece {
  readonly rect: Rect;
  readonly pixels: PixelBuffer;
}

/** In keys; those of code-blocks are hashes. */
const SEGMENT_WORD = 0x5e9e17;
/** A key's id is `row * COLUMNS + col`. */
const COLUMNS = 2 ** 26;

/**
 * Decoded segments in the memory that threads share. The pixels along the sides of each, of which windows around its
 * neighbors need one, are kept a second time by themselves: they are few, and read in one go.
 */
export class SharedSegments implements SegmentCache {
  readonly #blocks: BlockCache;
  readonly #words = new Uint32Array(4);

  /** @param memory Zeros, or what other caches use. */
  constructor(memory: ArrayBufferLike) {
    this.#blocks = new BlockCache(memory);
  }

  lay(segment: CachedSegment, window: PixelBuffer, x: number, y: number): boolean {
    const whole = { x: 0, y: 0, width: segment.width, height: segment.height };
    const needed = intersectRects({ x: -x, y: -y, width: window.width, height: window.height }, whole);
    const sides = sideRects(segment);
    const inSide = sides.some((rect) => contains(rect, needed));
    const rects = inSide ? sides : [whole];
    const key = this.#keyOf(segment, inSide ? segment.border : 0);
    if (key === undefined) return false;
    const bytes = takeBytes(byteLengthOf(rects, segment));
    const isThere = this.#blocks.read(key, bytes);
    if (isThere) {
      const piece = piecesOf(rects, segment, bytes.buffer).find(({ rect }) => contains(rect, needed));
      if (piece !== undefined) blit(piece.pixels, window, x + piece.rect.x, y + piece.rect.y);
    }
    recycleBytes(bytes);
    return isThere;
  }

  keep(segment: CachedSegment, pixels: PixelBuffer): boolean {
    const { buffer, byteOffset, byteLength } = pixels.data;
    this.#write(segment, 0, new Uint8Array(buffer, byteOffset, byteLength));
    const rects = sideRects(segment);
    const bytes = takeBytes(byteLengthOf(rects, segment));
    for (const { rect, pixels: side } of piecesOf(rects, segment, bytes.buffer)) blit(pixels, side, -rect.x, -rect.y);
    this.#write(segment, segment.border, bytes);
    recycleBytes(bytes);
    return false;
  }

  #write(segment: CachedSegment, border: number, bytes: Uint8Array): void {
    const key = this.#keyOf(segment, border);
    if (key !== undefined) this.#blocks.write(key, bytes);
  }

  /** @param border 0 for a whole segment. @returns `undefined` for numbers that no real file has. */
  #keyOf({ image, ref }: CachedSegment, border: number): BlockKey | undefined {
    const { page, level, col, row } = ref;
    if (page >= 2 ** 16 || level >= 2 ** 8 || border >= 2 ** 8 || col >= COLUMNS || row >= COLUMNS) return undefined;
    // The id is mixed into the first two words, which are the same for all segments.
    this.#words.set([SEGMENT_WORD, SEGMENT_WORD, image, (page << 16) | (level << 8) | border]);
    return { codestream: this.#words, id: row * COLUMNS + col };
  }
}

/** Top, bottom, left and right; in a segment no larger than its border these are all of it. */
function sideRects({ width, height, border }: CachedSegment): readonly Rect[] {
  const rows = Math.min(border, height);
  const columns = Math.min(border, width);
  return [
    { x: 0, y: 0, width, height: rows },
    { x: 0, y: height - rows, width, height: rows },
    { x: 0, y: 0, width: columns, height },
    { x: width - columns, y: 0, width: columns, height },
  ];
}

function contains(outer: Rect, inner: Rect): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}

function byteLengthOf(rects: readonly Rect[], { bands, dtype }: CachedSegment): number {
  return rects.reduce((sum, { width, height }) => sum + width * height, 0) * bands * bytesPerSample(dtype);
}

/** One rectangle's pixels after the other in all of a buffer. */
function piecesOf(rects: readonly Rect[], { bands, dtype }: CachedSegment, buffer: ArrayBuffer): readonly Piece[] {
  const samples = viewSamples(dtype, buffer);
  let at = 0;
  return rects.map((rect) => {
    const { width, height } = rect;
    const data = samples.subarray(at, (at += width * height * bands));
    return { rect, pixels: { width, height, bands, dtype, data } };
  });
}
