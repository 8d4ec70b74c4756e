import type { DecodeRequest, ImageDecoder, RareTiffFields } from '@sectile/core/codec';
import { ImageError } from '@sectile/core/errors';
import type { PixelBuffer } from '@sectile/core/pixels';
import { reversedBits } from '../bit-order.ts';
import { assertPixelCount } from '../pixel-count.ts';
import { type CcittOptions, decodeCcitt } from './ccitt.ts';
import { decodeLogLuv, decodeLogLuv24 } from './log-luv.ts';
import { decodeNext } from './next.ts';
import { decodeThunderScan } from './thunder-scan.ts';

/** TIFF Compression by number. */
const CCITT_SCHEMES: Readonly<Record<number, CcittOptions['scheme']>> = {
  2: 'rle',
  3: 'group3',
  4: 'group4',
  32771: 'rle-word',
};
const NEXT = 32766;
const THUNDER_SCAN = 32809;
const LOG_LUV = 34676;
const LOG_LUV_24 = 34677;

const PHOTOMETRIC_PALETTE = 3;

/**
 * Compressions that only old scanners and fax machines wrote: CCITT, NeXT, ThunderScan, SGI LogLuv. They are tied to
 * pixels and to fields of their directory, so `request.tiff` has to be there.
 */
export const rareTiffDecoder: ImageDecoder = { kind: 'image', decode: decodeRareTiff };

function decodeRareTiff(bytes: Uint8Array, { tiff, maxPixels }: DecodeRequest): PixelBuffer {
  if (tiff === undefined) throw new ImageError('codec', 'This compression needs the fields of a TIFF directory');
  const { width, height, compression } = tiff;
  assertPixelCount(width, height, maxPixels);
  const ordered = tiff.fillOrder === 2 ? reversedBits(bytes) : bytes;
  if (compression === LOG_LUV) return decodeLogLuv(ordered, tiff);
  if (compression === LOG_LUV_24) return decodeLogLuv24(ordered, tiff);
  if (tiff.bands !== 1) throw new ImageError('unsupported', `TIFF compression ${compression} with ${tiff.bands} bands`);
  const { samples, bits } = decodeIndices(ordered, tiff);
  // Palettes are looked up by whoever asked; other samples are brought to 0..255 here.
  if (tiff.photometric !== PHOTOMETRIC_PALETTE) spread(samples, 255 / ((1 << bits) - 1));
  return { width, height, bands: 1, dtype: 'uint8', data: samples };
}

function decodeIndices(bytes: Uint8Array, tiff: RareTiffFields): { samples: Uint8Array; bits: number } {
  const { width, height, compression, faxOptions } = tiff;
  const scheme = CCITT_SCHEMES[compression];
  if (scheme !== undefined) {
    requireBits(tiff, 1);
    const twoDimensional = (faxOptions & 1) === 1;
    return { samples: decodeCcitt(bytes, { width, height, scheme, twoDimensional }), bits: 1 };
  }
  switch (compression) {
    case NEXT:
      requireBits(tiff, 2);
      return { samples: decodeNext(bytes, tiff), bits: 2 };
    case THUNDER_SCAN:
      requireBits(tiff, 4);
      return { samples: decodeThunderScan(bytes, tiff), bits: 4 };
    default:
      throw new ImageError('unsupported', `TIFF compression ${compression} is not supported`);
  }
}

function requireBits({ compression, bitsPerSample }: RareTiffFields, bits: number): void {
  if (bitsPerSample === bits) return;
  throw new ImageError('malformed', `TIFF compression ${compression} with ${bitsPerSample} bits a sample`);
}

function spread(samples: Uint8Array, factor: number): void {
  for (let i = 0; i < samples.length; i++) samples[i] = samples[i]! * factor;
}
