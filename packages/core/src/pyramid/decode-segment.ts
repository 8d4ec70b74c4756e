import type { CodecRegistry, Decoder } from '../codec/codec.ts';
import { ImageError } from '../errors.ts';
import type { Kernels } from '../kernels/kernels.ts';
import { typescriptKernels } from '../kernels/typescript-kernels.ts';
import { assertWithin, type Limits } from '../limits.ts';
import { blit } from '../pixels/blit.ts';
import { createPixelBuffer, type PixelBuffer } from '../pixels/pixel-buffer.ts';
import { convertSamples } from '../tiff/convert-samples.ts';
import { reverseBits } from '../tiff/fill-order.ts';
import { unpackedByteLength } from '../tiff/segment-size.ts';
import { unpackSegment } from '../tiff/unpack-segment.ts';
import type { EncodedPart, EncodedSegment } from './image-reader.ts';

type SegmentLimits = Pick<Limits, 'maxSegmentPixels' | 'maxSegmentBytes'>;

/**
 * Decodes one segment: decompresses its parts and undoes how samples are stored.
 *
 * @returns Pixels of the segment's width, height, bands and dtype; a promise only while a codec has to be loaded.
 * @throws ImageError `codec`, `malformed`, `unsupported`; `limit` before anything large is allocated.
 */
export function decodeSegment(
  segment: EncodedSegment,
  codecs: CodecRegistry,
  limits: SegmentLimits,
  kernels: Kernels = typescriptKernels,
): PixelBuffer | Promise<PixelBuffer> {
  assertWithin(segment.width * segment.height, limits.maxSegmentPixels, 'The number of pixels in a segment');
  const part = segment.parts.find((candidate) => candidate !== undefined);
  if (part === undefined) {
    return createPixelBuffer(segment.width, segment.height, segment.bands, segment.dtype);
  }
  assertWithin(part.bytes.length, limits.maxSegmentBytes, 'The number of bytes in a segment');
  // All parts of a segment are compressed alike.
  const decoder = part.codec === 'none' ? undefined : codecs.decoder(part.codec);
  if (decoder instanceof Promise) return decoder.then((loaded) => decodeWith(loaded, segment, limits, kernels));
  return decodeWith(decoder, segment, limits, kernels);
}

function decodeWith(
  decoder: Decoder | undefined,
  segment: EncodedSegment,
  limits: SegmentLimits,
  kernels: Kernels,
): PixelBuffer {
  if (decoder?.kind === 'image') {
    const request = {
      tables: segment.tables,
      colorTransform: segment.colorTransform,
      maxPixels: limits.maxSegmentPixels,
      bands: segment.layout.storedBands,
      discardLevels: segment.discardLevels,
      jpegRows: segment.jpegRows,
      jpeg2000: segment.jpeg2000,
      tiff: segment.tiff,
    };
    return finishPicture(
      segment,
      segment.parts.map((part) => part && decoder.decode(part.bytes, request)),
    );
  }
  const planes = segment.parts.map((part, plane) => part && decompress(part, plane, segment, decoder));
  // What a decoder returns is ours; without one, planes are bytes that the source or a cache may keep.
  return unpackSegment(planes, segment, { kernels, ownsBytes: decoder !== undefined });
}

function decompress(
  part: EncodedPart,
  plane: number,
  segment: EncodedSegment,
  decoder: Exclude<Decoder, { kind: 'image' }> | undefined,
): Uint8Array {
  const bytes = segment.layout.reverseBits ? reverseBits(part.bytes) : part.bytes;
  return decoder === undefined ? bytes : decoder.decode(bytes, unpackedByteLength(segment, segment.layout, plane));
}

/** A picture from an image decoder, or one for each plane, as the pixels that the segment promises. */
function finishPicture(segment: EncodedSegment, pictures: readonly (PixelBuffer | undefined)[]): PixelBuffer {
  const [picture] = pictures;
  const stored = pictures.length === 1 && picture !== undefined ? picture : interleave(segment, pictures);
  // A decoder that was not told to hand out components as stored has undone YCbCr, subsampling and all.
  const converted = segment.layout.convert.kind === 'ycbcr' && segment.colorTransform !== 'none';
  const pixels = converted ? stored : convertSamples(stored, segment.layout);
  if (pixels.bands !== segment.bands || pixels.dtype !== segment.dtype) {
    throw new ImageError(
      'codec',
      `A segment of ${segment.bands} bands of ${segment.dtype} decoded to ${pixels.bands} of ${pixels.dtype}`,
    );
  }
  return fitToSegment(pixels, segment);
}

/** Some encoders cut edge tiles, others pad them: the segment's size counts. */
function fitToSegment(pixels: PixelBuffer, { width, height }: EncodedSegment): PixelBuffer {
  if (pixels.width === width && pixels.height === height) return pixels;
  const fitted = createPixelBuffer(width, height, pixels.bands, pixels.dtype);
  blit(pixels, fitted, 0, 0);
  return fitted;
}

function interleave(segment: EncodedSegment, planes: readonly (PixelBuffer | undefined)[]): PixelBuffer {
  const { width, height } = segment;
  const bands = planes.length;
  const dtype = planes.find((plane) => plane !== undefined)?.dtype ?? segment.dtype;
  const result = createPixelBuffer(width, height, bands, dtype);
  for (const [band, plane] of planes.entries()) {
    if (plane === undefined) continue;
    if (plane.bands !== 1) throw new ImageError('codec', `A plane decoded to ${plane.bands} bands`);
    const rows = Math.min(height, plane.height);
    const columns = Math.min(width, plane.width);
    for (let y = 0; y < rows; y++) {
      let to = y * width * bands + band;
      for (let x = 0; x < columns; x++, to += bands) result.data[to] = plane.data[y * plane.width + x]!;
    }
  }
  return result;
}
