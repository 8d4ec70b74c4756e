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
  /** Quantization step, 1 where there is none (equation E-3). */
  readonly step: number;
}

/** One resolution level of a tile-component; 0 is the smallest. */
export interface Resolution extends Bounds {
  /** log2 of the precinct size in samples of this resolution. */
  readonly precinctX: number;
  readonly precinctY: number;
  readonly precinctsWide: number;
  readonly precinctsHigh: number;
  /** Number of the first precinct within the tile; the others follow row by row. */
  readonly firstPrecinct: number;
  /** log2 of the code-block size after the precinct's size has limited it. */
  readonly blockX: number;
  readonly blockY: number;
  readonly bands: readonly Band[];
}

/** One component of a tile, in its own sample coordinates. */
export interface TileComponent extends Bounds {
  readonly dx: number;
  readonly dy: number;
  readonly coding: ComponentCoding;
  readonly roiShift: number;
  readonly resolutions: readonly Resolution[];
}

/** A tile on the reference grid. */
export interface TileGeometry extends Bounds {
  readonly components: readonly TileComponent[];
  readonly precinctCount: number;
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

function powerOfTwo(exponent: number): number {
  return POWERS[exponent] ?? 2 ** exponent;
}

/** Divides by 2^exponent, upwards; exact for coordinates up to 2^32, unlike shifts. */
export function ceilShift(value: number, exponent: number): number {
  return Math.ceil(value / powerOfTwo(exponent));
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

/** Works out resolutions, subbands and precinct counts of a tile (T.800 B.5 to B.7). */
export function tileGeometry(size: ImageSize, tile: number, parameters: TileParameters, limits: Limits): TileGeometry {
  const bounds = tileBounds(size, tile);
  let precinctCount = 0;
  const components = size.components.map(({ dx, dy, bits }, index): TileComponent => {
    const coding = parameters.coding[index]!;
    const area: Bounds = {
      x0: Math.ceil(bounds.x0 / dx),
      y0: Math.ceil(bounds.y0 / dy),
      x1: Math.ceil(bounds.x1 / dx),
      y1: Math.ceil(bounds.y1 / dy),
    };
    const resolutions = coding.precincts.map((_, level) => {
      const context = { area, coding, quantization: parameters.quantization[index]!, bits, level };
      const resolution = resolutionGeometry(context, precinctCount);
      precinctCount += resolution.precinctsWide * resolution.precinctsHigh;
      return resolution;
    });
    return { ...area, dx, dy, coding, roiShift: parameters.roiShift[index]!, resolutions };
  });
  for (const { resolutions } of components) {
    for (const { precinctsWide, precinctsHigh } of resolutions) {
      assertWithin(Math.max(precinctsWide, precinctsHigh), MAX_PRECINCT_COLUMNS, 'The number of precincts in a row');
    }
  }
  assertWithin(precinctCount * parameters.tile.layers, limits.maxSegments, 'The number of packets of a tile');
  return { ...bounds, components, precinctCount };
}

const LOWEST_BANDS: readonly Band['orientation'][] = [0];
const HIGHER_BANDS: readonly Band['orientation'][] = [1, 2, 3];

interface ResolutionContext {
  readonly area: Bounds;
  readonly coding: ComponentCoding;
  readonly quantization: Quantization;
  readonly bits: number;
  readonly level: number;
}

function resolutionGeometry(context: ResolutionContext, firstPrecinct: number): Resolution {
  const { area, coding, level } = context;
  const reduction = coding.levels - level;
  const x0 = ceilShift(area.x0, reduction);
  const y0 = ceilShift(area.y0, reduction);
  const x1 = ceilShift(area.x1, reduction);
  const y1 = ceilShift(area.y1, reduction);
  const precinct = coding.precincts[level]!;
  const empty = x1 <= x0 || y1 <= y0;
  // Above the lowest resolution a precinct covers half its size in each subband.
  const halving = level === 0 ? 0 : 1;
  const orientations = level === 0 ? LOWEST_BANDS : HIGHER_BANDS;
  return {
    x0,
    y0,
    x1,
    y1,
    precinctX: precinct.x,
    precinctY: precinct.y,
    precinctsWide: empty ? 0 : ceilShift(x1, precinct.x) - floorShift(x0, precinct.x),
    precinctsHigh: empty ? 0 : ceilShift(y1, precinct.y) - floorShift(y0, precinct.y),
    firstPrecinct,
    blockX: Math.min(coding.blockWidthExponent, precinct.x - halving),
    blockY: Math.min(coding.blockHeightExponent, precinct.y - halving),
    bands: orientations.map((orientation) => bandGeometry(context, orientation)),
  };
}

function bandGeometry(context: ResolutionContext, orientation: Band['orientation']): Band {
  const { area, coding, level } = context;
  const depth = level === 0 ? coding.levels : coding.levels - level + 1;
  const offsetX = orientation & 1 && depth > 0 ? powerOfTwo(depth - 1) : 0;
  const offsetY = orientation & 2 && depth > 0 ? powerOfTwo(depth - 1) : 0;
  const { planes, step } = bandQuantization(context, orientation);
  return {
    orientation,
    x0: ceilShift(area.x0 - offsetX, depth),
    y0: ceilShift(area.y0 - offsetY, depth),
    x1: ceilShift(area.x1 - offsetX, depth),
    y1: ceilShift(area.y1 - offsetY, depth),
    planes,
    step,
  };
}

/** Bit-planes and step of a subband (T.800 E.1). */
function bandQuantization(
  { quantization, coding, bits, level }: ResolutionContext,
  orientation: Band['orientation'],
): { planes: number; step: number } {
  const index = level === 0 ? 0 : 3 * (level - 1) + orientation;
  const derived = quantization.style === 'derived';
  const listed = quantization.exponents[derived ? 0 : index];
  if (listed === undefined) throw new ImageError('malformed', 'A subband without a quantization step');
  // Equation E-5: derived exponents fall by one with each level of resolution.
  const exponent = derived ? Math.max(0, listed - Math.max(0, level - 1)) : listed;
  const planes = Math.max(0, quantization.guardBits + exponent - 1);
  if (coding.reversible) return { planes, step: 1 };
  const mantissa = quantization.mantissas[derived ? 0 : index]!;
  const gain = orientation === 0 ? 0 : orientation === 3 ? 2 : 1;
  return { planes, step: 2 ** (bits + gain - exponent) * (1 + mantissa / 2048) };
}

/** The code-block grids of a precinct, one for each subband of the resolution (T.800 B.7); `precinct` counts from 0. */
export function precinctBands(resolution: Resolution, precinct: number): PrecinctBand[] {
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
