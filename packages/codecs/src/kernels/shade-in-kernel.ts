import type { ElevationLight } from '@sectile/core/codec';
import type { Rect } from '@sectile/core/geometry';
import { type PixelBuffer, takeBytes } from '@sectile/core/pixels';
import type { PixelKernel } from './pixel-kernel.ts';

/** Elevations that the kernel takes as they are, in one band. */
export interface PlainElevations extends PixelBuffer {
  readonly data: Uint8Array | Uint16Array | Int16Array | Float32Array;
}

const PART_BYTES = 1 << 21;

/** `Kernels.shadeElevations` for elevations of these types, some rows at a time. */
export function shadeInKernel(
  kernel: PixelKernel,
  { width, height, data }: PlainElevations,
  { x, y, z, scale, noData }: ElevationLight,
  part: Rect,
): PixelBuffer {
  const output = takeBytes(part.width * part.height);
  const rowByteLength = width * data.BYTES_PER_ELEMENT;
  const mostRows = Math.max(1, Math.floor(PART_BYTES / rowByteLength));
  kernel.beginShading(typeOf(data), noData ?? Number.NaN, x, y, z, scale);
  for (let done = 0; done < part.height; done += mostRows) {
    const outputRows = Math.min(mostRows, part.height - done);
    const top = part.y + done;
    const first = Math.max(0, top - 1);
    const rows = Math.min(height, top + outputRows + 1) - first;
    kernel.reset();
    const from = kernel.allocate(rows * rowByteLength);
    const to = kernel.allocate(outputRows * part.width);
    const bytes = new Uint8Array(data.buffer, data.byteOffset + first * rowByteLength, rows * rowByteLength);
    new Uint8Array(kernel.memory.buffer, from, bytes.length).set(bytes);
    kernel.shadeElevations(from, width, rows, part.x, top - first, part.width, outputRows, to);
    output.set(new Uint8Array(kernel.memory.buffer, to, outputRows * part.width), done * part.width);
  }
  return { width: part.width, height: part.height, bands: 1, dtype: 'uint8', data: output };
}

function typeOf(data: PlainElevations['data']): number {
  if (data instanceof Uint8Array) return 0;
  if (data instanceof Uint16Array) return 1;
  return data instanceof Int16Array ? 2 : 3;
}
