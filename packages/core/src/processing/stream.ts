import type { Rect } from '../geometry/rect.ts';
import { allocateSamples, type SampleArray } from '../pixels/dtype.ts';
import type { PixelBuffer } from '../pixels/pixel-buffer.ts';
import { type BandTables, lookUp } from './band-tables.ts';
import type { NeighborhoodStage, PixelShape, PointStage, WorkingSamples } from './stage.ts';

/** Stages that pixels flow through in one go, a chunk or a row at a time, and what comes out of each. */
export interface Stream {
  /** Replaces the first steps: tables from stored samples to floats. */
  readonly tables?: BandTables | undefined;
  readonly stages: readonly { readonly stage: PointStage | NeighborhoodStage; readonly bands: number }[];
  readonly output: PixelShape;
}

/**
 * Delivers pixels `first` to `first + count`, counted row by row; the array is valid until the next call. Callers ask
 * from the start to the end without gaps.
 */
type Reader = (first: number, count: number) => WorkingSamples;

// With three bands of floats, a handful of buffers of this many pixels stay in the first-level cache.
const CHUNK_PIXELS = 1024;

/** True when pixels flow a row at a time, because a stage looks at more than one. */
export function isByRow({ stages }: Stream): boolean {
  return stages.some(({ stage }) => stage.kind === 'neighborhood');
}

/**
 * Runs a stream over a buffer. Memory beyond input and output: a chunk for each stage, or with neighborhood stages a
 * row, and 2 * border + 1 rows for each of those.
 *
 * @param part What of the result is wanted, where the stream flows by rows. Default: all of it.
 */
export function runStream(pixels: PixelBuffer, stream: Stream, part?: Rect): PixelBuffer {
  const { tables, stages, output } = stream;
  const { width, height } = pixels;
  const byRow = isByRow(stream);
  const count = byRow ? width : Math.min(CHUNK_PIXELS, width * height);
  let reader = tables ? tableReader(pixels, tables, count) : sourceReader(pixels, count);
  let bands = tables ? tables.sources.length : pixels.bands;
  for (const { stage, bands: outputBands } of stages) {
    reader =
      stage.kind === 'point'
        ? pointReader(reader, stage, new Float32Array(count * outputBands))
        : neighborhoodReader(reader, stage, { width, height, bands, outputBands });
    bands = outputBands;
  }
  if (byRow && part !== undefined) return storeRows(reader, width, part, { ...output, bands });
  const data = allocateSamples(output.dtype, width * height * bands);
  for (let first = 0; first < width * height; first += count) {
    const pixelCount = Math.min(count, width * height - first);
    store(reader(first, pixelCount), data, first * bands, pixelCount * bands);
  }
  return { width, height, bands, dtype: output.dtype, data };
}

/** Reads rows of `width` pixels down to the end of the part, and stores the part. */
function storeRows(reader: Reader, width: number, part: Rect, { bands, dtype }: PixelShape): PixelBuffer {
  const rowLength = part.width * bands;
  const data = allocateSamples(dtype, part.height * rowLength);
  for (let y = 0; y < part.y + part.height; y++) {
    const row = reader(y * width, width);
    if (y < part.y) continue;
    store(row.subarray(part.x * bands), data, (y - part.y) * rowLength, rowLength);
  }
  return { width: part.width, height: part.height, bands, dtype, data };
}

function sourceReader({ data, bands, dtype }: PixelBuffer, count: number): Reader {
  // These do not fit a float32 exactly.
  const isWide = dtype === 'uint32' || dtype === 'int32' || dtype === 'float64';
  const samples = isWide ? new Float64Array(count * bands) : new Float32Array(count * bands);
  return (first, pixelCount) => {
    samples.set(data.subarray(first * bands, (first + pixelCount) * bands));
    return samples;
  };
}

function tableReader(pixels: PixelBuffer, tables: BandTables, count: number): Reader {
  const bands = tables.sources.length;
  const samples = new Float32Array(count * bands);
  return (first, pixelCount) => {
    lookUp(pixels, tables, first, pixelCount === count ? samples : samples.subarray(0, pixelCount * bands));
    return samples;
  };
}

function pointReader(before: Reader, stage: PointStage, output: Float32Array): Reader {
  return (first, pixelCount) => {
    stage.process(before(first, pixelCount), output, pixelCount);
    return output;
  };
}

interface RowShape {
  readonly width: number;
  readonly height: number;
  readonly bands: number;
  readonly outputBands: number;
}

/** Keeps the rows that the stage looks at, with the edge pixels repeated left and right. */
function neighborhoodReader(before: Reader, stage: NeighborhoodStage, shape: RowShape): Reader {
  const { width, height, bands, outputBands } = shape;
  const { border } = stage;
  const side = 2 * border + 1;
  const ring = Array.from({ length: side }, () => new Float32Array((width + 2 * border) * bands));
  const rows = [...ring];
  const output = new Float32Array(width * outputBands);
  let loaded = 0;
  return (first) => {
    const y = first / width;
    for (const needed = Math.min(height, y + border + 1); loaded < needed; loaded++) {
      fillPadded(ring[loaded % side]!, before(loaded * width, width), border, bands);
    }
    for (let k = 0; k < side; k++) {
      const row = Math.min(height - 1, Math.max(0, y - border + k));
      rows[k] = ring[row % side]!;
    }
    stage.processRow(rows, output, width);
    return output;
  };
}

function fillPadded(target: Float32Array, row: WorkingSamples, border: number, bands: number): void {
  const padding = border * bands;
  const rowLength = target.length - 2 * padding;
  target.set(row.length === rowLength ? row : row.subarray(0, rowLength), padding);
  for (let i = padding - 1; i >= 0; i--) target[i] = target[i + bands]!;
  for (let i = padding + rowLength; i < target.length; i++) target[i] = target[i - bands]!;
}

function store(samples: WorkingSamples, output: SampleArray, offset: number, sampleCount: number): void {
  if (output instanceof Uint8Array || output instanceof Uint16Array) {
    for (let i = 0; i < sampleCount; i++) output[offset + i] = samples[i]!;
  } else {
    output.set(samples.subarray(0, sampleCount), offset);
  }
}
