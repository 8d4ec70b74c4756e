import { recycleBytes } from '../bytes/recycled-bytes.ts';
import type { CodecRegistry } from '../codec/codec.ts';
import { throwIfAborted } from '../errors.ts';
import { reducedSize } from '../geometry/level-size.ts';
import type { Rect } from '../geometry/rect.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { Limits } from '../limits.ts';
import { blit } from '../pixels/blit.ts';
import type { DType } from '../pixels/dtype.ts';
import { type PixelBuffer, takePixels } from '../pixels/pixel-buffer.ts';
import type { ReadOptions } from '../source/range-source.ts';
import { decodeSegment } from './decode-segment.ts';
import type { EncodedSegment, SegmentRef } from './image-reader.ts';
import type { CachedSegment, SegmentCache } from './segment-cache.ts';

/** A window of a level, and the pixels of it. */
export interface WindowShape {
  /** Whole pixels of the level that the result covers, before `shrink`. */
  readonly window: Rect;
  readonly shrink: number;
  readonly bands: number;
  readonly dtype: DType;
  /** The last band is unassociated alpha: while shrinking, the others are weighted with it. */
  readonly premultiply?: boolean | undefined;
  readonly tileWidth: number;
  readonly tileHeight: number;
}

/** Segments to decode and lay side by side. Plain data. */
export interface AssembleTask extends WindowShape {
  readonly segments: readonly { readonly ref: SegmentRef; readonly segment: EncodedSegment | undefined }[];
}

/** Segments in the order asked for, `undefined` for sparse ones; a promise only where there is something to wait for. */
export type ReadSegments = (
  refs: readonly SegmentRef[],
) => readonly (EncodedSegment | undefined)[] | Promise<readonly (EncodedSegment | undefined)[]>;

/** Segments to lay side by side, of which those are read and decoded that are not kept. */
export interface KeepingTask extends WindowShape {
  readonly refs: readonly SegmentRef[];
  /** Called once, if at all. */
  readonly read: ReadSegments;
  /** For windows that overlap: decoded segments are kept for the next task of this image. */
  readonly keepAs?: KeepAs | undefined;
}

/** Whose segments are kept. */
export type KeepAs = Pick<CachedSegment, 'image' | 'border'>;

/** Does the CPU work of assembling: inline or on another thread. */
export interface Assembler {
  assemble(task: AssembleTask, options?: ReadOptions): Promise<PixelBuffer>;
}

/** What assembling needs beside its task. */
export interface AssembleEngine {
  readonly codecs: CodecRegistry;
  readonly kernels: Kernels;
  readonly limits: Limits;
  /** Where decoded segments of tasks with `keepAs` are kept. Default: nowhere. */
  readonly kept?: SegmentCache | undefined;
}

/**
 * Decodes segments and lays them into one buffer of the window, then averages boxes of `shrink` pixels. Sparse
 * segments stay zero, as libtiff reads them.
 *
 * @throws ImageError what `decodeSegment` throws; `aborted` between segments.
 */
export async function assembleWindow(
  { segments, ...shape }: AssembleTask,
  engine: AssembleEngine,
  options: ReadOptions = {},
): Promise<PixelBuffer> {
  const task = { ...shape, refs: segments.map(({ ref }) => ref), read: () => segments.map(({ segment }) => segment) };
  const { pixels } = await assembleKeeping(task, engine, options);
  return pixels;
}

/** A window's pixels. */
export interface AssembledWindow {
  readonly pixels: PixelBuffer;
  /** They are a view of the bytes of the only segment, which is stored as it is: the memory belongs to the reader. */
  readonly isBorrowed: boolean;
}

/**
 * As {@link assembleWindow}, with segments that were kept from tasks before: those are neither read nor decoded.
 *
 * @throws ImageError what `read` and `decodeSegment` throw; `aborted` between segments.
 */
