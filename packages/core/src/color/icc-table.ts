import type { ByteCursor } from '../bytes/byte-cursor.ts';
import { asciiOf } from '../bytes/text.ts';
import { ImageError } from '../errors.ts';
import { inverseLabCurve, WHITE_POINTS } from './cielab.ts';
import { readIccCurve } from './icc-curve.ts';
import { type ToneCurve, toneAt } from './tone-curve.ts';

/**
 * Samples to the connection space by a grid of colors between curves: `lut8Type`, `lut16Type` and `lutAToBType`
 * (ICC.1:2022, clauses 10.10 to 10.12). Plain data.
 */
export interface IccTable {
  /** One a sample, 0..1 to 0..1: where on its side of the grid the sample lies. */
  readonly inputCurves: readonly ToneCurve[];
  /** Points along each side; empty where the table has no grid, then there are three samples. */
  readonly gridSides: readonly number[];
  /** Three values 0..65535 a point; the last sample's side runs fastest. */
  readonly grid: Uint16Array;
  /** After the grid: three curves, then three rows of a matrix with an offset each. */
  readonly matrixCurves?: readonly ToneCurve[] | undefined;
  readonly matrix?: readonly number[] | undefined;
  readonly outputCurves: readonly ToneCurve[];
  /** What 0..1 means at the end. `lab-v2`: 16 bits with L* 100 at 0xFF00. */
  readonly space: 'lab' | 'lab-v2' | 'xyz';
}

const MAX_SAMPLES = 4;

/** Reads the tag that begins at `offset`, `undefined` when it is of another type or for more than four samples. */
export function readIccTable(cursor: ByteCursor, offset: number, connectionSpace: string): IccTable | undefined {
  cursor.seek(offset);
  const type = asciiOf(cursor.take(4));
  cursor.skip(4);
  const isLab = connectionSpace === 'Lab';
  if (type === 'mft1' || type === 'mft2') {
    return readOldTable(cursor, type === 'mft1' ? 1 : 2, isLab ? (type === 'mft1' ? 'lab' : 'lab-v2') : 'xyz');
  }
  return type === 'mAB ' ? readNewTable(cursor, offset, isLab ? 'lab' : 'xyz') : undefined;
}

/** `lut8Type` and `lut16Type`. Their matrix acts on XYZ samples only, so not here. */
function readOldTable(cursor: ByteCursor, sampleBytes: 1 | 2, space: IccTable['space']): IccTable | undefined {
  const inputs = cursor.uint8();
  const outputs = cursor.uint8();
  const side = cursor.uint8();
  cursor.skip(1 + 9 * 4);
  if (outputs !== 3 || inputs < 1 || inputs > MAX_SAMPLES) return undefined;
  if (side < 2) throw new ImageError('malformed', `An ICC profile has a grid of ${side} points a side`);
  const inputLength = sampleBytes === 1 ? 256 : cursor.uint16();
  const outputLength = sampleBytes === 1 ? 256 : cursor.uint16();
  const gridSides = new Array<number>(inputs).fill(side);
  return {
    inputCurves: gridSides.map(() => readValues(cursor, inputLength, sampleBytes)),
    gridSides,
    grid: readGrid(cursor, gridSides, sampleBytes),
    outputCurves: [0, 1, 2].map(() => readValues(cursor, outputLength, sampleBytes)),
    space,
  };
}

function readValues(cursor: ByteCursor, count: number, sampleBytes: 1 | 2): ToneCurve {
  const values = toUint16(cursor.take(count * sampleBytes), sampleBytes);
  return { kind: 'table', values: Array.from(values, (value) => value / 65535) };
}

function readGrid(cursor: ByteCursor, sides: readonly number[], sampleBytes: 1 | 2): Uint16Array {
  const points = sides.reduce((product, side) => product * side, 1);
  return toUint16(cursor.take(points * 3 * sampleBytes), sampleBytes);
}

function toUint16(bytes: Uint8Array, sampleBytes: 1 | 2): Uint16Array {
  if (sampleBytes === 1) return Uint16Array.from(bytes, (value) => value * 257);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint16Array.from({ length: bytes.length / 2 }, (_, i) => view.getUint16(i * 2));
}

