import { ImageError } from '../errors.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { PixelBuffer } from '../pixels/pixel-buffer.ts';
import { isDirect, type PixelShape, type PointStage } from './stage.ts';
import type { StageStep } from './stage-step.ts';
import { definitionOf, outputShape } from './stage-table.ts';

/** A run of steps on 8 or 16-bit samples as lookup tables: output band k is `tables[k][input band sources[k]]`. */
export interface BandTables {
  /** What comes out, `uint8`, `uint16` or `float32`. */
  readonly dtype: 'uint8' | 'uint16' | 'float32';
  readonly sources: readonly number[];
  /** 256 or 65536 entries each; bands that agree share one array. */
  readonly tables: readonly (Uint8Array | Uint16Array | Float32Array)[];
  /** Three 8-bit tables of one input band side by side: a color in the lower 24 bits, red lowest. */
  readonly colors?: Uint32Array | undefined;
}

// A table longer than this costs more to fill than it saves; such runs go through floats.
const MAX_ENTRIES = 1 << 19;
const MAX_CACHED_BYTES = 1 << 23;
const CHUNK = 256;

/** Tables by the run that they stand for, last used last. Pure results of their key: safe to share and to lose. */
const cache = new Map<string, BandTables>();
let cachedBytes = 0;

/** How many of the leading steps can become tables together; 0 for none. */
export function tabulatedSteps(steps: readonly StageStep[], input: PixelShape): number {
  if (!isDirect(input.dtype)) return 0;
  const entries = input.dtype === 'uint8' ? 256 : 65536;
  let shape = input;
  let count = 0;
  for (const step of steps) {
    if (definitionOf(step).sources === undefined) break;
    shape = outputShape(step, shape);
    if (shape.bands * entries > MAX_ENTRIES) break;
    count++;
  }
  return count;
}

/** The tables of a run that `tabulatedSteps` allows; kept for the next tile. */
export function tablesFor(steps: readonly StageStep[], input: PixelShape): BandTables {
  const key = `${input.dtype} ${input.bands} ${JSON.stringify(steps)}`;
  const found = cache.get(key);
  if (found) cache.delete(key);
  const tables = found ?? buildTables(steps, input);
  cache.set(key, tables);
  if (found) return found;
  cachedBytes += byteLengthOf(key, tables);
  for (const [oldKey, oldTables] of cache) {
    if (cachedBytes <= MAX_CACHED_BYTES) break;
    cache.delete(oldKey);
    cachedBytes -= byteLengthOf(oldKey, oldTables);
  }
  return tables;
}

function byteLengthOf(key: string, { tables, colors }: BandTables): number {
  let bytes = key.length * 2;
  for (const table of new Set(tables)) bytes += table.byteLength;
  bytes += colors?.byteLength ?? 0;
  return bytes;
}

/**
 * Fills tables by running the stages themselves on every sample value, so a table cannot differ from the arithmetic
 * that it replaces. Every band holds the value, and each output band looks at one of them.
 */
function buildTables(steps: readonly StageStep[], input: PixelShape): BandTables {
  const stages: { stage: PointStage; output: Float32Array }[] = [];
  let sources: readonly number[] = Array.from({ length: input.bands }, (_, band) => band);
  let shape = input;
  for (const step of steps) {
    const definition = definitionOf(step);
    const stage = definition.create(step, shape);
    const from = definition.sources?.(step, shape.bands);
    if (stage.kind !== 'point' || from === undefined) {
      throw new ImageError('request', `${step.kind} cannot become a table`);
    }
    const before = sources;
    sources = from.map((band) => before[band]!);
    shape = outputShape(step, shape);
    stages.push({ stage, output: new Float32Array(CHUNK * shape.bands) });
  }
  const dtype = shape.dtype === 'uint8' || shape.dtype === 'uint16' ? shape.dtype : 'float32';
  const entries = input.dtype === 'uint8' ? 256 : 65536;
  const tables = Array.from({ length: shape.bands }, () => allocateTable(dtype, entries));
  const values = new Float32Array(CHUNK * input.bands);
  for (let first = 0; first < entries; first += CHUNK) {
    for (let i = 0; i < values.length; i++) values[i] = first + Math.floor(i / input.bands);
    let samples: Float32Array = values;
    for (const { stage, output } of stages) {
      stage.process(samples, output, CHUNK);
      samples = output;
    }
    tables.forEach((table, band) => {
      for (let i = 0; i < CHUNK; i++) table[first + i] = samples[i * tables.length + band]!;
    });
  }
  return { dtype, sources, tables: shareEqual(tables), colors: packColors(sources, tables) };
}

