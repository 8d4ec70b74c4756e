import { ImageError, throwIfAborted } from '@sectile/core/errors';

/** Lets large work begin only when there is memory for it. */
export interface MemoryGate {
  /**
   * Runs `work`, which needs about so many bytes, once what is under way needs no more than the rest of the budget.
   * Work waits in the order in which it came. Work of a few megabytes, a tile, never waits and does not count.
   *
   * @throws ImageError `aborted` when the signal fires before the work begins; what `work` throws.
   */
  run<T>(bytes: number, work: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

const SMALL_BYTES = 2 ** 22;

/** Creates a gate. Work that needs more than the whole budget runs alone. */
export function createMemoryGate(budget: number): MemoryGate {
  const waiting: { readonly bytes: number; readonly begin: () => void }[] = [];
  let used = 0;

  function admit(): void {
    for (let next = waiting[0]; next && (used === 0 || used + next.bytes <= budget); next = waiting[0]) {
      waiting.shift();
      used += next.bytes;
      next.begin();
    }
  }

  function turn(bytes: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const entry = {
        bytes,
        begin() {
          signal.removeEventListener('abort', leave);
          resolve();
        },
      };
      function leave(): void {
        waiting.splice(waiting.indexOf(entry), 1);
        reject(new ImageError('aborted', 'The request was cancelled', { cause: signal.reason }));
        admit();
      }
      signal.addEventListener('abort', leave, { once: true });
      waiting.push(entry);
      admit();
    });
  }

  async function runInTurn<T>(bytes: number, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    throwIfAborted(signal);
    await turn(bytes, signal);
    try {
      return await work();
    } finally {
      used -= bytes;
      admit();
    }
  }

  return { run: (bytes, work, signal) => (bytes <= SMALL_BYTES ? work() : runInTurn(bytes, work, signal)) };
}
