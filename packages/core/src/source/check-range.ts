import { ImageError, throwIfAborted } from '../errors.ts';
import type { RangeSource, ReadOptions } from './range-source.ts';

/** Throws before a read that cannot succeed: an aborted one, or one that leaves the source. */
export function checkRead(
  source: Pick<RangeSource, 'byteLength'>,
  byteOffset: number,
  byteLength: number,
  options?: ReadOptions,
): void {
  throwIfAborted(options?.signal);
  const end = byteOffset + byteLength;
  if (!(Number.isSafeInteger(byteOffset) && Number.isSafeInteger(byteLength) && byteOffset >= 0 && byteLength >= 0)) {
    throw new ImageError('source', `Cannot read ${byteLength} bytes at ${byteOffset}`);
  }
  if (end > source.byteLength) {
    throw new ImageError('source', `Wanted bytes ${byteOffset} to ${end} but the source ends at ${source.byteLength}`);
  }
}

/** The error of a read after `close`. */
export function closedError(): ImageError {
  return new ImageError('source', 'The source is closed');
}
