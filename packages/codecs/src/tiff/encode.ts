import type { EncodeOptions, ImageEncoder } from '@sectile/core/codec';
import { ImageError } from '@sectile/core/errors';
import { type DType, isFloat, type PixelBuffer } from '@sectile/core/pixels';
import { createTiffWriter, type FieldToWrite, memorySink } from '@sectile/core/tiff';
import { loadZlib } from '#zlib';
import type { Zlib } from '../deflate/zlib.ts';
import { lzwEncode } from '../lzw/encode.ts';
import { differenceRows } from './difference.ts';

type Compression = NonNullable<EncodeOptions['compression']>;

/** TIFF Compression numbers: TIFF 6.0 section 8, Technical Notes 1 and 2, and the registrations of LibTIFF. */
const COMPRESSION_NUMBERS: Readonly<Record<Compression, number>> = {
  none: 1,
  lzw: 5,
  jpeg: 7,
  deflate: 8,
  zstd: 50000,
  webp: 50001,
};

/** Bytes of a strip before compression, about: small enough to read parts of the file, large enough to compress. */
const STRIP_BYTES = 256 * 1024;

const DTYPES: readonly DType[] = ['uint8', 'uint16', 'uint32', 'int8', 'int16', 'int32', 'float32', 'float64'];

/** Encoders for the compressions that are pictures themselves. */
export interface StripEncoders {
  readonly jpeg: () => ImageEncoder | Promise<ImageEncoder>;
  readonly webp: () => ImageEncoder | Promise<ImageEncoder>;
}

/**
 * TIFF 6.0 in strips, samples kept as they are: every dtype and number of bands. Compressions: none, LZW, deflate
 * (default; `quality` is the level, 1 to 9), JPEG and WebP (8 bit, RGB or for JPEG gray; `quality` 1 to 100), all lossless ones
 * with horizontal differencing for integers. One or two bands are gray, three or four RGB, more are one gray band with
 * unspecified extra samples; `alpha` tells whether the last band is alpha (default: for 2 and 4 bands).
 */
export async function tiffEncoder(strips: StripEncoders): Promise<ImageEncoder> {
  const [jpeg, webp, zlib] = await Promise.all([strips.jpeg(), strips.webp(), loadZlib()]);
  return {
    kind: 'encoder',
    mediaType: 'image/tiff',
    accepts: { bands: [], dtypes: DTYPES },
    encode(pixels, options) {
      const compression = options.compression ?? 'deflate';
      const sink = memorySink();
      const writer = createTiffWriter(sink, { big: pixels.data.byteLength > 0xf000_0000 });
      const rowsPerStrip = stripHeight(pixels, compression);
      const written = [];
      for (let y = 0; y < pixels.height; y += rowsPerStrip) {
        const strip = cutRows(pixels, y, Math.min(rowsPerStrip, pixels.height - y));
        written.push(writer.writeSegment(encodeStrip(strip, compression, { options, jpeg, webp, zlib })));
      }
      writer.addDirectory([
        ...describePixels(pixels, options, compression),
        { tag: 273, type: 'offset', values: written.map(({ byteOffset }) => byteOffset) },
        { tag: 278, type: 'long', values: [rowsPerStrip] },
        { tag: 279, type: 'long', values: written.map(({ byteLength }) => byteLength) },
        ...describeRanges(pixels, options),
        ...describeMetadata(options),
      ]);
      writer.finish();
      return sink.bytes();
    },
  };
}

/** Whole MCU rows for JPEG; at least one row. */
function stripHeight(pixels: PixelBuffer, compression: Compression): number {
  const rowBytes = (pixels.data.byteLength / pixels.height) | 0;
  const rows = Math.max(1, Math.floor(STRIP_BYTES / Math.max(1, rowBytes)));
  if (compression !== 'jpeg') return Math.min(rows, pixels.height);
  return Math.min(Math.max(16, rows & ~15), (pixels.height + 15) & ~15);
}

function cutRows(pixels: PixelBuffer, y: number, height: number): PixelBuffer {
  const rowSamples = pixels.width * pixels.bands;
  return { ...pixels, height, data: pixels.data.subarray(y * rowSamples, (y + height) * rowSamples) };
}

interface StripContext {
  readonly options: EncodeOptions;
  readonly jpeg: ImageEncoder;
  readonly webp: ImageEncoder;
  readonly zlib: Zlib;
}

