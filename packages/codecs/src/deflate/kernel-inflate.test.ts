import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wasmModule } from '../wasm/wasm-module.ts';
import { createKernelInflate } from './kernel-inflate.ts';
import { pakoZlib } from './pako.ts';

const inflate = createKernelInflate(await wasmModule('inflate'));

/** Bytes with repetitions near and far, or none. */
const content = fc
  .record({ length: fc.integer({ min: 1, max: 60000 }), kind: fc.integer({ min: 0, max: 3 }), seed: fc.nat(1000) })
  .map(({ length, kind, seed }) => {
    let state = seed;
    const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24;
    return Uint8Array.from({ length }, (_, i) => {
      if (kind === 0) return random();
      if (kind === 1) return ((i * i) >> 9) & seed;
      return kind === 2 ? seed : i % (seed + 1);
    });
  });
const settings = fc.record({
  level: fc.integer({ min: 0, max: 9 }),
  strategy: fc.integer({ min: 0, max: 4 }),
  memLevel: fc.integer({ min: 1, max: 9 }),
});

describe('the inflate kernel', () => {
  test('undoes zlib at every level, strategy and block size', () => {
    fc.assert(
      fc.property(content, settings, (bytes, options) => {
        expect(Buffer.compare(inflate(deflateSync(bytes, options), bytes.length), bytes)).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  test('stops where it is told to, or where the data end', () => {
    fc.assert(
      fc.property(content, settings, fc.double({ min: 0, max: 1, noNaN: true }), (bytes, options, part) => {
        const deflated = deflateSync(bytes, options);
        const wanted = Math.floor(bytes.length * part);
        expect(Buffer.compare(inflate(deflated, wanted), bytes.subarray(0, wanted))).toBe(0);
        const cut = inflate(deflated.subarray(0, Math.floor(deflated.length * part)), bytes.length);
        expect(Buffer.compare(cut, bytes.subarray(0, cut.length))).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  test('damage ends where it ends for zlib, within a symbol or two', () => {
    fc.assert(
      fc.property(content, settings, fc.nat(), fc.integer({ min: 0, max: 7 }), (bytes, options, place, bit) => {
        const damaged = Uint8Array.from(deflateSync(bytes, options));
        const at = 2 + (place % (damaged.length - 2));
        damaged[at] = (damaged[at] ?? 0) ^ (1 << bit);
        const [ours, theirs] = [inflate(damaged, bytes.length), pakoZlib.inflate(damaged, bytes.length)];
        const common = Math.min(ours.length, theirs.length);
        expect(Buffer.compare(ours.subarray(0, common), theirs.subarray(0, common))).toBe(0);
        expect(Math.abs(ours.length - theirs.length)).toBeLessThan(600);
      }),
      { numRuns: 150 },
    );
  });
});
