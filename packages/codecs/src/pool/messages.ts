import type { Limits } from '@sectile/core';
import { type ErrorKind, ImageError, isImageError } from '@sectile/core/errors';
import type { PixelBuffer } from '@sectile/core/pixels';
import type { AssembleTask } from '@sectile/core/pyramid';
import type { EncodedImage, FinishTask, RenderTask } from '@sectile/core/render';
import type { WasmName } from '../wasm/names.ts';

/** What a thread is started with. */
export interface ThreadSettings {
  readonly limits: Limits;
  /** Decoded JPEG 2000 code-blocks and segments of all threads. */
  readonly blockMemory: SharedArrayBuffer;
}

/** A render as plain data: with the segments of the plan, in its order. */
export interface RenderJob extends Omit<RenderTask, 'read'> {
  readonly segments: AssembleTask['segments'];
}

/** What a thread can do, with the task and the result of each. */
export interface Jobs {
  readonly render: { readonly task: RenderJob; readonly result: EncodedImage };
  readonly assemble: { readonly task: AssembleTask; readonly result: PixelBuffer };
  readonly finish: { readonly task: FinishTask; readonly result: EncodedImage };
}

/** One task, as posted to a thread, which does one after the other. */
export type JobMessage = { [Job in keyof Jobs]: { readonly job: Job; readonly task: Jobs[Job]['task'] } }[keyof Jobs];

/** From the pool to a thread: a task, or a module that the thread asked for. */
export type ToThread =
  | { readonly kind: 'job'; readonly message: JobMessage }
  | { readonly kind: 'module'; readonly name: WasmName; readonly module: WebAssembly.Module }
  | { readonly kind: 'module-failed'; readonly name: WasmName; readonly error: PortableError };

/** From a thread to the pool. */
export type FromThread =
  | { readonly kind: 'done'; readonly result: Jobs[keyof Jobs]['result'] }
  | { readonly kind: 'failed'; readonly error: PortableError }
  | { readonly kind: 'need-module'; readonly name: WasmName };

/** An error as plain data: cloning an `Error` keeps its message but not its kind. */
export interface PortableError {
  readonly kind: ErrorKind;
  readonly message: string;
  /** For the log. */
  readonly trace: string;
}

/** @see importError */
export function exportError(error: unknown): PortableError {
  const trace = error instanceof Error ? traceOf(error) : String(error);
  if (isImageError(error)) return { kind: error.kind, message: error.message, trace };
  return { kind: 'codec', message: 'A render thread failed', trace };
}

/** @see exportError */
export function importError({ kind, message, trace }: PortableError): ImageError {
  return new ImageError(kind, message, { details: { trace } });
}

function traceOf(error: Error): string {
  const { cause } = error;
  const own = error.stack ?? error.message;
  return cause === undefined ? own : `${own}\ncaused by ${cause instanceof Error ? traceOf(cause) : String(cause)}`;
}
