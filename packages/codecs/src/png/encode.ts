import { type EncodeOptions, type ImageEncoder, MEDIA_TYPES } from '@sectile/core/codec';
import { ImageError } from '@sectile/core/errors';
import type { PixelBuffer } from '@sectile/core/pixels';
import type { Zlib } from '../deflate/zlib.ts';
import { writePng } from './chunk-writer.ts';
import { filterAdaptive, filterNone, filterUp, type PngRows } from './filter-rows.ts';
import type { CompressRows } from './kernel-compress.ts';
import { metadataChunks } from './metadata-chunks.ts';

/** Color type (PNG 11.2.2) by number of bands: gray, gray and alpha, RGB, RGB and alpha. */
const COLOR_TYPES: readonly (number | undefined)[] = [undefined, 0, 4, 2, 6];

/** What a PNG encoder compresses with. */
export interface PngCompression {
  readonly zlib: Zlib;
  /** Level 1, where there is a kernel for it. */
  readonly fast?: CompressRows | undefined;
}

/**
 * Writes 8 and 16 bit PNG. `quality` is the deflate level: 0 stores, 1 filters and codes for speed, 2 to 9 search for
 * the best filter of each row and for matches.
 */
export function createPngEncoder(compression: PngCompression): ImageEncoder {
  return {
    kind: 'encoder',
    mediaType: MEDIA_TYPES.png,
    accepts: { bands: [1, 2, 3, 4], dtypes: ['uint8', 'uint16'] },
    encode: (pixels, options) => encodePng(compression, pixels, options),
  };
}

function encodePng(compression: PngCompression, pixels: PixelBuffer, options: EncodeOptions): Uint8Array {
  const colorType = COLOR_TYPES[pixels.bands];
  if (colorType === undefined) throw new ImageError('unsupported', `PNG does not hold ${pixels.bands} bands`);
  if (options.alpha === false && pixels.bands % 2 === 0) {
    throw new ImageError('unsupported', `PNG does not hold ${pixels.bands} bands without alpha`);
  }
  const level = Math.min(9, Math.max(0, Math.round(options.quality)));
  const parts = compress(toRows(pixels), level, compression);
  return writePng([
    { type: 'IHDR', data: header(pixels, colorType) },
    ...metadataChunks(options.metadata, compression.zlib),
    ...parts.map((data) => ({ type: 'IDAT', data })),
    { type: 'IEND', data: new Uint8Array(0) },
  ]);
}

function header({ width, height, dtype }: PixelBuffer, colorType: number): Uint8Array {
  const data = new Uint8Array(13);
  const view = new DataView(data.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  data[8] = dtype === 'uint16' ? 16 : 8;
  data[9] = colorType;
  return data;
}

/** A zlib stream in one or more parts. */
function compress(rows: PngRows, level: number, { zlib, fast }: PngCompression): Uint8Array[] {
  if (level === 0) return [zlib.deflate(filterNone(rows), 0, 'default')];
  if (level > 1) return [zlib.deflate(filterAdaptive(rows), level, 'filtered')];
  // Matching runs only costs half of what searching does and finds as much in photographs.
  return fast ? fast(rows) : [zlib.deflate(filterUp(rows), 1, 'rle')];
}

function toRows({ width, bands, data }: PixelBuffer): PngRows {
  if (data instanceof Uint8Array) {
    return { bytes: data, rowByteLength: width * bands, pixelByteLength: bands };
  }
  if (data instanceof Uint16Array) {
    return { bytes: toBigEndian(data), rowByteLength: width * bands * 2, pixelByteLength: bands * 2 };
  }
  throw new ImageError('unsupported', 'PNG holds 8 and 16 bit samples only');
}

function toBigEndian(samples: Uint16Array): Uint8Array {
  const bytes = new Uint8Array(samples.length * 2);
  for (let i = 0, at = 0; i < samples.length; i++) {
    const sample = samples[i]!;
    bytes[at++] = sample >> 8;
    bytes[at++] = sample;
  }
  return bytes;
}
