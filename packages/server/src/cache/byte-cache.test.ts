import { expect, test } from 'vitest';
import { type CachedImage, memoryCache } from './byte-cache.ts';

function image(byteLength: number): CachedImage {
  return { bytes: new Uint8Array(byteLength), mediaType: 'image/jpeg', width: 1, height: 1 };
}

test('forgets the entry not asked for the longest when the budget is exceeded', () => {
  const cache = memoryCache(30_000);
  cache.set('a', image(10_000));
  cache.set('b', image(10_000));
  cache.get('a');
  cache.set('c', image(10_000));
  expect([cache.get('a'), cache.get('b'), cache.get('c')].map(Boolean)).toEqual([true, false, true]);
});

test('does not keep what exceeds the whole budget, and does not forget the rest for it', () => {
  const cache = memoryCache(30_000);
  cache.set('small', image(1000));
  cache.set('huge', image(40_000));
  expect(cache.get('huge')).toBeUndefined();
  expect(cache.get('small')).toBeDefined();
});

test('keeps nothing with a budget of 0, and everything without a bound', () => {
  const none = memoryCache(0);
  none.set('a', image(1));
  expect(none.get('a')).toBeUndefined();
  const all = memoryCache(Number.POSITIVE_INFINITY);
  all.set('a', image(1));
  expect(all.get('a')).toBeDefined();
});

test('is empty after clear', () => {
  const cache = memoryCache(30_000);
  cache.set('a', image(1));
  cache.clear();
  expect(cache.get('a')).toBeUndefined();
});
