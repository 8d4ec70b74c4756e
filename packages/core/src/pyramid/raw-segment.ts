import { bytesPerSample, isFloat } from '../pixels/dtype.ts';
import type { PixelBuffer } from '../pixels/pixel-buffer.ts';
import { hostLittleEndian } from '../tiff/host-order.ts';
import type { EncodedSegment } from './image-reader.ts';

/** Decoded pixels as a segment that needs no decoding. The bytes are shared, not copied. */
export function rawSegment(pixels: PixelBuffer): EncodedSegment {
  const { width, height, bands, dtype, data } = pixels;
  return {
    width,
    height,
    bands,
    dtype,
    parts: [{ codec: 'none', bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) }],
    layout: {
      dtype,
      bitsPerSample: 8 * bytesPerSample(dtype),
      sampleFormat: isFloat(dtype) ? 'float' : dtype.startsWith('int') ? 'int' : 'uint',
      littleEndian: hostLittleEndian,
      predictor: 1,
      reverseBits: false,
      storedBands: bands,
      convert: { kind: 'keep' },
    },
  };
}
