import { Buffer } from 'node:buffer';
import { type FileHandle, open } from 'node:fs/promises';
import { ImageError, throwIfAborted } from '../errors.ts';
import { checkRead, closedError } from './check-range.ts';
import type { RangeSource, ReadOptions } from './range-source.ts';

/** What tells one state of a file from the next. */
export interface FileState {
  readonly byteLength: number;
  /** Made of size, modification time in nanoseconds and inode, so that a file replaced by one of equal size shows. */
  readonly revision: string;
  readonly lastModified: Date;
}

/**
 * Opens a file of the local disk. The handle stays open until `close`, and so keeps reading the file it opened
 * even when another is moved to its path.
 *
 * @throws ImageError `not-found` when there is no such file, `source` when it is no regular file or not readable.
 */
export async function fileSource(path: string): Promise<RangeSource> {
  const handle = await open(path, 'r').catch((cause) => {
    throw openError(cause);
  });
  let state: FileState;
  try {
    state = await stateOf(handle);
  } catch (error) {
    await handle.close();
    throw error;
  }
  let closing: Promise<void> | undefined;
  return {
    id: `file:${path}`,
    ...state,
    descriptor: handle.fd,
    async read(byteOffset: number, byteLength: number, options?: ReadOptions) {
      if (closing) throw closedError();
      checkRead(state, byteOffset, byteLength, options);
      if (byteLength === 0) return new Uint8Array(0);
      return readFully(handle, byteOffset, byteLength, options);
    },
    close() {
      closing ??= handle.close();
      return closing;
    },
  };
}

async function stateOf(handle: FileHandle): Promise<FileState> {
  const stats = await handle.stat({ bigint: true });
  if (!stats.isFile()) throw new ImageError('source', 'Not a regular file');
  return {
    byteLength: Number(stats.size),
    revision: `${stats.size.toString(36)}-${stats.mtimeNs.toString(36)}-${stats.ino.toString(36)}`,
    lastModified: stats.mtime,
  };
}

async function readFully(
  handle: FileHandle,
  byteOffset: number,
  byteLength: number,
  options?: ReadOptions,
): Promise<Uint8Array> {
  // Not cleared first: to clear costs as much as to read, and all of it is overwritten or thrown away.
  const bytes = new Uint8Array(Buffer.allocUnsafeSlow(byteLength).buffer);
  let done = 0;
  while (done < byteLength) {
    const { bytesRead } = await handle.read(bytes, done, byteLength - done, byteOffset + done).catch((cause) => {
      throw new ImageError('source', 'The file cannot be read', { cause });
    });
    throwIfAborted(options?.signal);
    if (bytesRead === 0) {
      throw new ImageError('source', `The file gave ${done} of ${byteLength} bytes: it became shorter`);
    }
    done += bytesRead;
  }
  return bytes;
}

function openError(cause: unknown): ImageError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return new ImageError('not-found', 'No such file', { cause });
  return new ImageError('source', 'The file cannot be opened', { cause });
}
