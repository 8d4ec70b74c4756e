import { createPixelBuffer, type PixelBuffer } from '@sectile/core/pixels';
import { type AxisWeights, axisWeights, type ResampleStep } from '@sectile/core/render';
import type { PixelKernel } from './pixel-kernel.ts';

/** Sample types that the kernel takes. */
type KernelSamples = Uint8Array | Uint16Array | Float32Array;

/** Pixels whose samples have such a type. */
interface KernelPixels extends PixelBuffer {
  readonly data: KernelSamples;
}

/** Input rows go to the kernel in parts of about this many bytes. */
const PART_BYTES = 1 << 22;
/** What 1 is in weights of 8-bit samples. */
const WEIGHT_ONE = 16384;

/** Resamples down the columns, then along the rows, a group of result rows at a time. */
export function resampleInKernel(kernel: PixelKernel, input: KernelPixels, step: ResampleStep): PixelBuffer {
  const { source, size, kernel: shape } = step;
  const columns = axisWeights({
    length: input.width,
    start: source.x,
    extent: source.width,
    size: size.width,
    kernel: shape,
  });
  const rows = axisWeights({
    length: input.height,
    start: source.y,
    extent: source.height,
    size: size.height,
    kernel: shape,
  });
  const output = createPixelBuffer(size.width, size.height, input.bands, input.dtype);
  const run: Run = { kernel, input, columns, rows, premultiply: step.premultiply && input.bands > 1, output };
  for (let y = 0; y < size.height; ) y = resampleRows(run, y);
  return output;
}

interface Run {
  readonly kernel: PixelKernel;
  readonly input: KernelPixels;
  readonly columns: AxisWeights;
  readonly rows: AxisWeights;
  readonly premultiply: boolean;
  readonly output: PixelBuffer;
}

/** The part of the input that some result rows are made of: [left, right) x [top, bottom). */
interface Part {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Resamples as many result rows from `y` on as fit one part. Returns the row after them. */
function resampleRows(run: Run, y: number): number {
  const { kernel, input, columns, rows, premultiply, output } = run;
  const { bands } = input;
  const end = lastRowOfPart(run, y);
  const part: Part = {
    left: columns.starts[0]!,
    right: columns.starts.at(-1)! + columns.taps,
    top: rows.starts[y]!,
    bottom: rows.starts[end - 1]! + rows.taps,
  };
  const width = part.right - part.left;
  const pixelCount = width * (part.bottom - part.top);
  const sampleBytes = input.data.BYTES_PER_ELEMENT;
  const rowLength = output.width * bands;

  kernel.reset();
  let from = kernel.allocate(pixelCount * bands * sampleBytes);
  const to = kernel.allocate((end - y) * rowLength * sampleBytes);
  const starts = kernel.allocate(columns.starts.byteLength);
  const weights = kernel.allocate(columns.weights.byteLength);
  const rowWeights = packedWeights(rows, y, end, sampleBytes === 1 && !premultiply);
  const rowWeightsAddress = kernel.allocate(rowWeights.byteLength);
  const premultiplied = premultiply ? kernel.allocate(pixelCount * bands * 4) : 0;
  const relativeStarts = columns.starts.map((start) => start - part.left);
  new Int32Array(kernel.memory.buffer, starts, relativeStarts.length).set(relativeStarts);
  new Float32Array(kernel.memory.buffer, weights, columns.weights.length).set(columns.weights);
  new Uint8Array(kernel.memory.buffer, rowWeightsAddress, rowWeights.byteLength).set(rowWeights);
  copyPart(input, part, samplesAt(kernel, input.data, from, pixelCount * bands));

  kernel.beginResample(
    width,
    bands,
    sampleBytes,
    Number(premultiply),
    starts,
    weights,
    columns.taps,
    columns.starts.length,
  );
  if (premultiply) {
    kernel.premultiply(from, pixelCount, premultiplied);
    from = premultiplied;
  }
  const rowByteLength = width * bands * (premultiply ? 4 : sampleBytes);
  const weightsByteLength = rowWeights.byteLength / (end - y);
  for (let row = y; row < end; row++) {
    const rowFrom = from + (rows.starts[row]! - part.top) * rowByteLength;
    const rowTo = to + (row - y) * rowLength * sampleBytes;
    kernel.resample(rowFrom, width, rowWeightsAddress + (row - y) * weightsByteLength, rows.taps, rowTo);
  }
  output.data.set(samplesAt(kernel, input.data, to, (end - y) * rowLength), y * rowLength);
  return end;
}

/** The row after the last one whose input still fits a part. */
function lastRowOfPart({ input, rows, output }: Run, y: number): number {
  const rowByteLength = input.width * input.bands * input.data.BYTES_PER_ELEMENT;
  const bottom = rows.starts[y]! + Math.max(rows.taps, Math.floor(PART_BYTES / rowByteLength));
  let end = y + 1;
  while (end < output.height && rows.starts[end]! + rows.taps <= bottom) end++;
  return end;
}

function samplesAt(kernel: PixelKernel, like: KernelSamples, address: number, length: number): KernelSamples {
  const { buffer } = kernel.memory;
  if (like instanceof Uint8Array) return new Uint8Array(buffer, address, length);
  if (like instanceof Uint16Array) return new Uint16Array(buffer, address, length);
  return new Float32Array(buffer, address, length);
}

function copyPart({ data, width, bands }: KernelPixels, part: Part, to: KernelSamples): void {
  const rowLength = (part.right - part.left) * bands;
  if (part.right - part.left === width) {
    to.set(data.subarray(part.top * rowLength, part.bottom * rowLength));
    return;
  }
  for (let row = part.top; row < part.bottom; row++) {
    const start = (row * width + part.left) * bands;
    to.set(data.subarray(start, start + rowLength), (row - part.top) * rowLength);
  }
}

/**
 * Weights of the rows from `y` to `end`. For 8-bit samples (`whole`) as i16 units of 1 / 16384, an even number a row;
 * rounding errors are handed on from tap to tap, so that they still add up to 1.
 */
function packedWeights({ weights, taps }: AxisWeights, y: number, end: number, whole: boolean): Uint8Array {
  const used = weights.subarray(y * taps, end * taps);
  if (!whole) return new Uint8Array(used.buffer, used.byteOffset, used.byteLength);
  const stride = taps + (taps & 1);
  const packed = new Int16Array((end - y) * stride);
  for (let row = 0; row < end - y; row++) {
    let error = 0;
    for (let tap = 0; tap < taps; tap++) {
      const exact = used[row * taps + tap]! * WEIGHT_ONE + error;
      const rounded = Math.round(exact);
      packed[row * stride + tap] = rounded;
      error = exact - rounded;
    }
  }
  return new Uint8Array(packed.buffer);
}
