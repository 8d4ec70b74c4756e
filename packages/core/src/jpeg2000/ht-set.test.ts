import { describe, expect, it } from 'vitest';
import { lastHtSet } from './ht-set.ts';

/** One code-block after another that is not looked at: chunks as bytes and passes. */
function setOf(...chunks: readonly (readonly [bytes: number, passes: number])[]): ReturnType<typeof lastHtSet> {
  return lastHtSet(
    {
      bands: [],
      zeroPlanes: new Uint8Array(2),
      isHt: Uint8Array.of(0, 1),
      firstChunk: Uint32Array.of(0, 1, chunks.length + 1),
      chunkOffset: new Float64Array(chunks.length + 1),
      chunkLength: Uint32Array.from([99, ...chunks.map(([bytes]) => bytes)]),
      chunkPasses: Uint8Array.from([1, ...chunks.map(([, passes]) => passes)]),
      byteLength: 0,
    },
    1,
  );
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
