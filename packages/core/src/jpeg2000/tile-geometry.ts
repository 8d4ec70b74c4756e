import { ImageError } from '../errors.ts';
import { assertWithin, type Limits } from '../limits.ts';
import type { ComponentCoding, Quantization } from './coding-parameters.ts';
import type { ImageSize } from './image-size.ts';
import type { TileParameters } from './main-header.ts';

/** Half-open bounds in the coordinates of a resolution level or subband, which begin at the reference grid's origin. */
export interface Bounds {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** A subband: 0 LL, 1 HL (high horizontally), 2 LH, 3 HH. */
export interface Band extends Bounds {
  readonly orientation: 0 | 1 | 2 | 3;
  /** Magnitude bit-planes without the region of interest (T.800 equation E-2). */
  readonly planes: number;
}

/** One resolution level of a tile-component; 0 is the smallest. One without samples has neither precincts nor subbands. */
export interface Resolution extends Bounds {
  /** log2 of the precinct size in samples of this resolution. */
  readonly precinctX: number;
  readonly precinctY: number;
  readonly precinctsWide: number;
  readonly precinctsHigh: number;
  /** Number of the first precinct within the tile-component; the others follow row by row. */
  readonly firstPrecinct: number;
  /** log2 of the code-block size after the precinct's size has limited it. */
  readonly blockX: number;
  readonly blockY: number;
  readonly bands: readonly Band[];
  /** The code-block grids of a precinct, one for each subband; `precinct` counts from 0 within the resolution. */
  precinctBands(precinct: number): readonly PrecinctBand[];
}

/** One component of a tile, in its own sample coordinates. */
export interface TileComponent extends Bounds {
  readonly dx: number;
  readonly dy: number;
  readonly coding: ComponentCoding;
  readonly roiShift: number;
  /** The very ones of the component before where both are alike. */
  readonly resolutions: readonly Resolution[];
  /** Number of the first precinct within the tile. */
  readonly firstPrecinct: number;
}

/** A tile on the reference grid. */
export interface TileGeometry extends Bounds {
  readonly components: readonly TileComponent[];
  readonly precinctCount: number;
  /** Resolutions that have samples, those that components share counted once. */
  readonly filledCount: number;
}

/** The code-blocks of one precinct in one subband: a grid, numbered from `firstBlock` row by row. */
export interface PrecinctBand {
  readonly band: Band;
  /** Columns and rows of the subband's whole code-block grid. */
  readonly col0: number;
  readonly row0: number;
  readonly cols: number;
  readonly rows: number;
  readonly firstBlock: number;
}

/** Precincts side by side; precincts of 128 samples then span 2^27 samples. */
const MAX_PRECINCT_COLUMNS = 2 ** 20;

/** 2^0, 2^1 and so on: looked up, because the operator takes longer than all the rest of a geometry. */
const POWERS = Float64Array.from({ length: 64 }, (_, exponent) => 2 ** exponent);

export function powerOfTwo(exponent: number): number {
  return POWERS[exponent] ?? 2 ** exponent;
}

/** Divides by 2^exponent, upwards; exact for coordinates up to 2^32, unlike shifts. */
export function ceilShift(value: number, exponent: number): number {
  // Never -0, which is no small integer: every field that once held one takes twice the memory.
  return Math.ceil(value / powerOfTwo(exponent)) + 0;
}

export function floorShift(value: number, exponent: number): number {
  return Math.floor(value / powerOfTwo(exponent));
}

/** A tile's bounds on the reference grid (T.800 B.3). */
export function tileBounds(size: ImageSize, tile: number): Bounds {
  const col = tile % size.tilesWide;
  const row = Math.floor(tile / size.tilesWide);
  return {
    x0: Math.max(size.tileX0 + col * size.tileWidth, size.x0),
    y0: Math.max(size.tileY0 + row * size.tileHeight, size.y0),
    x1: Math.min(size.tileX0 + (col + 1) * size.tileWidth, size.x1),
    y1: Math.min(size.tileY0 + (row + 1) * size.tileHeight, size.y1),
  };
}

/**
 * Works out resolutions and precinct counts of a tile (T.800 B.5 to B.7), subbands when they are asked for. What has no samples
 * costs nothing: a tile of one pixel may declare 33 resolutions, of which few hold it.
 */
export function tileGeometry(size: ImageSize, tile: number, parameters: TileParameters, limits: Limits): TileGeometry {
  const bounds = tileBounds(size, tile);
  const components: TileComponent[] = [];
  let precinctCount = 0;
  let filledCount = 0;
  let last: ComponentResolutions | undefined;
  for (let index = 0; index < size.components.length; index++) {
    const { dx, dy, bits } = size.components[index]!;
    const coding = parameters.coding[index]!;
    const quantization = parameters.quantization[index]!;
    const x0 = Math.ceil(bounds.x0 / dx);
    const y0 = Math.ceil(bounds.y0 / dy);
    const x1 = Math.ceil(bounds.x1 / dx);
    const y1 = Math.ceil(bounds.y1 / dy);
    const context: BandContext = { x0, y0, x1, y1, coding, quantization, bits };
    // Most pictures have components that are all alike.
    if (!last || !isAlike(context, last.context)) {
      last = componentResolutions(context);
      filledCount += last.filledCount;
    }
    const roiShift = parameters.roiShift[index]!;
    const { resolutions } = last;
    components.push({ x0, y0, x1, y1, dx, dy, coding, roiShift, resolutions, firstPrecinct: precinctCount });
    precinctCount += last.precinctCount;
  }
  assertWithin(precinctCount * parameters.tile.layers, limits.maxSegments, 'The number of packets of a tile');
  return { ...bounds, components, precinctCount, filledCount };
}

interface ComponentResolutions {
  readonly context: BandContext;
  readonly resolutions: readonly Resolution[];
  readonly precinctCount: number;
  readonly filledCount: number;
}

function componentResolutions(context: BandContext): ComponentResolutions {
  const { coding, quantization } = context;
  assertSteps(coding, quantization);
  const resolutions: Resolution[] = new Array(coding.levels + 1).fill(NO_SAMPLES);
  const lowest = lowestFilled(context);
  let precinctCount = 0;
  for (let level = lowest; level <= coding.levels; level++) {
    const resolution = new FilledResolution(context, level, precinctCount);
    const { precinctsWide, precinctsHigh } = resolution;
    assertWithin(Math.max(precinctsWide, precinctsHigh), MAX_PRECINCT_COLUMNS, 'The number of precincts in a row');
    precinctCount += precinctsWide * precinctsHigh;
    resolutions[level] = resolution;
  }
  return { context, resolutions, precinctCount, filledCount: coding.levels + 1 - lowest };
}

/** True for the same rectangle. */
export function sameBounds(a: Bounds, b: Bounds): boolean {
  return a.x0 === b.x0 && a.y0 === b.y0 && a.x1 === b.x1 && a.y1 === b.y1;
}

function isAlike(a: BandContext, b: BandContext): boolean {
  return sameBounds(a, b) && a.coding === b.coding && a.quantization === b.quantization && a.bits === b.bits;
}

/** The area of a tile-component, and how its subbands are coded. */
interface BandContext extends Bounds {
  readonly coding: ComponentCoding;
  readonly quantization: Quantization;
  readonly bits: number;
}

/** The lowest resolution that has samples, below which none has; one above the highest when there is none. */
function lowestFilled({ x0, y0, x1, y1, coding: { levels } }: BandContext): number {
  let level = levels + 1;
  for (let reduction = 0; reduction <= levels; reduction++) {
    const empty =
      ceilShift(x1, reduction) <= ceilShift(x0, reduction) || ceilShift(y1, reduction) <= ceilShift(y0, reduction);
    if (empty) break;
    level--;
  }
  return level;
}

/** A resolution without samples: no precincts, no subbands. */
const NO_SAMPLES: Resolution = {
  ...{ x0: 0, y0: 0, x1: 0, y1: 0 },
  ...{ precinctX: 0, precinctY: 0, precinctsWide: 0, precinctsHigh: 0, firstPrecinct: 0, blockX: 0, blockY: 0 },
  bands: [],
  precinctBands: () => [],
};

const LOWEST_BANDS: readonly Band['orientation'][] = [0];
const HIGHER_BANDS: readonly Band['orientation'][] = [1, 2, 3];

/** A resolution with samples. */
class FilledResolution implements Resolution {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  readonly precinctX: number;
  readonly precinctY: number;
  readonly precinctsWide: number;
  readonly precinctsHigh: number;
  readonly firstPrecinct: number;
  readonly blockX: number;
  readonly blockY: number;
  readonly #context: BandContext;
  readonly #level: number;
  #bands: readonly Band[] | undefined;
  /** Those last asked for: all components ask for the same, one after the other, and again when their headers are parsed. */
  #precinctBands: readonly PrecinctBand[] = [];
  #precinct = -1;

