import type { RangeSource } from './range-source.ts';

/** What went through a source since it was made. */
export interface SourceStats {
  /** Reads that reached the source, failed ones included. */
  reads: number;
  /** Bytes asked for by those reads. */
  bytes: number;
  /** Reads that rejected. */
  failures: number;
}

/** Counts reads and bytes. Put it below a cache to count what the cache lets through. */
export function withStats(source: RangeSource): RangeSource & { readonly stats: SourceStats } {
  const stats: SourceStats = { reads: 0, bytes: 0, failures: 0 };
  return {
    id: source.id,
    byteLength: source.byteLength,
    revision: source.revision,
    lastModified: source.lastModified,
    stats,
    async read(byteOffset, byteLength, options) {
      stats.reads += 1;
      stats.bytes += byteLength;
      try {
        return await source.read(byteOffset, byteLength, options);
      } catch (error) {
        stats.failures += 1;
        throw error;
      }
    },
    close: () => source.close(),
  };
}
