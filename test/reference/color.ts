import { readFileSync } from 'node:fs';
import type { StageStep } from '../../packages/core/src/processing/stage-step.ts';

/*
 * Colors in double precision, from the formulas and the numbers of the standards: every matrix is worked out from
 * primaries and whites, every curve is evaluated where it is needed. Only for tests.
 */

type Vector = readonly number[];
type Matrix = readonly Vector[];
type Space = 'srgb' | 'display-p3';
type Conversion = Extract<StageStep, { kind: 'icc-to-rgb' }>['conversion'];
type Curve = Extract<Conversion, { curves: unknown }>['curves'][number];
type Table = Extract<Conversion, { table: unknown }>['table'];

/** ICC.1:2022, 7.2.16, and CIE 15. */
const D50 = [0.9642, 1, 0.8249];
const D65 = [0.95047, 1, 1.08883];

/** IEC 61966-2-1, SMPTE EG 432-1: x, y of red, green, blue. The white of both is (0.3127, 0.3290). */
const PRIMARIES = {
  srgb: [
    [0.64, 0.33],
    [0.3, 0.6],
    [0.15, 0.06],
  ],
  'display-p3': [
    [0.68, 0.32],
    [0.265, 0.69],
    [0.15, 0.06],
  ],
} as const;
const RGB_WHITE = fromChromaticity([0.3127, 0.329]);

/** Bradford's cones (ICC.1:2022, annex E). */
const CONES = [
  [0.8951, 0.2664, -0.1614],
  [-0.7502, 1.7135, 0.0367],
  [0.0389, -0.0685, 1.0296],
];

/** Stored samples to L*, a*, b*: TIFF Technical Note 4 and ICC.1 Lab encodings. */
export function decodeLab(stored: Vector, encoding: 'cielab' | 'icclab', bits: number): number[] {
  const [l, a, b] = [stored[0]!, stored[1]!, stored[2]!];
  const unit = 2 ** (bits - 8);
  if (encoding === 'icclab') return [(l / (255 * unit)) * 100, a / unit - 128, b / unit - 128];
  const signed = (v: number): number => (v >= 2 ** (bits - 1) ? v - 2 ** bits : v);
  // Files that call all their samples signed mean L* unsigned nevertheless.
  return [((l < 0 ? l + 2 ** bits : l) / (2 ** bits - 1)) * 100, signed(a) / unit, signed(b) / unit];
}

/** L*, a*, b* by CIE's epsilon and kappa to RGB 0..1. */
export function labToRgb(lab: Vector, white: 'd50' | 'd65', space: Space): number[] {
  const xyz = labToXyz(lab, white === 'd50' ? D50 : D65);
  return encoded(times(linearFromXyz(space, white), xyz));
}

function labToXyz([l, a, b]: Vector, white: Vector): number[] {
  const fy = (l! + 16) / 116;
  const inverse = (f: number): number => (f ** 3 > 216 / 24389 ? f ** 3 : (116 * f - 16) / (24389 / 27));
  return [fy + a! / 500, fy, fy - b! / 200].map((f, i) => inverse(f) * white[i]!);
}

/** Samples 0..1 by an ICC profile's curves and matrix, its gray curve, or its table. */
export function iccToRgb(samples: Vector, conversion: Conversion, space: Space): number[] {
  if ('table' in conversion) return encoded(times(linearFromXyz(space, 'd50'), tableToXyz(samples, conversion.table)));
  const light = conversion.curves.map((curve, i) => curveAt(curve, samples[i]!));
  if (conversion.matrix === undefined) return encoded(light);
  const m = conversion.matrix;
  const xyz = times([m.slice(0, 3), m.slice(3, 6), m.slice(6, 9)], light);
  return encoded(times(linearFromXyz(space, 'd50'), xyz));
}

