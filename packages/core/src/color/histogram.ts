import type { BandRange } from '../metadata/image-info.ts';
import type { PixelBuffer } from '../pixels/pixel-buffer.ts';

/** 256 counts; bin i holds the pixels whose mean lies nearest to i / 255 of the range. */
export type Histogram = Uint32Array;

/**
 * Counts pixels by the mean of their first `colorBands` bands, each scaled by its range to 0..255, clamped and
 * rounded. Samples that are not finite are left out of the count.
 */
export function histogramOf(pixels: PixelBuffer, ranges: readonly BandRange[], colorBands: number): Histogram {
  const bins = new Uint32Array(256);
  const { data, bands } = pixels;
  // One sum for the pixel: (v - minimum) * 255 / width / colorBands for each band, offsets gathered in `base`.
  const scale = new Float64Array(colorBands);
  let base = 0;
  for (let band = 0; band < colorBands; band++) {
    const { minimum, maximum } = ranges[band] ?? { minimum: 0, maximum: 1 };
    const width = maximum - minimum;
    scale[band] = width === 0 ? 0 : 255 / width / colorBands;
    base -= minimum * scale[band]!;
  }
  for (let start = 0; start < data.length; start += bands) {
    let mean = base;
    for (let band = 0; band < colorBands; band++) mean += data[start + band]! * scale[band]!;
    if (Number.isNaN(mean)) continue;
    const bin = mean >= 255 ? 255 : mean > 0 ? Math.floor(mean + 0.5) : 0;
    bins[bin]!++;
  }
  return bins;
}

/** First and last bin that hold a pixel; the whole range when none does. */
export function occupiedBins(histogram: Histogram): { readonly first: number; readonly last: number } {
  const first = histogram.findIndex((count) => count > 0);
  if (first < 0) return { first: 0, last: 255 };
  return { first, last: histogram.findLastIndex((count) => count > 0) };
}

/**
 * Ranges that spread what the histogram holds over black to white: the occupied bins, in the units of `ranges`
 * (those that the histogram was made with). A picture of one value keeps its ranges.
 */
export function stretchRanges(histogram: Histogram, ranges: readonly BandRange[]): BandRange[] {
  const { first, last } = occupiedBins(histogram);
  if (first === last) return [...ranges];
  return ranges.map(({ minimum, maximum }) => {
    const step = (maximum - minimum) / 255;
    return { minimum: minimum + first * step, maximum: minimum + last * step };
  });
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
