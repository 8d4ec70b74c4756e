import { describe, expect, test } from 'vitest';
import type { CodecRegistry, DecodeRequest, Decoder } from '../codec/codec.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import type { PixelBuffer } from '../pixels/pixel-buffer.ts';
import { decodeSegment } from './decode-segment.ts';
import type { EncodedSegment, SampleLayout } from './image-reader.ts';

const LAYOUT: SampleLayout = {
  dtype: 'uint8',
  bitsPerSample: 8,
  sampleFormat: 'uint',
  littleEndian: true,
  predictor: 1,
  reverseBits: false,
  storedBands: 1,
  convert: { kind: 'keep' },
};

function segment(changes: Partial<EncodedSegment>): EncodedSegment {
  return {
    width: 2,
    height: 2,
    bands: 1,
    dtype: 'uint8',
    parts: [{ codec: 'none', bytes: Uint8Array.of(1, 2, 3, 4) }],
    layout: LAYOUT,
    ...changes,
  };
}

function registry(decoder?: Decoder | Promise<Decoder>): CodecRegistry {
  return {
    outputFormats: [],
    decoderIds: [],
    decoder: () => decoder ?? Promise.reject(new Error('none')),
    encoder: () => Promise.reject(new Error('none')),
  };
}

function picture(width: number, height: number, bands: number, ...samples: number[]): PixelBuffer {
  return { width, height, bands, dtype: 'uint8', data: Uint8Array.from(samples) };
}

/** An image decoder that answers with pictures in turn and keeps what it was asked. */
function imageDecoder(...pictures: PixelBuffer[]): Decoder & { asked: DecodeRequest[] } {
  const asked: DecodeRequest[] = [];
  return {
    kind: 'image',
    asked,
    decode: (_bytes, request) => {
      asked.push(request);
      return pictures[asked.length - 1]!;
    },
  };
}

const jpegPart = { codec: 'jpeg', bytes: Uint8Array.of(0) } as const;
const decode = (given: EncodedSegment, decoder?: Decoder, limits = DEFAULT_LIMITS) =>
  decodeSegment(given, registry(decoder), limits);

describe('decodeSegment', () => {
  test('answers without a promise, of raw bytes and of loaded codecs', () => {
    expect(decode(segment({}))).toMatchObject({ data: Uint8Array.of(1, 2, 3, 4) });
    const decoder = imageDecoder(picture(2, 2, 1, 5, 6, 7, 8));
    expect(decode(segment({ parts: [jpegPart] }), decoder)).toMatchObject({ data: Uint8Array.of(5, 6, 7, 8) });
  });

  test('waits for a codec that has to be loaded', async () => {
    const loading = Promise.resolve<Decoder>(imageDecoder(picture(2, 2, 1, 5, 6, 7, 8)));
    const pixels = decodeSegment(segment({ parts: [jpegPart] }), registry(loading), DEFAULT_LIMITS);
    expect(pixels).toBeInstanceOf(Promise);
    expect(await pixels).toMatchObject({ data: Uint8Array.of(5, 6, 7, 8) });
  });

  test('asks a byte decoder for as many bytes as the segment has, after turning bits around', () => {
    const asked: [number[], number][] = [];
    const decoder: Decoder = {
      kind: 'bytes',
      decode: (bytes, byteLength) => {
        asked.push([[...bytes], byteLength]);
        return Uint8Array.of(9, 9, 9, 9);
      },
    };
    const layout = { ...LAYOUT, reverseBits: true };
    decode(segment({ parts: [{ codec: 'deflate', bytes: Uint8Array.of(1, 128) }], layout }), decoder);
    expect(asked).toEqual([[[128, 1], 4]]);
  });

  test('hands tables, transform and scaling to an image decoder', () => {
    const decoder = imageDecoder(picture(2, 2, 1, 0, 0, 0, 0));
    const tables = Uint8Array.of(1);
    decode(segment({ parts: [jpegPart], tables, colorTransform: 'ycbcr', discardLevels: 2 }), decoder);
    expect(decoder.asked).toMatchObject([{ tables, colorTransform: 'ycbcr', discardLevels: 2 }]);
  });

  test('interleaves planes that were compressed as pictures; a missing one is zero', () => {
    const decoder = imageDecoder(picture(2, 2, 1, 1, 2, 3, 4), picture(2, 2, 1, 5, 6, 7, 8));
    const pixels = decode(segment({ bands: 3, parts: [jpegPart, undefined, jpegPart] }), decoder);
    expect(pixels).toMatchObject({ bands: 3, data: Uint8Array.of(1, 0, 5, 2, 0, 6, 3, 0, 7, 4, 0, 8) });
  });

  test('undoes WhiteIsZero behind an image decoder', () => {
    const layout = { ...LAYOUT, convert: { kind: 'invert' } } as const;
    const inverted = decode(segment({ parts: [jpegPart], layout }), imageDecoder(picture(2, 2, 1, 0, 1, 254, 255)));
    expect(inverted).toMatchObject({ data: Uint8Array.of(255, 254, 1, 0) });
  });

  test('cuts and pads pictures to the size of the segment', () => {
    const decoder = imageDecoder(picture(3, 1, 1, 1, 2, 3));
    expect(decode(segment({ parts: [jpegPart] }), decoder)).toMatchObject({ data: Uint8Array.of(1, 2, 0, 0) });
  });

  test('of a sparse segment are zeros', () => {
    expect(decode(segment({ parts: [undefined] }))).toMatchObject({ data: new Uint8Array(4) });
  });

  test('refuses pictures with other bands than the file says', () => {
    const decoder = imageDecoder(picture(2, 2, 3, ...new Array<number>(12).fill(0)));
    expect(() => decode(segment({ parts: [jpegPart] }), decoder)).toThrow(expect.objectContaining({ kind: 'codec' }));
  });

  test('refuses segments over the limits before allocating', () => {
    const limits = { ...DEFAULT_LIMITS, maxSegmentPixels: 3 };
    expect(() => decode(segment({ parts: [undefined] }), undefined, limits)).toThrow(
      expect.objectContaining({ kind: 'limit' }),
    );
    expect(() => decode(segment({}), undefined, { ...DEFAULT_LIMITS, maxSegmentBytes: 3 })).toThrow(
      expect.objectContaining({ kind: 'limit' }),
    );
  });
});
