import type { PixelBuffer } from '@sectile/core/pixels';
import type { AssembleTask, ReadSegments } from '@sectile/core/pyramid';
import type { EncodedImage, RenderTask, RenderWorker } from '@sectile/core/render';
import type { WasmName } from '../wasm/names.ts';
import { setWasmLoader } from '../wasm/wasm-module.ts';
import { lazyInlineWorker } from './lazy-worker.ts';
import {
  exportError,
  type FromThread,
  importError,
  type JobMessage,
  type RenderJob,
  type ThreadSettings,
  type ToThread,
} from './messages.ts';
import { SharedSegments } from './shared-segments.ts';
import { type Parcel, packImage, packPixels } from './transfer.ts';

interface Waiting {
  readonly resolve: (module: WebAssembly.Module) => void;
  readonly reject: (error: Error) => void;
}

/** Reads what was left in files, where the runtime's threads can. */
export type ReadParts = (segments: AssembleTask['segments']) => AssembleTask['segments'];

/** The way back to the pool. */
export type Reply = (message: FromThread, transfer: ArrayBuffer[]) => void;

/**
 * What runs in a thread of the pool, whatever the runtime: an engine of its own, made when it is first needed.
 *
 * @param readParts Default: nothing is left in files.
 * @returns Takes each message from the pool.
 */
export function serveJobs(
  settings: ThreadSettings,
  reply: Reply,
  readParts: ReadParts = (segments) => segments,
): (message: ToThread) => void {
  // Modules are compiled once, by the thread that owns the pool, and shared.
  const waiting = new Map<WasmName, Waiting>();
  setWasmLoader(
    (name) =>
      new Promise((resolve, reject) => {
        waiting.set(name, { resolve, reject });
        reply({ kind: 'need-module', name }, []);
      }),
  );
  let queue = Promise.resolve();
  const loadWorker = lazyInlineWorker(settings, new SharedSegments(settings.blockMemory));
  const work = async (message: JobMessage): Promise<void> => {
    try {
      const { data, transfer } = await perform(await loadWorker(), message, readParts);
      reply({ kind: 'done', result: data }, transfer);
    } catch (error) {
      reply({ kind: 'failed', error: exportError(error) }, []);
    }
  };
  return (message) => {
    switch (message.kind) {
      case 'module':
        waiting.get(message.name)?.resolve(message.module);
        waiting.delete(message.name);
        break;
      case 'module-failed':
        waiting.get(message.name)?.reject(importError(message.error));
        waiting.delete(message.name);
        break;
      case 'job':
        // One after the other: memory that a task reads into is used again by the next.
        queue = queue.then(() => work(message.message));
    }
  };
}

/** Of the segments that the thread does not keep decoded, what was left in files is read when they are asked for. */
function withRead({ plan, segments, keepAs }: RenderJob, readParts: ReadParts): RenderTask {
  const found = new Map(plan.segments.map((ref, index) => [ref, segments[index]?.segment]));
  const read: ReadSegments = (refs) =>
    readParts(refs.map((ref) => ({ ref, segment: found.get(ref) }))).map(({ segment }) => segment);
  return { plan, read, keepAs };
}

async function perform(
  renderWorker: RenderWorker,
  message: JobMessage,
  readParts: ReadParts,
): Promise<Parcel<EncodedImage> | Parcel<PixelBuffer>> {
  switch (message.job) {
    case 'render':
      return packImage(await renderWorker.render(withRead(message.task, readParts)));
    case 'assemble':
      return packPixels(await renderWorker.assemble({ ...message.task, segments: readParts(message.task.segments) }));
    case 'finish':
      return packImage(await renderWorker.finish(message.task));
  }
}
