import { type Histogram, histogramOf } from '@sectile/core/processing';
import type { BandRange, ImageInfo, ImageReader } from '@sectile/core/pyramid';
import type { RenderRequest } from '@sectile/core/render';
import { readWindow, type SampleReading } from './read-window.ts';

/** Histograms of pictures, made when first needed. */
export interface Histograms {
  /** The histogram that planning `request` needs, or `undefined` when it needs none. */
  of(reader: ImageReader, request: RenderRequest): Promise<Histogram | undefined>;
}

/** What counting needs. */
export interface HistogramParts extends SampleReading {
  /** `iipsrv`: count the smallest level, as it does. */
  readonly compat?: 'iipsrv' | undefined;
}

/** A level of so many pixels tells enough about the tones of a picture. */
const ENOUGH_PIXELS = 2 ** 20;

/**
 * Creates {@link Histograms}. One histogram serves all tiles of a picture, so that they are stretched alike; it is kept
 * as long as the reader. Failures are not kept.
 */
export function createHistograms({ compat, ...reading }: HistogramParts): Histograms {
  const kept = new WeakMap<ImageReader, Map<string, Promise<Histogram>>>();

  async function count(reader: ImageReader, page: number, ranges: readonly BandRange[]): Promise<Histogram> {
    const { info } = reader;
    const level = compat === 'iipsrv' ? info.levels.length - 1 : overviewLevel(info);
    const { width, height } = info.levels[level] ?? info;
    const pixels = await readWindow(reader, { page, level, window: { x: 0, y: 0, width, height } }, reading);
    return histogramOf(pixels, ranges, brightnessBands(info));
  }

  return {
    async of(reader, request) {
      if (!needsHistogram(request)) return undefined;
      const ranges = displayedRanges(reader.info, request);
      const ofReader = kept.get(reader) ?? new Map<string, Promise<Histogram>>();
      kept.set(reader, ofReader);
      const key = JSON.stringify([request.page, ranges]);
      const made = ofReader.get(key) ?? count(reader, request.page, ranges);
      ofReader.set(key, made);
      made.catch(() => ofReader.delete(key));
      return made;
    },
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

/** Bands that make up the brightness: all colors, or lightness alone. */
function brightnessBands({ bands, color, extraSamples }: ImageInfo): number {
  return color === 'cielab' || color === 'icclab' ? 1 : bands - extraSamples.length;
}

/** What is shown of each band: that of the image, or what the request sets in its place. Ink is dark: turned around. */
function displayedRanges({ ranges, color }: ImageInfo, { adjustments }: RenderRequest): readonly BandRange[] {
  const shown = ranges.map((range, band) => {
    const set = adjustments.findLast(
      (entry) => entry.kind === 'range' && (entry.band === 'all' || entry.band === band),
    );
    return set?.kind === 'range' ? { minimum: set.minimum, maximum: set.maximum } : range;
  });
  return color === 'cmyk' ? shown.map(({ minimum, maximum }) => ({ minimum: maximum, maximum: minimum })) : shown;
}
