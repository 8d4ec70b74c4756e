import type { CodecRegistry } from '@sectile/core/codec';
import { typescriptKernels } from '@sectile/core/codec';
import { ImageError } from '@sectile/core/errors';
import { columnsOf, downsampleOf, rowsOf, type Size, tileRect } from '@sectile/core/geometry';
import { blit, createPixelBuffer, cropPixels, type PixelBuffer } from '@sectile/core/pixels';
import type { EncodedSegment, ImageInfo, ImageReader, LevelInfo, SegmentRef } from '@sectile/core/pyramid';

/** What {@link syntheticReader} makes up. */
export interface SyntheticOptions {
  /** Level 0 first; one buffer a level. */
  readonly levels: readonly PixelBuffer[];
  /** Segment size of all levels, or of each. */
  readonly tile: Size | readonly Size[];
  readonly info?: Partial<ImageInfo>;
  /** Tiles at the edge are as large as all others, padded with zeros, as TIFF has them. */
  readonly padded?: boolean;
}

/** An image in memory whose segments are raw pixels, with a log of what has been read. */
export interface SyntheticReader extends ImageReader {
  readonly reads: SegmentRef[];
}

/** A reader without a file. */
export function syntheticReader({ levels, tile, info, padded = true }: SyntheticOptions): SyntheticReader {
  const [full] = levels;
  if (full === undefined) throw new RangeError('There is no level');
  const tileOf = (level: number): Size => (isSizes(tile) ? tile[level]! : tile);
  const levelInfos = levels.map(
    (pixels, level): LevelInfo => ({
      width: pixels.width,
      height: pixels.height,
      tileWidth: tileOf(level).width,
      tileHeight: tileOf(level).height,
      downsampleX: downsampleOf(full.width, pixels.width),
      downsampleY: downsampleOf(full.height, pixels.height),
      stored: true,
    }),
  );
  const reads: SegmentRef[] = [];
  return {
    reads,
    info: imageInfo(full, { levels: levelInfos, tileSize: tileOf(0), ...info }),
    revision: 'synthetic',
    readSegments: async (refs) => {
      reads.push(...refs);
      return refs.map((ref) => segmentAt(ref, levels, levelInfos, padded));
    },
    readStoredTile: async (ref) => Uint8Array.of(ref.level, ref.col, ref.row),
    close: async () => undefined,
  };
}

function isSizes(tile: Size | readonly Size[]): tile is readonly Size[] {
  return Array.isArray(tile);
}

/** Facts of a picture that is shown as it is stored. */
export function imageInfo(full: PixelBuffer, facts: Partial<ImageInfo>): ImageInfo {
  const maximum = full.dtype === 'uint8' ? 255 : full.dtype === 'uint16' ? 65535 : 1;
  return {
    width: full.width,
    height: full.height,
    format: 'synthetic',
    bands: full.bands,
    dtype: full.dtype,
    bitsPerSample: 8 * full.data.BYTES_PER_ELEMENT,
    color: full.bands >= 3 ? 'rgb' : 'grayscale',
    extraSamples: full.bands === 2 || full.bands === 4 ? ['unassociated-alpha'] : [],
    ranges: Array.from({ length: full.bands }, () => ({ minimum: 0, maximum })),
    levels: [],
    tileSize: { width: 256, height: 256 },
    pages: [{ name: '', scale: 1 }],
    storage: { compression: 'none', photometric: 'RGB', layout: 'tiles' },
    metadata: { text: {}, orientation: 1 },
    ...facts,
  };
}

function segmentAt(
  ref: SegmentRef,
  levels: readonly PixelBuffer[],
  infos: readonly LevelInfo[],
  padded: boolean,
): EncodedSegment {
  const pixels = levels[ref.level];
  const level = infos[ref.level];
  if (!pixels || !level || !(ref.col < columnsOf(level) && ref.row < rowsOf(level) && ref.col >= 0 && ref.row >= 0)) {
    throw new ImageError('not-found', 'There is no such segment');
  }
  const cut = cropPixels(pixels, tileRect(level, ref.col, ref.row));
  if (!padded) return rawSegment(cut);
  const whole = createPixelBuffer(level.tileWidth, level.tileHeight, cut.bands, cut.dtype);
  blit(cut, whole, 0, 0);
  return rawSegment(whole);
}

function rawSegment({ width, height, bands, dtype, data }: PixelBuffer): EncodedSegment {
  return {
    width,
    height,
    bands,
    dtype,
    parts: [{ codec: 'none', bytes: new Uint8Array(data.slice().buffer) }],
    layout: {
      dtype,
      bitsPerSample: 8 * data.BYTES_PER_ELEMENT,
      sampleFormat: dtype.startsWith('float') ? 'float' : dtype.startsWith('int') ? 'int' : 'uint',
      littleEndian: true,
      predictor: 1,
      reverseBits: false,
      storedBands: bands,
      convert: { kind: 'keep' },
    },
  };
}

/** Level 0 and halves of it, sides rounded down or up, until both are at most `side`. */
export function halves(full: PixelBuffer, rounding: 'floor' | 'ceil', side: number): readonly PixelBuffer[] {
  const levels = [full];
  for (let last = full; last.width > side || last.height > side; levels.push(last)) {
    const shrunk = typescriptKernels.boxShrink(last, 2);
    const width = rounding === 'ceil' ? shrunk.width : Math.max(1, Math.floor(last.width / 2));
    const height = rounding === 'ceil' ? shrunk.height : Math.max(1, Math.floor(last.height / 2));
    last = cropPixels(shrunk, { x: 0, y: 0, width, height });
  }
  return levels;
}

/** A registry whose encoders keep the pixels instead of encoding them. */
export function keepingCodecs(): { readonly codecs: CodecRegistry; readonly kept: PixelBuffer[] } {
  const kept: PixelBuffer[] = [];
  const codecs: CodecRegistry = {
    outputFormats: ['jpg', 'png', 'webp', 'avif', 'tif'],
    decoderIds: ['none'],
    decoder: (id) => {
      throw new ImageError('unsupported', `No decoder for ${id}`);
    },
    encoder: (format) => ({
      kind: 'encoder',
      mediaType: `image/${format}`,
      accepts: { bands: [1, 2, 3, 4], dtypes: ['uint8', 'uint16'] },
      encode(pixels) {
        // The memory is used again afterwards.
        kept.push({ ...pixels, data: pixels.data.slice() });
        return new Uint8Array(pixels.data.buffer, pixels.data.byteOffset, pixels.data.byteLength).slice();
      },
    }),
  };
  return { codecs, kept };
}
