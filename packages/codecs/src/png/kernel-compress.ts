import { type KernelExports, KernelHost } from '../kernels/kernel-host.ts';
import type { PngRows } from './filter-rows.ts';

/** `kernels/png-encode.as.ts`. */
type EncoderKernel = KernelExports & {
  readonly begin: (rowByteLength: number, pixelByteLength: number, bandRows: number) => number;
  readonly encodeBand: (rowCount: number, isLastBand: number) => number;
  readonly outputAddress: () => number;
};

/** Rows are handed to the kernel in bands of about this many bytes. */
const BAND_BYTES = 1 << 20;

/** Filters and deflates rows. Returns a zlib stream in one or more parts. */
export type CompressRows = (rows: PngRows) => Uint8Array[];

/** The fast compression of level 1 on the SIMD kernel `png-encode`. */
export function createKernelCompression(wasm: WebAssembly.Module): CompressRows {
  const host = new KernelHost<EncoderKernel>(wasm);
  return (rows) => host.run((kernel) => compressInBands(kernel, rows));
}

function compressInBands(kernel: EncoderKernel, { bytes, rowByteLength, pixelByteLength }: PngRows): Uint8Array[] {
  const rowCount = bytes.length / rowByteLength;
  const bandRows = Math.min(rowCount, Math.max(1, Math.floor(BAND_BYTES / rowByteLength)));
  const input = kernel.begin(rowByteLength, pixelByteLength, bandRows) >>> 0;
  const output = kernel.outputAddress() >>> 0;
  const parts: Uint8Array[] = [];
  for (let row = 0; row < rowCount; row += bandRows) {
    const end = Math.min(row + bandRows, rowCount);
    new Uint8Array(kernel.memory.buffer).set(bytes.subarray(row * rowByteLength, end * rowByteLength), input);
    const byteLength = kernel.encodeBand(end - row, end === rowCount ? 1 : 0);
    parts.push(new Uint8Array(kernel.memory.buffer, output, byteLength).slice());
  }
  return parts;
}
