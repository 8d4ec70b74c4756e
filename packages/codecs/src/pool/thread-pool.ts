import { ImageError } from '@sectile/core/errors';
import type { WasmLoader } from '../wasm/names.ts';
import {
  exportError,
  type FromThread,
  importError,
  type JobMessage,
  type Jobs,
  type ThreadSettings,
} from './messages.ts';
import type { Thread, Threads } from './threads.ts';

/** Settings of {@link ThreadPool}. */
export interface ThreadPoolOptions {
  readonly threads: Threads;
  /** Threads at most. They are started when needed. */
  readonly size: number;
  /** Tasks that may wait for a thread. */
  readonly maxQueued: number;
  /** Milliseconds after which a task is given up and its thread ended. */
  readonly timeLimitMs: number;
  readonly settings: ThreadSettings;
  readonly loadWasm: WasmLoader;
}

type Result = Jobs[keyof Jobs]['result'];

/**
 * Small tasks that a thread may have at a time. The next one is there when one ends, which saves waking the thread for
 * it: on virtual machines that costs as much as encoding half a tile.
 */
const SMALL_TASKS = 2;

/** Small tasks that may go before a large one that came earlier: a tile does not wait for all exports, nor these forever. */
const MOST_PASSING = 64;

/** How a task is to be run. */
export interface RunOptions {
  readonly signal?: AbortSignal | undefined;
  /** Done in a few milliseconds: it may stand behind another small one. */
  readonly small?: boolean | undefined;
}

/** A task ready to be posted, and the buffers that go along. */
export interface PackedJob {
  readonly message: JobMessage;
  readonly transfer: readonly ArrayBuffer[];
}

interface Task {
  readonly small: boolean;
  /** Tasks that came later and went before it. */
  passed: number;
  readonly pack: () => PackedJob;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
}

interface Seat {
  readonly thread: Thread;
  /** The first one runs. */
  readonly tasks: Task[];
  /** Of the first task. */
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** Hands tasks to threads, small ones first, else first come first served. A thread that crashes or hangs fails its task only. */
export class ThreadPool {
  readonly #options: ThreadPoolOptions;
  readonly #seats = new Set<Seat>();
  readonly #queue: Task[] = [];
  #closed = false;

  constructor(options: ThreadPoolOptions) {
    this.#options = options;
  }

  /**
   * Runs one task. It is packed when a thread takes it, so that tasks that wait, and those that are refused, copy
   * nothing. An aborted task that waits is dropped; one that runs is left to finish, for nobody.
   *
   * @throws ImageError `limit` with `details.busy` when the queue is full; `aborted`; `codec` when the thread crashed or
   *   took too long; what the task throws.
   */
  run(pack: () => PackedJob, { signal, small = false }: RunOptions = {}): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw new ImageError('aborted', 'The render threads have been closed');
      if (signal?.aborted) throw aborted(signal);
      const task: Task = {
        small,
        passed: 0,
        pack,
        resolve: (result) => {
          signal?.removeEventListener('abort', onAbort);
          resolve(result);
        },
        reject: (error) => {
          signal?.removeEventListener('abort', onAbort);
          reject(error);
        },
      };
      const onAbort = (): void => {
        const index = this.#queue.indexOf(task);
        if (index >= 0) this.#queue.splice(index, 1);
        reject(aborted(signal));
      };
      const seat = this.#seatFor(task);
      if (seat === undefined) this.#enqueue(task);
      else this.#start(seat, task);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Ends all threads. Tasks that wait or run are rejected as `aborted`. */
  close(): void {
    this.#closed = true;
    const error = new ImageError('aborted', 'The render threads have been closed');
    for (const task of this.#queue.splice(0)) task.reject(error);
    for (const seat of this.#seats) this.#end(seat, error);
  }

  #enqueue(task: Task): void {
    if (this.#queue.length >= this.#options.maxQueued) {
      throw new ImageError('limit', 'Too many pictures are being made at once', { details: { busy: true } });
    }
    let place = this.#queue.length;
    while (task.small && mayPass(this.#queue[place - 1])) this.#queue[--place]!.passed++;
    this.#queue.splice(place, 0, task);
  }

  /** An idle thread, else a new one, else one that has nothing but small tasks and room for another. */
  #seatFor(task: Task): Seat | undefined {
    let behind: Seat | undefined;
    for (const seat of this.#seats) {
      const [first] = seat.tasks;
      if (first === undefined) return seat;
      if (first.small && seat.tasks.length < (behind?.tasks.length ?? SMALL_TASKS)) behind = seat;
    }
    if (this.#seats.size < this.#options.size) return this.#addSeat();
    return task.small ? behind : undefined;
  }

  #addSeat(): Seat {
    const thread = this.#options.threads.spawn(this.#options.settings, {
      onMessage: (message) => this.#receive(seat, message),
      onEnd: (reason) => {
        this.#end(seat, new ImageError('codec', 'A render thread crashed', { cause: reason }));
        this.#next();
      },
    });
    const seat: Seat = { thread, tasks: [], timer: undefined };
    this.#seats.add(seat);
    return seat;
  }

  #start(seat: Seat, task: Task): void {
    try {
      const { message, transfer } = task.pack();
      seat.thread.post({ kind: 'job', message }, transfer);
    } catch (error) {
      task.reject(new ImageError('codec', 'A task could not be handed to a render thread', { cause: error }));
      return;
    }
    seat.tasks.push(task);
    if (seat.tasks.length > 1) return;
    seat.thread.setBusy(true);
    this.#startClock(seat);
  }

  /** The first task of a thread begins. */
  #startClock(seat: Seat): void {
    const { timeLimitMs } = this.#options;
    seat.timer = setTimeout(() => {
      this.#end(seat, new ImageError('codec', `A picture took longer than ${timeLimitMs / 1000} seconds`));
      this.#next();
    }, timeLimitMs);
  }

  #receive(seat: Seat, message: FromThread): void {
    if (message.kind === 'need-module') {
      void this.#sendModule(seat, message.name);
      return;
    }
    const task = seat.tasks.shift();
    clearTimeout(seat.timer);
    if (seat.tasks.length > 0) this.#startClock(seat);
    else seat.thread.setBusy(false);
    if (message.kind === 'done') task?.resolve(message.result);
    else task?.reject(importError(message.error));
    this.#next();
  }

  async #sendModule(seat: Seat, name: Parameters<WasmLoader>[0]): Promise<void> {
    try {
      const module = await this.#options.loadWasm(name);
      seat.thread.post({ kind: 'module', name, module }, []);
    } catch (error) {
      seat.thread.post({ kind: 'module-failed', name, error: exportError(error) }, []);
    }
  }

  /** Takes a seat out of service; its place is free for a new one. Tasks that had not begun go back into the queue. */
  #end(seat: Seat, error: ImageError): void {
    if (!this.#seats.delete(seat)) return;
    clearTimeout(seat.timer);
    seat.thread.terminate();
    const [first, ...others] = seat.tasks;
    first?.reject(error);
    if (this.#closed) for (const task of others) task.reject(error);
    else this.#queue.unshift(...others);
  }

  #next(): void {
    for (let task = this.#queue[0]; task !== undefined && !this.#closed; task = this.#queue[0]) {
      const seat = this.#seatFor(task);
      if (seat === undefined) return;
      this.#queue.shift();
      this.#start(seat, task);
    }
  }
}

function mayPass(before: Task | undefined): boolean {
  return before !== undefined && !before.small && before.passed < MOST_PASSING;
}

function aborted(signal: AbortSignal | undefined): ImageError {
  return new ImageError('aborted', 'The request was cancelled', { cause: signal?.reason });
}
