import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EncodedSegment, SampleLayout } from '../codec/encoded-segment.ts';
import type { DType } from '../pixels/dtype.ts';
import { float24ToNumber, halfToNumber } from './half-float.ts';
import { unpackSegment } from './unpack-segment.ts';

interface Shape {
  readonly width?: number;
  readonly height?: number;
  readonly bands?: number;
  readonly dtype?: DType;
}

function segmentOf(layout: Partial<SampleLayout>, shape: Shape = {}): EncodedSegment {
  const { width = 1, height = 1, bands = 1, dtype = 'uint8' } = shape;
  return {
    width,
    height,
    bands,
    dtype,
    parts: [],
    layout: {
      dtype,
      bitsPerSample: 8,
      sampleFormat: 'uint',
      littleEndian: true,
      predictor: 1,
      reverseBits: false,
      storedBands: bands,
      convert: { kind: 'keep' },
      ...layout,
    },
  };
}

function unpack(bytes: readonly number[], layout: Partial<SampleLayout>, shape: Shape): number[] {
  return [...unpackSegment([Uint8Array.from(bytes)], segmentOf(layout, shape)).data];
}

describe('unpackSegment', () => {
  it.each<{ name: string; bytes: number[]; layout: Partial<SampleLayout>; shape: Shape; samples: number[] }>([
    {
      name: '1 bit, each row from a new byte',
      bytes: [0b10100000, 0b01000000],
      layout: { bitsPerSample: 1 },
      shape: { width: 3, height: 2 },
      samples: [255, 0, 255, 0, 255, 0],
    },
    {
      name: '2 bits times 85',
      bytes: [0b00011011],
      layout: { bitsPerSample: 2 },
      shape: { width: 4 },
      samples: [0, 85, 170, 255],
    },
    {
      name: '4 bits times 17',
      bytes: [0x0f, 0x70],
      layout: { bitsPerSample: 4 },
      shape: { width: 3 },
      samples: [0, 255, 119],
    },
    {
      name: '6 bits, scaled as bit replication does',
      bytes: [0b000001_10, 0b0000_1111, 0b11_000000],
      layout: { bitsPerSample: 6 },
      shape: { width: 3 },
      samples: [4, 130, 255],
    },
    {
      name: '10 bits, raw',
      bytes: [0xff, 0xc0, 0x40],
      layout: { bitsPerSample: 10 },
      shape: { width: 2, dtype: 'uint16' },
      samples: [1023, 4],
    },
    {
      name: '12 bits, raw, the most significant first in little-endian files, too',
      bytes: [0x12, 0x3a, 0xbc],
      layout: { bitsPerSample: 12, littleEndian: true },
      shape: { width: 2, dtype: 'uint16' },
      samples: [0x123, 0xabc],
    },
    {
      name: '14 bits, raw',
      bytes: [0xff, 0xfc, 0x00, 0x10],
      layout: { bitsPerSample: 14 },
      shape: { width: 2, dtype: 'uint16' },
      samples: [16383, 1],
    },
    {
      name: '4 bits signed',
      bytes: [0x7f, 0x80],
      layout: { bitsPerSample: 4, sampleFormat: 'int' },
      shape: { width: 3, dtype: 'int8' },
      samples: [7, -1, -8],
    },
    {
      name: '8 bits signed',
      bytes: [255, 127],
      layout: { sampleFormat: 'int' },
      shape: { width: 2, dtype: 'int8' },
      samples: [-1, 127],
    },
    {
      name: '16 bits big-endian',
      bytes: [1, 2, 255, 254],
      layout: { bitsPerSample: 16, littleEndian: false },
      shape: { width: 2, dtype: 'uint16' },
      samples: [258, 65534],
    },
    {
      name: '16 bits signed little-endian',
      bytes: [254, 255],
      layout: { bitsPerSample: 16, sampleFormat: 'int' },
      shape: { dtype: 'int16' },
      samples: [-2],
    },
    {
      name: '24 bits in both orders',
      bytes: [1, 2, 3],
      layout: { bitsPerSample: 24, littleEndian: false },
      shape: { dtype: 'uint32' },
      samples: [0x010203],
    },
    {
      name: '24 bits signed',
      bytes: [0xff, 0xff, 0xff],
      layout: { bitsPerSample: 24, sampleFormat: 'int' },
      shape: { dtype: 'int32' },
      samples: [-1],
    },
    {
      name: '32 bits',
      bytes: [0xff, 0xff, 0xff, 0xff],
      layout: { bitsPerSample: 32 },
      shape: { dtype: 'uint32' },
      samples: [4294967295],
    },
    {
      name: 'half floats',
      bytes: [0x00, 0x3c, 0x00, 0xc0, 0x01, 0x00],
      layout: { bitsPerSample: 16, sampleFormat: 'float' },
      shape: { width: 3, dtype: 'float32' },
      samples: [1, -2, 2 ** -24],
    },
    {
      name: 'floats big-endian',
      bytes: [0x3f, 0xc0, 0, 0],
      layout: { bitsPerSample: 32, sampleFormat: 'float', littleEndian: false },
      shape: { dtype: 'float32' },
      samples: [1.5],
    },
    {
      name: 'doubles',
      bytes: [0, 0, 0, 0, 0, 0, 0xf8, 0x3f],
      layout: { bitsPerSample: 64, sampleFormat: 'float' },
      shape: { dtype: 'float64' },
      samples: [1.5],
    },
    {
      name: 'differences of 8 bits, modulo 256, starting anew in each row',
      bytes: [250, 10, 1, 5, 5, 5],
      layout: { predictor: 2 },
      shape: { width: 3, height: 2 },
      samples: [250, 4, 5, 5, 10, 15],
    },
    {
      name: 'differences of three bands',
      bytes: [1, 2, 3, 10, 20, 30],
      layout: { predictor: 2 },
      shape: { width: 2, bands: 3 },
      samples: [1, 2, 3, 11, 22, 33],
    },
    {
      name: 'differences of 16 bits in the order of the file',
      bytes: [0xff, 0xff, 0x00, 0x02],
      layout: { predictor: 2, bitsPerSample: 16, littleEndian: false },
      shape: { width: 2, dtype: 'uint16' },
      samples: [65535, 1],
    },
    {
      name: 'WhiteIsZero of 8 bits',
      bytes: [0, 1, 255],
      layout: { convert: { kind: 'invert' } },
      shape: { width: 3 },
      samples: [255, 254, 0],
    },
    {
      name: 'WhiteIsZero of 1 bit',
      bytes: [0b10000000],
      layout: { bitsPerSample: 1, convert: { kind: 'invert' } },
      shape: { width: 2 },
      samples: [0, 255],
    },
    {
      name: 'WhiteIsZero of 12 bits',
      bytes: [0x00, 0x1f, 0xff],
      layout: { bitsPerSample: 12, convert: { kind: 'invert' } },
      shape: { width: 2, dtype: 'uint16' },
      samples: [4094, 0],
    },
    {
      name: 'WhiteIsZero beside alpha, which stays',
      bytes: [0, 10, 255, 20],
      layout: { convert: { kind: 'invert' } },
      shape: { width: 2, bands: 2 },
      samples: [255, 10, 0, 20],
    },
    {
      name: 'missing bytes as zeros',
      bytes: [1, 2],
      layout: {},
      shape: { width: 4 },
      samples: [1, 2, 0, 0],
    },
    { name: 'no more bytes than needed', bytes: [1, 2, 3], layout: {}, shape: { width: 2 }, samples: [1, 2] },
    {
      name: 'ITULab in ICCLab numbers',
      bytes: [255, 128, 96],
      layout: {
        convert: {
          kind: 'affine',
          scale: [1, 170 / 255, 200 / 255],
          offset: [0, 128 - 21760 / 255, 128 - 19200 / 255],
        },
      },
      shape: { bands: 3 },
      samples: [255, 128, 128],
    },
  ])('reads $name', ({ bytes, layout, shape, samples }) => {
    expect(unpack(bytes, layout, shape)).toEqual(samples);
  });

  const palette = {
    kind: 'palette' as const,
    red: Uint16Array.of(0, 0xffff, 0x8000, 0x1234),
    green: Uint16Array.of(0, 0, 0xff00, 0),
    blue: Uint16Array.of(0x0101, 0, 0, 0),
  };

  it('looks palette indices up without scaling them', () => {
    expect(
      unpack([0b00011011], { bitsPerSample: 2, storedBands: 1, convert: palette }, { width: 4, bands: 3 }),
    ).toEqual([...[0, 0, 1], ...[255, 0, 0], ...[128, 255, 0], ...[0x12, 0, 0]]);
  });

  it('keeps the alpha band behind a palette index', () => {
    expect(unpack([1, 77], { storedBands: 2, convert: palette }, { bands: 4 })).toEqual([255, 0, 0, 77]);
  });

  const ycbcr = (subsampling: readonly [number, number], reference = [0, 255, 128, 255, 128, 255]) => ({
    kind: 'ycbcr' as const,
    subsampling,
    coefficients: [0.299, 0.587, 0.114] as const,
    referenceBlackWhite: reference,
  });

  it('converts YCbCr by the formulas of TIFF 6.0 section 21', () => {
    // Y 100, Cb 90, Cr 160: R = 100 + 1.402 * 32, B = 100 - 1.772 * 38, G = 100 - (0.114 * -67.3 + 0.299 * 44.9) / 0.587.
    const layout = { convert: ycbcr([1, 1]) };
    expect(unpack([100, 90, 160, 255, 128, 128], layout, { width: 2, bands: 3 })).toEqual([145, 90, 33, 255, 255, 255]);
  });

  it('stretches studio range YCbCr by ReferenceBlackWhite', () => {
    const layout = { convert: ycbcr([1, 1], [16, 235, 128, 240, 128, 240]) };
    expect(unpack([16, 128, 128, 235, 128, 128], layout, { width: 2, bands: 3 })).toEqual([0, 0, 0, 255, 255, 255]);
  });

  it('spreads subsampled data units over odd sizes', () => {
    const gray = (y: number) => [y, y, y];
    // Two units of 2x2 luma cover 3x2 pixels; the right column of the second is padding.
    const bytes = [1, 2, 5, 6, 128, 128, 3, 99, 7, 99, 128, 128];
    const layout = { convert: ycbcr([2, 2]) };
    expect(unpack(bytes, layout, { width: 3, height: 2, bands: 3 })).toEqual([1, 2, 3, 5, 6, 7].flatMap(gray));
  });

  it('interleaves planes and leaves a sparse one zero', () => {
    const segment = segmentOf({ storedBands: 1 }, { width: 2, bands: 3 });
    const pixels = unpackSegment([Uint8Array.of(1, 2), undefined, Uint8Array.of(5, 6)], segment);
    expect([...pixels.data]).toEqual([1, 0, 5, 2, 0, 6]);
  });

  it('does not copy 8-bit samples, nor 16-bit ones in host order', () => {
    const bytes = Uint8Array.of(1, 2, 3, 4);
    expect(unpackSegment([bytes], segmentOf({}, { width: 4 })).data.buffer).toBe(bytes.buffer);
    const wide = segmentOf({ bitsPerSample: 16, littleEndian: true }, { width: 2, dtype: 'uint16' });
    expect(unpackSegment([bytes], wide).data.buffer).toBe(bytes.buffer);
  });

  it('never writes to its input, aligned or not', () => {
    const widths = [8, 16, 32] as const;
    for (const bitsPerSample of widths) {
      const dtype = `uint${bitsPerSample}` as const;
      for (const littleEndian of [true, false]) {
        const bytes = Uint8Array.from({ length: 49 }, (_, i) => i * 5).subarray(1);
        const before = [...bytes];
        const width = 48 / (bitsPerSample / 8);
        unpackSegment([bytes], segmentOf({ bitsPerSample, littleEndian, predictor: 2 }, { width, dtype }));
        expect([...bytes]).toEqual(before);
      }
    }
  });
});

