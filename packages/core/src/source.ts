export { blobSource } from './source/blob.ts';
export { type HttpSourceOptions, httpSource } from './source/http.ts';
export { memorySource, type SourceIdentity } from './source/memory.ts';
export type { RangeSource, ReadOptions } from './source/range-source.ts';
export {
  type ByteRange,
  groupRanges,
  type RangeGroup,
  type ReadRangesOptions,
  readRanges,
  worthwhileGap,
} from './source/read-ranges.ts';
export { SharedWork } from './source/shared-work.ts';
export { type BlockCachedSource, type BlockCacheOptions, withBlockCache } from './source/with-block-cache.ts';
export { type SourceStats, withStats } from './source/with-stats.ts';
