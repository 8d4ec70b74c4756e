import { expect, test } from 'vitest';
import { createMemoryGate } from './memory-gate.ts';

const MEGABYTE = 2 ** 20;

/** Work that ends when told to, and a record of what has begun. */
function workshop(budget: number) {
  const gate = createMemoryGate(budget);
  const begun: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const start = (name: string, bytes: number, signal = new AbortController().signal): Promise<void> =>
    gate.run(
      bytes,
      () => {
        begun.push(name);
        return new Promise((resolve, reject) => ends.set(name, (error) => (error ? reject(error) : resolve())));
      },
      signal,
    );
  return { begun, start, end: (name: string, error?: Error) => ends.get(name)?.(error) };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

test('large work waits for its turn and for memory, small work never', async () => {
  const { begun, start, end } = workshop(100 * MEGABYTE);
  const all = [
    start('a', 60 * MEGABYTE),
    start('b', 60 * MEGABYTE),
    start('c', 30 * MEGABYTE),
    start('tile', MEGABYTE),
  ];
  await settled();
  // There is memory for c, but b came first.
  expect(begun).toEqual(['tile', 'a']);
  end('a');
  await settled();
  expect(begun).toEqual(['tile', 'a', 'b', 'c']);
  for (const name of ['b', 'c', 'tile']) end(name);
  await Promise.all(all);
});

test('work that fails makes room, and work beyond the budget runs alone', async () => {
  const { begun, start, end } = workshop(10 * MEGABYTE);
  const first = start('first', 8 * MEGABYTE);
  const huge = start('huge', 50 * MEGABYTE);
  const last = start('last', 8 * MEGABYTE);
  await settled();
  end('first', new Error('no'));
  await expect(first).rejects.toThrow('no');
  await settled();
  expect(begun).toEqual(['first', 'huge']);
  end('huge');
  await huge;
  await settled();
  expect(begun).toEqual(['first', 'huge', 'last']);
  end('last');
  await last;
});

test('who leaves while waiting is forgotten', async () => {
  const { begun, start, end } = workshop(10 * MEGABYTE);
  const leaving = new AbortController();
  const first = start('first', 8 * MEGABYTE);
  const left = start('left', 9 * MEGABYTE, leaving.signal);
  const last = start('last', 5 * MEGABYTE);
  await settled();
  leaving.abort();
  await expect(left).rejects.toMatchObject({ kind: 'aborted' });
  await expect(start('too late', 9 * MEGABYTE, leaving.signal)).rejects.toMatchObject({ kind: 'aborted' });
  end('first');
  await first;
  await settled();
  expect(begun).toEqual(['first', 'last']);
  end('last');
  await last;
});
