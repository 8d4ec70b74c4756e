import type { RareTiffFields } from '@sectile/core/codec';
import { ImageError } from '@sectile/core/errors';
import type { PixelBuffer } from '@sectile/core/pixels';
import { GAMUT_ROWS } from './log-luv-gamut.ts';

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
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    writeColor(rgb, i * 3, luminanceOf(word >>> 16), (((word >>> 8) & 255) + 0.5) / 410, ((word & 255) + 0.5) / 410);
  }
}

/**
 * LogLuv of 24 bits (TIFF compression 34677; the same paper): 10 bits of log2 luminance in steps of 1/64 with an offset of
 * 12, then 14 bits that number the squares of {@link GAMUT_ROWS}. Not compressed; codes beyond the gamut are neutral.
 */
export function decodeLogLuv24(bytes: Uint8Array, { width, height, photometric }: RareTiffFields): PixelBuffer {
  if (photometric !== PHOTOMETRIC_LOG_LUV) {
    throw new ImageError('malformed', `24-bit LogLuv data with photometric interpretation ${photometric}`);
  }
  const data = new Uint8Array(width * height * 3);
  const { u, v } = gamutSquares();
  for (let from = 0, to = 0; to < data.length && from + 2 < bytes.length; from += 3, to += 3) {
    const word = (bytes[from]! << 16) | (bytes[from + 1]! << 8) | bytes[from + 2]!;
    const logarithm = word >>> 14;
    const luminance = logarithm === 0 ? 0 : 2 ** ((logarithm + 0.5) / 64 - 12);
    writeColor(data, to, luminance, u[word & 0x3fff]!, v[word & 0x3fff]!);
  }
  return { width, height, bands: 3, dtype: 'uint8', data };
}

/** u' and v' of the middle of each square by its code. */
interface GamutSquares {
  readonly u: Float64Array;
  readonly v: Float64Array;
}

const GAMUT_CODES = 2 ** 14;
const SQUARE_SIDE = 0.0035;
const LOWEST_V = 0.01694;
/** Equal-energy white. */
const NEUTRAL = { u: 4 / 19, v: 9 / 19 };

let squares: GamutSquares | undefined;

function gamutSquares(): GamutSquares {
  if (squares !== undefined) return squares;
  const u = new Float64Array(GAMUT_CODES).fill(NEUTRAL.u);
  const v = new Float64Array(GAMUT_CODES).fill(NEUTRAL.v);
  let code = 0;
  for (const [row, [count, start]] of GAMUT_ROWS.entries()) {
    for (let i = 0; i < count; i++, code++) {
      u[code] = start / 1e6 + (i + 0.5) * SQUARE_SIDE;
      v[code] = LOWEST_V + (row + 0.5) * SQUARE_SIDE;
    }
  }
  squares = { u, v };
  return squares;
}

function writeColor(rgb: Uint8Array, at: number, luminance: number, u: number, v: number): void {
  const scale = 1 / (6 * u - 16 * v + 12);
  const x = 9 * u * scale;
  const y = 4 * v * scale;
  const bigX = (x / y) * luminance;
  const bigZ = ((1 - x - y) / y) * luminance;
  rgb[at] = gammaTwo(2.69 * bigX - 1.276 * luminance - 0.414 * bigZ);
  rgb[at + 1] = gammaTwo(-1.022 * bigX + 1.978 * luminance + 0.044 * bigZ);
  rgb[at + 2] = gammaTwo(0.061 * bigX - 0.224 * luminance + 1.163 * bigZ);
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
