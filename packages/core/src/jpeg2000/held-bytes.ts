import type { ByteReads } from './byte-reads.ts';

/** A stretch of a file that has been read. */
export interface HeldBytes {
  /** File offset of the first one. */
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** Runs a parser that gets what it wants from `held` where that has all of it; only the rest is asked for. */
export function* readThrough<Result>(reads: ByteReads<Result>, { start, bytes }: HeldBytes): ByteReads<Result> {
  let step = reads.next();
  while (!step.done) {
    const ranges = step.value;
    const holdsAll = ranges.every(
      ({ byteOffset, byteLength }) =>
        byteLength === 0 || (byteOffset >= start && byteOffset + byteLength <= start + bytes.length),
    );
    step = reads.next(
      holdsAll
        ? ranges.map(({ byteOffset, byteLength }) =>
            bytes.subarray(byteOffset - start, byteOffset - start + byteLength),
          )
        : yield ranges,
    );
  }
  return step.value;
}
