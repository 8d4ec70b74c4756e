import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { controlledSource } from '../../../../test/contracts/range-source.ts';
import { memorySource } from './memory.ts';
import { affordableGap, groupRanges, readRanges } from './read-ranges.ts';
import { withStats } from './with-stats.ts';

const BYTES = Uint8Array.from({ length: 10_000 }, (_, i) => (i * 7) & 255);

function ranges(...pairs: readonly (readonly [number, number])[]) {
  return pairs.map(([byteOffset, byteLength]) => ({ byteOffset, byteLength }));
}

describe('readRanges', () => {
  it('gives every range its bytes in the order asked for, whatever is joined', async () => {
    const range = fc.record({ byteOffset: fc.nat(9000), byteLength: fc.nat(1000) });
    const limits = fc.record({
      maxGapBytes: fc.nat(500),
      maxMergedBytes: fc.nat(3000),
      maxParallel: fc.integer({ min: 1, max: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(range, { maxLength: 12 }), limits, async (wanted, options) => {
        const read = await readRanges(memorySource(BYTES), wanted, options);
        expect(read.map((bytes) => [...bytes])).toEqual(
          wanted.map(({ byteOffset, byteLength }) => [...BYTES.subarray(byteOffset, byteOffset + byteLength)]),
        );
      }),
    );
  });

  it.each([
    { name: 'touching ranges', pairs: ranges([0, 10], [10, 10]), maxGapBytes: 0, reads: 1, bytes: 20 },
    { name: 'a gap that is small enough', pairs: ranges([0, 10], [20, 10]), maxGapBytes: 10, reads: 1, bytes: 30 },
    { name: 'a gap that is too large', pairs: ranges([0, 10], [21, 10]), maxGapBytes: 10, reads: 2, bytes: 20 },
    { name: 'overlapping ranges in any order', pairs: ranges([50, 50], [0, 60]), maxGapBytes: 0, reads: 1, bytes: 100 },
    { name: 'one range inside another', pairs: ranges([0, 100], [10, 5]), maxGapBytes: 0, reads: 1, bytes: 100 },
  ])('reads $name in $reads reads', async ({ pairs, maxGapBytes, reads, bytes }) => {
    const source = withStats(memorySource(BYTES));
    await readRanges(source, pairs, { maxGapBytes });
    expect(source.stats).toMatchObject({ reads, bytes });
  });

  it('does not join beyond the largest length of a read', async () => {
    const source = withStats(memorySource(BYTES));
    await readRanges(source, ranges([0, 100], [100, 100], [200, 100]), { maxMergedBytes: 200 });
    expect(source.stats).toMatchObject({ reads: 2, bytes: 300 });
  });

  it('rejects with the first failure and leaves no read behind', async () => {
    const source = controlledSource(BYTES);
    source.failNext();
    const reading = readRanges(source, ranges([0, 10], [5000, 10], [9000, 10]), { maxGapBytes: 0, maxParallel: 1 });
    await expect(reading).rejects.toMatchObject({ kind: 'source' });
    expect(source.reads).toBe(1);
  });

  it('rejects when aborted', async () => {
    const source = controlledSource(BYTES);
    source.hold();
    const controller = new AbortController();
    const reading = readRanges(source, ranges([0, 10], [9000, 10]), { signal: controller.signal });
    controller.abort();
    await expect(reading).rejects.toMatchObject({ kind: 'aborted' });
  });
});

describe('affordableGap', () => {
  // 100 bytes wanted, gaps of 5, 20 and 40 bytes.
  const wanted = ranges([0, 25], [30, 25], [75, 25], [140, 25]);

  it.each([
    [0.04, 0, 4],
    [0.05, 5, 3],
    [0.24, 5, 3],
    [0.25, 20, 2],
    [0.64, 20, 2],
    [0.65, 40, 1],
  ])('bridges the narrowest gaps first, for %d of the bytes wanted', (share, gap, reads) => {
    const shuffled = [wanted[2]!, wanted[0]!, wanted[3]!, wanted[1]!];
    expect(affordableGap(shuffled, share)).toBe(gap);
    expect(groupRanges(shuffled, gap)).toHaveLength(reads);
  });

  it('bridges all gaps of a width or none', () => {
    expect(affordableGap(ranges([0, 10], [15, 10], [30, 10], [45, 10]), 0.3)).toBe(0);
    expect(affordableGap(ranges([0, 10], [15, 10], [30, 10], [45, 10]), 0.375)).toBe(5);
  });

  it('needs no gap for one range, none, or ranges that overlap', () => {
    expect(affordableGap([], 1)).toBe(0);
    expect(affordableGap(ranges([7, 3]), 1)).toBe(0);
    expect(affordableGap(ranges([0, 10], [2, 3], [10, 5]), 1)).toBe(0);
  });
});
