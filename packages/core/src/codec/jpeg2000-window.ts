import type { Jpeg2000Color } from './jpeg2000-color.ts';

/**
 * A window of a JPEG 2000 image at one resolution, as the code-blocks that it touches: all that a decoder needs beside
 * the blocks' bytes. Plain data, so that it can travel to another thread; numbers in a few arrays, because a window may touch
 * 65535 tiles, each with dozens of subbands.
 *
 * Coordinates are those of the standard: each resolution and subband counts from the reference grid's origin.
 */
export interface Jpeg2000Window {
  /**
   * Identity of the codestream's bytes and of the quality layers, four words: with a block's id the key of decoded blocks.
   * Undefined when they are not to be kept.
   */
  readonly cacheKey: Uint32Array | undefined;
  /** The pixels wanted. */
  readonly x0: number;
  readonly y0: number;
  readonly width: number;
  readonly height: number;
  readonly components: readonly Jpeg2000Plane[];
  /** How components of tiles are coded: each differing way once. */
  readonly codings: readonly Jpeg2000Coding[];
  /**
   * What each J2K tile adds to the window, one after another. A tile is
   *
   * - 1 where RCT or ICT (by the first component's wavelet) is over its first three components, else 0;
   * - eight numbers for each of `components`: number of the coding; left, top, width and height of what the tile adds
   *   to the plane; log2 of every how many samples of the last resolution one is taken (more than 0 where a tile has too few
   *   levels); number of the lowest resolution that samples are needed of; count of the resolutions from there on;
   * - for each component its resolutions, lowest first: left, top, width and height of what it takes to put it together from the
   *   one before (its LL) and the subbands, margins of the wavelet filters included; then the count of code-blocks of each
   *   subband: LL in the first of them, HL, LH and HH in all others.
   */
  readonly tiles: Uint32Array;
  /**
   * {@link BLOCK_FIELDS} numbers for each code-block, in the order of tiles, components, resolutions and subbands: left and top
   * (from the subband's window, may be negative), width, height, magnitude bit-planes, count of segments, and the bit-plane of the
   * cleanup pass of a high-throughput code-block, -1 for others.
   */
  readonly blocks: Int32Array;
  /** Identity of each code-block within the codestream: the file offset of its first byte; 0 = not to be kept. */
  readonly blockIds: Float64Array;
  /** Two numbers a codeword segment, in the order of the code-blocks: bytes, coding passes. */
  readonly segments: Uint32Array;
  readonly color: Jpeg2000Color;
}

/** Numbers of each code-block in {@link Jpeg2000Window.blocks}. */
export const BLOCK_FIELDS = 7;

/** The samples of one component that cover the window. */
export interface Jpeg2000Plane {
  readonly bits: number;
  readonly signed: boolean;
  /** Pixels from sample to sample. */
  readonly stepX: number;
  readonly stepY: number;
  readonly x0: number;
  readonly y0: number;
  readonly width: number;
  readonly height: number;
}

/** How one component of a tile is coded. */
export interface Jpeg2000Coding {
  readonly reversible: boolean;
  readonly blockStyle: number;
  /** Maximum shift of the region of interest, 0 = none. */
  readonly roiShift: number;
  /** Quantization steps: of LL, then of HL, LH and HH of each resolution level from 1 on; 1 for reversible coding. */
  readonly steps: Float64Array;
}

/** Columns or rows of a subband under those of its resolution from `start` on; `high` for the high-pass side (T.800 equation B-15). */
export function subbandSide(start: number, count: number, high: 0 | 1): number {
  return Math.ceil((start + count - high) / 2) - Math.ceil((start - high) / 2);
}
