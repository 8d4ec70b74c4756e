/** Compressions and formats that a decoder may be registered for. */
export type DecoderId =
  | 'none'
  | 'packbits'
  | 'lzw'
  | 'deflate'
  | 'zstd'
  | 'lzma'
  | 'jpeg'
  | 'webp'
  | 'png'
  | 'avif'
  | 'jpeg2000'
  | 'tiff-rare';

/** Formats that pictures are delivered in; each is also the file name extension. */
export type OutputFormat = 'jpg' | 'png' | 'webp' | 'avif' | 'tif';

/** What an encoder may be registered for: each format, and a slower encoder of smaller JPEG. */
export type EncoderId = OutputFormat | 'jpg-optimized';

/** Media type of an output format. */
export const MEDIA_TYPES: Readonly<Record<OutputFormat, string>> = {
  jpg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  avif: 'image/avif',
  tif: 'image/tiff',
};
