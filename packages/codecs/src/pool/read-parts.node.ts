import { readSync } from 'node:fs';
import { ImageError } from '@sectile/core/errors';
import type { AssembleTask, FileRange } from '@sectile/core/pyramid';
import { type ByteRange, groupRanges, worthwhileGap } from '@sectile/core/source';

/** Holds the encoded bytes of one task at a time; grown when a task needs more, never above what is kept. */
let scratch = new Uint8Array(2 ** 18);
/** Holds what is read in one go, gaps included, while it is sorted out. */
let groupBuffer = new Uint8Array(2 ** 17);
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
  const byteLength = files.reduce((sum, file) => sum + lengthOf(file), 0);
  const buffer = byteLength <= scratch.length ? scratch : new Uint8Array(byteLength);
  if (byteLength <= MAX_KEPT_BYTES) scratch = buffer;
  let at = 0;
  return segments.map(({ ref, segment }) => ({
    ref,
    segment: segment && {
      ...segment,
      parts: segment.parts.map((part) => {
        if (!part?.file) return part;
        const bytes = buffer.subarray(at, at + lengthOf(part.file));
        at += bytes.length;
        readRanges(part.file, bytes);
        return { codec: part.codec, bytes };
      }),
    },
  }));
}

function lengthOf({ ranges }: FileRange): number {
  let byteLength = 0;
  for (let i = 1; i < ranges.length; i += 2) byteLength += ranges[i]!;
  return byteLength;
}

/** Fills `bytes` with one range after another; those that lie close together are read together and then sorted out. */
function readRanges({ descriptor, ranges: pairs }: FileRange, bytes: Uint8Array): void {
  if (pairs.length === 2) {
    readFully(descriptor, pairs[0]!, bytes);
    return;
  }
  const ranges: ByteRange[] = [];
  const starts: number[] = [];
  let end = 0;
  for (let i = 0; i < pairs.length; i += 2) {
    ranges.push({ byteOffset: pairs[i]!, byteLength: pairs[i + 1]! });
    starts.push(end);
    end += pairs[i + 1]!;
  }
  for (const { byteOffset, byteEnd, members } of groupRanges(ranges, worthwhileGap(ranges))) {
    const group = groupScratch(byteEnd - byteOffset);
    readFully(descriptor, byteOffset, group);
    for (const member of members) {
      const range = ranges[member]!;
      const from = range.byteOffset - byteOffset;
      bytes.set(group.subarray(from, from + range.byteLength), starts[member]);
    }
  }
}

function groupScratch(byteLength: number): Uint8Array {
  if (byteLength > MAX_KEPT_BYTES) return new Uint8Array(byteLength);
  if (byteLength > groupBuffer.length) groupBuffer = new Uint8Array(byteLength);
  return groupBuffer.subarray(0, byteLength);
}

function readFully(descriptor: number, byteOffset: number, bytes: Uint8Array): void {
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
