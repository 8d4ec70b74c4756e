import type { DecodeRequest, ImageDecoder } from '@sectile/core/codec';
import { ImageError, isImageError } from '@sectile/core/errors';
import { type ColorMarkers, type FrameHeader, jpegColor } from '@sectile/core/jpeg';
import { type PixelBuffer, takeBytes } from '@sectile/core/pixels';
import { KernelHost } from '../kernels/kernel-host.ts';
import { assertPixelCount } from '../pixel-count.ts';
import { type DecoderKernel, decodeRows, decodeScans } from './decode-scans.ts';

/** Pixels are fetched from the kernel in parts of about this many bytes. */
const PART_BYTES = 1 << 22;
/** Bytes of samples and coefficients that one picture may need in the kernel. */
const MAX_KERNEL_BYTES = 2 ** 31;

/**
 * JPEG decoder on the SIMD kernel `jpeg-decode`: 8-bit baseline, extended sequential and progressive Huffman, 1 to 4
 * components, any sampling, restart markers, abbreviated streams. Delivers gray, RGB, or CMYK with 0 for no ink; other
 * numbers of components, and all with `colorTransform: 'none'`, as stored. Equal to libjpeg-turbo sample by sample at
 * full size; reduced sizes are means of full-size samples.
 *
 * A stream whose data end early, or are damaged, decodes to what there is: the rest is middle gray, as in libjpeg.
 */
export function createJpegDecoder(module: WebAssembly.Module): ImageDecoder {
  const host = new KernelHost<DecoderKernel>(module);
  return {
    kind: 'image',
    decode(bytes, request) {
      try {
        return host.run((kernel) => decodePicture(kernel, bytes, request));
      } catch (error) {
        // Here the stream is data of some container, whose structure was right.
        if (!isImageError(error, 'malformed')) throw error;
        throw new ImageError('codec', error.message, { cause: error });
      }
    },
  };
}

function decodePicture(kernel: DecoderKernel, bytes: Uint8Array, request: DecodeRequest): PixelBuffer {
  const shift = Math.min(3, Math.max(0, Math.trunc(request.discardLevels ?? 0)));
  const options = {
    tables: request.tables,
    shift,
    accept: (candidate: FrameHeader) => assertAcceptable(candidate, shift, request),
  };
  const rows = request.jpegRows;
  const { frame, color } = rows ? decodeRows(kernel, bytes, rows, options) : decodeScans(kernel, bytes, options);
  const width = Math.ceil(frame.width / 2 ** shift);
  const fullHeight = Math.ceil(frame.height / 2 ** shift);
  const top = rows ? Math.min(rows.skipRows, fullHeight) : 0;
  const height = rows ? Math.min(rows.keepRows, fullHeight - top) : fullHeight;
  const bands = frame.components.length;
  const data = fetchPixels(kernel, { width, top, height, bands }, resolveConversion(frame, color, request));
  return { width, height, bands, dtype: 'uint8', data };
}

/** Refuses pictures that are too large before memory is allocated for them. */
function assertAcceptable(frame: FrameHeader, shift: number, { maxPixels, jpegRows }: DecodeRequest): void {
  // Progressive pictures keep two bytes of coefficients for each sample, at full size.
  const progressive = frame.coding === 'progressive';
  const scale = progressive ? 1 : 2 ** shift;
  const [width, height] = [Math.ceil(frame.width / scale), Math.ceil(frame.height / scale)];
  // Rows come with some more above and below.
  assertPixelCount(width, Math.min(height, jpegRows?.keepRows ?? height), maxPixels);
  const sampleCount = (width + 32) * (height + 32) * frame.components.length;
  if (sampleCount * (progressive ? 3 : 1) > MAX_KERNEL_BYTES) {
    throw new ImageError('limit', `A JPEG picture of ${frame.width}x${frame.height} needs too much memory`);
  }
}

/** What happens to samples on their way to pixels. */
interface Conversion {
  /** The first three components are YCbCr. */
  readonly transform: 0 | 1;
  /** XORed with all components but the fourth, and with the fourth. */
  readonly invert: 0 | 255;
  readonly invertFourth: 0 | 255;
}

const AS_STORED: Conversion = { transform: 0, invert: 0, invertFourth: 0 };

function resolveConversion(frame: FrameHeader, color: ColorMarkers, request: DecodeRequest): Conversion {
  if (request.colorTransform === 'none') return AS_STORED;
  if (request.colorTransform === 'ycbcr') return { ...AS_STORED, transform: frame.components.length >= 3 ? 1 : 0 };
  switch (jpegColor(frame, color)) {
    case 'ycbcr':
      return { ...AS_STORED, transform: 1 };
    case 'cmyk':
      // Adobe writes 255 for no ink; files without its marker write 0.
      return color.adobeTransform === undefined ? AS_STORED : { transform: 0, invert: 255, invertFourth: 255 };
    case 'ycck':
      // YCbCr of the complement of inverted CMY: the transform leads to CMY itself.
      return { transform: 1, invert: 0, invertFourth: 255 };
    default:
      return AS_STORED;
  }
}

interface Shape {
  readonly width: number;
  /** First row, of those that were decoded. */
  readonly top: number;
  readonly height: number;
  readonly bands: number;
}

function fetchPixels(kernel: DecoderKernel, shape: Shape, conversion: Conversion): Uint8Array {
  const rowByteLength = shape.width * shape.bands;
  const rows = Math.min(shape.height, Math.max(1, Math.floor(PART_BYTES / rowByteLength)));
  const address = kernel.beginPixels(rows);
  const part = (y: number): Uint8Array => {
    const count = Math.min(rows, shape.height - y);
    kernel.makePixels(shape.top + y, count, conversion.transform, conversion.invert, conversion.invertFourth);
    return new Uint8Array(kernel.memory.buffer, address, count * rowByteLength);
  };
  const data = takeBytes(shape.height * rowByteLength);
  for (let y = 0; y < shape.height; y += rows) data.set(part(y), y * rowByteLength);
  return data;
}
