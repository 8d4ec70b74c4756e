import { describe, expect, it } from 'vitest';
import { ChunkList } from './chunk-list.ts';
import { lastHtSet } from './ht-set.ts';
import { PrecinctShape } from './precinct-state.ts';

/** The second code-block of a precinct, after one that is not looked at: its chunks as bytes and passes. */
function setOf(...chunks: readonly (readonly [bytes: number, passes: number])[]): ReturnType<typeof lastHtSet> {
  const shape = new PrecinctShape([{ cols: 2, rows: 1 }]);
  const list = new ChunkList();
  list.begin(shape.blockCount, true);
  list.beginPacket();
  list.chunk(0, 99, 1);
  for (const [bytes, passes] of chunks) list.chunk(1, bytes, passes);
  list.placePacket(0, Infinity);
  return lastHtSet(list.finish([], shape.begin(), false), 1);
}

describe('lastHtSet', () => {
  it('takes a cleanup pass and what refines it', () => {
    expect(setOf([40, 1])).toEqual({ number: 0, cleanup: 1, refinements: [], passes: 1 });
    expect(setOf([40, 1], [7, 2])).toEqual({ number: 0, cleanup: 1, refinements: [2], passes: 3 });
    expect(setOf([40, 1], [7, 1], [5, 1])).toEqual({ number: 0, cleanup: 1, refinements: [2, 3], passes: 3 });
  });

  it('counts placeholder passes', () => {
    expect(setOf([40, 7], [7, 2])).toEqual({ number: 2, cleanup: 1, refinements: [2], passes: 3 });
    expect(setOf([0, 5], [40, 2])).toEqual({ number: 2, cleanup: 2, refinements: [], passes: 1 });
  });

  it('prefers the last set, unless it is empty', () => {
    expect(setOf([40, 1], [7, 2], [30, 1])).toEqual({ number: 1, cleanup: 3, refinements: [], passes: 1 });
    expect(setOf([40, 1], [7, 2], [0, 1], [9, 2])).toEqual({ number: 0, cleanup: 1, refinements: [2], passes: 3 });
  });

  it('leaves refining passes without bytes out', () => {
    expect(setOf([40, 1], [0, 2])).toEqual({ number: 0, cleanup: 1, refinements: [], passes: 1 });
  });

  it('finds none without bytes', () => {
    expect(setOf()).toBeUndefined();
    expect(setOf([0, 4])).toBeUndefined();
    expect(setOf([1, 1], [9, 2])).toBeUndefined();
  });
});
