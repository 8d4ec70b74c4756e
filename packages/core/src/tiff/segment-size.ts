import type { SampleLayout } from '../codec/encoded-segment.ts';
import type { Size } from '../geometry/size.ts';
import { subsamplingOf } from './sample-layout.ts';

/** Bytes of one stored row of a plane or interleaved segment; rows begin at whole bytes. No subsampling. */
export function rowByteLength(width: number, layout: SampleLayout): number {
  return Math.ceil((width * layout.storedBands * layout.bitsPerSample) / 8);
}

/**
 * Bytes of one part of a segment once decompressed: what to ask a byte decoder for.
 *
 * @param plane Index of the part: chroma planes that are stored apart may be smaller.
 */
export function unpackedByteLength(size: Size, layout: SampleLayout, plane = 0): number {
  const [across, down] = subsamplingOf(layout);
  if (across * down === 1) return rowByteLength(size.width, layout) * size.height;
  const columns = Math.ceil(size.width / across);
  const rows = Math.ceil(size.height / down);
  if (layout.storedBands === 1) {
    return plane === 1 || plane === 2 ? columns * rows : size.width * size.height;
  }
  // Data units: all luma samples of a block, then one Cb, one Cr (TIFF 6.0 section 21).
  return columns * rows * (across * down + 2);
}
