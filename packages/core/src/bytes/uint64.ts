import { ImageError } from '../errors.ts';

/**
 * Reads an unsigned 64-bit integer as a number.
 *
 * @throws ImageError `malformed` above 2^53 - 1: no file is that long, so an offset or count of that size is damage.
 */
export function readUint64(view: DataView, byteOffset: number, littleEndian: boolean): number {
  const low = view.getUint32(byteOffset + (littleEndian ? 0 : 4), littleEndian);
  const high = view.getUint32(byteOffset + (littleEndian ? 4 : 0), littleEndian);
  if (high > 0x1fffff) {
    throw new ImageError('malformed', `A 64-bit number above 2^53 (0x${high.toString(16)}${low.toString(16)})`);
  }
  return high * 2 ** 32 + low;
}

/** Reads a signed 64-bit integer as a number. @throws ImageError `malformed` outside +-(2^53 - 1). */
export function readInt64(view: DataView, byteOffset: number, littleEndian: boolean): number {
  const value = Number(view.getBigInt64(byteOffset, littleEndian));
  if (!Number.isSafeInteger(value)) throw new ImageError('malformed', 'A 64-bit number outside +-2^53');
  return value;
}
