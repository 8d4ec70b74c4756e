import { ImageError } from '../errors.ts';

/**
 * One piece of work, a read for instance, that several callers wait for. A caller that aborts leaves alone; the work itself
 * is aborted only when the last one has left.
 */
export class SharedWork<T> {
  readonly #controller = new AbortController();
  readonly #result: Promise<T>;
  #waiting = 0;
  #settled = false;

  /** @param start Its signal fires when nobody waits any longer. */
  constructor(start: (signal: AbortSignal) => Promise<T>) {
    this.#result = start(this.#controller.signal);
    const settle = () => {
      this.#settled = true;
    };
    this.#result.then(settle, settle);
  }

  /** True once everybody left before the end: the result will never come, so a newcomer has to start again. */
  get abandoned(): boolean {
    return this.#controller.signal.aborted;
  }

  /** Calls back at the end without counting as somebody who waits. */
  observe(onResult: (result: T) => void, onFailure: () => void): void {
    this.#result.then(onResult, onFailure);
  }

  /** Waits for the result, or rejects with an `aborted` error as soon as `signal` fires. */
  wait(signal: AbortSignal | undefined): Promise<T> {
    this.#waiting += 1;
    if (!signal) return this.#result;
    return new Promise<T>((resolve, reject) => {
      const leave = () => {
        this.#waiting -= 1;
        if (this.#waiting === 0 && !this.#settled) this.#controller.abort(signal.reason);
        reject(new ImageError('aborted', 'The request was cancelled', { cause: signal.reason }));
      };
      if (signal.aborted) {
        leave();
        return;
      }
      signal.addEventListener('abort', leave, { once: true });
      this.#result.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
    });
  }
}
