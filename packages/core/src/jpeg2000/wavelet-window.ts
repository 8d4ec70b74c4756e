import { type Band, type Bounds, ceilShift, type TileComponent } from './tile-geometry.ts';

/** What of a tile-component has to be there to know its samples in a window of one resolution. */
export interface ResolutionWindow extends Bounds {
  /** Which resolution of the tile-component. */
  readonly resolution: number;
  readonly bands: readonly BandWindow[];
}

/** A stretch of a subband. */
export interface BandWindow extends Bounds {
  readonly band: Band;
}

/**
 * Works back from samples of `resolution` to all subbands below, filter margins included, lowest resolution first.
 * A window inside of a tile is transformed as if it ended there: what the wrong edge spoils lies in the margin. Below a
 * resolution of which nothing is needed there is nothing: it is the first one, its LL empty.
 */
export function waveletWindows(component: TileComponent, resolution: number, wanted: Bounds): ResolutionWindow[] {
  const windows: ResolutionWindow[] = [];
  let needed = wanted;
  for (let level = resolution; level > 0; level--) {
    const whole = component.resolutions[level]!;
    const window = withMargins(needed, whole, component.coding.reversible);
    const { x0, y0, x1, y1 } = window;
    const bands = whole.bands.map((band) => bandWindow(band, splitBounds(window, band.orientation)));
    windows.unshift({ x0, y0, x1, y1, resolution: level, bands });
    needed = splitBounds(window, 0);
    if (needed.x1 <= needed.x0 || needed.y1 <= needed.y0) {
      windows.unshift({ ...needed, resolution: level - 1, bands: [bandWindow(NOTHING, needed)] });
      return windows;
    }
  }
  const [lowest] = component.resolutions[0]!.bands;
  windows.unshift({ ...needed, resolution: 0, bands: [bandWindow(lowest!, needed)] });
  return windows;
}

/** A subband without samples. */
const NOTHING: Band = { orientation: 0, x0: 0, y0: 0, x1: 0, y1: 0, planes: 0 };

function bandWindow(band: Band, { x0, y0, x1, y1 }: Bounds): BandWindow {
  return { band, x0, y0, x1, y1 };
}

/**
 * Samples that the synthesis of a window reads. By the filters' lengths (T.800 F.3): an even sample depends on up to one
 * (5/3) or three (9/7) neighbors on each side, an odd one on two or four.
 */
function withMargins(window: Bounds, whole: Bounds, reversible: boolean): Bounds {
  const even = reversible ? 1 : 3;
  const margin = (coordinate: number): number => even + (coordinate % 2);
  return {
    x0: Math.max(whole.x0, window.x0 - margin(window.x0)),
    y0: Math.max(whole.y0, window.y0 - margin(window.y0)),
    x1: Math.min(whole.x1, window.x1 + margin(window.x1 - 1)),
    y1: Math.min(whole.y1, window.y1 + margin(window.y1 - 1)),
  };
}

/** The part of a subband that covers bounds of the next higher resolution (equation B-15 for one level). */
function splitBounds({ x0, y0, x1, y1 }: Bounds, orientation: Band['orientation']): Bounds {
  const highX = orientation & 1;
  const highY = orientation >> 1;
  return {
    x0: ceilShift(x0 - highX, 1),
    y0: ceilShift(y0 - highY, 1),
    x1: ceilShift(x1 - highX, 1),
    y1: ceilShift(y1 - highY, 1),
  };
}
