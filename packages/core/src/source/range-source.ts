/** Options of one read. */
export interface ReadOptions {
  /** Aborting rejects this read only; a decorator never lets it reject another caller's read. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A readable sequence of bytes, whatever holds it.
 *
 * Contract (`test/contracts/range-source.ts` runs it on every source and decorator):
 * - `read` resolves with exactly `byteLength` bytes, or rejects with a `source` error (short read, gone, refused)
 *   or an `aborted` error. Zero bytes are never read from below.
 * - The caller owns the returned bytes and must not write to them: decorators may hand the same bytes to others.
 * - A failed read is never remembered.
 */
export interface RangeSource {
  /** Stable identity for messages and statistics; not shown to clients. */
  readonly id: string;
  /** Length of the whole in bytes. */
  readonly byteLength: number;
  /** Changes when the bytes change (a strong ETag, or size and modification time). Part of cache keys. */
  readonly revision: string;
  /** When the bytes last changed, where known. */
  readonly lastModified?: Date | undefined;
  /**
   * Number of an open file of this process that holds the same bytes, until `close`: for whoever can read it without
   * going through the event loop. Only plain files have one; decorators do not pass it on.
   */
  readonly descriptor?: number | undefined;
  read(byteOffset: number, byteLength: number, options?: ReadOptions): Promise<Uint8Array>;
  /** Frees handles. Reads after `close` reject with a `source` error. Idempotent. */
  close(): Promise<void>;
}
