import { ImageError, throwIfAborted } from '../errors.ts';
import type { RangeSource, ReadOptions } from '../source/range-source.ts';
import { type ByteRange, readRanges, worthwhileGap } from '../source/read-ranges.ts';

/**
 * A parser that knows nothing of I/O: it yields the ranges it needs next, all at once, and goes on when it is given
 * their bytes in the same order. The same code so reads from files and networks ({@link readFromSource}) and, without
 * any promise, from memory ({@link readFromMemory}). Empty ranges are fine and give empty bytes.
 */
export type ByteReads<Result> = Generator<readonly ByteRange[], Result, readonly Uint8Array[]>;

const EMPTY = new Uint8Array(0);

/** Runs a parser on a source, joining ranges that lie close together. */
export async function readFromSource<Result>(
  reads: ByteReads<Result>,
  source: RangeSource,
  options?: ReadOptions,
): Promise<Result> {
  return readOn(reads, reads.next(), source, options);
}

/** Goes on with a parser that has made its first step. Once aborted, the parser makes no further one. */
export async function readOn<Result>(
  reads: ByteReads<Result>,
  first: IteratorResult<readonly ByteRange[], Result>,
  source: RangeSource,
  options?: ReadOptions,
): Promise<Result> {
  let step = first;
  while (!step.done) {
    const loaded = await readStep(source, step.value, options);
    throwIfAborted(options?.signal);
    step = reads.next(loaded);
  }
  return step.value;
}

async function readStep(
  source: RangeSource,
  ranges: readonly ByteRange[],
  options?: ReadOptions,
): Promise<readonly Uint8Array[]> {
  const filled = ranges.filter(({ byteLength }) => byteLength > 0);
  if (filled.length === 0) return ranges.map(() => EMPTY);
  const loaded = await readRanges(source, filled, { maxGapBytes: worthwhileGap(filled), signal: options?.signal });
  if (filled.length === ranges.length) return loaded;
  let next = 0;
  return ranges.map(({ byteLength }) => (byteLength > 0 ? loaded[next++]! : EMPTY));
}

/** Several parsers side by side, whose reads are made together. */
export function* readTogether<Result>(parsers: readonly ByteReads<Result>[]): ByteReads<Result[]> {
  const [only] = parsers;
  if (only && parsers.length === 1) return [yield* only];
  const steps = parsers.map((parser) => parser.next());
  for (;;) {
    const ranges = steps.flatMap((step) => (step.done ? [] : step.value));
    if (steps.every(({ done }) => done)) return steps.flatMap((step) => (step.done ? [step.value] : []));
    const loaded = yield ranges;
    let next = 0;
    steps.forEach((step, i) => {
      if (step.done) return;
      const own = loaded.slice(next, next + step.value.length);
      next += step.value.length;
      steps[i] = parsers[i]!.next(own);
    });
  }
}

/** Runs a parser on bytes that are all there. @throws ImageError `malformed` for a range outside of them. */
export function readFromMemory<Result>(reads: ByteReads<Result>, bytes: Uint8Array): Result {
  let step = reads.next();
  while (!step.done) step = reads.next(step.value.map((range) => sliceOf(bytes, range)));
  return step.value;
}

function sliceOf(bytes: Uint8Array, { byteOffset, byteLength }: ByteRange): Uint8Array {
  if (byteOffset + byteLength > bytes.length) throw new ImageError('malformed', 'The codestream ends early');
  return bytes.subarray(byteOffset, byteOffset + byteLength);
}

/**
 * A stretch of a file in memory that moves along with a parser. Each time that the next bytes wanted lie right behind it or
 * little farther, it becomes twice as long, up to a maximum: who reads all is not to read in a hundred pieces.
 */
export class ByteWindow {
  /** What is loaded: `bytes[0]` is the file's byte `start`. */
  bytes: Uint8Array = EMPTY;
  start = 0;
  /** Nothing from here on is read. */
  readonly end: number;
  readonly #least: number;
  readonly #most: number;
  #readAhead: number;

  constructor(end: number, readAhead: number, mostReadAhead: number = readAhead) {
    this.end = end;
    this.#least = readAhead;
    this.#most = mostReadAhead;
    this.#readAhead = readAhead;
  }

  /** True when the bytes, or all up to `end`, are loaded. */
  holds(offset: number, byteLength: number): boolean {
    return offset >= this.start && Math.min(offset + byteLength, this.end) <= this.start + this.bytes.length;
  }

  /** Makes the bytes from `offset` available, at least `byteLength` of them or all up to `end`. */
  *load(offset: number, byteLength: number): ByteReads<void> {
    if (this.holds(offset, byteLength)) return;
    const goesOn = this.bytes.length > 0 && offset - this.start < 1.5 * this.bytes.length;
    this.#readAhead = goesOn ? Math.min(2 * this.#readAhead, this.#most) : this.#least;
    const wanted = Math.max(0, Math.min(Math.max(byteLength, this.#readAhead), this.end - offset));
    if (wanted > 0) {
      const [bytes] = yield [{ byteOffset: offset, byteLength: wanted }];
      this.bytes = bytes!;
    } else {
      this.bytes = EMPTY;
    }
    this.start = offset;
  }
}
