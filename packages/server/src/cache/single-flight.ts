import { ImageError } from '@sectile/core/errors';
import { SharedWork } from '@sectile/core/source';

/** One execution for all who wait for the same key. */
export interface SingleFlight<T> {
  /** Executions under way. */
  readonly size: number;
  has(key: string): boolean;
  /**
   * Joins the execution of `key`, or starts it. `signal` withdraws this caller only: its promise rejects with an
   * `aborted` error, and the execution's own signal fires once nobody waits any longer.
   */
  join(key: string, start: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T>;
}

/** Creates an empty {@link SingleFlight}. Nothing is remembered once an execution has ended, well or badly. */
export function createSingleFlight<T>(): SingleFlight<T> {
  const flights = new Map<string, SharedWork<T>>();

  function launch(key: string, start: (signal: AbortSignal) => Promise<T>): SharedWork<T> {
    const flight: SharedWork<T> = new SharedWork((signal) => {
      // Before anybody else hears of it: whoever asks next starts anew.
      signal.addEventListener('abort', land, { once: true });
      return start(signal);
    });
    function land(): void {
      if (flights.get(key) === flight) flights.delete(key);
    }
    flight.observe(land, land);
    flights.set(key, flight);
    return flight;
  }

  return {
    get size() {
      return flights.size;
    },
    has: (key) => flights.has(key),
    join(key, start, signal) {
      if (signal?.aborted) {
        return Promise.reject(new ImageError('aborted', 'The request was cancelled', { cause: signal.reason }));
      }
      return (flights.get(key) ?? launch(key, start)).wait(signal);
    },
  };
}
