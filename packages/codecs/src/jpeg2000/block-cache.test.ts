import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { BlockCache, type BlockKey, MIN_CACHE_BYTES } from './block-cache.ts';

const SLOT = 8192 + 32;
const memoryFor = (slots: number) => new SharedArrayBuffer(64 + slots * SLOT);

function key(id: number, codestream = Uint32Array.of(1, 2, 3, 4)): BlockKey {
  return { codestream, id };
}

function block(value: number, byteLength = 8192): Uint8Array {
  return Uint8Array.from({ length: byteLength }, (_, i) => (value + i) & 255);
}

function found(cache: BlockCache, blockKey: BlockKey, byteLength = 8192): Uint8Array | undefined {
  const target = new Uint8Array(byteLength);
  return cache.read(blockKey, target) ? target : undefined;
}

describe('BlockCache', () => {
  it('gives back what was written, to all who share the memory', () => {
    const memory = memoryFor(64);
    new BlockCache(memory).write(key(5), block(7));
    expect(found(new BlockCache(memory), key(5))).toEqual(block(7));
  });

  it('keeps codestreams, ids above 32 bits and lengths apart', () => {
    const cache = new BlockCache(memoryFor(64));
    cache.write(key(5), block(7));
    expect(found(cache, key(6))).toBeUndefined();
    expect(found(cache, key(5 + 2 ** 32))).toBeUndefined();
    expect(found(cache, key(5, Uint32Array.of(1, 2, 3, 5)))).toBeUndefined();
    expect(found(cache, key(5), 4096)).toBeUndefined();
  });

  it('spreads a larger block over slots', () => {
    const cache = new BlockCache(memoryFor(64));
    const large = block(3, 16384);
    large[9000] = 200;
    cache.write(key(9), large);
    expect(found(cache, key(9), 16384)).toEqual(large);
  });

  it('writes a block anew in its own slot', () => {
    const cache = new BlockCache(memoryFor(8));
    for (let value = 0; value < 20; value++) cache.write(key(1), block(value));
    cache.write(key(2), block(99));
    expect(found(cache, key(1))).toEqual(block(19));
    expect(found(cache, key(2))).toEqual(block(99));
  });

  it('gives up the block that was not used for the longest time', () => {
    const cache = new BlockCache(memoryFor(8));
    for (let id = 1; id <= 8; id++) cache.write(key(id), block(id));
    expect(found(cache, key(1))).toEqual(block(1));
    cache.write(key(9), block(9));
    expect(found(cache, key(2))).toBeUndefined();
    for (const id of [1, 3, 4, 5, 6, 7, 8, 9]) expect(found(cache, key(id))).toEqual(block(id));
  });

  it('finds nothing in a slot that is being written', () => {
    const memory = memoryFor(8);
    const cache = new BlockCache(memory);
    for (let id = 1; id <= 8; id++) cache.write(key(id), block(id));
    const words = new Int32Array(memory);
    for (let slot = 0; slot < 8; slot++) words[16 + 8 * slot]! += 1;
    expect(found(cache, key(3))).toBeUndefined();
    cache.write(key(3), block(50));
    for (let slot = 0; slot < 8; slot++) words[16 + 8 * slot]! -= 1;
    expect(found(cache, key(3))).toEqual(block(3));
  });

  it('does without a slot whose writer was ended', () => {
    const memory = memoryFor(8);
    const cache = new BlockCache(memory);
    cache.write(key(1), block(1));
    new Int32Array(memory)[16]! += 1;
    for (let id = 2; id <= 20; id++) cache.write(key(id), block(id));
    expect(found(cache, key(1))).toBeUndefined();
    for (let id = 14; id <= 20; id++) expect(found(cache, key(id))).toEqual(block(id));
  });

  it('takes a set of slots at least', () => {
    expect(() => new BlockCache(new ArrayBuffer(MIN_CACHE_BYTES))).not.toThrow();
    expect(() => new BlockCache(new ArrayBuffer(MIN_CACHE_BYTES - 1))).toThrow(RangeError);
  });

  it('never mixes two blocks while another thread writes', async () => {
    const memory = memoryFor(8);
    const cache = new BlockCache(memory);
    const stop = new Int32Array(new SharedArrayBuffer(4));
    // A slot's worth of one number after another, by the protocol of this cache, as fast as it goes.
    const source = `
      const { workerData } = require('node:worker_threads');
      const { memory, stop } = workerData;
      const words = new Int32Array(memory);
      const bytes = new Uint8Array(memory, 64 + 8 * 32);
      let value = 0;
      while (Atomics.load(stop, 0) === 0) {
        for (let slot = 0; slot < 8; slot++) {
          const head = 16 + 8 * slot;
          Atomics.add(words, head, 1);
          bytes.fill(value++ & 255, slot * 8192, slot * 8192 + 8192);
          Atomics.add(words, head, 1);
        }
      }`;
    for (let id = 1; id <= 8; id++) cache.write(key(id), new Uint8Array(8192).fill(id));
    const worker = new Worker(source, { eval: true, workerData: { memory, stop } });
    await new Promise((resolve) => worker.once('online', resolve));
    const target = new Uint8Array(8192);
    let hits = 0;
    let mixed = 0;
    for (let i = 0; i < 4000; i++) {
      if (!cache.read(key(1 + (i & 7)), target)) continue;
      hits++;
      if (target.some((value) => value !== target[0])) mixed++;
    }
    Atomics.store(stop, 0, 1);
    await worker.terminate();
    expect(hits).toBeGreaterThan(0);
    expect(mixed).toBe(0);
  });
});
