import { ByteCursor } from '../bytes/byte-cursor.ts';
import { asciiOf } from '../bytes/text.ts';
import { ImageError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import { PNG_PALETTE, type PngColorType, parsePngHeader, pngBands } from '../png/png-header.ts';
import { PNG_METADATA_CHUNKS, type PngChunkBytes, parsePngMetadata } from '../png/png-metadata.ts';
import type { RangeSource, ReadOptions } from '../source/range-source.ts';
import { type BlockCachedSource, withBlockCache } from '../source/with-block-cache.ts';
import type { ImageReader } from './image-reader.ts';
import { singleImageReader } from './single-image-reader.ts';

const HEADER_BYTES = 33;
const SIGNATURE_BYTES = 8;

const COLOR_NAMES: Readonly<Record<PngColorType, string>> = {
  0: 'Grayscale',
  2: 'RGB',
  3: 'Palette',
  4: 'Grayscale and alpha',
  6: 'RGB and alpha',
};

/** Opens a PNG file. @throws ImageError `malformed` | `limit` | `source`. */
export async function openPngReader(
  source: RangeSource,
  options: { limits: Limits; cached?: BlockCachedSource | undefined } & ReadOptions,
): Promise<ImageReader> {
  const { limits, cached = withBlockCache(source), signal } = options;
  const header = parsePngHeader(await cached.read(0, Math.min(HEADER_BYTES, source.byteLength), { signal }));
  const { hasTransparency, chunks } = await readChunks(cached, limits, { signal });
  const metadata = await parsePngMetadata(chunks, limits.maxTagBytes);
  const image = {
    width: header.width,
    height: header.height,
    format: 'png',
    codec: 'png' as const,
    bands: pngBands(header, hasTransparency),
    dtype: header.bitDepth === 16 ? ('uint16' as const) : ('uint8' as const),
    // A palette holds 8 bits a color however few of them an index has.
    bitsPerSample: header.colorType === PNG_PALETTE ? 8 : header.bitDepth,
    storage: {
      compression: 'Deflate',
      photometric: COLOR_NAMES[header.colorType],
      layout: header.interlaced ? 'interlaced' : 'rows',
    },
    metadata,
  };
  return singleImageReader(source, image, limits);
}

/** Chunks in front of the pixels: what follows them is not worth a walk through the whole file. */
async function readChunks(
  source: RangeSource,
  limits: Limits,
  options: ReadOptions,
): Promise<{ hasTransparency: boolean; chunks: PngChunkBytes[] }> {
  const chunks: PngChunkBytes[] = [];
  let hasTransparency = false;
  let at = SIGNATURE_BYTES;
  for (let count = 0; at + 12 <= source.byteLength; count++) {
    if (count > limits.maxBoxes) throw new ImageError('limit', 'The PNG file has too many chunks');
    const header = new ByteCursor(await source.read(at, 8, options), { littleEndian: false, fileOffset: at });
    const byteLength = header.uint32();
    const type = asciiOf(header.take(4));
    if (type === 'IDAT' || type === 'IEND') break;
    if (type === 'tRNS') hasTransparency = true;
    const fits = byteLength <= limits.maxTagBytes && at + 8 + byteLength <= source.byteLength;
    if (PNG_METADATA_CHUNKS.has(type) && fits && byteLength > 0) {
      chunks.push({ type, bytes: await source.read(at + 8, byteLength, options) });
    }
    at += 12 + byteLength;
  }
  return { hasTransparency, chunks };
}
