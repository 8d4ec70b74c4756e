import type { ElevationLight } from '@sectile/core/codec';
import { type PixelBuffer, takeBytes } from '@sectile/core/pixels';
import type { PixelKernel } from './pixel-kernel.ts';

/** Elevations that the kernel takes as they are. */
export type PlainElevations = Uint8Array | Uint16Array | Int16Array | Float32Array;

const PART_BYTES = 1 << 21;

/** `Kernels.shadeElevations` for one band of these types, in parts of some rows. */
export function shadeInKernel(
  kernel: PixelKernel,
  { width, height }: PixelBuffer,
  data: PlainElevations,
  { x, y, z, scale, noData }: ElevationLight,
): PixelBuffer {
  const output = takeBytes(width * height);
  const rowByteLength = width * data.BYTES_PER_ELEMENT;
  const partRows = Math.max(1, Math.floor(PART_BYTES / rowByteLength));
  const type = typeOf(data);
  for (let top = 0; top < height; top += partRows) {
    const outputRows = Math.min(partRows, height - top);
    const first = Math.max(0, top - 1);
    const rows = Math.min(height, top + outputRows + 1) - first;
    kernel.reset();
    const from = kernel.allocate(rows * rowByteLength);
    const to = kernel.allocate(outputRows * width);
    const bytes = new Uint8Array(data.buffer, data.byteOffset + first * rowByteLength, rows * rowByteLength);
    new Uint8Array(kernel.memory.buffer, from, bytes.length).set(bytes);
    const missing = noData ?? Number.NaN;
    kernel.shadeElevations(from, width, rows, type, missing, x, y, z, scale, top - first, outputRows, to);
    output.set(new Uint8Array(kernel.memory.buffer, to, outputRows * width), top * width);
  }
  return { width, height, bands: 1, dtype: 'uint8', data: output };
}

function typeOf(data: PlainElevations): number {
  if (data instanceof Uint8Array) return 0;
  if (data instanceof Uint16Array) return 1;
  return data instanceof Int16Array ? 2 : 3;
}