  constructor(context: BandContext, level: number, firstPrecinct: number) {
    const { coding } = context;
    const reduction = coding.levels - level;
    const { x, y } = coding.precincts[level]!;
    // Above the lowest resolution a precinct covers half its size in each subband.
    const halving = level === 0 ? 0 : 1;
    this.#context = context;
    this.#level = level;
    this.x0 = ceilShift(context.x0, reduction);
    this.y0 = ceilShift(context.y0, reduction);
    this.x1 = ceilShift(context.x1, reduction);
    this.y1 = ceilShift(context.y1, reduction);
    this.precinctX = x;
    this.precinctY = y;
    this.precinctsWide = ceilShift(this.x1, x) - floorShift(this.x0, x);
    this.precinctsHigh = ceilShift(this.y1, y) - floorShift(this.y0, y);
    this.firstPrecinct = firstPrecinct;
    this.blockX = Math.min(coding.blockWidthExponent, x - halving);
    this.blockY = Math.min(coding.blockHeightExponent, y - halving);
  }

  get bands(): readonly Band[] {
    this.#bands ??= (this.#level === 0 ? LOWEST_BANDS : HIGHER_BANDS).map((orientation) =>
      bandGeometry(this.#context, this.#level, orientation),
    );
    return this.#bands;
  }

