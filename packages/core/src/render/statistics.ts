import { extentOf, type Histogram, type HistogramBands, histogramOf } from '../color/histogram.ts';
import type { BandRange, ImageInfo } from '../metadata/image-info.ts';
import { isFloat } from '../pixels/dtype.ts';
import type { PixelBuffer } from '../pixels/pixel-buffer.ts';
import type { ImageReader } from '../pyramid/image-reader.ts';
import type { PlanOptions } from './plan-options.ts';
import { readWindow, type SampleReading } from './read-window.ts';
import type { RenderRequest } from './request.ts';

/** What planning needs to know of an image's samples: to be added to {@link PlanOptions}. */
export type PictureStatistics = Pick<PlanOptions, 'ranges' | 'histograms' | 'extents'>;

/** Statistics of images, made when first needed. */
export interface Statistics {
  /**
   * What planning `request` needs; nothing for most.
   *
   * @throws ImageError what reading samples throws.
   */
  of(reader: ImageReader, request: RenderRequest): Promise<PictureStatistics>;
  /** The ranges shown of a page, measured where the file does not state them. */
  rangesOf(reader: ImageReader, page: number): Promise<readonly BandRange[]>;
}

/** What making statistics needs. */
export interface StatisticsParts extends SampleReading {
  readonly compat?: PlanOptions['compat'];
}

/** A level of so many pixels tells enough about the tones of a picture. */
const ENOUGH_PIXELS = 2 ** 20;

/**
 * Creates {@link Statistics}. They come from the whole of one level, page by page, so that all tiles of a page are
 * treated alike; they are kept as long as the reader. Failures are not kept.
 */
export function createStatistics({ compat, ...reading }: StatisticsParts): Statistics {
  const kept = new WeakMap<ImageReader, Map<string, Promise<unknown>>>();

  /** The result of `make`, made once for each reader and key. */
  function once<T>(reader: ImageReader, key: string, make: () => Promise<T>): Promise<T> {
    const ofReader = kept.get(reader) ?? new Map<string, Promise<unknown>>();
    kept.set(reader, ofReader);
    const made = (ofReader.get(key) as Promise<T> | undefined) ?? make();
    ofReader.set(key, made);
    made.catch(() => ofReader.delete(key));
    return made;
  }

  function readOverview(reader: ImageReader, page: number): Promise<PixelBuffer> {
    const { info } = reader;
    // iipsrv counts the smallest level.
    const level = compat === 'iipsrv' ? info.levels.length - 1 : overviewLevel(info);
    const { width, height } = info.levels[level] ?? info;
    return readWindow(reader, { page, level, window: { x: 0, y: 0, width, height } }, reading);
  }

  /** `undefined` where the image's own ranges are as good. */
  async function measure(reader: ImageReader, page: number): Promise<readonly BandRange[] | undefined> {
    const { info } = reader;
    if (compat === 'iipsrv' || !isFloat(info.dtype) || info.statesRanges || hasLabColors(info)) return undefined;
    return once(reader, `ranges ${page}`, async () => measuredRanges(await readOverview(reader, page), info));
  }

  return {
    async of(reader, request) {
      const { info } = reader;
      const ranges = await measure(reader, request.page);
      const measured = ranges ? { ranges } : {};
      if (!needsHistogram(request)) return measured;
      const shown = displayedRanges(ranges ?? info.ranges, info, request);
      const key = JSON.stringify([request.page, shown]);
      const counted = await once(reader, key, async () =>
        countBands(await readOverview(reader, request.page), info, shown),
      );
      return compat === 'iipsrv' ? { histograms: counted.histograms } : { ...measured, ...counted };
    },
    rangesOf: async (reader, page) => (await measure(reader, page)) ?? reader.info.ranges,
  };
}

function needsHistogram({ adjustments, quality }: RenderRequest): boolean {
  return quality === 'bitonal' || adjustments.some(({ kind }) => kind === 'stretch' || kind === 'equalize');
}

/** The largest level that is not too much work, or the smallest there is. */
function overviewLevel({ levels }: ImageInfo): number {
  const found = levels.findIndex(({ width, height }) => width * height <= ENOUGH_PIXELS);
  return found < 0 ? levels.length - 1 : found;
}

/** Floats that state no range: what there is, unless all of it lies within 0 to 1, which then is the range. */
function measuredRanges({ data, bands }: PixelBuffer, { ranges, noData }: ImageInfo): readonly BandRange[] {
  const measured = ranges.map((stated, band) => {
    let minimum = Number.POSITIVE_INFINITY;
    let maximum = Number.NEGATIVE_INFINITY;
    for (let i = band; i < data.length; i += bands) {
      const v = data[i]!;
      if (v === noData || !(Math.abs(v) < LARGEST_MEASURE)) continue;
      if (v < minimum) minimum = v;
      if (v > maximum) maximum = v;
    }
    return minimum < maximum ? { minimum, maximum } : stated;
  });
  const isUnit = measured.every(({ minimum, maximum }) => minimum >= 0 && maximum <= 1);
  return isUnit ? ranges : measured;
}

/** Larger numbers stand for missing values in most files that have them. */
const LARGEST_MEASURE = 1e30;

/** One histogram of the brightness; of layers that are no colors one each. Pixels without cover do not count. */
function countBands(
  pixels: PixelBuffer,
  info: ImageInfo,
  ranges: readonly BandRange[],
): { readonly histograms: readonly Histogram[]; readonly extents: readonly BandRange[] } {
  const alphaAt = info.extraSamples.findIndex((extra) => extra !== 'unspecified');
  const alphaBand = alphaAt < 0 ? undefined : info.bands - info.extraSamples.length + alphaAt;
  const options = { alphaBand, noData: info.noData };
  const counts: readonly HistogramBands[] =
    info.color === 'multiband'
      ? ranges.map((_, firstBand) => ({ ...options, firstBand, bands: 1 }))
      : [{ ...options, bands: brightnessBands(info) }];
  return {
    histograms: counts.map((count) => histogramOf(pixels, ranges, count)),
    extents: counts.map((count) => extentOf(pixels, ranges, count)),
  };
}

/** Bands that make up the brightness: all colors, or lightness alone. */
function brightnessBands(info: ImageInfo): number {
  return hasLabColors(info) ? 1 : info.bands - info.extraSamples.length;
}

function hasLabColors({ color }: ImageInfo): boolean {
  return color === 'cielab' || color === 'icclab';
}

/** What is shown of each band: that of the image, or what the request sets in its place. Ink is dark: turned around. */
function displayedRanges(
  ranges: readonly BandRange[],
  { color }: ImageInfo,
  { adjustments }: RenderRequest,
): readonly BandRange[] {
  const shown = ranges.map((range, band) => {
    const set = adjustments.findLast(
      (entry) => entry.kind === 'range' && (entry.band === 'all' || entry.band === band),
    );
    return set?.kind === 'range' ? { minimum: set.minimum, maximum: set.maximum } : range;
  });
  return color === 'cmyk' ? shown.map(({ minimum, maximum }) => ({ minimum: maximum, maximum: minimum })) : shown;
}