/** A color map is looked up once a pixel instead of once a band. */
function packColors(
  sources: readonly number[],
  tables: readonly (Uint8Array | Uint16Array | Float32Array)[],
): Uint32Array | undefined {
  const [red, green, blue] = tables;
  if (!(red instanceof Uint8Array && green && blue) || tables.length !== 3) return undefined;
  if (sources[0] !== sources[1] || sources[0] !== sources[2]) return undefined;
  return Uint32Array.from(red, (r, value) => r | (green[value]! << 8) | (blue[value]! << 16));
}

function allocateTable(dtype: BandTables['dtype'], entries: number): Uint8Array | Uint16Array | Float32Array {
  if (dtype === 'uint8') return new Uint8Array(entries);
  return dtype === 'uint16' ? new Uint16Array(entries) : new Float32Array(entries);
}

function shareEqual<T extends Uint8Array | Uint16Array | Float32Array>(tables: readonly T[]): T[] {
  const distinct: T[] = [];
  return tables.map((table) => {
    const same = distinct.find((other) => other.every((value, i) => value === table[i]));
    if (same === undefined) distinct.push(table);
    return same ?? table;
  });
}

/** Looks every sample up. */
export function applyTables(pixels: PixelBuffer, bandTables: BandTables, kernels: Kernels): PixelBuffer {
  const { dtype, sources, tables } = bandTables;
  const inPlace = sources.length === pixels.bands && sources.every((source, band) => source === band);
  const lut = inPlace ? joined(tables) : undefined;
  if (lut !== undefined) return kernels.applyLut(pixels, lut);
  const { width, height } = pixels;
  const bands = sources.length;
  const sampleCount = width * height * bands;
  if (bandTables.colors !== undefined) {
    return kernels.applyColorLut(pixels, sources[0]!, bandTables.colors);
  }
  const data = dtype === 'uint8' ? new Uint8Array(sampleCount) : new Uint16Array(sampleCount);
  lookUp(pixels, bandTables, 0, data);
  return { width, height, bands, dtype: dtype === 'uint8' ? 'uint8' : 'uint16', data };
}

/** Looks pixels up from pixel `first` on, until `output` is full. */
export function lookUp(
  pixels: PixelBuffer,
  { sources, tables }: BandTables,
  first: number,
  output: Uint8Array | Uint16Array | Float32Array,
): void {
  const bands = sources.length;
  for (let band = 0; band < bands; band++) {
    const table = tables[band]!;
    const { data } = pixels;
    const step = pixels.bands;
    for (let out = band, from = first * step + sources[band]!; out < output.length; out += bands, from += step) {
      output[out] = table[data[from]!]!;
    }
  }
}

/** One table for all bands, or all tables one after another; nothing for floats. */
function joined(tables: BandTables['tables']): Uint8Array | Uint16Array | undefined {
  const [first] = tables;
  if (first === undefined || first instanceof Float32Array) return undefined;
  if (tables.every((table) => table === first)) return first;
  const lut =
    first instanceof Uint8Array
      ? new Uint8Array(first.length * tables.length)
      : new Uint16Array(first.length * tables.length);
  tables.forEach((table, band) => {
    lut.set(table, band * first.length);
  });
  return lut;
}
