import {
  type BandWeights,
  type ElevationLight,
  type Kernels,
  typescriptKernels,
  type UnsignedSamples,
} from '@sectile/core/codec';
import type { Rect } from '@sectile/core/geometry';
import { createPixelBuffer, type PixelBuffer, takeBytes } from '@sectile/core/pixels';
import type { ResampleStep } from '@sectile/core/render';
import { KernelHost } from './kernel-host.ts';
import type { PixelKernel } from './pixel-kernel.ts';
import { resampleInKernel } from './resample-in-kernel.ts';
import { shadeInKernel } from './shade-in-kernel.ts';

type Host = KernelHost<PixelKernel>;

/** Pictures go through the kernel in parts of about this many bytes. */
const PART_BYTES = 1 << 21;
/** Largest boxes whose means the kernel computes exactly. */
const MAX_SHRINK_8 = 181;
const MAX_SHRINK_16 = 128;

/**
 * The hot loops on the SIMD kernel `pixels`. What it does not cover (types other than uint8, uint16 and, for
 * resampling, float32; huge boxes) runs in plain TypeScript. Resampling works in single precision: integers may differ
 * by 1 from the TypeScript twin, box means, tables and predictors are equal.
 */
export function createWasmKernels(module: WebAssembly.Module): Kernels {
  const host: Host = new KernelHost(module);
  return {
    name: 'wasm',
    boxShrink: (input, shrink) => boxShrink(host, input, shrink),
    resample: (input, step) => resample(host, input, step),
    applyLut: (input, lut) => applyLut(host, input, lut),
    applyColorLut: (input, band, colors) => applyColorLut(host, input, band, colors),
    weighBands: (input, weights) => weighBands(host, input, weights),
    shadeElevations: (input, light, part) => shadeElevations(host, input, light, part),
    undoDifferencing: (samples, rowSamples, bands) =>
      host.run((kernel) => undoDifferencing(kernel, samples, rowSamples, bands)),
  };
}

function boxShrink(host: Host, input: PixelBuffer, shrink: number): PixelBuffer {
  if (shrink === 1) return input;
  const { width, height, bands, dtype, data } = input;
  const narrow = data instanceof Uint8Array && shrink <= MAX_SHRINK_8;
  const wide = data instanceof Uint16Array && shrink <= MAX_SHRINK_16;
  if (!narrow && !wide) return typescriptKernels.boxShrink(input, shrink);
  const output = createPixelBuffer(Math.ceil(width / shrink), Math.ceil(height / shrink), bands, dtype);
  const rowLength = width * bands;
  const outputRowLength = output.width * bands;
  const sampleBytes = data.BYTES_PER_ELEMENT;
  const boxRows = Math.max(1, Math.floor(PART_BYTES / (rowLength * sampleBytes * shrink)));
  host.run((kernel) => {
    for (let y = 0; y < output.height; y += boxRows) {
      const rows = Math.min(height - y * shrink, boxRows * shrink);
      const outputRows = Math.min(boxRows, output.height - y);
      kernel.reset();
      const from = kernel.allocate(rows * rowLength * sampleBytes);
      const to = kernel.allocate(outputRows * outputRowLength * sampleBytes);
      const first = y * shrink * rowLength;
      samplesAt(kernel, data, from, rows * rowLength).set(data.subarray(first, first + rows * rowLength));
      kernel.boxShrink(from, width, rows, bands, Number(wide), shrink, to);
      output.data.set(samplesAt(kernel, data, to, outputRows * outputRowLength), y * outputRowLength);
    }
  });
  return output;
}

/** A view of the kernel's memory, of the type of `like`. Stale after the next allocation. */
function samplesAt(kernel: PixelKernel, like: UnsignedSamples, address: number, length: number): UnsignedSamples {
  const { buffer } = kernel.memory;
  if (like instanceof Uint8Array) return new Uint8Array(buffer, address, length);
  if (like instanceof Uint16Array) return new Uint16Array(buffer, address, length);
  return new Uint32Array(buffer, address, length);
}

function resample(host: Host, input: PixelBuffer, step: ResampleStep): PixelBuffer {
  const { data } = input;
  const covered = data instanceof Uint8Array || data instanceof Uint16Array || data instanceof Float32Array;
  if (!covered) return typescriptKernels.resample(input, step);
  return host.run((kernel) => resampleInKernel(kernel, { ...input, data }, step));
}

function applyLut(host: Host, input: PixelBuffer, lut: Uint8Array | Uint16Array): PixelBuffer {
  const { data, bands } = input;
  const entries = data instanceof Uint8Array ? 256 : 65536;
  const perBand = bands > 1 && lut.length === entries * bands;
  const covered = data instanceof Uint8Array || data instanceof Uint16Array;
  // The twin knows what to say about tables that do not fit.
  if (!covered || (!perBand && lut.length !== entries)) return typescriptKernels.applyLut(input, lut);
  const output = lut instanceof Uint8Array ? takeBytes(data.length) : new Uint16Array(data.length);
  const partLength = Math.max(1, Math.floor(PART_BYTES / 2 / bands)) * bands;
  host.run((kernel) => {
    kernel.reset();
    const length = Math.min(partLength, data.length);
    const table = kernel.allocate(lut.byteLength);
    const from = kernel.allocate(length * data.BYTES_PER_ELEMENT);
    const to = kernel.allocate(length * lut.BYTES_PER_ELEMENT);
    samplesAt(kernel, lut, table, lut.length).set(lut);
    for (let start = 0; start < data.length; start += partLength) {
      const part = data.subarray(start, start + partLength);
      samplesAt(kernel, data, from, part.length).set(part);
      const entriesPerBand = perBand ? entries : 0;
      kernel.lookUp(from, part.length, bands, table, entriesPerBand, data.BYTES_PER_ELEMENT, lut.BYTES_PER_ELEMENT, to);
      output.set(samplesAt(kernel, lut, to, part.length), start);
    }
  });
  return { ...input, dtype: lut instanceof Uint8Array ? 'uint8' : 'uint16', data: output };
}

