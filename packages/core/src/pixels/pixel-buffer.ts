import { ImageError } from '../errors.ts';
import { allocateSamples, type DType, type SampleArray } from './dtype.ts';

/**
 * A rectangle of decoded pixels, always interleaved: the sample of band `b` at (x, y) is
 * `data[(y * width + x) * bands + b]`. `data.length === width * height * bands`, in host byte order.
 *
 * Stored layouts (planar, packed bits, subsampled chroma, palettes) are undone while decoding, once, so that
 * everything after it meets this one layout.
 */
export interface PixelBuffer {
  readonly width: number;
  readonly height: number;
  readonly bands: number;
  readonly dtype: DType;
  readonly data: SampleArray;
}

/** A zeroed buffer. */
export function createPixelBuffer(width: number, height: number, bands: number, dtype: DType): PixelBuffer {
  return { width, height, bands, dtype, data: allocateSamples(dtype, width * height * bands) };
}

/** Throws a `codec` error when the array does not have the length that the shape asks for. */
export function assertPixelBuffer(buffer: PixelBuffer): void {
  const sampleCount = buffer.width * buffer.height * buffer.bands;
  if (buffer.data.length !== sampleCount) {
    throw new ImageError(
      'codec',
      `A ${buffer.width}x${buffer.height}x${buffer.bands} buffer needs ${sampleCount} samples but has ${buffer.data.length}`,
    );
  }
}
