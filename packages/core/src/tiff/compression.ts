import type { DecoderId } from '../codec/formats.ts';
import { ImageError } from '../errors.ts';

/** A compression scheme of TIFF. */
export interface TiffCompression {
  readonly name: string;
  /** Who decodes it; `undefined`: nobody here. */
  readonly codec: DecoderId | undefined;
}

/** Tag Compression (259): TIFF 6.0, its Technical Notes and registered numbers. */
export const COMPRESSIONS: Readonly<Record<number, TiffCompression>> = {
  1: { name: 'None', codec: 'none' },
  2: { name: 'CCITT RLE', codec: 'tiff-rare' },
  3: { name: 'CCITT Group 3', codec: 'tiff-rare' },
  4: { name: 'CCITT Group 4', codec: 'tiff-rare' },
  5: { name: 'LZW', codec: 'lzw' },
  // Segments are rebuilt as complete JPEG streams while they are read: old-jpeg.ts.
  6: { name: 'Old-style JPEG', codec: 'jpeg' },
  7: { name: 'JPEG', codec: 'jpeg' },
  8: { name: 'Deflate', codec: 'deflate' },
  9: { name: 'JBIG (T.85)', codec: undefined },
  10: { name: 'JBIG (T.43)', codec: undefined },
  32766: { name: 'NeXT', codec: 'tiff-rare' },
  32771: { name: 'CCITT RLE, word aligned', codec: 'tiff-rare' },
  32773: { name: 'PackBits', codec: 'packbits' },
  32809: { name: 'ThunderScan', codec: 'tiff-rare' },
  32946: { name: 'Deflate', codec: 'deflate' },
  33003: { name: 'JPEG 2000 (Aperio, YCbCr)', codec: 'jpeg2000' },
  33005: { name: 'JPEG 2000 (Aperio, RGB)', codec: 'jpeg2000' },
  34661: { name: 'JBIG', codec: undefined },
  34676: { name: 'SGI LogLuv', codec: 'tiff-rare' },
  34677: { name: 'SGI LogLuv, 24 bit', codec: 'tiff-rare' },
  34712: { name: 'JPEG 2000', codec: 'jpeg2000' },
  34887: { name: 'LERC', codec: 'tiff-rare' },
  34892: { name: 'Lossy JPEG (DNG)', codec: 'jpeg' },
  34925: { name: 'LZMA', codec: 'lzma' },
  50000: { name: 'Zstandard', codec: 'zstd' },
  50001: { name: 'WebP', codec: 'webp' },
  50002: { name: 'JPEG XL', codec: undefined },
  52546: { name: 'JPEG XL (DNG)', codec: undefined },
};

/** Numbers that the code has to tell apart. */
export const COMPRESSION = {
  none: 1,
  oldJpeg: 6,
  jpeg: 7,
  aperioYcbcr: 33003,
  logLuv: 34676,
  logLuv24: 34677,
  webp: 50001,
} as const;

/** Name and decoder of a compression. @throws ImageError `unsupported` naming it when there is no decoder. */
export function compressionOf(code: number): { readonly name: string; readonly codec: DecoderId } {
  const known = COMPRESSIONS[code];
  if (!known?.codec) {
    throw new ImageError('unsupported', `TIFF compression ${code} (${known?.name ?? 'unknown'}) is not supported`);
  }
  return { name: known.name, codec: known.codec };
}

const BYTE_CODECS: ReadonlySet<DecoderId> = new Set(['none', 'packbits', 'lzw', 'deflate', 'zstd', 'lzma']);

/** True for compressions of plain bytes, whose results still have to be unpacked into samples. */
export function isByteCompression(codec: DecoderId): boolean {
  return BYTE_CODECS.has(codec);
}
