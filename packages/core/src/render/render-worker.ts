import type { Rect } from '../geometry/rect.ts';
import type { DType } from '../pixels/dtype.ts';
import type { PixelBuffer } from '../pixels/pixel-buffer.ts';
import type { EncodedSegment, SegmentRef } from '../pyramid/image-reader.ts';
import type { ReadOptions } from '../source/range-source.ts';
import type { EncodedImage, PixelsPlan } from './plan-types.ts';

/** Segments to decode and lay side by side. Plain data. */
export interface AssembleTask {
  /** Whole pixels of the level that the result covers, before `shrink`. */
  readonly window: Rect;
  readonly shrink: number;
  readonly bands: number;
  readonly dtype: DType;
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly segments: readonly { readonly ref: SegmentRef; readonly segment: EncodedSegment | undefined }[];
}

/** Everything for one file in one go. */
export interface RenderTask {
  readonly plan: PixelsPlan;
  readonly segments: AssembleTask['segments'];
}

/** The second half of a large render, whose pixels were assembled band by band. */
export interface FinishTask {
  readonly plan: PixelsPlan;
  readonly pixels: PixelBuffer;
}

/**
 * Where the CPU work of a render runs: inline, or on a pool of threads. Tasks and results are plain data, and
 * nothing in here reads files. An aborted task that has not begun is dropped.
 */
export interface RenderWorker {
  render(task: RenderTask, options?: ReadOptions): Promise<EncodedImage>;
  assemble(task: AssembleTask, options?: ReadOptions): Promise<PixelBuffer>;
  finish(task: FinishTask, options?: ReadOptions): Promise<EncodedImage>;
  close(): Promise<void>;
}
