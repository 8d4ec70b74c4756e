import { ImageError } from '@sectile/core/errors';

interface Flight<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

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
  const flights = new Map<string, Flight<T>>();

  function launch(key: string, start: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController();
    const flight: Flight<T> = { result: start(controller.signal), controller, waiting: 0 };
    const land = (): void => {
      if (flights.get(key) === flight) flights.delete(key);
    };
    flight.result.then(land, land);
    flights.set(key, flight);
    return flight;
  }

  function leave(key: string, flight: Flight<T>): void {
    flight.waiting -= 1;
    if (flight.waiting > 0 || flights.get(key) !== flight) return;
    flights.delete(key);
    flight.controller.abort();
  }

  return {
    get size() {
      return flights.size;
    },
    has: (key) => flights.has(key),
    join(key, start, signal) {
      if (signal?.aborted) return Promise.reject(withdrawn(signal));
      const flight = flights.get(key) ?? launch(key, start);
      flight.waiting += 1;
      if (!signal) return flight.result;
      return new Promise<T>((resolve, reject) => {
        const onAbort = (): void => {
          leave(key, flight);
          reject(withdrawn(signal));
        };
        signal.addEventListener('abort', onAbort, { once: true });
        flight.result.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
      });
    },
  };
}

function withdrawn(signal: AbortSignal): ImageError {
  return new ImageError('aborted', 'The request was cancelled', { cause: signal.reason });
}
