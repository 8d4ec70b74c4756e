import { expect, it } from 'vitest';
import { NumberList } from './number-list.ts';

it('grows, and hands out just its numbers', () => {
  const list = new NumberList(new Int32Array(1));
  for (let i = 0; i < 100; i++) list.push(i - 50);
  expect(list.toArray()).toEqual(Int32Array.from({ length: 100 }, (_, i) => i - 50));
  list.reserve(1000);
  expect(list.row.length).toBeGreaterThanOrEqual(1100);
  expect(list.toArray().buffer.byteLength).toBe(400);
});

it('begins anew where its length is taken back', () => {
  const list = new NumberList(new Float64Array(2));
  list.push(2 ** 40);
  list.length = 0;
  list.push(7);
  expect([...list.toArray()]).toEqual([7]);
});
