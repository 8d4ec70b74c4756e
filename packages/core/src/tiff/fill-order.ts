const REVERSED = Uint8Array.from({ length: 256 }, (_, byte) => {
  let reversed = 0;
  for (let bit = 0; bit < 8; bit++) reversed |= ((byte >> bit) & 1) << (7 - bit);
  return reversed;
});

/** A copy with the bits of each byte in reverse order: undoes FillOrder 2 (TIFF 6.0 section 8). */
export function reverseBits(bytes: Uint8Array): Uint8Array {
  const result = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) result[i] = REVERSED[bytes[i]!]!;
  return result;
}
