import type { RareTiffFields } from '@sectile/core/codec';
import { ImageError } from '@sectile/core/errors';
import type { PixelBuffer } from '@sectile/core/pixels';

const PHOTOMETRIC_LOG_L = 32844;
const PHOTOMETRIC_LOG_LUV = 32845;

/**
 * SGI LogL and LogLuv (TIFF compression 34676; G. Ward Larson, "LogLuv encoding for full-gamut, high-dynamic range
 * images", 1998). Rows are run-length coded one byte plane after another, most significant first.
 *
 * Delivers 8-bit gray or RGB as libtiff does: luminance 0..1, primaries of ITU-R BT.709 around equal-energy white, gamma 2.
 */
export function decodeLogLuv(bytes: Uint8Array, { width, height, photometric }: RareTiffFields): PixelBuffer {
  const planes = photometric === PHOTOMETRIC_LOG_L ? 2 : photometric === PHOTOMETRIC_LOG_LUV ? 4 : 0;
  if (planes === 0) throw new ImageError('malformed', `LogLuv data with photometric interpretation ${photometric}`);
  const words = new Uint32Array(width);
  const bands = planes === 2 ? 1 : 3;
  const data = new Uint8Array(width * height * bands);
  let at = 0;
  for (let row = 0; row < height; row++) {
    words.fill(0);
    for (let plane = planes - 1; plane >= 0; plane--) at = readPlane(bytes, at, words, plane * 8);
    const target = data.subarray(row * width * bands, (row + 1) * width * bands);
    if (bands === 1) writeGray(words, target);
    else writeRgb(words, target);
  }
  return { width, height, bands, dtype: 'uint8', data };
}

/** One byte of each word. A header of 128 and above repeats the byte after it header - 126 times. */
function readPlane(bytes: Uint8Array, at: number, words: Uint32Array, shift: number): number {
  let x = 0;
  while (x < words.length && at < bytes.length) {
    const header = bytes[at++]!;
    if (header >= 128) {
      if (at === bytes.length) break;
      const value = bytes[at++]! << shift;
      for (const end = Math.min(words.length, x + header - 126); x < end; x++) words[x]! |= value;
    } else {
      const end = Math.min(words.length, x + header, x + bytes.length - at);
      while (x < end) words[x++]! |= bytes[at++]! << shift;
    }
  }
  return at;
}

function writeGray(words: Uint32Array, gray: Uint8Array): void {
  for (let i = 0; i < words.length; i++) gray[i] = gammaTwo(luminanceOf(words[i]!));
}

function writeRgb(words: Uint32Array, rgb: Uint8Array): void {
  for (let i = 0, to = 0; i < words.length; i++) {
    const word = words[i]!;
    const luminance = luminanceOf(word >>> 16);
    const u = (((word >>> 8) & 255) + 0.5) / 410;
    const v = ((word & 255) + 0.5) / 410;
    const scale = 1 / (6 * u - 16 * v + 12);
    const x = 9 * u * scale;
    const y = 4 * v * scale;
    const bigX = (x / y) * luminance;
    const bigZ = ((1 - x - y) / y) * luminance;
    rgb[to++] = gammaTwo(2.69 * bigX - 1.276 * luminance - 0.414 * bigZ);
    rgb[to++] = gammaTwo(-1.022 * bigX + 1.978 * luminance + 0.044 * bigZ);
    rgb[to++] = gammaTwo(0.061 * bigX - 0.224 * luminance + 1.163 * bigZ);
  }
}

/** 16 bits: a sign, then log2 in steps of 1/256 with an offset of 64; 0 is black. */
function luminanceOf(word: number): number {
  const logarithm = word & 0x7fff;
  if (logarithm === 0 || word & 0x8000) return 0;
  return 2 ** ((logarithm + 0.5) / 256 - 64);
}

function gammaTwo(linear: number): number {
  if (!(linear > 0)) return 0;
  return linear >= 1 ? 255 : Math.trunc(256 * Math.sqrt(linear));
}