/** `lutAToBType`: A curves, grid, M curves, matrix, B curves; all but the last may be missing. */
function readNewTable(cursor: ByteCursor, start: number, space: IccTable['space']): IccTable | undefined {
  const inputs = cursor.uint8();
  const outputs = cursor.uint8();
  cursor.skip(2);
  const [bAt = 0, matrixAt = 0, mAt = 0, gridAt = 0, aAt = 0] = Array.from({ length: 5 }, () => cursor.uint32());
  if (outputs !== 3 || inputs < 1 || inputs > MAX_SAMPLES || bAt === 0) return undefined;
  if (gridAt === 0 && inputs !== 3) throw new ImageError('malformed', 'An ICC profile leaves out a grid that it needs');
  const curvesAt = (offset: number, count: number): readonly ToneCurve[] => {
    cursor.seek(start + offset);
    return Array.from({ length: count }, () => readAligned(cursor, start));
  };
  const grid = gridAt === 0 ? { gridSides: [], grid: new Uint16Array(0) } : readNewGrid(cursor, start + gridAt, inputs);
  return {
    ...grid,
    inputCurves: aAt === 0 || gridAt === 0 ? new Array<ToneCurve>(inputs).fill(IDENTITY) : curvesAt(aAt, inputs),
    ...(mAt === 0 || matrixAt === 0
      ? {}
      : { matrixCurves: curvesAt(mAt, 3), matrix: readMatrix(cursor, start + matrixAt) }),
    outputCurves: curvesAt(bAt, 3),
    space,
  };
}

const IDENTITY: ToneCurve = { kind: 'table', values: [] };

/** Curves follow each other at multiples of four bytes. */
function readAligned(cursor: ByteCursor, start: number): ToneCurve {
  const curve = readIccCurve(cursor);
  if (curve === undefined) throw new ImageError('malformed', 'An ICC profile has a curve of unknown type');
  cursor.skip(-(cursor.position - start) & 3);
  return curve;
}

function readNewGrid(
  cursor: ByteCursor,
  offset: number,
  inputs: number,
): { readonly gridSides: readonly number[]; readonly grid: Uint16Array } {
  cursor.seek(offset);
  const gridSides = Array.from(cursor.take(16)).slice(0, inputs);
  const sampleBytes = cursor.uint8();
  cursor.skip(3);
  if (gridSides.some((side) => side < 2) || (sampleBytes !== 1 && sampleBytes !== 2)) {
    throw new ImageError('malformed', 'An ICC profile has a grid of unknown shape');
  }
  return { gridSides, grid: readGrid(cursor, gridSides, sampleBytes) };
}

/** Nine weights row by row, then three offsets, made into three rows of four. */
function readMatrix(cursor: ByteCursor, offset: number): readonly number[] {
  cursor.seek(offset);
  const e = Array.from({ length: 12 }, () => (cursor.uint32() | 0) / 65536);
  return [0, 1, 2].flatMap((row) => [...e.slice(row * 3, row * 3 + 3), e[9 + row] ?? 0]);
}

/** Reads one color: samples 0..1 from `input` at `from`, to XYZ under D50 with Y of white 1. */
export type IccTableReader = (input: ArrayLike<number>, from: number, xyz: Float64Array) => void;

/** Points of the tables that curves are read from. */
const CURVE_POINTS = 1024;

/** Makes a reader. Between the points of the grid it goes straight along a tetrahedron of the last three samples. */
export function iccTableReader(table: IccTable): IccTableReader {
  const { gridSides, space } = table;
  const interpolate = gridSides.length > 0 ? gridReader(table) : copyThree;
  const matrixCurves = table.matrixCurves?.map(sampled);
  const outputCurves = table.outputCurves.map(sampled);
  return (input, from, xyz) => {
    interpolate(input, from, xyz);
    if (matrixCurves && table.matrix) applyMatrix(xyz, matrixCurves, table.matrix);
    for (let i = 0; i < 3; i++) xyz[i] = read(outputCurves[i]!, xyz[i]!);
    if (space === 'xyz') for (let i = 0; i < 3; i++) xyz[i]! *= 65535 / 32768;
    else labToXyz(xyz, space === 'lab-v2' ? 65535 / 65280 : 1);
  };
}

function copyThree(input: ArrayLike<number>, from: number, color: Float64Array): void {
  for (let i = 0; i < 3; i++) color[i] = input[from + i]!;
}

/**
 * Three samples lie in one of six tetrahedra of their cell, so that grays stay on the cell's diagonal; further samples
 * before them, and fewer than three, are mixed linearly.
 */
