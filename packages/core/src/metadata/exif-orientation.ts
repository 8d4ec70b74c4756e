const ORIENTATION_TAG = 274;
const MAX_FIELDS = 1000;

/**
 * The orientation (1 to 8) that an Exif block gives, 1 where it gives none or is damaged. The block is a TIFF file
 * without the `Exif\0\0` prefix (Exif 2.32, 4.6.4).
 */
export function orientationOfExif(exif: Uint8Array | undefined): number {
  if (exif === undefined || exif.length < 10) return 1;
  const view = new DataView(exif.buffer, exif.byteOffset, exif.byteLength);
  const littleEndian = exif[0] === 0x49;
  const directory = view.getUint32(4, littleEndian);
  if (directory + 2 > exif.length) return 1;
  const count = Math.min(view.getUint16(directory, littleEndian), MAX_FIELDS);
  for (let field = 0; field < count; field++) {
    const at = directory + 2 + field * 12;
    if (at + 12 > exif.length) break;
    if (view.getUint16(at, littleEndian) !== ORIENTATION_TAG) continue;
    const orientation = view.getUint16(at + 8, littleEndian);
    return orientation >= 1 && orientation <= 8 ? orientation : 1;
  }
  return 1;
}
