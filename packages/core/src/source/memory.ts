import { checkRead, closedError } from './check-range.ts';
import type { RangeSource } from './range-source.ts';

/** What a source cannot find out by itself. */
export interface SourceIdentity {
  readonly id?: string;
  readonly revision?: string;
  readonly lastModified?: Date | undefined;
}

/** A source over bytes that are already in memory. They are not copied: do not write to them afterwards. */
export function memorySource(bytes: Uint8Array, identity: SourceIdentity = {}): RangeSource {
  let closed = false;
  return {
    id: identity.id ?? 'memory:',
    byteLength: bytes.length,
    revision: identity.revision ?? `${bytes.length}`,
    lastModified: identity.lastModified,
    async read(byteOffset, byteLength, options) {
      if (closed) throw closedError();
      checkRead({ byteLength: bytes.length }, byteOffset, byteLength, options);
      return bytes.subarray(byteOffset, byteOffset + byteLength);
    },
    async close() {
      closed = true;
    },
  };
}
