/**
 * Rounds half up, forgiving the last bits of a division that should have come out at exactly one half
 * (25 * 297 / 90 is 82.5, also when binary fractions say 82.49999999999999).
 */
export function roundPixels(value: number): number {
  return Math.floor(value + 0.5 + 1e-9 * Math.max(1, Math.abs(value)));
}

/** The nearest whole number when `value` is one but for the rounding of a division, else `value`. */
export function snapToWhole(value: number): number {
  const whole = Math.round(value);
  return Math.abs(value - whole) < 1e-6 ? whole : value;
}
