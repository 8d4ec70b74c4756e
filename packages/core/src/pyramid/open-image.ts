import { ImageError } from '../errors.ts';
import { isJpeg } from '../jpeg/marker-segment.ts';
import { isJpeg2000 } from '../jpeg2000/boxes.ts';
import { DEFAULT_LIMITS, type Limits } from '../limits.ts';
import { isPng } from '../png/png-header.ts';
import type { RangeSource, ReadOptions } from '../source/range-source.ts';
import { type BlockCachedSource, withBlockCache } from '../source/with-block-cache.ts';
import { isTiff } from '../tiff/header.ts';
import { isWebp } from '../webp/webp-header.ts';
import type { ImageReader } from './image-reader.ts';
import { openJpegReader } from './jpeg-reader.ts';
import { openJpeg2000Reader } from './jpeg2000-reader.ts';
import { openPngReader } from './png-reader.ts';
import { openTiffReader } from './tiff-reader.ts';
import { openWebpReader } from './webp-reader.ts';

/** Settings of {@link openImage}. */
export interface OpenImageOptions extends ReadOptions {
  /** Default {@link DEFAULT_LIMITS}. */
  readonly limits?: Limits | undefined;
}

/** A container format: how to know it by its first bytes, and who reads it. */
interface Container {
  readonly format: string;
  /** @param head The first 16 bytes of the file, or all when it is shorter. */
  readonly matches: (head: Uint8Array) => boolean;
  readonly open: (source: RangeSource, options: OpenContainerOptions) => Promise<ImageReader>;
}

/** What a container's reader gets beside the source. */
export interface OpenContainerOptions extends ReadOptions {
  readonly limits: Limits;
  /** A cache over the source that holds its first block already: for headers, not for pixels. */
  readonly cached: BlockCachedSource;
}

const HEAD_BYTES = 16;

const CONTAINERS: readonly Container[] = [
  { format: 'tiff', matches: isTiff, open: openTiffReader },
  { format: 'jpeg', matches: isJpeg, open: openJpegReader },
  { format: 'jpeg2000', matches: isJpeg2000, open: openJpeg2000Reader },
  { format: 'png', matches: isPng, open: openPngReader },
  { format: 'webp', matches: isWebp, open: openWebpReader },
];

/**
 * Opens an image, whatever its container. The content decides; names do not matter. The source is the reader's from
 * here on and closed with it; when opening fails it is left open.
 *
 * @throws ImageError `unsupported` for bytes of no known format, else what the format's reader throws.
 */
export async function openImage(source: RangeSource, options: OpenImageOptions = {}): Promise<ImageReader> {
  const { limits = DEFAULT_LIMITS, signal } = options;
  const cached = withBlockCache(source);
  const head = await cached.read(0, Math.min(HEAD_BYTES, source.byteLength), { signal });
  const container = CONTAINERS.find(({ matches }) => matches(head));
  if (!container) throw new ImageError('unsupported', 'The file is in no known image format');
  return container.open(source, { limits, signal, cached });
}
