import type { FromThread, ThreadSettings, ToThread } from './messages.ts';

/** A running thread. */
export interface Thread {
  post(message: ToThread, transfer: readonly ArrayBuffer[]): void;
  /** While busy a thread keeps the process alive, while idle it does not. */
  setBusy(busy: boolean): void;
  terminate(): void;
}

/** What a thread tells its owner. */
export interface ThreadEvents {
  readonly onMessage: (message: FromThread) => void;
  /** It crashed, ran out of memory or ended by itself. It is of no use any more. */
  readonly onEnd: (reason: unknown) => void;
}

/** Threads of a runtime, picked by the package's `imports` under `#threads`. */
export interface Threads {
  /** Threads that the machine runs side by side. */
  readonly parallelism: () => number;
  /** Whether threads can read the open files of their owner: they are of one process. */
  readonly readsFiles: boolean;
  readonly spawn: (settings: ThreadSettings, events: ThreadEvents) => Thread;
}
