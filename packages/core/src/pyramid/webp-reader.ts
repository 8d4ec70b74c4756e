import { ByteCursor } from '../bytes/byte-cursor.ts';
import { asciiOf } from '../bytes/text.ts';
import { ImageError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import { orientationOfExif } from '../metadata/exif-orientation.ts';
import type { ImageMetadata } from '../metadata/image-info.ts';
import type { RangeSource, ReadOptions } from '../source/range-source.ts';
import { type BlockCachedSource, withBlockCache } from '../source/with-block-cache.ts';
import { parseWebpHeader } from '../webp/webp-header.ts';
import type { ImageReader } from './image-reader.ts';
import { singleImageReader } from './single-image-reader.ts';

/** A lossy picture may begin behind its alpha plane; where it does the extended header gives size and alpha. */
const HEADER_BYTES = 64;
const RIFF_HEADER_BYTES = 12;
const METADATA_CHUNKS: ReadonlySet<string> = new Set(['ICCP', 'EXIF', 'XMP ']);

/** Opens a WebP still. @throws ImageError `malformed` | `unsupported` (animations) | `limit` | `source`. */
export async function openWebpReader(
  source: RangeSource,
  options: { limits: Limits; cached?: BlockCachedSource | undefined } & ReadOptions,
): Promise<ImageReader> {
  const { limits, cached = withBlockCache(source), signal } = options;
  const header = parseWebpHeader(await cached.read(0, Math.min(HEADER_BYTES, source.byteLength), { signal }));
  if (header.animated) throw new ImageError('unsupported', 'Animated WebP is not supported');
  const chunks = await readMetadataChunks(cached, limits, { signal });
  const image = {
    width: header.width,
    height: header.height,
    format: 'webp',
    codec: 'webp' as const,
    bands: header.hasAlpha ? 4 : 3,
    dtype: 'uint8' as const,
    bitsPerSample: 8,
    storage: {
      compression: header.lossless ? 'WebP lossless' : 'WebP',
      photometric: header.hasAlpha ? 'RGB and alpha' : 'RGB',
      layout: 'whole',
    },
    metadata: metadataOf(chunks),
  };
  return singleImageReader(source, image, limits);
}

async function readMetadataChunks(
  source: RangeSource,
  limits: Limits,
  options: ReadOptions,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const chunks = new Map<string, Uint8Array>();
  let at = RIFF_HEADER_BYTES;
  for (let count = 0; at + 8 <= source.byteLength; count++) {
    if (count > limits.maxBoxes) throw new ImageError('limit', 'The WebP file has too many chunks');
    const header = new ByteCursor(await source.read(at, 8, options), { littleEndian: true, fileOffset: at });
    const type = asciiOf(header.take(4));
    const byteLength = header.uint32();
    // A simple file is one picture and nothing else.
    if (count === 0 && type !== 'VP8X') break;
    const fits = byteLength <= limits.maxTagBytes && at + 8 + byteLength <= source.byteLength;
    if (METADATA_CHUNKS.has(type) && fits && byteLength > 0 && !chunks.has(type)) {
      chunks.set(type, await source.read(at + 8, byteLength, options));
    }
    at += 8 + byteLength + (byteLength & 1);
  }
  return chunks;
}

function metadataOf(chunks: ReadonlyMap<string, Uint8Array>): ImageMetadata {
  const exif = withoutPrefix(chunks.get('EXIF'));
  return { text: {}, icc: chunks.get('ICCP'), xmp: chunks.get('XMP '), exif, orientation: orientationOfExif(exif) };
}

/** Some writers put the prefix of JPEG in front. */
function withoutPrefix(exif: Uint8Array | undefined): Uint8Array | undefined {
  return exif && asciiOf(exif.subarray(0, 4)) === 'Exif' ? exif.subarray(6) : exif;
}
