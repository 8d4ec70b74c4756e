/** State of a sequential JPEG decoder at the beginning of a row of MCUs. */
export interface JpegScanStart {
  /** Bits of the first byte that belong to the row before, 0 to 7. */
  readonly skipBits: number;
  /** Last DC value of each component. */
  readonly predictions: readonly number[];
  /** MCUs up to the next restart marker, which may be 0; meaningless where the file has none. */
  readonly mcusToRestart: number;
  /** Number of that marker, 0 to 7. */
  readonly nextRestart: number;
}

/** Rows of MCUs of a sequential JPEG scan, cut out of a file. */
export interface JpegRows extends JpegScanStart {
  /** Rows of pixels that the MCUs cover, at full size; cut at the bottom of the picture. */
  readonly height: number;
  /** Rows of the result, after reduction: those before the wanted ones, and the wanted ones. */
  readonly skipRows: number;
  readonly keepRows: number;
}