function applyColorLut(host: Host, input: PixelBuffer, band: number, colors: Uint32Array): PixelBuffer {
  const { width, height, bands, data } = input;
  const entries = data instanceof Uint8Array ? 256 : 65536;
  const covered = (data instanceof Uint8Array || data instanceof Uint16Array) && colors.length === entries;
  if (!covered || band >= bands) return typescriptKernels.applyColorLut(input, band, colors);
  const output = takeBytes(width * height * 3);
  const sampleBytes = data.BYTES_PER_ELEMENT;
  inParts(
    host,
    data,
    { bands, outputBands: 3, extraBytes: colors.byteLength },
    (kernel, { from, to, extra, first, pixels }) => {
      new Uint32Array(kernel.memory.buffer, extra, colors.length).set(colors);
      kernel.lookUpColors(from + band * sampleBytes, pixels, bands * sampleBytes, sampleBytes, extra, to);
      output.set(new Uint8Array(kernel.memory.buffer, to, pixels * 3), first * 3);
    },
  );
  return { width, height, bands: 3, dtype: 'uint8', data: output };
}

function weighBands(host: Host, input: PixelBuffer, bandWeights: BandWeights): PixelBuffer {
  const { width, height, bands, data } = input;
  const covered = data instanceof Uint8Array || data instanceof Uint16Array;
  if (!covered || bands !== 3) return typescriptKernels.weighBands(input, bandWeights);
  const { weights, offset, hole } = bandWeights;
  const output = takeBytes(width * height);
  const wide = Number(data instanceof Uint16Array);
  inParts(host, data, { bands, outputBands: 1, extraBytes: 0 }, (kernel, { from, to, first, pixels }) => {
    kernel.weighBands(from, pixels, wide, ...weights, offset + 0.5, ...(hole ?? NO_HOLE), to);
    output.set(new Uint8Array(kernel.memory.buffer, to, pixels), first);
  });
  return { width, height, bands: 1, dtype: 'uint8', data: output };
}

function shadeElevations(host: Host, input: PixelBuffer, light: ElevationLight, part?: Rect): PixelBuffer {
  const { data, bands } = input;
  const covered =
    data instanceof Uint8Array ||
    data instanceof Uint16Array ||
    data instanceof Int16Array ||
    data instanceof Float32Array;
  if (!covered || bands !== 1) return typescriptKernels.shadeElevations(input, light, part);
  const whole = part ?? { x: 0, y: 0, width: input.width, height: input.height };
  return host.run((kernel) => shadeInKernel(kernel, { ...input, data }, light, whole));
}

const NO_HOLE = [-1, -1, -1] as const;

/** A run of pixels in the kernel's memory. */
interface Part {
  readonly from: number;
  readonly to: number;
  readonly extra: number;
  /** Index of its first pixel, and how many there are. */
  readonly first: number;
  readonly pixels: number;
}

/** Calls `work` for one part of the pixels after the other; outputs are uint8. */
function inParts(
  host: Host,
  data: Uint8Array | Uint16Array,
  layout: { readonly bands: number; readonly outputBands: number; readonly extraBytes: number },
  work: (kernel: PixelKernel, part: Part) => void,
): void {
  const { bands, outputBands, extraBytes } = layout;
  const count = data.length / bands;
  const largest = Math.min(count, Math.max(1, Math.floor(PART_BYTES / (bands * data.BYTES_PER_ELEMENT))));
  host.run((kernel) => {
    kernel.reset();
    const extra = kernel.allocate(extraBytes);
    const from = kernel.allocate(largest * bands * data.BYTES_PER_ELEMENT);
    const to = kernel.allocate(largest * outputBands);
    for (let first = 0; first < count; first += largest) {
      const pixels = Math.min(largest, count - first);
      const part = data.subarray(first * bands, (first + pixels) * bands);
      samplesAt(kernel, part, from, part.length).set(part);
      work(kernel, { from, to, extra, first, pixels });
    }
  });
}

function undoDifferencing(kernel: PixelKernel, samples: UnsignedSamples, rowSamples: number, bands: number): void {
  const sampleBytes = samples.BYTES_PER_ELEMENT;
  const partLength = Math.max(1, Math.floor(PART_BYTES / (sampleBytes * rowSamples))) * rowSamples;
  kernel.reset();
  const address = kernel.allocate(sampleBytes * Math.min(partLength, samples.length));
  for (let start = 0; start < samples.length; start += partLength) {
    const part = samples.subarray(start, start + partLength);
    const copy = samplesAt(kernel, samples, address, part.length);
    copy.set(part);
    kernel.undoDifferencing(address, part.byteLength, sampleBytes * rowSamples, bands, sampleBytes);
    part.set(copy);
  }
}
