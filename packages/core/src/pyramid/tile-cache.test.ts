import { describe, expect, it } from 'vitest';
import { createPixelBuffer } from '../pixels/pixel-buffer.ts';
import { TileCache } from './tile-cache.ts';

const tile = () => createPixelBuffer(10, 10, 1, 'uint8');

describe('TileCache', () => {
  it('drops the tile that was asked for the longest ago when it is full', () => {
    const cache = new TileCache(200);
    cache.set('a', tile());
    cache.set('b', tile());
    cache.get('a');
    cache.set('c', tile());
    expect(['a', 'b', 'c'].map((key) => cache.get(key) !== undefined)).toEqual([true, false, true]);
  });

  it('counts a replaced tile once', () => {
    const cache = new TileCache(200);
    for (let times = 0; times < 5; times++) cache.set('a', tile());
    cache.set('b', tile());
    expect(cache.get('a')).toBeDefined();
  });

  it('is shared by users that cannot meet, and forgets for one of them', () => {
    const cache = new TileCache(1000);
    const [first, second] = [cache.claimPrefix(), cache.claimPrefix()];
    cache.set(`${first}x`, tile());
    cache.set(`${second}x`, tile());
    cache.clear(first);
    expect(cache.get(`${first}x`)).toBeUndefined();
    expect(cache.get(`${second}x`)).toBeDefined();
  });
});
