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
