import type { PixelBuffer } from '../pixels/pixel-buffer.ts';
import type { Assembler, KeepingTask, ReadSegments } from '../pyramid/assemble.ts';
import type { ReadOptions } from '../source/range-source.ts';
import type { EncodedImage, PixelsPlan } from './plan-types.ts';

/** Everything for one file in one go. */
export interface RenderTask {
  readonly plan: PixelsPlan;
  /** Reads segments of the plan. Called once, for those that the worker does not keep decoded, or not at all. */
  readonly read: ReadSegments;
  readonly keepAs?: KeepingTask['keepAs'];
}

/** The second half of a large render, whose pixels were assembled band by band. */
export interface FinishTask {
  readonly plan: PixelsPlan;
  /** Given away: a worker on another thread takes the buffer along. */
  readonly pixels: PixelBuffer;
}

/**
 * Where the CPU work of a render runs: inline, or on a pool of threads. Results are plain data, tasks as well but for
 * how segments are read, and nothing in here reads files on its own, except parts that a reader left unread for a worker
 * that `readsFiles`. An aborted task that has not begun is dropped.
 */
export interface RenderWorker extends Assembler {
  /** `render` and `assemble` take segments with deferred parts: threads of this process that read files on their own. */
  readonly readsFiles?: boolean | undefined;
  render(task: RenderTask, options?: ReadOptions): Promise<EncodedImage>;
  finish(task: FinishTask, options?: ReadOptions): Promise<EncodedImage>;
  close(): Promise<void>;
}
