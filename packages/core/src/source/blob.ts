import { ImageError, throwIfAborted } from '../errors.ts';
import { checkRead, closedError } from './check-range.ts';
import type { SourceIdentity } from './memory.ts';
import type { RangeSource } from './range-source.ts';

/** A source over a Blob: a browser's File, or `Bun.file(...)`. A File's own modification time is its revision. */
export function blobSource(blob: Blob, identity: SourceIdentity = {}): RangeSource {
  const modified = 'lastModified' in blob && typeof blob.lastModified === 'number' ? blob.lastModified : undefined;
  let closed = false;
  return {
    id: identity.id ?? 'blob:',
    byteLength: blob.size,
    revision: identity.revision ?? `${blob.size}-${modified ?? ''}`,
    lastModified: identity.lastModified ?? (modified === undefined ? undefined : new Date(modified)),
    async read(byteOffset, byteLength, options) {
      if (closed) throw closedError();
      checkRead({ byteLength: blob.size }, byteOffset, byteLength, options);
      if (byteLength === 0) return new Uint8Array(0);
      const bytes = await blob
        .slice(byteOffset, byteOffset + byteLength)
        .arrayBuffer()
        .catch((cause) => {
          throw new ImageError('source', 'The blob cannot be read', { cause });
        });
      throwIfAborted(options?.signal);
      if (bytes.byteLength !== byteLength) {
        throw new ImageError('source', `The blob gave ${bytes.byteLength} of ${byteLength} bytes`);
      }
      return new Uint8Array(bytes);
    },
    async close() {
      closed = true;
    },
  };
}
