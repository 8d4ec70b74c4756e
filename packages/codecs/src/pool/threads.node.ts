import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { FromThread, ThreadSettings } from './messages.ts';
import type { Thread, ThreadEvents, Threads } from './threads.ts';

/** Node and Bun. */
export const threads: Threads | undefined = { parallelism: availableParallelism, readsFiles: true, spawn };

const FROM_SOURCE = import.meta.url.endsWith('.ts');
/** Run from source, a thread needs a script that teaches Node 20 to read TypeScript first. */
const ENTRY = FROM_SOURCE ? './worker-from-source.mjs' : './worker.node.js';
const SOURCE_FLAGS = { execArgv: ['--conditions=@sectile/source'] };

function spawn(settings: ThreadSettings, { onMessage, onEnd }: ThreadEvents): Thread {
  const worker = new Worker(new URL(ENTRY, import.meta.url), {
    workerData: settings,
    ...(FROM_SOURCE ? SOURCE_FLAGS : {}),
  });
  worker.on('message', (message: FromThread) => onMessage(message));
  worker.on('messageerror', onEnd);
  worker.on('error', onEnd);
  worker.on('exit', (code) => onEnd(new Error(`The thread ended with code ${code}`)));
  worker.unref();
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    setBusy: (busy) => (busy ? worker.ref() : worker.unref()),
    terminate: () => void worker.terminate(),
  };
}
