/** How decoded components become the bands of a picture. Plain data. */
export interface Jpeg2000Color {
  /** Palette (pclr): one table a column, and the bits of its entries. */
  readonly palette: readonly Jpeg2000PaletteColumn[];
  /** What each band is made of, in order: color bands first, then alpha, then the rest. */
  readonly bands: readonly Jpeg2000BandSource[];
  /** What is done with the color bands. */
  readonly convert: 'none' | 'invert' | 'sycc' | 'esrgb' | Jpeg2000Lab;
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

/** CIELab by EP parameters of the color specification box (T.801 M.11.7.4): range and offset of L, a and b. */
export interface Jpeg2000Lab {
  readonly kind: 'cielab';
  readonly range: readonly [number, number, number];
  readonly offset: readonly [number, number, number];
}