  precinctBands(precinct: number): readonly PrecinctBand[] {
    if (precinct !== this.#precinct) {
      this.#precinctBands = precinctGrids(this, precinct);
      this.#precinct = precinct;
    }
    return this.#precinctBands;
  }
}

function bandGeometry(context: BandContext, level: number, orientation: Band['orientation']): Band {
  const { coding } = context;
  const depth = level === 0 ? coding.levels : coding.levels - level + 1;
  const offsetX = orientation & 1 && depth > 0 ? powerOfTwo(depth - 1) : 0;
  const offsetY = orientation & 2 && depth > 0 ? powerOfTwo(depth - 1) : 0;
  return {
    orientation,
    x0: ceilShift(context.x0 - offsetX, depth),
    y0: ceilShift(context.y0 - offsetY, depth),
    x1: ceilShift(context.x1 - offsetX, depth),
    y1: ceilShift(context.y1 - offsetY, depth),
    planes: bandPlanes(context, level, orientation),
  };
}

/** Throws unless each subband of a component has its quantization step. */
function assertSteps({ levels }: ComponentCoding, { style, exponents }: Quantization): void {
  const needed = style === 'derived' ? 1 : 3 * levels + 1;
  if (exponents.length < needed) throw new ImageError('malformed', 'A subband without a quantization step');
}

/** Magnitude bit-planes of a subband without the region of interest (T.800 equation E-2). */
function bandPlanes({ quantization }: BandContext, level: number, orientation: Band['orientation']): number {
  return Math.max(0, quantization.guardBits + bandExponent(quantization, level, orientation) - 1);
}

/** Equation E-5: derived exponents fall by one with each level of resolution. */
function bandExponent({ style, exponents }: Quantization, level: number, orientation: Band['orientation']): number {
  if (style === 'derived') return Math.max(0, exponents[0]! - Math.max(0, level - 1));
  return exponents[level === 0 ? 0 : 3 * (level - 1) + orientation]!;
}

/** Quantization steps (equation E-3) of LL, then of HL, LH and HH of each resolution level; 1 where there are none. */
export function quantizationSteps(
  { levels, reversible }: ComponentCoding,
  quantization: Quantization,
  bits: number,
): Float64Array {
  const steps = new Float64Array(3 * levels + 1).fill(1);
  if (reversible) return steps;
  const { style, mantissas } = quantization;
  for (let band = 0; band < steps.length; band++) {
    const level = Math.ceil(band / 3);
    const orientation = (band - 3 * Math.max(0, level - 1)) as Band['orientation'];
    const gain = orientation === 0 ? 0 : orientation === 3 ? 2 : 1;
    const mantissa = mantissas[style === 'derived' ? 0 : band]!;
    steps[band] = 2 ** (bits + gain - bandExponent(quantization, level, orientation)) * (1 + mantissa / 2048);
  }
  return steps;
}

/** Names a precinct of a tile. */
export interface PrecinctRef {
  readonly component: number;
  readonly resolution: number;
  /** Within the resolution. */
  readonly precinct: number;
}

/** Number of a precinct within the tile. */
export function precinctNumber({ components }: TileGeometry, { component, resolution, precinct }: PrecinctRef): number {
  const { firstPrecinct, resolutions } = components[component]!;
  return firstPrecinct + resolutions[resolution]!.firstPrecinct + precinct;
}

/** T.800 B.7. */
function precinctGrids(resolution: Resolution, precinct: number): PrecinctBand[] {
  const halving = resolution.bands.length === 1 ? 0 : 1;
  const col = (precinct % resolution.precinctsWide) + floorShift(resolution.x0, resolution.precinctX);
  const row = Math.floor(precinct / resolution.precinctsWide) + floorShift(resolution.y0, resolution.precinctY);
  const width = powerOfTwo(resolution.precinctX - halving);
  const height = powerOfTwo(resolution.precinctY - halving);
  let firstBlock = 0;
  return resolution.bands.map((band) => {
    const x0 = Math.max(band.x0, col * width);
    const y0 = Math.max(band.y0, row * height);
    const x1 = Math.min(band.x1, (col + 1) * width);
    const y1 = Math.min(band.y1, (row + 1) * height);
    const empty = x1 <= x0 || y1 <= y0;
    const col0 = floorShift(x0, resolution.blockX);
    const row0 = floorShift(y0, resolution.blockY);
    const cols = empty ? 0 : ceilShift(x1, resolution.blockX) - col0;
    const rows = empty ? 0 : ceilShift(y1, resolution.blockY) - row0;
    const entry = { band, col0, row0, cols, rows, firstBlock };
    firstBlock += cols * rows;
    return entry;
  });
}
