/** How decoded components become the bands of a picture. Plain data. */
export interface Jpeg2000Color {
  /** Palette (pclr): one table a column, and the bits of its entries. */
  readonly palette: readonly Jpeg2000PaletteColumn[];
  /** What each band is made of, in order: color bands first, then alpha, then the rest. */
  readonly bands: readonly Jpeg2000BandSource[];
  /** What is done with the color bands. */
  readonly convert: 'none' | 'invert' | 'esrgb' | Jpeg2000Matrix | Jpeg2000Lab;
  /** Bits of a band after all have been brought to one range; 8 or fewer become 8. */
  readonly bits: number;
  /** Samples keep their sign; no scaling then. */
  readonly signed: boolean;
}

/** One column of a palette. */
export interface Jpeg2000PaletteColumn {
  readonly bits: number;
  readonly values: Int32Array;
}

/** A component as it is, or looked up in a palette column. */
export interface Jpeg2000BandSource {
  readonly component: number;
  readonly paletteColumn?: number | undefined;
  /** Of the component, or of the palette's column. */
  readonly bits: number;
  readonly signed: boolean;
}

/** Luma and two chromas, or what else a matrix or a range sets apart from RGB, to RGB (H.273, clause 8.3). */
export interface Jpeg2000Matrix {
  readonly kind: 'matrix';
  /**
   * Of the stored bands for red, green and blue, row by row; of a single one, for gray. Bands count 0 to 1, chromas -1/2 to
   * 1/2 about the middle of their range.
   */
  readonly weights: readonly number[];
  /** The second and the third band are chromas. */
  readonly hasChromas: boolean;
  /** False: of 8 bits, bands have black at 16 and white at 235, chromas span 224 about 128; of n bits 2^(n - 8) times that. */
  readonly fullRange: boolean;
}

/** CIELab by EP parameters of the color specification box (T.801 M.11.7.4): range and offset of L, a and b. */
export interface Jpeg2000Lab {
  readonly kind: 'cielab';
  readonly range: readonly [number, number, number];
  readonly offset: readonly [number, number, number];
}
