import type { Size } from '../geometry/size.ts';
import type { FieldValues } from './field-value.ts';
import { PHOTOMETRIC, photometricCodeOf } from './photometric.ts';
import type { TagName } from './tags.ts';

/** What decides about the role of a directory. */
export interface DirectorySummary extends Size {
  /** NewSubfileType: bit 0 reduced resolution, bit 1 page, bit 2 transparency mask. */
  readonly subfileType: number;
  readonly tiled: boolean;
  readonly bands: number;
  readonly bitsPerSample: number;
  readonly sampleFormat: number;
  readonly photometric: number;
}

/** One page: indices of the directories of its levels, full size first. */
export interface PageDirectories {
  readonly levels: readonly number[];
}

const REDUCED = 1;
const MASK = 4;

/** Tags that a summary is made of. */
export const SUMMARY_TAGS: readonly TagName[] = [
  'NewSubfileType',
  'SubfileType',
  'ImageWidth',
  'ImageLength',
  'TileWidth',
  'BitsPerSample',
  'SampleFormat',
  'SamplesPerPixel',
  'PhotometricInterpretation',
];

/** Summary of a directory, or `undefined` when it holds no picture. */
export function summaryOf(values: FieldValues): DirectorySummary | undefined {
  const width = values.number('ImageWidth') ?? 0;
  const height = values.number('ImageLength') ?? 0;
  if (width < 1 || height < 1) return undefined;
  return {
    width,
    height,
    subfileType: subfileTypeOf(values),
    tiled: values.has('TileWidth'),
    bands: values.requireNumber('SamplesPerPixel'),
    bitsPerSample: values.requireNumber('BitsPerSample'),
    sampleFormat: values.requireNumber('SampleFormat'),
    photometric: photometricCodeOf(values),
  };
}

/** The old SubfileType (1 full, 2 reduced, 3 page) counts where the new one is missing. */
function subfileTypeOf(values: FieldValues): number {
  if (values.has('NewSubfileType')) return values.requireNumber('NewSubfileType');
  const old = values.number('SubfileType');
  return old === 2 ? REDUCED : old === 3 ? 2 : 0;
}

/**
 * Sorts the directories of the main chain into pages and their levels. Thumbnails, labels and masks are left out.
 *
 * The first directory that is no reduced picture and no mask is the first page. After it, a directory
 * - of the same size and kind is a further page of the stack, however it is tagged;
 * - of the same aspect (within rounding) and kind, and smaller than the level before, is the next level of the page
 *   before it, unless it is tagged as a page, or is in strips where the page is in tiles: a thumbnail;
 * - of any other sort is no part of the image.
 *
 * Pages share their levels: only those that all pages have count.
 */
export function classifyDirectories(chain: readonly (DirectorySummary | undefined)[]): readonly PageDirectories[] {
  const firstFull = chain.findIndex((entry) => entry && (entry.subfileType & (REDUCED | MASK)) === 0);
  const first = firstFull < 0 ? chain.findIndex((entry) => entry !== undefined) : firstFull;
  const full = chain[first];
  if (!full) return [];
  const pages: { levels: number[] }[] = [{ levels: [first] }];
  let smallest: Size = full;
  for (let index = first + 1; index < chain.length; index++) {
    const entry = chain[index];
    const page = pages.at(-1);
    if (!entry || !page || entry.subfileType & MASK || !sameKind(full, entry)) continue;
    if (sameSize(full, entry)) {
      if (entry.subfileType & REDUCED) continue;
      pages.push({ levels: [index] });
      smallest = full;
    } else if (entry.subfileType !== 2 && (entry.tiled || !full.tiled) && isReductionOf(full, smallest, entry)) {
      page.levels.push(index);
      smallest = entry;
    }
  }
  return sharedLevels(pages, chain);
}

/** Indices of the sub-directories that are levels of `full`, largest first. */
export function classifySubDirectories(
  full: DirectorySummary,
  children: readonly (DirectorySummary | undefined)[],
): readonly number[] {
  const candidates: { index: number; entry: DirectorySummary }[] = [];
  for (const [index, entry] of children.entries()) {
    if (entry && !(entry.subfileType & MASK) && sameKind(full, entry)) candidates.push({ index, entry });
  }
  candidates.sort((a, b) => b.entry.width * b.entry.height - a.entry.width * a.entry.height);
  const levels: number[] = [];
  let smallest: Size = full;
  for (const { index, entry } of candidates) {
    if (!isReductionOf(full, smallest, entry)) continue;
    levels.push(index);
    smallest = entry;
  }
  return levels;
}

function sameSize(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height;
}

/** Decodes to the same bands and type. */
function sameKind(a: DirectorySummary, b: DirectorySummary): boolean {
  return (
    a.bands === b.bands &&
    a.bitsPerSample === b.bitsPerSample &&
    a.sampleFormat === b.sampleFormat &&
    storedColor(a) === storedColor(b)
  );
}

function storedColor({ photometric }: DirectorySummary): number {
  return photometric === PHOTOMETRIC.ycbcr ? PHOTOMETRIC.rgb : photometric;
}

/** Smaller than the level before, with the aspect of the full size but for one pixel of rounding on either side. */
function isReductionOf(full: Size, before: Size, { width, height }: Size): boolean {
  if (width > before.width || height > before.height || (width === before.width && height === before.height)) {
    return false;
  }
  const lowest = (full.height * (width - 1)) / full.width - 1;
  const highest = (full.height * (width + 1)) / full.width + 1;
  return height >= lowest && height <= highest;
}

function sharedLevels(
  pages: readonly { levels: number[] }[],
  chain: readonly (DirectorySummary | undefined)[],
): readonly PageDirectories[] {
  const [first, ...others] = pages;
  if (!first) return [];
  const sizeAt = (page: { levels: number[] }, level: number) => chain[page.levels[level] ?? -1];
  let count = 0;
  for (; count < first.levels.length; count++) {
    const size = sizeAt(first, count);
    const shared = others.every((page) => {
      const other = sizeAt(page, count);
      return size !== undefined && other !== undefined && sameSize(size, other);
    });
    if (!shared) break;
  }
  return pages.map((page) => ({ levels: page.levels.slice(0, count) }));
}
