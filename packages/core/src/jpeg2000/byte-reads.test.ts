import { describe, expect, it } from 'vitest';
import { memorySource } from '../source/memory.ts';
import { withStats } from '../source/with-stats.ts';
import { type ByteReads, ByteWindow, readFromSource } from './byte-reads.ts';

/** Bytes of a block: they differ as those of pictures do. */
const blockBytes = (block: number): number => 500 + ((block * 7919) % 300);
/** Blocks of a precinct in each direction, for each of three components: 256 x 256 samples in three subbands. */
const SIDE = 2;

/**
 * Where a window of 256 x 256 pixels has its code-blocks in the finest resolution of an untiled picture with precincts of that size,
 * as encoders lay it out (RPCL): its own precinct, and the blocks of the eight around that lie at the common edge.
 */
function* rangesOfWindow(precinctsWide: number) {
  const blockCount = 3 * 3 * SIDE * SIDE;
  const starts = [0];
  for (let block = 0; block < blockCount; block++) starts.push(starts[block]! + blockBytes(block));
  for (let row = 0; row < 3; row++) {
    for (let col = 0; col < 3; col++) {
      const precinct = (4 + row) * precinctsWide + 4 + col;
      for (let band = 0; band < 9; band++) {
        for (let y = row === 0 ? SIDE - 1 : 0; y < (row === 2 ? 1 : SIDE); y++) {
          for (let x = col === 0 ? SIDE - 1 : 0; x < (col === 2 ? 1 : SIDE); x++) {
            const block = (band * SIDE + y) * SIDE + x;
            yield { byteOffset: precinct * starts[blockCount]! + starts[block]!, byteLength: blockBytes(block) };
          }
        }
      }
    }
  }
}

describe('reads of the code-blocks of a window', () => {
  it('are few, and at most three quarters of their bytes are in vain', async () => {
    const source = withStats(memorySource(new Uint8Array(2 ** 21)));
    const ranges = [...rangesOfWindow(8)];
    const wanted = ranges.reduce((sum, { byteLength }) => sum + byteLength, 0);
    const read = await readFromSource(
      (function* (): ByteReads<readonly Uint8Array[]> {
        return yield ranges;
      })(),
      source,
    );
    expect(read.map(({ length }) => length)).toEqual(ranges.map(({ byteLength }) => byteLength));
    expect(source.stats.reads).toBeLessThanOrEqual(ranges.length / 4);
    expect(source.stats.bytes).toBeGreaterThanOrEqual(wanted);
    expect(source.stats.bytes).toBeLessThanOrEqual(1.75 * wanted);
    expect(source.stats.bytes).toBeLessThanOrEqual(300 * 1024);
  });

  it('bridge gaps of a kilobyte whatever the share', async () => {
    const source = withStats(memorySource(new Uint8Array(4096)));
    const ranges = [0, 1034, 2100].map((byteOffset) => ({ byteOffset, byteLength: 10 }));
    await readFromSource(
      (function* (): ByteReads<readonly Uint8Array[]> {
        return yield ranges;
      })(),
      source,
    );
    expect(source.stats).toMatchObject({ reads: 2, bytes: 1044 + 10 });
  });
});

describe('ByteWindow', () => {
  /** Lengths of the reads for bytes at these offsets. */
  function readsOf(window: ByteWindow, offsets: readonly number[]): number[] {
    return offsets.flatMap((offset) => {
      const loading = window.load(offset, 4);
      const step = loading.next();
      if (step.done) return [];
      loading.next(step.value.map(({ byteLength }) => new Uint8Array(byteLength)));
      return step.value.map(({ byteLength }) => byteLength);
    });
  }

  it('grows while it moves on without a gap, and begins anew behind one', () => {
    const window = new ByteWindow(10_000, 100, 400);
    expect(readsOf(window, [0, 50, 98, 120, 310, 710])).toEqual([100, 200, 400, 400]);
    expect(readsOf(window, [5000, 5090, 5105, 9990])).toEqual([100, 200, 10]);
  });

  it('keeps its length where nothing else is asked for', () => {
    expect(readsOf(new ByteWindow(10_000, 100), [0, 100, 200])).toEqual([100, 100, 100]);
  });
});