describe('predictors', () => {
  const shape = fc.record({
    width: fc.integer({ min: 1, max: 12 }),
    height: fc.integer({ min: 1, max: 4 }),
    bands: fc.integer({ min: 1, max: 5 }),
    littleEndian: fc.boolean(),
    offset: fc.nat(3),
    seed: fc.nat(),
  });

  /** Pseudo-random bytes. */
  function noise(length: number, seed: number): Uint8Array {
    let state = (seed % 0x7fffffff) + 1;
    return Uint8Array.from({ length }, () => (state = (state * 48271) % 0x7fffffff) & 255);
  }

  function readWord(bytes: Uint8Array, at: number, byteLength: number, littleEndian: boolean): bigint {
    let word = 0n;
    for (let i = 0; i < byteLength; i++)
      word = (word << 8n) | BigInt(bytes[at + (littleEndian ? byteLength - 1 - i : i)]!);
    return word;
  }

  function writeWord(
    bytes: Uint8Array,
    at: number,
    word: bigint,
    layout: { byteLength: number; littleEndian: boolean },
  ) {
    for (let i = 0; i < layout.byteLength; i++) {
      const place = layout.littleEndian ? i : layout.byteLength - 1 - i;
      bytes[at + place] = Number((word >> BigInt(8 * i)) & 255n);
    }
  }

  it.each([
    { bitsPerSample: 8, dtype: 'uint8' },
    { bitsPerSample: 16, dtype: 'uint16' },
    { bitsPerSample: 32, dtype: 'uint32' },
    { bitsPerSample: 32, dtype: 'float32' },
    { bitsPerSample: 64, dtype: 'float64' },
  ] as const)('undoes horizontal differences of $dtype', ({ bitsPerSample, dtype }) => {
    fc.assert(
      fc.property(shape, ({ width, height, bands, littleEndian, offset, seed }) => {
        const byteLength = bitsPerSample / 8;
        const rowBytes = width * bands * byteLength;
        const plain = noise(rowBytes * height, seed);
        const stored = new Uint8Array(plain.length + offset).subarray(offset);
        for (let at = 0; at < plain.length; at += byteLength) {
          const first = at % rowBytes < bands * byteLength;
          const before = first ? 0n : readWord(plain, at - bands * byteLength, byteLength, littleEndian);
          const difference = readWord(plain, at, byteLength, littleEndian) - before;
          writeWord(stored, at, BigInt.asUintN(bitsPerSample, difference), { byteLength, littleEndian });
        }
        const sampleFormat = dtype.startsWith('float') ? 'float' : 'uint';
        const layout = { bitsPerSample, sampleFormat, littleEndian } as const;
        const box = { width, height, bands, dtype };
        const undone = unpackSegment([stored], segmentOf({ ...layout, predictor: 2 }, box));
        expect(undone.data).toEqual(unpackSegment([plain], segmentOf(layout, box)).data);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    { bitsPerSample: 16, dtype: 'float32' },
    { bitsPerSample: 24, dtype: 'float32' },
    { bitsPerSample: 32, dtype: 'float32' },
    { bitsPerSample: 64, dtype: 'float64' },
  ] as const)('undoes the floating point predictor of $bitsPerSample bits', ({ bitsPerSample, dtype }) => {
    fc.assert(
      fc.property(shape, ({ width, height, bands, littleEndian, seed }) => {
        const byteLength = bitsPerSample / 8;
        const rowSamples = width * bands;
        const plain = noise(rowSamples * height * byteLength, seed);
        const stored = new Uint8Array(plain.length);
        const rowBytes = rowSamples * byteLength;
        for (let start = 0; start < plain.length; start += rowBytes) {
          const planes = new Uint8Array(rowBytes);
          for (let i = 0; i < rowSamples; i++) {
            // Most significant bytes first, whatever the order of the file.
            for (let b = 0; b < byteLength; b++) planes[b * rowSamples + i] = plain[start + i * byteLength + b]!;
          }
          for (let i = 0; i < rowBytes; i++) stored[start + i] = planes[i]! - (i < bands ? 0 : planes[i - bands]!);
        }
        const box = { width, height, bands, dtype };
        const layout = { bitsPerSample, sampleFormat: 'float' } as const;
        const undone = unpackSegment([stored], segmentOf({ ...layout, littleEndian, predictor: 3 }, box));
        expect(undone.data).toEqual(unpackSegment([plain], segmentOf({ ...layout, littleEndian: false }, box)).data);
      }),
      { numRuns: 60 },
    );
  });
});

describe('bit packing', () => {
  /** The bits of a value over and over, cut to eight. */
  function byRepetition(value: number, bits: number): number {
    return Number.parseInt(value.toString(2).padStart(bits, '0').repeat(8).slice(0, 8), 2);
  }

  it('reads back what was packed, for every width', () => {
    const packed = fc.record({
      bitsPerSample: fc.integer({ min: 1, max: 31 }).filter((bits) => ![8, 16, 24].includes(bits)),
      width: fc.integer({ min: 1, max: 20 }),
      height: fc.integer({ min: 1, max: 3 }),
      signed: fc.boolean(),
      seed: fc.array(fc.nat(), { minLength: 60, maxLength: 60 }),
    });
    fc.assert(
      fc.property(packed, ({ bitsPerSample, width, height, signed, seed }) => {
        const limit = 2 ** bitsPerSample;
        const values = seed.slice(0, width * height).map((value) => value % limit);
        const rows: number[] = [];
        for (let row = 0; row < height; row++) {
          const bits = values
            .slice(row * width, (row + 1) * width)
            .map((value) => value.toString(2).padStart(bitsPerSample, '0'))
            .join('');
          for (let at = 0; at < bits.length; at += 8)
            rows.push(Number.parseInt(bits.slice(at, at + 8).padEnd(8, '0'), 2));
        }
        const size = bitsPerSample <= 8 ? 8 : bitsPerSample <= 16 ? 16 : 32;
        const dtype = `${signed ? 'int' : 'uint'}${size}` as DType;
        const expected = values.map((value) => {
          if (signed) return value >= limit / 2 ? value - limit : value;
          return bitsPerSample < 8 ? byRepetition(value, bitsPerSample) : value;
        });
        const layout = { bitsPerSample, sampleFormat: signed ? 'int' : 'uint' } as const;
        expect(unpack(rows, layout, { width, height, dtype })).toEqual(expected);
      }),
    );
  });
});

describe('short floats', () => {
  it.each([
    [0x0000, 0],
    [0x3c00, 1],
    [0xc000, -2],
    [0x7bff, 65504],
    [0x0400, 2 ** -14],
    [0x03ff, 1023 * 2 ** -24],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
    [0x7e00, Number.NaN],
    [0x3555, 0.333251953125],
  ])('half 0x%s is %d', (bits, value) => {
    expect(halfToNumber(bits)).toBe(value);
  });

  it.each([
    [0x000000, 0],
    [0x3f0000, 1],
    [0xc00000, -2],
    [0x3f8000, 1.5],
    [0x7f0000, Infinity],
    [0x000001, 2 ** -78],
  ])('24-bit float 0x%s is %d', (bits, value) => {
    expect(float24ToNumber(bits)).toBe(value);
  });
});
