import type { Jpeg2000Color } from './jpeg2000-color.ts';

/**
 * A window of a JPEG 2000 image at one resolution, as the code-blocks that it touches: all that a decoder needs beside
 * the blocks' bytes. Plain data, so that it can travel to another thread.
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
  readonly tiles: readonly Jpeg2000Tile[];
  /**
   * Nine numbers a code-block, see {@link BLOCK_FIELDS}: left and top (from the band's window, may be negative), width,
   * height, magnitude bit-planes, number of the first segment, count of segments, first byte, and the bit-plane of the
   * cleanup pass of a high-throughput code-block, -1 for others.
   */
  readonly blocks: Int32Array;
  /** Identity of each code-block within the codestream: the file offset of its first byte; 0 = not to be kept. */
  readonly blockIds: Float64Array;
  /** Two numbers a codeword segment: bytes, coding passes. */
  readonly segments: Uint32Array;
  readonly color: Jpeg2000Color;
}

/** Numbers of {@link Jpeg2000Window.blocks} for each code-block. */
export const BLOCK_FIELDS = 9;

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

/** What one J2K tile adds to the window. */
export interface Jpeg2000Tile {
  /** RCT or ICT (by the first component's wavelet) over the first three components. */
  readonly componentTransform: boolean;
  readonly components: readonly Jpeg2000TileComponent[];
}

/** What one J2K tile adds to one component's plane. */
export interface Jpeg2000TileComponent {
  readonly x0: number;
  readonly y0: number;
  readonly width: number;
  readonly height: number;
  /** Every how many samples of the last resolution one is taken; more than 1 where a tile has too few levels. */
  readonly decimation: number;
  readonly reversible: boolean;
  readonly blockStyle: number;
  /** Maximum shift of the region of interest, 0 = none. */
  readonly roiShift: number;
  /** From the lowest one on that samples are needed of, or from one without samples. */
  readonly resolutions: readonly Jpeg2000Resolution[];
}

/** A stretch of one resolution that is put together from the one before (its LL) and the subbands. */
export interface Jpeg2000Resolution {
  /** Margins of the wavelet filters included. */
  readonly x0: number;
  readonly y0: number;
  readonly width: number;
  readonly height: number;
  /** LL in the first resolution, HL, LH and HH in all others. */
  readonly bands: readonly Jpeg2000Band[];
}

/** A stretch of one subband. */
export interface Jpeg2000Band {
  /** 0 LL, 1 HL, 2 LH, 3 HH. */
  readonly orientation: 0 | 1 | 2 | 3;
  readonly width: number;
  readonly height: number;
  /** Quantization step; 1 for reversible coding. */
  readonly step: number;
  readonly firstBlock: number;
  readonly blockCount: number;
}
