/**
 * What red, green and blue of an answer mean. Both have the white D65 and the transfer function of sRGB (`srgb.ts`), so that
 * grays are the same in both.
 */
export type RgbSpace = 'srgb' | 'display-p3';

/** Matrices to linear RGB, rows one after another, as in every matrix of this folder. */
interface FromXyz {
  /** From CIE XYZ (Y of white = 1) relative to the D50 of ICC profiles (0.9642, 1, 0.8249), adapted by the Bradford matrix. */
  readonly d50: readonly number[];
  /** From CIE XYZ relative to D65. */
  readonly d65: readonly number[];
}

/**
 * Inverses of the primaries with the white (0.3127, 0.3290): (0.64, 0.33), (0.30, 0.60), (0.15, 0.06) of IEC 61966-2-1, and
 * (0.680, 0.320), (0.265, 0.690), (0.150, 0.060) of SMPTE EG 432-1; adaptation by ICC.1:2022, annex E.
 */
export const XYZ_TO_LINEAR: Readonly<Record<RgbSpace, FromXyz>> = {
  srgb: {
    d50: [
      3.1341863642, -1.617208959, -0.490694064, -0.9787485042, 1.9161300968, 0.0334333992, 0.0719639278, -0.2289938735,
      1.4057537329,
    ],
    d65: [
      3.2409699419, -1.5373831776, -0.4986107603, -0.9692436363, 1.8759675015, 0.0415550574, 0.0556300797,
      -0.2039769589, 1.0569715142,
    ],
  },
  'display-p3': {
    d50: [
      2.4039840049, -0.9899068992, -0.3976415061, -0.8422229263, 1.7988437375, 0.0160354079, 0.0482058519,
      -0.0974067538, 1.2740049356,
    ],
    d65: [
      2.4934969119, -0.9313836179, -0.4027107845, -0.8294889696, 1.7626640603, 0.0236246858, 0.0358458302,
      -0.0761723893, 0.956884524,
    ],
  },
};

/** Product of two 3x3 matrices. */
export function multiplyMatrices(a: readonly number[], b: readonly number[]): number[] {
  return Array.from({ length: 9 }, (_, i) => {
    const row = Math.floor(i / 3) * 3;
    const column = i % 3;
    return [0, 1, 2].reduce((sum, k) => sum + (a[row + k] ?? 0) * (b[k * 3 + column] ?? 0), 0);
  });
}
