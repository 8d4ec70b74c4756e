import type { BandRange } from '../metadata/image-info.ts';
import type { PixelBuffer } from '../pixels/pixel-buffer.ts';

/** 256 counts; bin i holds the pixels whose mean lies nearest to i / 255 of the range. */
export type Histogram = Uint32Array;

/** Which bands make up the brightness that is counted, and which pixels do not count. */
export interface HistogramBands {
  /** Bands in a row, and the first of them. Default 0. */
  readonly bands: number;
  readonly firstBand?: number | undefined;
  /** Pixels whose sample of this band is 0 are left out. */
  readonly alphaBand?: number | undefined;
  /** Pixels with a sample of this value are left out. */
  readonly noData?: number | undefined;
}

/**
 * Counts pixels by the mean of some bands, each scaled by its range to 0..255, clamped and rounded. Samples that are
 * not finite are left out of the count.
 */
export function histogramOf(pixels: PixelBuffer, ranges: readonly BandRange[], of: HistogramBands): Histogram {
  const bins = new Uint32Array(256);
  forEachMean(pixels, ranges, of, (mean) => {
    const v = mean * 255;
    const bin = v >= 255 ? 255 : v > 0 ? Math.floor(v + 0.5) : 0;
    bins[bin]!++;
  });
  return bins;
}

/**
 * The lowest and the highest of the means that {@link histogramOf} counts, in fractions of the range and within it. The
 * whole range when there are none.
 */
export function extentOf(pixels: PixelBuffer, ranges: readonly BandRange[], of: HistogramBands): BandRange {
  let minimum = Number.POSITIVE_INFINITY;
  let maximum = Number.NEGATIVE_INFINITY;
  forEachMean(pixels, ranges, of, (mean) => {
    if (mean < minimum) minimum = mean;
    if (mean > maximum) maximum = mean;
  });
  if (!(minimum <= maximum)) return { minimum: 0, maximum: 1 };
  return { minimum: Math.max(0, minimum), maximum: Math.min(1, maximum) };
}

function forEachMean(
  pixels: PixelBuffer,
  ranges: readonly BandRange[],
  { bands: count, firstBand = 0, alphaBand = -1, noData }: HistogramBands,
  visit: (mean: number) => void,
): void {
  const { data, bands } = pixels;
  // One sum for the pixel: (v - minimum) / width / count for each band, offsets gathered in `base`.
  const scale = new Float64Array(count);
  let base = 0;
  for (let band = 0; band < count; band++) {
    const { minimum, maximum } = ranges[firstBand + band] ?? { minimum: 0, maximum: 1 };
    const width = maximum - minimum;
    scale[band] = width === 0 ? 0 : 1 / width / count;
    base -= minimum * scale[band]!;
  }
  for (let start = 0; start < data.length; start += bands) {
    if (alphaBand >= 0 && data[start + alphaBand] === 0) continue;
    let mean = base;
    for (let band = 0; band < count; band++) {
      const v = data[start + firstBand + band]!;
      mean += v === noData ? Number.NaN : v * scale[band]!;
    }
    if (!Number.isNaN(mean)) visit(mean);
  }
}

/** First and last bin that hold a pixel; the whole range when none does. */
export function occupiedBins(histogram: Histogram): { readonly first: number; readonly last: number } {
  const first = histogram.findIndex((count) => count > 0);
  if (first < 0) return { first: 0, last: 255 };
  return { first, last: histogram.findLastIndex((count) => count > 0) };
}

/**
 * The range that spreads an extent (see {@link extentOf}), or the occupied bins of a histogram, over black to white, in
 * the units of `range`, with which they were made. A picture of one value keeps its range.
 */
export function stretchRange(held: BandRange | Histogram, range: BandRange): BandRange {
  const { minimum, maximum } = 'minimum' in held ? held : extentOfBins(held);
  const width = range.maximum - range.minimum;
  if (!(minimum < maximum) || !Number.isFinite(maximum - minimum)) return range;
  return { minimum: range.minimum + minimum * width, maximum: range.minimum + maximum * width };
}

function extentOfBins(histogram: Histogram): BandRange {
  const { first, last } = occupiedBins(histogram);
  return { minimum: first / 255, maximum: last / 255 };
}

/**
 * Otsu's threshold (IEEE Trans. SMC 9, 1979): the bin t that maximizes wb wf (mb - mf)^2, where background are the
 * bins below t. The first of equal maxima wins. Samples below the value of bin t are dark. 0 for one-colored pictures.
 */
export function otsuThreshold(histogram: Histogram): number {
  let count = 0;
  let sum = 0;
  histogram.forEach((n, bin) => {
    count += n;
    sum += n * bin;
  });
  let best = 0;
  let threshold = 0;
  let darkCount = 0;
  let darkSum = 0;
  for (let bin = 1; bin < 256; bin++) {
    darkCount += histogram[bin - 1]!;
    darkSum += histogram[bin - 1]! * (bin - 1);
    const lightCount = count - darkCount;
    if (darkCount === 0 || lightCount === 0) continue;
    const distance = darkSum / darkCount - (sum - darkSum) / lightCount;
    const variance = darkCount * lightCount * distance * distance;
    if (variance > best) {
      best = variance;
      threshold = bin;
    }
  }
  return threshold;
}

/**
 * Table of 256 values that spreads the histogram evenly: lut[i] = round(255 (cdf[i] - cdf0) / (count - cdf0)), where
 * cdf0 counts the darkest occupied bin. A picture of one value stays as it is.
 *
 * With `withDarkest` cdf0 is 0, as in iipsrv: the darkest value is lightened by its own share.
 */
export function equalizeLut(
  histogram: Histogram,
  { withDarkest = false }: { readonly withDarkest?: boolean } = {},
): number[] {
  const count = histogram.reduce((sum, n) => sum + n, 0);
  const darkest = withDarkest ? 0 : (histogram[occupiedBins(histogram).first] ?? 0);
  if (count === darkest) return Array.from({ length: 256 }, (_, value) => value);
  let cumulative = 0;
  return Array.from(histogram, (n) => {
    cumulative += n;
    return Math.max(0, Math.round((255 * (cumulative - darkest)) / (count - darkest)));
  });
}