function gridReader({ gridSides, grid, inputCurves }: IccTable): IccTableReader {
  const inputs = gridSides.length;
  const linear = inputs < 3 ? inputs : inputs - 3;
  const curves = inputCurves.map(sampled);
  const strides = gridSides.map((_, i) => gridSides.slice(i + 1).reduce((product, side) => product * side, 3));
  const steps = new Int32Array(3);
  const parts = new Float64Array(3);
  const offsets = new Int32Array(32);
  const weights = new Float64Array(32);
  return (input, from, color) => {
    let corners = 1;
    offsets[0] = 0;
    weights[0] = 1;
    for (let i = 0; i < inputs; i++) {
      const last = gridSides[i]! - 1;
      const position = read(curves[i]!, input[from + i]!) * last;
      const index = Math.min(last - 1, position | 0);
      const stride = strides[i]!;
      for (let k = 0; k < corners; k++) offsets[k]! += index * stride;
      if (i < linear) corners = splitCorners(offsets, weights, corners, stride, position - index);
      else insertDescending(steps, parts, i - linear, stride, position - index);
    }
    if (inputs >= 3) corners = walkTetrahedron(offsets, weights, corners, steps, parts);
    for (let band = 0; band < 3; band++) {
      let sum = 0;
      for (let k = 0; k < corners; k++) sum += weights[k]! * grid[offsets[k]! + band]!;
      color[band] = sum / 65535;
    }
  };
}

/** Each corner becomes two, `step` apart; the new one gets `part` of the weight. */
function splitCorners(offsets: Int32Array, weights: Float64Array, corners: number, step: number, part: number): number {
  for (let k = 0; k < corners; k++) {
    offsets[corners + k] = offsets[k]! + step;
    weights[corners + k] = weights[k]! * part;
    weights[k]! *= 1 - part;
  }
  return corners * 2;
}

/** Keeps the first `count + 1` parts sorted, the largest first, and their steps with them. */
function insertDescending(steps: Int32Array, parts: Float64Array, count: number, step: number, part: number): void {
  let at = count;
  for (; at > 0 && parts[at - 1]! < part; at--) {
    parts[at] = parts[at - 1]!;
    steps[at] = steps[at - 1]!;
  }
  parts[at] = part;
  steps[at] = step;
}

/** Each corner becomes four: itself, then one step after the other, the longest part first. */
function walkTetrahedron(
  offsets: Int32Array,
  weights: Float64Array,
  corners: number,
  steps: Int32Array,
  parts: Float64Array,
): number {
  for (let k = 0; k < corners; k++) {
    const weight = weights[k]!;
    weights[k] = weight * (1 - parts[0]!);
    let offset = offsets[k]!;
    for (let i = 0; i < 3; i++) {
      offset += steps[i]!;
      offsets[corners * (i + 1) + k] = offset;
      weights[corners * (i + 1) + k] = weight * (parts[i]! - (i < 2 ? parts[i + 1]! : 0));
    }
  }
  return corners * 4;
}

function applyMatrix(color: Float64Array, curves: readonly Float64Array[], m: readonly number[]): void {
  const [a, b, c] = [0, 1, 2].map((i) => read(curves[i]!, color[i]!)) as [number, number, number];
  for (let row = 0; row < 3; row++) {
    color[row] = m[row * 4]! * a + m[row * 4 + 1]! * b + m[row * 4 + 2]! * c + m[row * 4 + 3]!;
  }
}

/** 0..1 is L* 0 to 100 and a*, b* from -128 on (ICC.1:2022, 6.3.4.2). */
function labToXyz(color: Float64Array, scale: number): void {
  const fy = (color[0]! * scale * 100 + 16) / 116;
  const fx = fy + (color[1]! * scale * 255 - 128) / 500;
  const fz = fy - (color[2]! * scale * 255 - 128) / 200;
  const [x, y, z] = WHITE_POINTS.d50;
  color[0] = x * inverseLabCurve(fx);
  color[1] = y * inverseLabCurve(fy);
  color[2] = z * inverseLabCurve(fz);
}

function sampled(curve: ToneCurve): Float64Array {
  return Float64Array.from({ length: CURVE_POINTS + 1 }, (_, i) => toneAt(curve, i / CURVE_POINTS));
}

function read(table: Float64Array, v: number): number {
  if (!(v > 0)) return table[0]!;
  if (v >= 1) return table[CURVE_POINTS]!;
  const position = v * CURVE_POINTS;
  const index = position | 0;
  return table[index]! + (table[index + 1]! - table[index]!) * (position - index);
}
