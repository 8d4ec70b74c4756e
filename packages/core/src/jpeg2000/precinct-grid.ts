import type { PrecinctBlocks } from './chunk-list.ts';
import { ceilShift, floorShift, type Resolution } from './tile-geometry.ts';
import type { BandWindow } from './wavelet-window.ts';
import type { WeightedCache } from './weighted-cache.ts';

/** Columns and rows of precincts of a resolution; ends are exclusive. */
export interface PrecinctRange {
  readonly col0: number;
  readonly row0: number;
  readonly col1: number;
  readonly row1: number;
}

const NO_NUMBERS: number[] = [];
const NONE: PrecinctRange = { col0: 0, row0: 0, col1: 0, row1: 0 };

/** The precincts of a resolution that hold code-blocks of a window. */
export class PrecinctGrid {
  /** Of each subband. */
  readonly ranges: readonly PrecinctRange[];
  readonly #whole: PrecinctRange;
  readonly #precinctsWide: number;
  /** All between the first and the last, row by row; some may be of no subband. */
  readonly #blocks: (PrecinctBlocks | undefined)[];

  constructor(resolution: Resolution, bands: readonly BandWindow[]) {
    this.ranges = bands.map((band) => precinctsTouching(resolution, band));
    this.#whole = this.ranges.reduce(union, NONE);
    this.#precinctsWide = resolution.precinctsWide;
    const { col0, row0, col1, row1 } = this.#whole;
    this.#blocks = new Array((col1 - col0) * (row1 - row0)).fill(undefined);
  }

  /**
   * Takes precincts from a cache: the first of the resolution has key `firstKey`, each next one `keyStep` more.
   *
   * @returns Those that it has not, by number within the resolution.
   */
  fill(known: WeightedCache<PrecinctBlocks>, firstKey: number, keyStep: number): readonly number[] {
    const { col0, row0, col1, row1 } = this.#whole;
    let missing = NO_NUMBERS;
    let at = 0;
    for (let row = row0; row < row1; row++) {
      for (let col = col0; col < col1; col++, at++) {
        if (!this.#isTouched(col, row)) continue;
        const precinct = row * this.#precinctsWide + col;
        const blocks = known.get(firstKey + precinct * keyStep);
        if (blocks) this.#blocks[at] = blocks;
        else if (missing === NO_NUMBERS) missing = [precinct];
        else missing.push(precinct);
      }
    }
    return missing;
  }

  #isTouched(col: number, row: number): boolean {
    for (const { col0, row0, col1, row1 } of this.ranges) {
      if (col >= col0 && col < col1 && row >= row0 && row < row1) return true;
    }
    return false;
  }

  at(col: number, row: number): PrecinctBlocks | undefined {
    return this.#blocks[this.#indexOf(col, row)];
  }

  /** `precinct` is one that was missing. */
  put(precinct: number, blocks: PrecinctBlocks): void {
    const col = precinct % this.#precinctsWide;
    const row = Math.floor(precinct / this.#precinctsWide);
    this.#blocks[this.#indexOf(col, row)] = blocks;
  }

  #indexOf(col: number, row: number): number {
    const { col0, row0, col1 } = this.#whole;
    return (row - row0) * (col1 - col0) + (col - col0);
  }
}

function precinctsTouching(resolution: Resolution, { x0, y0, x1, y1 }: BandWindow): PrecinctRange {
  if (x1 <= x0 || y1 <= y0) return NONE;
  const halving = resolution.bands.length === 1 ? 0 : 1;
  const { precinctX, precinctY } = resolution;
  const firstCol = floorShift(resolution.x0, precinctX);
  const firstRow = floorShift(resolution.y0, precinctY);
  return {
    col0: floorShift(x0, precinctX - halving) - firstCol,
    row0: floorShift(y0, precinctY - halving) - firstRow,
    col1: ceilShift(x1, precinctX - halving) - firstCol,
    row1: ceilShift(y1, precinctY - halving) - firstRow,
  };
}

function union(a: PrecinctRange, b: PrecinctRange): PrecinctRange {
  if (isEmpty(a)) return b;
  if (isEmpty(b)) return a;
  return {
    col0: Math.min(a.col0, b.col0),
    row0: Math.min(a.row0, b.row0),
    col1: Math.max(a.col1, b.col1),
    row1: Math.max(a.row1, b.row1),
  };
}

function isEmpty({ col0, row0, col1, row1 }: PrecinctRange): boolean {
  return col1 <= col0 || row1 <= row0;
}
