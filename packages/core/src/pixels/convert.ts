import { type DType, isFloat, type SampleArray } from './dtype.ts';
import { createPixelBuffer, type PixelBuffer } from './pixel-buffer.ts';

const LIMITS: Readonly<Record<DType, readonly [number, number]>> = {
  uint8: [0, 0xff],
  uint16: [0, 0xffff],
  uint32: [0, 0xffffffff],
  int8: [-0x80, 0x7f],
  int16: [-0x8000, 0x7fff],
  int32: [-0x80000000, 0x7fffffff],
  float32: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  float64: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
};

/** The lowest and the highest value of an integer type; infinities for floats. */
export function sampleLimits(dtype: DType): readonly [minimum: number, maximum: number] {
  return LIMITS[dtype];
}

/**
 * The same numbers in another sample type. Values are kept, not scaled: integers are rounded to nearest and clamped
 * to the type's limits, and NaN becomes 0. Returns the buffer itself when it has the type already.
 */
export function convertSamples(pixels: PixelBuffer, dtype: DType): PixelBuffer {
  if (pixels.dtype === dtype) return pixels;
  const converted = createPixelBuffer(pixels.width, pixels.height, pixels.bands, dtype);
  if (isFloat(dtype)) converted.data.set(pixels.data);
  else storeRounded(pixels.data, converted.data, LIMITS[dtype]);
  return converted;
}

function storeRounded(input: SampleArray, output: SampleArray, limits: readonly [number, number]): void {
  const [minimum, maximum] = limits;
  for (let i = 0; i < input.length; i++) {
    const value = Math.floor(input[i]! + 0.5);
    output[i] = value >= maximum ? maximum : value > minimum ? value : value <= minimum ? minimum : 0;
  }
}
