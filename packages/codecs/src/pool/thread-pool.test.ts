import { DEFAULT_LIMITS } from '@sectile/core';
import { describe, expect, test } from 'vitest';
import type { FromThread, JobMessage, ToThread } from './messages.ts';
import { ThreadPool } from './thread-pool.ts';
import type { ThreadEvents, Threads } from './threads.ts';

/** Threads that do nothing by themselves; a test answers for them. */
function fakeThreads() {
  const spawned: { events: ThreadEvents; posted: ToThread[]; terminated: boolean; busy: boolean }[] = [];
  const threads: Threads = {
    readsFiles: false,
    parallelism: () => 2,
    spawn(_, events) {
      const thread = { events, posted: [] as ToThread[], terminated: false, busy: false };
      spawned.push(thread);
      return {
        post: (message) => thread.posted.push(message),
        setBusy: (busy) => (thread.busy = busy),
        terminate: () => (thread.terminated = true),
      };
    },
  };
  return { spawned, threads };
}

function poolOf(options: { size?: number; maxQueued?: number; timeLimitMs?: number } = {}) {
  const { spawned, threads } = fakeThreads();
  const pool = new ThreadPool({
    threads,
    size: options.size ?? 1,
    maxQueued: options.maxQueued ?? 10,
    timeLimitMs: options.timeLimitMs ?? 60_000,
    settings: { limits: DEFAULT_LIMITS, blockMemory: new SharedArrayBuffer(0) },
    loadWasm: () => Promise.reject(new Error('no such module')),
  });
  return { pool, spawned };
}

const message = { job: 'assemble', task: {} } as unknown as JobMessage;
const job = () => ({ message, transfer: [] });
const answer = (value: unknown) => ({ kind: 'done', result: value }) as unknown as FromThread;

describe('a pool of threads', () => {
  test('starts threads up to its size, then queues, first come first served', async () => {
    const { pool, spawned } = poolOf({ size: 2 });
    const results = [1, 2, 3, 4].map(() => pool.run(job));
    expect(spawned.map(({ posted }) => posted.length)).toEqual([1, 1]);
    spawned[1]?.events.onMessage(answer('b'));
    spawned[1]?.events.onMessage(answer('c'));
    spawned[0]?.events.onMessage(answer('a'));
    expect(spawned.map(({ busy }) => busy)).toEqual([false, true]);
    spawned[1]?.events.onMessage(answer('d'));
    expect(await Promise.all(results)).toEqual(['a', 'b', 'c', 'd']);
    expect(spawned.map(({ busy }) => busy)).toEqual([false, false]);
  });

  test('puts a small task behind a small one, never more, never behind a large one', () => {
    const { pool, spawned } = poolOf({ size: 2 });
    void pool.run(job);
    for (let times = 0; times < 4; times++) void pool.run(job, { small: true });
    void pool.run(job);
    expect(spawned.map(({ posted }) => posted.length)).toEqual([1, 2]);
    spawned[1]?.events.onMessage(answer('small'));
    expect(spawned.map(({ posted }) => posted.length)).toEqual([1, 3]);
  });

  test('small tasks go before large ones that wait, but not forever', async () => {
    const { pool, spawned } = poolOf({ maxQueued: 1000 });
    const order: string[] = [];
    const note = (name: string, small: boolean) =>
      pool.run(
        () => {
          order.push(name);
          return job();
        },
        { small },
      );
    void note('running', false);
    void note('large', false);
    for (let i = 0; i < 70; i++) void note(`small ${i}`, true);
    while (order.length < 72) spawned[0]?.events.onMessage(answer('done'));
    const small = Array.from({ length: 70 }, (_, i) => `small ${i}`);
    expect(order).toEqual(['running', ...small.slice(0, 64), 'large', ...small.slice(64)]);
  });

  test('a task that stood behind another on a crashed thread is done by the next', async () => {
    const { pool, spawned } = poolOf();
    const first = pool.run(job, { small: true });
    const second = pool.run(job, { small: true });
    spawned[0]?.events.onEnd(new Error('out of memory'));
    await expect(first).rejects.toMatchObject({ kind: 'codec' });
    spawned[1]?.events.onMessage(answer('second'));
    expect(await second).toBe('second');
  });

  test('refuses tasks beyond its queue as busy', async () => {
    const { pool } = poolOf({ maxQueued: 1 });
    void pool.run(job);
    void pool.run(job);
    await expect(pool.run(job)).rejects.toMatchObject({ kind: 'limit', details: { busy: true } });
  });

  test('drops an aborted task that waits, and forgets one that runs', async () => {
    const { pool, spawned } = poolOf();
    const running = new AbortController();
    const waiting = new AbortController();
    const first = pool.run(job, { signal: running.signal });
    const second = pool.run(job, { signal: waiting.signal });
    const third = pool.run(job);
    waiting.abort();
    running.abort();
    await expect(first).rejects.toMatchObject({ kind: 'aborted' });
    await expect(second).rejects.toMatchObject({ kind: 'aborted' });
    spawned[0]?.events.onMessage(answer('for nobody'));
    spawned[0]?.events.onMessage(answer('third'));
    expect(await third).toBe('third');
    expect(spawned[0]?.posted).toHaveLength(2);
  });

  test('replaces a thread that crashes; only its own task fails', async () => {
    const { pool, spawned } = poolOf();
    const first = pool.run(job);
    const second = pool.run(job);
    spawned[0]?.events.onEnd(new Error('out of memory'));
    await expect(first).rejects.toMatchObject({ kind: 'codec' });
    expect(spawned).toHaveLength(2);
    spawned[1]?.events.onMessage(answer('second'));
    expect(await second).toBe('second');
  });

  test('ends a thread that takes too long', async () => {
    const { pool, spawned } = poolOf({ timeLimitMs: 20 });
    await expect(pool.run(job)).rejects.toMatchObject({ kind: 'codec' });
    expect(spawned[0]?.terminated).toBe(true);
    void pool.run(job).catch(() => undefined);
    expect(spawned).toHaveLength(2);
    pool.close();
  });

  test('a task that cannot be posted fails alone', async () => {
    const { pool, spawned } = poolOf();
    const unpackable = () => {
      throw new TypeError('detached');
    };
    await expect(pool.run(unpackable)).rejects.toMatchObject({ kind: 'codec' });
    const next = pool.run(job);
    spawned[0]?.events.onMessage(answer('next'));
    expect(await next).toBe('next');
  });

  test('keeps the kind of an error', async () => {
    const { pool, spawned } = poolOf();
    const result = pool.run(job);
    spawned[0]?.events.onMessage({ kind: 'failed', error: { kind: 'malformed', message: 'Odd', trace: '' } });
    await expect(result).rejects.toMatchObject({ name: 'ImageError', kind: 'malformed', message: 'Odd' });
  });

  test('tells a thread when the module that it needs cannot be had', async () => {
    const { pool, spawned } = poolOf();
    void pool.run(job);
    spawned[0]?.events.onMessage({ kind: 'need-module', name: 'webp-decode' });
    await expect.poll(() => spawned[0]?.posted.at(-1)).toMatchObject({ kind: 'module-failed', name: 'webp-decode' });
  });

  test('closing ends the threads and rejects what waits and runs', async () => {
    const { pool, spawned } = poolOf();
    const tasks = [pool.run(job), pool.run(job)];
    pool.close();
    for (const task of tasks) await expect(task).rejects.toMatchObject({ kind: 'aborted' });
    expect(spawned[0]?.terminated).toBe(true);
    await expect(pool.run(job)).rejects.toMatchObject({ kind: 'aborted' });
  });
});
