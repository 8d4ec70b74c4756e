import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** What OpenJPEG decodes a component to: all of it as a hash where the wavelet is reversible, else a piece and the mean. */
export interface PlaneTruth {
  readonly width: number;
  readonly height: number;
  readonly sha256?: string;
  readonly mean?: number;
  readonly crop?: CropTruth;
}

/** Samples of a rectangle: 32 bits each, deflated, base 64. */
export interface CropTruth {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly samples: string;
}

/** Colors as OpenJPEG shows them: a piece of interleaved RGB or gray. */
export interface PixelsTruth extends CropTruth {
  readonly bands: number;
  readonly tolerance: number;
}

/** What is expected of one file. */
export interface FileTruth {
  /** By resolution levels left out, then by component. */
  readonly planes?: readonly (readonly PlaneTruth[])[];
  /** By resolution levels left out. */
  readonly pixels?: readonly PixelsTruth[];
  /** Kind of the error that opening or decoding ends in. */
  readonly error?: string;
}

const CROP_SIDE = 24;

/** A small piece out of the middle of interleaved samples. */
export function cropOf(
  samples: ArrayLike<number>,
  size: { readonly width: number; readonly height: number },
  bands = 1,
): CropTruth {
  const width = Math.min(CROP_SIDE, size.width);
  const height = Math.min(CROP_SIDE, size.height);
  const x = (size.width - width) >> 1;
  const y = (size.height - height) >> 1;
  const piece = cropSamples(samples, size, { x, y, width, height }, bands);
  const bytes = new Uint8Array(piece.buffer);
  return { x, y, width, height, samples: deflateRawSync(bytes).toString('base64') };
}

/** The same piece of other samples. */
export function cropSamples(
  samples: ArrayLike<number>,
  size: { readonly width: number },
  { x, y, width, height }: Pick<CropTruth, 'x' | 'y' | 'width' | 'height'>,
  bands = 1,
): Int32Array {
  const piece = new Int32Array(width * height * bands);
  for (let row = 0; row < height; row++) {
    for (let i = 0; i < width * bands; i++) {
      piece[row * width * bands + i] = samples[((y + row) * size.width + x) * bands + i] ?? 0;
    }
  }
  return piece;
}

export function samplesOf(crop: CropTruth): Int32Array {
  const bytes = inflateRawSync(Buffer.from(crop.samples, 'base64'));
  return new Int32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = a.length === b.length ? 0 : Infinity;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs((a[i] ?? 0) - (b[i] ?? 0)));
  return largest;
}

export function meanOf(samples: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i] ?? 0;
  return sum / Math.max(1, samples.length);
}