function encodeStrip(strip: PixelBuffer, compression: Compression, context: StripContext): Uint8Array {
  const { quality } = context.options;
  switch (compression) {
    case 'none':
      return bytesOf(strip);
    case 'lzw':
      return lzwEncode(bytesOf(differenceRows(strip)));
    case 'deflate':
      return context.zlib.deflate(bytesOf(differenceRows(strip)), Math.min(9, Math.max(1, quality)), 'default');
    case 'jpeg':
    case 'webp': {
      // WebP knows no gray.
      const fits = strip.bands === 3 || (strip.bands === 1 && compression === 'jpeg');
      if (strip.dtype !== 'uint8' || !fits) {
        throw new ImageError('unsupported', `${strip.bands} bands of ${strip.dtype} in TIFF with ${compression}`);
      }
      const encoder = compression === 'jpeg' ? context.jpeg : context.webp;
      return encoder.encode(strip, { quality, subsampling: '4:2:0' });
    }
    case 'zstd':
      throw new ImageError('unsupported', 'TIFF with Zstandard compression cannot be written; use deflate');
  }
}

function bytesOf({ data }: PixelBuffer): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Baseline fields: TIFF 6.0 sections 4 to 8 and 19. */
function describePixels(
  pixels: PixelBuffer,
  options: EncodeOptions,
  compression: Compression,
): readonly FieldToWrite[] {
  const { bands, dtype } = pixels;
  const alpha = options.alpha ?? (bands === 2 || bands === 4);
  const colorBands = bands - (alpha ? 1 : 0);
  const rgb = colorBands === 3;
  const extraCount = bands - (rgb ? 3 : 1);
  // Unassociated alpha is 2; it comes last, after any unspecified (0) samples.
  const extras = Array.from({ length: extraCount }, (_, index) => (alpha && index === extraCount - 1 ? 2 : 0));
  const perBand = (value: number): number[] => new Array<number>(bands).fill(value);
  const differenced = (compression === 'lzw' || compression === 'deflate') && !isFloat(dtype);
  return [
    { tag: 256, type: 'long', values: [pixels.width] },
    { tag: 257, type: 'long', values: [pixels.height] },
    { tag: 258, type: 'short', values: perBand(pixels.data.BYTES_PER_ELEMENT * 8) },
    { tag: 259, type: 'short', values: [COMPRESSION_NUMBERS[compression]] },
    { tag: 262, type: 'short', values: [rgb ? (compression === 'jpeg' ? 6 : 2) : 1] },
    { tag: 277, type: 'short', values: [bands] },
    { tag: 284, type: 'short', values: [1] },
    ...(differenced ? [{ tag: 317, type: 'short', values: [2] } as const] : []),
    ...(extras.length > 0 ? [{ tag: 338, type: 'short', values: extras } as const] : []),
    { tag: 339, type: 'short', values: perBand(isFloat(dtype) ? 3 : dtype.startsWith('int') ? 2 : 1) },
    ...(compression === 'jpeg' && rgb ? [{ tag: 530, type: 'short', values: [2, 2] } as const] : []),
  ];
}

/** SMinSampleValue and SMaxSampleValue (TIFF 6.0 section 19), and GDAL's field for the value that stands for nothing. */
function describeRanges({ dtype }: PixelBuffer, { ranges, noData }: EncodeOptions): readonly FieldToWrite[] {
  const fields: FieldToWrite[] = [];
  if (ranges !== undefined) {
    const type = dtype === 'uint8' || dtype === 'uint16' ? 'short' : dtype === 'float32' ? 'float' : 'double';
    fields.push({ tag: 340, type, values: ranges.map(({ minimum }) => minimum) });
    fields.push({ tag: 341, type, values: ranges.map(({ maximum }) => maximum) });
  }
  if (noData !== undefined) fields.push({ tag: 42113, type: 'ascii', text: String(noData) });
  return fields;
}

/** TIFF tags of plain text metadata, by the names that `ImageMetadata.text` uses. */
const TEXT_TAGS: Readonly<Record<string, number>> = {
  title: 269,
  description: 270,
  make: 271,
  model: 272,
  creator: 315,
  rights: 33432,
};

function describeMetadata({ metadata }: EncodeOptions): readonly FieldToWrite[] {
  const fields: FieldToWrite[] = [{ tag: 305, type: 'ascii', text: 'Sectile' }];
  for (const [name, text] of Object.entries(metadata?.text ?? {})) {
    const tag = TEXT_TAGS[name];
    if (tag !== undefined) fields.push({ tag, type: 'ascii', text });
  }
  if (metadata?.density) {
    fields.push({ tag: 282, type: 'rational', values: [metadata.density.x] });
    fields.push({ tag: 283, type: 'rational', values: [metadata.density.y] });
    fields.push({ tag: 296, type: 'short', values: [metadata.density.unit === 'inch' ? 2 : 3] });
  }
  if (metadata?.xmp) fields.push({ tag: 700, type: 'byte', bytes: metadata.xmp });
  if (metadata?.icc) fields.push({ tag: 34675, type: 'undefined', bytes: metadata.icc });
  return fields;
}
