/** White points as X, Y, Z with Y = 1. */
export const WHITE_POINTS: Readonly<Record<'d50' | 'd65', readonly [number, number, number]>> = {
  /** The profile connection space of ICC.1:2022, clause 7.2.16. */
  d50: [0.9642, 1, 0.8249],
  /** CIE 15, 2-degree observer. */
  d65: [0.95047, 1, 1.08883],
};

const DELTA = 6 / 29;

/** Inverse of the CIELAB function f: t^3 above 6/29, else 3 (6/29)^2 (t - 4/29) (CIE 15, annex D). */
export function inverseLabCurve(t: number): number {
  return t > DELTA ? t * t * t : 3 * DELTA * DELTA * (t - 4 / 29);
}

/**
 * How stored samples become L* (0..100), a* and b*. `unsigned` is the width of the wrap that turns unsigned samples
 * of a and b into signed ones, 0 for none.
 */
export interface LabEncoding {
  readonly lightnessScale: number;
  readonly chromaScale: number;
  readonly chromaOffset: number;
  readonly wrap: number;
}

/**
 * Encodings of integer samples. `cielab` (TIFF photometric 8; TIFF Technical Note 4): L* over the whole unsigned
 * range, a* and b* signed with 8 bits before the binary point. `icclab` (photometric 9, ICC.1 v2 encoding): a* and b*
 * offset by 128; with 16 bits 0xFF00 is L* 100.
 */
export function labEncoding(encoding: 'cielab' | 'icclab', bits: 8 | 16 | 32): LabEncoding {
  const unit = 2 ** (bits - 8);
  if (encoding === 'icclab') {
    return { lightnessScale: 100 / (255 * unit), chromaScale: 1 / unit, chromaOffset: -128, wrap: 0 };
  }
  return { lightnessScale: 100 / (2 ** bits - 1), chromaScale: 1 / unit, chromaOffset: 0, wrap: 2 ** bits };
}

/** Float samples are L*, a* and b* themselves. */
export const FLOAT_LAB: LabEncoding = { lightnessScale: 1, chromaScale: 1, chromaOffset: 0, wrap: 0 };
