import { recycleBytes } from '../bytes/recycled-bytes.ts';
import type { CodecRegistry } from '../codec/codec.ts';
import { throwIfAborted } from '../errors.ts';
import { reducedSize } from '../geometry/level-size.ts';
import type { Rect } from '../geometry/rect.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { Limits } from '../limits.ts';
import { blit } from '../pixels/blit.ts';
import type { DType } from '../pixels/dtype.ts';
import { createPixelBuffer, type PixelBuffer } from '../pixels/pixel-buffer.ts';
import type { ReadOptions } from '../source/range-source.ts';
import { decodeSegment } from './decode-segment.ts';
import type { EncodedSegment, SegmentRef } from './image-reader.ts';
import { segmentKey } from './segment-refs.ts';
import type { TileCache } from './tile-cache.ts';

/** Segments to decode and lay side by side. Plain data. */
export interface AssembleTask {
  /** Whole pixels of the level that the result covers, before `shrink`. */
  readonly window: Rect;
  readonly shrink: number;
  readonly bands: number;
  readonly dtype: DType;
  /** The last band is unassociated alpha: while shrinking, the others are weighted with it. */
  readonly premultiply?: boolean | undefined;
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly segments: readonly { readonly ref: SegmentRef; readonly segment: EncodedSegment | undefined }[];
  /**
   * The image, by a text that no other one has. Where it is given, decoded segments are kept for the next task of this
   * image: for windows that overlap.
   */
  readonly keepAs?: string | undefined;
}

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
  readonly kept?: TileCache | undefined;
}

/**
 * Decodes segments and lays them into one buffer of the window, then averages boxes of `shrink` pixels. Sparse
 * segments stay zero, as libtiff reads them.
 *
 * @throws ImageError what `decodeSegment` throws; `aborted` between segments.
 */
export async function assembleWindow(
  task: AssembleTask,
  engine: AssembleEngine,
  options: ReadOptions = {},
): Promise<PixelBuffer> {
  const { window, tileWidth, tileHeight } = task;
  let assembled: PixelBuffer | undefined;
  for (const { ref, segment } of task.segments) {
    if (segment === undefined) continue;
    throwIfAborted(options.signal);
    const key = isWorthKeeping(task, segment) ? `${task.keepAs}/${segmentKey(ref)}` : undefined;
    const found = key === undefined ? undefined : engine.kept?.get(key);
    const decoding = found ?? decodeSegment(segment, engine.codecs, engine.limits, engine.kernels);
    // Awaiting a value that is there already would cost a turn of the event loop for each segment.
    const pixels = decoding instanceof Promise ? await decoding : decoding;
    const isKept = key !== undefined && engine.kept !== undefined;
    if (isKept && found === undefined) engine.kept?.set(key, pixels);
    const x = ref.col * tileWidth + (segment.x ?? 0) - window.x;
    const y = ref.row * tileHeight + (segment.y ?? 0) - window.y;
    const isWhole = x === 0 && y === 0 && pixels.width === window.width && pixels.height === window.height;
    if (isWhole && !isKept) {
      assembled = pixels;
    } else {
      assembled ??= createPixelBuffer(window.width, window.height, task.bands, task.dtype);
      blit(pixels, assembled, x, y);
      if (!isKept) recycleBytes(pixels.data);
    }
  }
  assembled ??= createPixelBuffer(window.width, window.height, task.bands, task.dtype);
  return shrinkPixels(assembled, task, engine.kernels);
}

/**
 * Not what is stored as it is: it costs nothing, and its pixels may be a view of bytes that somebody else writes to next. Nor
 * JPEG 2000, of which only the needed part of a segment was decoded, and whose decoder keeps code-blocks.
 */
function isWorthKeeping({ keepAs }: AssembleTask, { parts, jpeg2000 }: EncodedSegment): boolean {
  if (keepAs === undefined || jpeg2000 !== undefined) return false;
  return parts.every((part) => part !== undefined && part.codec !== 'none');
}

function shrinkPixels(pixels: PixelBuffer, { shrink, premultiply }: AssembleTask, kernels: Kernels): PixelBuffer {
  if (shrink === 1) return pixels;
  if (!premultiply) return kernels.boxShrink(pixels, shrink);
  const size = reducedSize(pixels, shrink);
  // Partial boxes at the edge repeat its pixels.
  const source = { x: 0, y: 0, width: size.width * shrink, height: size.height * shrink };
  return kernels.resample(pixels, { source, size, kernel: 'area', premultiply });
}
