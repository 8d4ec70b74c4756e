import type { DecoderId } from '../codec/formats.ts';
import { ImageError, throwIfAborted } from '../errors.ts';
import type { Size } from '../geometry/size.ts';
import { assertWithin, type Limits } from '../limits.ts';
import type { BandRange, ColorModel, ExtraSample, ImageInfo, ImageMetadata } from '../metadata/image-info.ts';
import type { DType } from '../pixels/dtype.ts';
import type { RangeSource, ReadOptions } from '../source/range-source.ts';
import type { EncodedSegment, ImageReader, SegmentRef } from './image-reader.ts';

/** Facts of a file that holds one picture which only decodes as a whole: PNG, WebP. */
export interface SingleImage extends Size {
  readonly format: string;
  readonly codec: DecoderId;
  /** 1 to 4 bands: gray or RGB, and unassociated alpha when the number is even. */
  readonly bands: number;
  readonly dtype: DType & ('uint8' | 'uint16');
  readonly bitsPerSample: number;
  readonly storage: ImageInfo['storage'];
  readonly metadata: ImageMetadata;
}

const TILE_SIZE = { width: 256, height: 256 };

/**
 * A reader with one level and one segment, which is the whole file. {@link withDerivedLevels} makes a pyramid of it.
 *
 * @throws ImageError `limit` when the picture is too large for a segment.
 */
export function singleImageReader(source: RangeSource, image: SingleImage, limits: Limits): ImageReader {
  const { width, height } = image;
  assertWithin(width * height, limits.maxSegmentPixels, 'The number of pixels of a picture that is not tiled');
  assertWithin(source.byteLength, limits.maxSegmentBytes, 'The number of bytes of a picture that is not tiled');
  const info = infoOf(image);
  return {
    info,
    revision: source.revision,
    lastModified: source.lastModified,
    async readSegments(refs, options = {}) {
      throwIfAborted(options.signal);
      if (refs.length === 0) return [];
      refs.forEach(assertOnlySegment);
      const segment = await readWhole(source, image, options);
      return refs.map(() => segment);
    },
    readStoredTile: async () => undefined,
    close: () => source.close(),
  };
}

function assertOnlySegment({ page, level, col, row }: SegmentRef): void {
  if (page !== 0 || level !== 0 || col !== 0 || row !== 0) {
    throw new ImageError('not-found', `There is no tile at column ${col}, row ${row} of level ${level}, page ${page}`);
  }
}

async function readWhole(source: RangeSource, image: SingleImage, options: ReadOptions): Promise<EncodedSegment> {
  const { width, height, bands, dtype, bitsPerSample, codec } = image;
  return {
    width,
    height,
    bands,
    dtype,
    parts: [{ codec, bytes: await source.read(0, source.byteLength, options) }],
    layout: {
      dtype,
      bitsPerSample,
      sampleFormat: 'uint',
      littleEndian: true,
      predictor: 1,
      reverseBits: false,
      storedBands: bands,
      convert: { kind: 'keep' },
    },
  };
}

function infoOf(image: SingleImage): ImageInfo {
  const { width, height, bands, dtype } = image;
  const range: BandRange = { minimum: 0, maximum: dtype === 'uint16' ? 65535 : 255 };
  const color: ColorModel = bands < 3 ? 'grayscale' : 'rgb';
  const extraSamples: ExtraSample[] = bands % 2 === 0 ? ['unassociated-alpha'] : [];
  return {
    width,
    height,
    format: image.format,
    bands,
    dtype,
    bitsPerSample: image.bitsPerSample,
    color,
    extraSamples,
    ranges: Array.from({ length: bands }, () => range),
    levels: [{ width, height, tileWidth: width, tileHeight: height, downsampleX: 1, downsampleY: 1, stored: true }],
    tileSize: TILE_SIZE,
    pages: [{ name: '', scale: 1 }],
    storage: image.storage,
    metadata: image.metadata,
  };
}
