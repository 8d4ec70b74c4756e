import type { EncodedSegment } from '../codec/encoded-segment.ts';
import { ImageError } from '../errors.ts';
import { typescriptKernels } from '../kernels/typescript-kernels.ts';
import type { SampleArray } from '../pixels/dtype.ts';
import { allocateSamples } from '../pixels/dtype.ts';
import type { PixelBuffer } from '../pixels/pixel-buffer.ts';
import { convertSamples } from './convert-samples.ts';
import { subsamplingOf } from './sample-layout.ts';
import { unpackedByteLength } from './segment-size.ts';
import { type UnpackOptions, unpackSamples } from './unpack-samples.ts';
import { fitBytes } from './words.ts';
import { spreadDataUnits, spreadPlane } from './ycbcr.ts';

/**
 * Turns decompressed bytes into pixels: predictor, bit packing, byte order, planes, photometric interpretation.
 * Performs no I/O and decompresses nothing.
 *
 * @param planes Decompressed bytes of each part of `segment`, `undefined` for a sparse one. Missing bytes are zeros.
 *   The result may share their memory; they are written to only with `ownsBytes`.
 * @returns A buffer of the segment's width, height, bands and dtype.
 */
export function unpackSegment(
  planes: readonly (Uint8Array | undefined)[],
  segment: EncodedSegment,
  options: UnpackOptions = { kernels: typescriptKernels, ownsBytes: false },
): PixelBuffer {
  const { width, height, layout } = segment;
  const storedBands = planes.length > 1 ? planes.length : layout.storedBands;
  const parts = planes.map((bytes, plane) => bytes && unpackPart(bytes, segment, plane, options));
  const [only] = parts;
  let data: SampleArray;
  if (parts.length === 1 && only) data = only;
  else data = interleave(parts, allocateSamples(storedType(segment, parts), width * height * storedBands));
  const stored: PixelBuffer = { width, height, bands: storedBands, dtype: storedType(segment, parts), data };
  const pixels = convertSamples(stored, layout);
  if (pixels.bands !== segment.bands || pixels.dtype !== segment.dtype) {
    throw new ImageError(
      'codec',
      `A segment of ${segment.bands} bands of ${segment.dtype} unpacked to ${pixels.bands} of ${pixels.dtype}`,
    );
  }
  return pixels;
}

/** Type before colors are converted: palette indices may be wider than the colors they stand for. */
function storedType(
  { layout, dtype }: EncodedSegment,
  parts: readonly (SampleArray | undefined)[],
): PixelBuffer['dtype'] {
  if (layout.convert.kind !== 'palette') return dtype;
  return parts.some((part) => part instanceof Uint16Array) ? 'uint16' : 'uint8';
}

function unpackPart(bytes: Uint8Array, segment: EncodedSegment, plane: number, options: UnpackOptions): SampleArray {
  const { width, height, layout } = segment;
  const subsampling = subsamplingOf(layout);
  const [across, down] = subsampling;
  if (across * down > 1) {
    const fitted = fitBytes(bytes, unpackedByteLength(segment, layout, plane));
    if (layout.storedBands === 3) return spreadDataUnits(fitted, segment, subsampling);
    if (plane === 1 || plane === 2) return spreadPlane(fitted, segment, subsampling);
  }
  return unpackSamples(bytes, layout, { rowSamples: width * layout.storedBands, rows: height }, options);
}

/** Lays planes side by side, sample by sample; a missing one stays zero. */
function interleave(parts: readonly (SampleArray | undefined)[], result: SampleArray): SampleArray {
  const bands = parts.length;
  for (const [band, part] of parts.entries()) {
    if (!part) continue;
    for (let from = 0, to = band; to < result.length; from++, to += bands) result[to] = part[from]!;
  }
  return result;
}