function curveAt(curve: Curve, sample: number): number {
  const x = clip(sample);
  if (curve.kind === 'table') {
    const { values } = curve;
    if (values.length === 0) return x;
    return clip(between(values, x * (values.length - 1)));
  }
  const [g, a, b, c, d, e, f] = curve.parameters as [number, ...number[]] & number[];
  switch (curve.type) {
    case 0:
      return clip(x ** g);
    case 1:
      return clip(x >= -b! / a! ? (a! * x + b!) ** g : 0);
    case 2:
      return clip(x >= -b! / a! ? (a! * x + b!) ** g + c! : c!);
    case 3:
      return clip(x >= d! ? (a! * x + b!) ** g : c! * x);
    case 4:
      return clip(x >= d! ? (a! * x + b!) ** g + e! : c! * x + f!);
  }
}

function between(values: Vector, position: number): number {
  const index = Math.min(values.length - 2, Math.floor(position));
  return values[index]! * (1 - (position - index)) + values[index + 1]! * (position - index);
}

function tableToXyz(samples: Vector, table: Table): number[] {
  let color = table.inputCurves.map((curve, i) => curveAt(curve, samples[i]!));
  if (table.gridSides.length > 0) color = gridAt(table, color, []);
  if (table.matrixCurves && table.matrix) {
    const { matrix } = table;
    const light = [...table.matrixCurves.map((curve, i) => curveAt(curve, color[i]!)), 1];
    color = [0, 4, 8].map((row) => light.reduce((sum, v, i) => sum + v * matrix[row + i]!, 0));
  }
  color = table.outputCurves.map((curve, i) => curveAt(curve, color[i]!));
  if (table.space === 'xyz') return color.map((v) => (v * 65535) / 32768);
  const [l, a, b] = table.space === 'lab-v2' ? color.map((v) => (v * 65535) / 65280) : color;
  return labToXyz([l! * 100, a! * 255 - 128, b! * 255 - 128], D50);
}

/** Straight between grid points along all samples but the last three, and among those along a tetrahedron's edges. */
function gridAt(table: Table, place: Vector, chosen: Vector): number[] {
  const axis = chosen.length;
  const side = table.gridSides[axis]! - 1;
  if (table.gridSides.length - axis === 3) return tetrahedronAt(table, place, chosen);
  const index = Math.min(side - 1, Math.floor(place[axis]! * side));
  const share = place[axis]! * side - index;
  const [low, high] = [index, index + 1].map((i) => {
    const next = [...chosen, i];
    return next.length === table.gridSides.length ? gridPoint(table, next) : gridAt(table, place, next);
  });
  return low!.map((v, i) => v * (1 - share) + high![i]! * share);
}

function tetrahedronAt(table: Table, place: Vector, chosen: Vector): number[] {
  const axes = [0, 1, 2].map((i) => {
    const side = table.gridSides[chosen.length + i]! - 1;
    const position = place[chosen.length + i]! * side;
    const index = Math.min(side - 1, Math.floor(position));
    return { i, index, share: position - index };
  });
  const corner = axes.map(({ index }) => index);
  let before = gridPoint(table, [...chosen, ...corner]);
  const color = [...before];
  for (const { i, share } of [...axes].sort((a, b) => b.share - a.share)) {
    corner[i]!++;
    const after = gridPoint(table, [...chosen, ...corner]);
    after.forEach((v, band) => {
      color[band]! += share * (v - before[band]!);
    });
    before = after;
  }
  return color;
}

function gridPoint({ grid, gridSides }: Table, indices: Vector): number[] {
  const point = indices.reduce((at, index, axis) => at * gridSides[axis]! + index, 0);
  return Array.from(grid.slice(point * 3, point * 3 + 3), (v) => v / 65535);
}

/** Linear light to the values of IEC 61966-2-1, clipped. */
function encoded(linear: Vector): number[] {
  return linear.map(clip).map((v) => (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055));
}

