import type { Size } from '../../geometry/size.ts';
import { allocateSamples, isFloat, type SampleArray } from '../../pixels/dtype.ts';
import type { PixelBuffer } from '../../pixels/pixel-buffer.ts';
import { opaqueBandsOf, type StageDefinition, whiteOf } from '../stage.ts';

// Forgives the rounding of sines, so that a side that is whole on paper does not grow by a pixel.
const SLACK = 1e-6;

// Less alpha than this is the last digit of a sine: nothing is there.
const INVISIBLE = 1e-9;

/** Size of the canvas that holds a picture turned by any angle: both sides rounded up to whole pixels. */
export function rotatedSize(size: Size, degrees: number): Size {
  const { sin, cos } = sineAndCosine(degrees);
  return {
    width: Math.max(1, Math.ceil(size.width * Math.abs(cos) + size.height * Math.abs(sin) - SLACK)),
    height: Math.max(1, Math.ceil(size.width * Math.abs(sin) + size.height * Math.abs(cos) - SLACK)),
  };
}

/**
 * Clockwise about the center, bilinear: out(x, y) is read at the input point that lands on the center of pixel (x, y).
 * The canvas grows to {@link rotatedSize}. Where the last band is unassociated alpha, colors are weighted with it
 * while interpolating, and what the picture does not cover is transparent. Without alpha it is `background` (one value
 * a band in sample units; missing ones are 0), and the picture's edge blends into it.
 */
export const rotate: StageDefinition<'rotate'> = {
  outputShape(step, input) {
    whiteOf('rotate', input.dtype);
    return { ...input, ...rotatedSize(input, step.degrees) };
  },

  create(step, shape) {
    const { bands, dtype } = shape;
    const hasAlpha = opaqueBandsOf(step, bands) < bands;
    const fill = Float64Array.from({ length: bands }, (_, band) => step.background[band] ?? 0);
    if (hasAlpha) fill[bands - 1] = 0;
    return {
      kind: 'buffer',
      apply(pixels) {
        const size = rotatedSize(pixels, step.degrees);
        const output = allocateSamples(dtype, size.width * size.height * bands);
        const mix: Mix = {
          input: pixels.data,
          output,
          bands,
          fill,
          half: isFloat(dtype) ? 0 : 0.5,
          offsets: new Int32Array(4),
          weights: new Float64Array(4),
        };
        readTurned(pixels, size, step.degrees, mix, hasAlpha ? mixWithAlpha : mixOpaque);
        return { ...pixels, ...size, data: output };
      },
    };
  },
};

/** One output pixel from four input pixels. */
interface Mix {
  readonly input: SampleArray;
  readonly output: SampleArray;
  readonly bands: number;
  readonly fill: Float64Array;
  /** Added before storing: rounds integers. */
  readonly half: number;
  /** First sample of the neighbors: top left, top right, bottom left, bottom right; -1 outside the picture. */
  readonly offsets: Int32Array;
  /** Their weights, which add up to 1. */
  readonly weights: Float64Array;
}

function readTurned(
  input: PixelBuffer,
  size: Size,
  degrees: number,
  mix: Mix,
  write: (mix: Mix, out: number) => void,
): void {
  const { width, height, bands } = input;
  const { sin, cos } = sineAndCosine(degrees);
  const { offsets, weights } = mix;
  for (let y = 0, out = 0; y < size.height; y++) {
    const dy = y + 0.5 - size.height / 2;
    for (let x = 0; x < size.width; x++, out += bands) {
      const dx = x + 0.5 - size.width / 2;
      const fromX = dx * cos + dy * sin + width / 2 - 0.5;
      const fromY = dy * cos - dx * sin + height / 2 - 0.5;
      const left = Math.floor(fromX);
      const top = Math.floor(fromY);
      const right = fromX - left;
      const lower = fromY - top;
      const first = (top * width + left) * bands;
      const hasLeft = left >= 0 && left < width;
      const hasRight = left >= -1 && left < width - 1;
      const hasTop = top >= 0 && top < height;
      const hasBottom = top >= -1 && top < height - 1;
      offsets[0] = hasLeft && hasTop ? first : -1;
      offsets[1] = hasRight && hasTop ? first + bands : -1;
      offsets[2] = hasLeft && hasBottom ? first + width * bands : -1;
      offsets[3] = hasRight && hasBottom ? first + (width + 1) * bands : -1;
      weights[0] = (1 - right) * (1 - lower);
      weights[1] = right * (1 - lower);
      weights[2] = (1 - right) * lower;
      weights[3] = right * lower;
      write(mix, out);
    }
  }
}

function mixOpaque({ input, output, bands, fill, half, offsets, weights }: Mix, out: number): void {
  for (let band = 0; band < bands; band++) {
    let sum = half;
    for (let k = 0; k < 4; k++) sum += weights[k]! * (offsets[k]! < 0 ? fill[band]! : input[offsets[k]! + band]!);
    output[out + band] = sum;
  }
}

function mixWithAlpha({ input, output, bands, fill, half, offsets, weights }: Mix, out: number): void {
  const colors = bands - 1;
  let alpha = 0;
  for (let k = 0; k < 4; k++) if (offsets[k]! >= 0) alpha += weights[k]! * input[offsets[k]! + colors]!;
  output[out + colors] = alpha + half;
  for (let band = 0; band < colors; band++) {
    let sum = 0;
    for (let k = 0; k < 4; k++) {
      if (offsets[k]! >= 0) sum += weights[k]! * input[offsets[k]! + colors]! * input[offsets[k]! + band]!;
    }
    output[out + band] = alpha > INVISIBLE ? sum / alpha + half : fill[band]!;
  }
}

function sineAndCosine(degrees: number): { readonly sin: number; readonly cos: number } {
  const turned = ((degrees % 360) + 360) % 360;
  if (turned % 90 === 0) {
    const quarter = turned / 90;
    return { sin: [0, 1, 0, -1][quarter] ?? 0, cos: [1, 0, -1, 0][quarter] ?? 1 };
  }
  const radians = (turned * Math.PI) / 180;
  return { sin: Math.sin(radians), cos: Math.cos(radians) };
}
