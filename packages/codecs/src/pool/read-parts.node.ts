import { readSync } from 'node:fs';
import { ImageError } from '@sectile/core/errors';
import type { AssembleTask, FileRange } from '@sectile/core/pyramid';

/** Holds the encoded bytes of one task at a time; grown when a task needs more, never above what is kept. */
let scratch = new Uint8Array(2 ** 18);
const MAX_KEPT_BYTES = 2 ** 24;

/**
 * Reads the parts that were left in files. Blocks, which a thread of the pool may. The bytes are good until the next call:
 * a thread has one task at a time.
 *
 * @throws ImageError `source` when a file cannot be read or became shorter.
 */
export function readParts(segments: AssembleTask['segments']): AssembleTask['segments'] {
  const files = segments.flatMap(({ segment }) => segment?.parts.flatMap((part) => part?.file ?? []) ?? []);
  if (files.length === 0) return segments;
  const byteLength = files.reduce((sum, file) => sum + file.byteLength, 0);
  const buffer = byteLength <= scratch.length ? scratch : new Uint8Array(byteLength);
  if (byteLength <= MAX_KEPT_BYTES) scratch = buffer;
  let at = 0;
  return segments.map(({ ref, segment }) => ({
    ref,
    segment: segment && {
      ...segment,
      parts: segment.parts.map((part) => {
        if (!part?.file) return part;
        const bytes = buffer.subarray(at, at + part.file.byteLength);
        at += bytes.length;
        readFully(part.file, bytes);
        return { codec: part.codec, bytes };
      }),
    },
  }));
}

function readFully({ descriptor, byteOffset }: FileRange, bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.length) {
    let count: number;
    try {
      count = readSync(descriptor, bytes, done, bytes.length - done, byteOffset + done);
    } catch (cause) {
      throw new ImageError('source', 'The file cannot be read', { cause });
    }
    if (count === 0) {
      throw new ImageError('source', `The file gave ${done} of ${bytes.length} bytes: it became shorter`);
    }
    done += count;
  }
}
