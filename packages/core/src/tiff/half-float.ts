/** IEEE 754 binary16 as a number. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction ? Number.NaN : sign * Infinity;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** The 24-bit float of Adobe's TIFF Technical Note 3 as a number: sign, 7 bits of exponent (bias 63), 16 of fraction. */
export function float24ToNumber(bits: number): number {
  const sign = bits & 0x800000 ? -1 : 1;
  const exponent = (bits >> 16) & 127;
  const fraction = bits & 0xffff;
  if (exponent === 127) return fraction ? Number.NaN : sign * Infinity;
  if (exponent === 0) return sign * fraction * 2 ** -78;
  return sign * (65536 + fraction) * 2 ** (exponent - 79);
}

let halves: Float32Array | undefined;

/** All 65536 half floats. Made on first use: 256 KiB that few files need. */
export function halfFloatTable(): Float32Array {
  halves ??= Float32Array.from({ length: 65536 }, (_, bits) => halfToNumber(bits));
  return halves;
}
