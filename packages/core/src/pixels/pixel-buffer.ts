import { recycleBytes, takeBytes } from '../bytes/recycled-bytes.ts';
import { ImageError } from '../errors.ts';
import { allocateSamples, bytesPerSample, type DType, type SampleArray, viewSamples } from './dtype.ts';

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

/** A buffer of memory to be given back to `recycleBytes`, filled with anything: the caller overwrites all of it. */
export function takePixels(width: number, height: number, bands: number, dtype: DType): PixelBuffer {
  const { buffer } = takeBytes(width * height * bands * bytesPerSample(dtype));
  return { width, height, bands, dtype, data: viewSamples(dtype, buffer) };
}

/** Gives the memory of pixels back that nobody looks at any more, unless it is that of others. */
export function recycleUnless({ data }: PixelBuffer, needed: readonly PixelBuffer[]): void {
  if (needed.every((pixels) => pixels.data.buffer !== data.buffer)) recycleBytes(data);
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
