import type { PrecinctBlocks } from './chunk-list.ts';

/** Passes of a high-throughput code-block that belong together: a cleanup pass, and up to two that refine it. */
export interface HtSet {
  /** Sets before it, placeholders included: each begins one bit-plane lower. */
  readonly number: number;
  /** The chunk of the cleanup pass. */
  readonly cleanup: number;
  /** Chunks of the other passes; one segment together. */
  readonly refinements: readonly number[];
  readonly passes: number;
}

/** The shortest cleanup segment: what tells the length of its last part. */
const LEAST_CLEANUP_BYTES = 2;

/**
 * The last set of a code-block that has bytes. It says all that the ones before it say, and more (T.814 clause 7.1): they
 * need not be read. `undefined` where none can be used.
 */
export function lastHtSet(blocks: PrecinctBlocks, block: number): HtSet | undefined {
  let last: { number: number; cleanup: number; refinements: number[]; passes: number } | undefined;
  let pass = 0;
  const end = blocks.firstChunk(block + 1);
  for (let chunk = blocks.firstChunk(block); chunk < end; chunk++) {
    const byteLength = blocks.chunkLength(chunk);
    const passes = blocks.chunkPasses(chunk);
    const number = Math.floor((pass + passes - 1) / 3);
    const endsInCleanup = (pass + passes - 1) % 3 === 0;
    if (endsInCleanup && byteLength >= LEAST_CLEANUP_BYTES) {
      last = { number, cleanup: chunk, refinements: [], passes: 1 };
    } else if (!endsInCleanup && last?.number === number) {
      last.refinements.push(chunk);
      last.passes += passes;
    }
    pass += passes;
  }
  const refined = last?.refinements.some((chunk) => blocks.chunkLength(chunk) > 0);
  return last && !refined ? { ...last, refinements: [], passes: 1 } : last;
}
