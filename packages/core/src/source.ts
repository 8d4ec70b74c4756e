export type { RangeSource, ReadOptions } from './source/range-source.ts';
