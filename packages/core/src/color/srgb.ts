// Rows of 3x3 matrices one after another, as in every matrix of this folder.

/**
 * CIE XYZ (Y of white = 1) relative to D65, to linear sRGB. Inverse of the primaries and white of IEC 61966-2-1:
 * (0.64, 0.33), (0.30, 0.60), (0.15, 0.06), (0.3127, 0.3290).
 */
export const XYZ_D65_TO_LINEAR_SRGB: readonly number[] = [
  3.2409699419, -1.5373831776, -0.4986107603, -0.9692436363, 1.8759675015, 0.0415550574, 0.0556300797, -0.2039769589,
  1.0569715142,
];

/**
 * CIE XYZ relative to the D50 of ICC profiles (0.9642, 1, 0.8249), adapted to D65 by the Bradford matrix (ICC.1:2022,
 * annex E), to linear sRGB.
 */
export const XYZ_D50_TO_LINEAR_SRGB: readonly number[] = [
  3.1341863642, -1.617208959, -0.490694064, -0.9787485042, 1.9161300968, 0.0334333992, 0.0719639278, -0.2289938735,
  1.4057537329,
];

/** Transfer function of IEC 61966-2-1: linear light to the encoded value. Clips to 0..1; NaN becomes 0. */
export function encodeSrgb(linear: number): number {
  if (!(linear > 0)) return 0;
  if (linear >= 1) return 1;
  return linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
}

/** Inverse of {@link encodeSrgb}: an encoded value 0..1 to linear light. */
export function decodeSrgb(encoded: number): number {
  return encoded <= 0.04045 ? encoded / 12.92 : ((encoded + 0.055) / 1.055) ** 2.4;
}

const INTERVALS = 16384;
let curve: Float64Array | undefined;

/**
 * {@link encodeSrgb} at equal steps of linear light, one entry more than intervals. Reading between two entries is
 * within 2e-6 of the exact curve (an eighth of a 16-bit step) and much faster than a power.
 */
export function srgbCurve(): Float64Array {
  curve ??= Float64Array.from({ length: INTERVALS + 1 }, (_, i) => encodeSrgb(i / INTERVALS));
  return curve;
}

/** Reads {@link srgbCurve}: linear light to the encoded value, clipped to 0..1; NaN becomes 0. */
export function readSrgbCurve(table: Float64Array, linear: number): number {
  if (!(linear > 0)) return 0;
  if (linear >= 1) return 1;
  const position = linear * INTERVALS;
  const index = position | 0;
  const low = table[index]!;
  return low + (table[index + 1]! - low) * (position - index);
}
