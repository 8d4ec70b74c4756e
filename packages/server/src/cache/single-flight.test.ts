import { describe, expect, test } from 'vitest';
import { createSingleFlight } from './single-flight.ts';

function deferred<T>(): { promise: Promise<T>; resolve(value: T): void; reject(error: Error): void } {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

describe('single flight', () => {
  test('two callers of one key share one execution; the next one starts anew', async () => {
    const flights = createSingleFlight<number>();
    let started = 0;
    const gate = deferred<number>();
    const start = (): Promise<number> => {
      started += 1;
      return gate.promise;
    };
    const both = Promise.all([flights.join('a', start), flights.join('a', start)]);
    gate.resolve(7);
    expect(await both).toEqual([7, 7]);
    expect(started).toBe(1);
    expect(flights.size).toBe(0);
    await flights.join('a', start);
    expect(started).toBe(2);
  });

  test('a caller that leaves does not disturb the one that stays', async () => {
    const flights = createSingleFlight<string>();
    const gate = deferred<string>();
    let inner: AbortSignal | undefined;
    const start = (signal: AbortSignal): Promise<string> => {
      inner = signal;
      return gate.promise;
    };
    const leaving = new AbortController();
    const left = flights.join('a', start, leaving.signal);
    const stayed = flights.join('a', start, new AbortController().signal);
    leaving.abort();
    await expect(left).rejects.toMatchObject({ kind: 'aborted' });
    expect(inner?.aborted).toBe(false);
    gate.resolve('done');
    expect(await stayed).toBe('done');
  });

  test('the execution is aborted when the last caller leaves, and a later caller starts a fresh one', async () => {
    const flights = createSingleFlight<string>();
    const signals: AbortSignal[] = [];
    const start = (signal: AbortSignal): Promise<string> => {
      signals.push(signal);
      return signals.length === 1 ? new Promise(() => {}) : Promise.resolve('fresh');
    };
    const leaving = new AbortController();
    const left = flights.join('a', start, leaving.signal);
    leaving.abort();
    await expect(left).rejects.toMatchObject({ kind: 'aborted' });
    expect(signals[0]?.aborted).toBe(true);
    expect(await flights.join('a', start)).toBe('fresh');
  });

  test('a caller that comes while the execution hears that it was abandoned does not join it', async () => {
    const flights = createSingleFlight<string>();
    const leaving = new AbortController();
    let late: Promise<string> | undefined;
    const left = flights.join(
      'a',
      (signal) => {
        signal.addEventListener('abort', () => {
          late = flights.join('a', async () => 'fresh');
        });
        return new Promise(() => {});
      },
      leaving.signal,
    );
    leaving.abort();
    await expect(left).rejects.toMatchObject({ kind: 'aborted' });
    expect(await late).toBe('fresh');
    expect(flights.size).toBe(0);
  });

  test('a failure reaches every caller and is forgotten', async () => {
    const flights = createSingleFlight<string>();
    const fail = (): Promise<string> => Promise.reject(new Error('broken'));
    const both = await Promise.allSettled([flights.join('a', fail), flights.join('a', fail)]);
    expect(both.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected']);
    expect(await flights.join('a', async () => 'well')).toBe('well');
  });

  test('a caller that left before it asked starts nothing', async () => {
    const flights = createSingleFlight<string>();
    await expect(flights.join('a', async () => 'x', AbortSignal.abort())).rejects.toMatchObject({ kind: 'aborted' });
    expect(flights.size).toBe(0);
  });
});