function linearFromXyz(space: Space, white: 'd50' | 'd65'): Matrix {
  const columns = PRIMARIES[space].map(fromChromaticity);
  const primaries = transposed(columns);
  const amounts = times(inverted(primaries), RGB_WHITE);
  const toXyz = primaries.map((row) => row.map((v, i) => v * amounts[i]!));
  const fromXyz = inverted(toXyz);
  if (white === 'd65') return fromXyz;
  const gains = times(CONES, RGB_WHITE).map((v, i) => v / times(CONES, D50)[i]!);
  const adapted = product(
    inverted(CONES),
    CONES.map((row, i) => row.map((v) => v * gains[i]!)),
  );
  return product(fromXyz, adapted);
}

function fromChromaticity([x, y]: Vector): number[] {
  return [x! / y!, 1, (1 - x! - y!) / y!];
}

function times(matrix: Matrix, vector: Vector): number[] {
  return matrix.map((row) => row.reduce((sum, weight, i) => sum + weight * vector[i]!, 0));
}

function transposed(matrix: Matrix): number[][] {
  return [0, 1, 2].map((i) => matrix.map((row) => row[i]!));
}

function product(a: Matrix, b: Matrix): number[][] {
  return transposed(transposed(b).map((column) => times(a, column)));
}

/** By cross products of the rows. */
function inverted([a, b, c]: Matrix): number[][] {
  const cross = (u: Vector, v: Vector): number[] =>
    [0, 1, 2].map((i) => u[(i + 1) % 3]! * v[(i + 2) % 3]! - u[(i + 2) % 3]! * v[(i + 1) % 3]!);
  const columns = [cross(b!, c!), cross(c!, a!), cross(a!, b!)];
  const determinant = a!.reduce((sum, v, i) => sum + v * columns[0]![i]!, 0);
  return transposed(columns.map((column) => column.map((v) => v / determinant)));
}

function clip(v: number): number {
  return Math.min(1, Math.max(0, v));
}

const PUBLISHED: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(new URL('../golden/colormaps.json', import.meta.url), 'utf8'),
);

/** Color maps of 256 published colors each (see `generate/colormaps.py`). */
export const PUBLISHED_MAPS: readonly string[] = Object.keys(PUBLISHED);

/** The formulas of the IIP color maps, piece by piece; other maps straight between their published colors. */
export function namedColor(name: string, value: number): readonly number[] {
  const v = clip(value);
  switch (name) {
    case 'hot':
      if (v < 1 / 3) return [3 * v, 0, 0];
      return v < 2 / 3 ? [1, 3 * v - 1, 0] : [1, 1, 3 * v - 2];
    case 'cold':
      if (v < 1 / 3) return [0, 0, 3 * v];
      return v < 2 / 3 ? [0, 3 * v - 1, 1] : [3 * v - 2, 1, 1];
    case 'jet':
      if (value < 0) return [0, 0, 0];
      if (v < 1 / 8) return [0, 0, 4 * v + 0.5];
      if (v < 3 / 8) return [0, 4 * v - 0.5, 1];
      if (v < 5 / 8) return [4 * v - 1.5, 1, 2.5 - 4 * v];
      return v < 7 / 8 ? [1, 3.5 - 4 * v, 0] : [4.5 - 4 * v, 0, 0];
    case 'red':
      return [v, 0, 0];
    case 'green':
      return [0, v, 0];
    case 'blue':
      return [0, 0, v];
    case 'gray':
      return [v, v, v];
    default:
      return publishedColor(name, v);
  }
}

function publishedColor(name: string, v: number): readonly number[] {
  const digits = PUBLISHED[name];
  if (digits === undefined) throw new Error(`The reference has no map ${name}`);
  const bandAt = (index: number, band: number): number =>
    Number.parseInt(digits.slice(12 * index + 4 * band, 12 * index + 4 * band + 4), 16) / 65535;
  const index = Math.min(254, Math.floor(v * 255));
  const share = v * 255 - index;
  return [0, 1, 2].map((band) => bandAt(index, band) * (1 - share) + bandAt(index + 1, band) * share);
}
