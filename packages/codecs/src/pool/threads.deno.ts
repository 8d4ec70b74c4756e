import type { FromThread, ThreadSettings } from './messages.ts';
import type { Thread, ThreadEvents, Threads } from './threads.ts';

/**
 * Deno by way of web workers: its `node:worker_threads` walks through typed arrays element by element, which takes thirty
 * milliseconds for a tile. These threads keep the process alive until the pool is closed.
 */
export const threads: Threads | undefined = {
  parallelism: () => navigator.hardwareConcurrency,
  readsFiles: false,
  spawn,
};

const ENTRY = import.meta.url.endsWith('.ts') ? './worker.deno.ts' : './worker.deno.js';

function spawn(settings: ThreadSettings, { onMessage, onEnd }: ThreadEvents): Thread {
  const worker = new Worker(new URL(ENTRY, import.meta.url), { type: 'module' });
  worker.onmessage = ({ data }: MessageEvent<FromThread>) => onMessage(data);
  worker.onmessageerror = onEnd;
  worker.onerror = (event) => {
    event.preventDefault();
    onEnd(event.message);
  };
  worker.postMessage(settings);
  return {
    post: (message, transfer) => worker.postMessage(message, [...transfer]),
    setBusy: () => undefined,
    terminate: () => worker.terminate(),
  };
}
