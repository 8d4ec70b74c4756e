import type { RangeSource, ReadOptions } from './range-source.ts';

/** A stretch of a source. */
export interface ByteRange {
  readonly byteOffset: number;
  readonly byteLength: number;
}

/** Settings of {@link readRanges}. */
export interface ReadRangesOptions extends ReadOptions {
  /** Bytes between two ranges that are read and thrown away rather than starting a read of their own. Default 16 KiB. */
  readonly maxGapBytes?: number;
  /** Ranges are joined up to this length, gaps included. Default 4 MiB. */
  readonly maxMergedBytes?: number;
  /** Reads under way at once. Default 6, as many connections as a Worker or a browser gives one host. */
  readonly maxParallel?: number;
}

/** Ranges that are read in one go. */
export interface RangeGroup {
  readonly byteOffset: number;
  byteEnd: number;
  /** Indexes of the ranges. */
  readonly members: number[];
}

/**
 * Reads several ranges, neighbours together. The result has the order of `ranges`; its entries may share memory.
 *
 * @throws ImageError of the first read that fails; the others are aborted.
 */
export async function readRanges(
  source: RangeSource,
  ranges: readonly ByteRange[],
  options: ReadRangesOptions = {},
): Promise<Uint8Array[]> {
  const { maxGapBytes = 16384, maxMergedBytes = 2 ** 22, maxParallel = 6, signal } = options;
  const [first] = ranges;
  if (!first) return [];
  if (ranges.length === 1) return [await source.read(first.byteOffset, first.byteLength, { signal })];
  const groups = groupRanges(ranges, maxGapBytes, maxMergedBytes);
  const results: Uint8Array[] = new Array(ranges.length);
  const failure = new AbortController();
  const joined = signal ? AbortSignal.any([signal, failure.signal]) : failure.signal;
  const queue = groups.values();
  const work = async () => {
    for (const group of queue) {
      const bytes = await source.read(group.byteOffset, group.byteEnd - group.byteOffset, { signal: joined });
      for (const member of group.members) {
        const range = ranges[member] as ByteRange;
        const start = range.byteOffset - group.byteOffset;
        results[member] = bytes.subarray(start, start + range.byteLength);
      }
    }
  };
  const workers = Array.from({ length: Math.min(maxParallel, groups.length) }, work);
  try {
    await Promise.all(workers);
  } catch (error) {
    failure.abort(error);
    await Promise.allSettled(workers);
    throw error;
  }
  return results;
}

/** Puts ranges together that lie within `maxGapBytes` of one another, in the order of the source. */
export function groupRanges(
  ranges: readonly ByteRange[],
  maxGapBytes: number,
  maxMergedBytes: number = Infinity,
): RangeGroup[] {
  const order = ranges.map((range, index) => ({ ...range, index })).sort((a, b) => a.byteOffset - b.byteOffset);
  const groups: RangeGroup[] = [];
  for (const { byteOffset, byteLength, index } of order) {
    const byteEnd = byteOffset + byteLength;
    const group = groups.at(-1);
    const fits =
      group !== undefined &&
      byteOffset - group.byteEnd <= maxGapBytes &&
      Math.max(byteEnd, group.byteEnd) - group.byteOffset <= maxMergedBytes;
    if (fits) {
      group.byteEnd = Math.max(group.byteEnd, byteEnd);
      group.members.push(index);
    } else {
      groups.push({ byteOffset, byteEnd, members: [index] });
    }
  }
  return groups;
}

/**
 * The largest gap for {@link readRanges} with which all the bytes read in vain stay within `share` of those wanted: the
 * narrowest gaps are bridged first.
 */
export function affordableGap(ranges: readonly ByteRange[], share: number): number {
  const order = [...ranges].sort((a, b) => a.byteOffset - b.byteOffset);
  const gaps: number[] = [];
  let wanted = 0;
  let end = order[0]?.byteOffset ?? 0;
  for (const { byteOffset, byteLength } of order) {
    if (byteOffset > end) gaps.push(byteOffset - end);
    end = Math.max(end, byteOffset + byteLength);
    wanted += byteLength;
  }
  gaps.sort((a, b) => a - b);
  let left = wanted * share;
  let affordable = 0;
  for (const [i, gap] of gaps.entries()) {
    left -= gap;
    if (left < 0) break;
    // All gaps of one width are bridged, or none.
    if (gaps[i + 1] !== gap) affordable = gap;
  }
  return affordable;
}

/** Gaps up to this many bytes are always worth reading along, wider ones up to this share of the bytes wanted. */
const FREE_GAP_BYTES = 1024;
const GAP_SHARE = 0.75;

/**
 * Bytes between many small ranges that are better read along: a window of a JPEG 2000 picture without tiles has its
 * code-blocks in a hundred places, and a read costs as much as many bytes, over networks and in files.
 */
export function worthwhileGap(ranges: readonly ByteRange[]): number {
  return Math.max(FREE_GAP_BYTES, affordableGap(ranges, GAP_SHARE));
}