export async function assembleKeeping(
  task: KeepingTask,
  engine: AssembleEngine,
  options: ReadOptions = {},
): Promise<AssembledWindow> {
  const { window, keepAs } = task;
  const kept = keepAs && engine.kept;
  let assembled = kept && emptyWindow(task);
  let isBorrowed = false;
  const missing: SegmentRef[] = [];
  for (const ref of task.refs) {
    const isThere = kept && assembled && kept.lay(cachedSegment(ref, task, keepAs), assembled, ...placeOf(ref, task));
    if (!isThere) missing.push(ref);
  }
  const reading = missing.length === 0 ? [] : task.read(missing);
  // Awaiting what is there already would cost a turn of the event loop for each segment.
  const segments = reading instanceof Promise ? await reading : reading;
  for (const [index, ref] of missing.entries()) {
    const segment = segments[index];
    if (segment === undefined) continue;
    throwIfAborted(options.signal);
    const decoding = decodeSegment(segment, engine.codecs, engine.limits, engine.kernels);
    const pixels = decoding instanceof Promise ? await decoding : decoding;
    const [x, y] = placeOf(ref, task, segment);
    if (!kept && x === 0 && y === 0 && pixels.width === window.width && pixels.height === window.height) {
      assembled = pixels;
      isBorrowed = isViewOf(pixels, segment);
      continue;
    }
    blit(pixels, (assembled ??= emptyWindow(task)), x, y);
    const isKept = kept && isWorthKeeping(segment, task) && kept.keep(cachedSegment(ref, task, keepAs), pixels);
    if (!isKept && !isViewOf(pixels, segment)) recycleBytes(pixels.data);
  }
  const pixels = shrinkPixels(assembled ?? emptyWindow(task), task, engine.kernels);
  return { pixels, isBorrowed: isBorrowed && pixels === assembled };
}

function cachedSegment(ref: SegmentRef, shape: WindowShape, { image, border }: KeepAs): CachedSegment {
  const { tileWidth: width, tileHeight: height, bands, dtype } = shape;
  return { image, ref, width, height, bands, dtype, border };
}

/** Where the first pixel of a segment lies in the window. */
function placeOf(
  { col, row }: SegmentRef,
  { window, tileWidth, tileHeight }: WindowShape,
  { x = 0, y = 0 }: Pick<EncodedSegment, 'x' | 'y'> = {},
): [x: number, y: number] {
  return [col * tileWidth + x - window.x, row * tileHeight + y - window.y];
}

/** Zeros, in memory that is quickly had again. */
function emptyWindow({ window, bands, dtype }: WindowShape): PixelBuffer {
  const pixels = takePixels(window.width, window.height, bands, dtype);
  pixels.data.fill(0);
  return pixels;
}

/** True for pixels of a segment that is stored as it is, which are no copy of its bytes. */
function isViewOf({ data }: PixelBuffer, { parts }: EncodedSegment): boolean {
  return parts.some((part) => part?.bytes.buffer === data.buffer);
}

/**
 * Not what is stored as it is: it costs nothing, and its pixels may be a view of bytes that somebody else writes to next. Nor
 * JPEG 2000, of which only the needed part of a segment was decoded, and whose decoder keeps code-blocks. Nor the last
 * strip, which is lower than others.
 */
function isWorthKeeping(
  { width, height, parts, jpeg2000 }: EncodedSegment,
  { tileWidth, tileHeight }: WindowShape,
): boolean {
  if (jpeg2000 !== undefined || width !== tileWidth || height !== tileHeight) return false;
  return parts.every((part) => part !== undefined && part.codec !== 'none');
}

function shrinkPixels(pixels: PixelBuffer, { shrink, premultiply }: WindowShape, kernels: Kernels): PixelBuffer {
  if (shrink === 1) return pixels;
  if (!premultiply) return kernels.boxShrink(pixels, shrink);
  const size = reducedSize(pixels, shrink);
  // Partial boxes at the edge repeat its pixels.
  const source = { x: 0, y: 0, width: size.width * shrink, height: size.height * shrink };
  return kernels.resample(pixels, { source, size, kernel: 'area', premultiply });
}
