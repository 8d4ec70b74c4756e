import { readFileSync } from 'node:fs';
import type { DecodeRequest, ImageDecoder } from '@sectile/core/codec';
import { isImageError } from '@sectile/core/errors';
import { beforeAll, describe, expect, test } from 'vitest';
import { jpegDecoder } from './index.ts';

const directory = new URL('../../../../test/fixtures/jpeg/', import.meta.url);
const jpeg = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(`${name}.jpg`, directory)));
/** What libjpeg-turbo decodes the file to. */
const truth = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(`${name}.raw`, directory)));
const inverted = (samples: Uint8Array): Uint8Array => samples.map((sample) => 255 - sample);

let decoder: ImageDecoder;
beforeAll(async () => {
  decoder = await jpegDecoder();
});

function decode(bytes: Uint8Array, request: Partial<DecodeRequest> = {}) {
  const pixels = decoder.decode(bytes, { maxPixels: 1e6, ...request });
  expect(pixels.data).toHaveLength(pixels.width * pixels.height * pixels.bands);
  return pixels;
}

function kindOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (isImageError(error)) return error.kind;
    throw error;
  }
  return 'no error';
}

/** Offset of the payload of the first segment with this marker. */
function payloadOf(bytes: Uint8Array, marker: number): number {
  for (let at = 2; at < bytes.length; at += 2 + (bytes[at + 2]! << 8) + bytes[at + 3]!) {
    if (bytes[at + 1] === marker) return at + 4;
  }
  throw new Error(`no marker ${marker.toString(16)}`);
}

/** Segments of a file, without those that hold tables; and those. */
function abbreviate(bytes: Uint8Array): { stream: Uint8Array; tables: Uint8Array } {
  const isTable = (marker: number) => marker === 0xdb || marker === 0xc4;
  const stream: number[] = [0xff, 0xd8];
  const tables: number[] = [0xff, 0xd8];
  let at = 2;
  while (bytes[at + 1] !== 0xda) {
    const end = at + 2 + (bytes[at + 2]! << 8) + bytes[at + 3]!;
    (isTable(bytes[at + 1]!) ? tables : stream).push(...bytes.subarray(at, end));
    at = end;
  }
  stream.push(...bytes.subarray(at));
  tables.push(0xff, 0xd9);
  return { stream: Uint8Array.from(stream), tables: Uint8Array.from(tables) };
}

describe('decodes what libjpeg decodes, to the last bit', () => {
  const cases = [
    ['gray', 1],
    ['gray-progressive', 1],
    ['gray-2x2', 1],
    ['444', 3],
    ['422', 3],
    ['420', 3],
    ['440', 3],
    ['411', 3],
    ['410', 3],
    ['420-quality-5', 3],
    ['444-quality-100', 3],
    ['420-progressive', 3],
    ['422-progressive-restart', 3],
    ['420-restart-1', 3],
    ['444-restart-5', 3],
    ['420-three-scans', 3],
    ['rgb-adobe', 3],
    ['420-1x1', 3],
    ['420-4x3', 3],
    ['422-5x9', 3],
    ['420-33x16', 3],
  ] as const;
  test.each(cases)('%s', (name, bands) => {
    const pixels = decode(jpeg(name));
    expect(pixels.bands).toBe(bands);
    expect(pixels.dtype).toBe('uint8');
    expect(pixels.data).toEqual(truth(name));
  });

  test.each(['cmyk-adobe', 'ycck-adobe'])('%s, with 0 for no ink', (name) => {
    expect(decode(jpeg(name)).data).toEqual(inverted(truth(name)));
  });
});

describe('color on request', () => {
  test('hands out CMYK as stored', () => {
    expect(decode(jpeg('cmyk-adobe'), { colorTransform: 'none' }).data).toEqual(truth('cmyk-adobe'));
  });

  test('hands out YCbCr as stored', () => {
    const stored = decode(jpeg('444'), { colorTransform: 'none' }).data;
    const rgb = truth('444');
    for (let i = 0; i < rgb.length; i += 3) {
      expect(stored[i]).toBeCloseTo(0.299 * rgb[i]! + 0.587 * rgb[i + 1]! + 0.114 * rgb[i + 2]!, -0.6);
    }
  });

  test('converts components that the stream calls RGB', () => {
    const bytes = jpeg('444');
    const adobe = jpeg('rgb-adobe');
    const asYcbcr = decode(adobe, { colorTransform: 'ycbcr' }).data;
    expect(asYcbcr).not.toEqual(truth('rgb-adobe'));
    expect(decode(bytes, { colorTransform: 'ycbcr' }).data).toEqual(truth('444'));
  });
});

describe('abbreviated streams', () => {
  test.each(['444', '420-progressive'])('take their tables from another stream: %s', (name) => {
    const { stream, tables } = abbreviate(jpeg(name));
    expect(decode(stream, { tables }).data).toEqual(truth(name));
  });

  test('without their quantization tables end in a codec error', () => {
    expect(kindOf(() => decode(abbreviate(jpeg('444')).stream))).toBe('codec');
  });
});

describe('reduced sizes', () => {
  test.each([1, 2, 3])('are means of 2^%d x 2^%d full-size gray samples', (shift) => {
    const full = decode(jpeg('gray'));
    const reduced = decode(jpeg('gray'), { discardLevels: shift });
    const side = 2 ** shift;
    expect([reduced.width, reduced.height]).toEqual([Math.ceil(45 / side), Math.ceil(35 / side)]);
    // Blocks at the edges hold samples beyond the picture: only whole ones are compared.
    for (let y = 0; y < Math.floor(35 / side); y++) {
      for (let x = 0; x < Math.floor(45 / side); x++) {
        let sum = 0;
        for (let j = 0; j < side; j++) {
          for (let i = 0; i < side; i++) sum += full.data[(y * side + j) * 45 + x * side + i]!;
        }
        // At an eighth the mean of a block is its DC coefficient, before samples were clamped and rounded.
        expect(Math.abs(reduced.data[y * reduced.width + x]! - sum / side ** 2)).toBeLessThanOrEqual(
          shift < 3 ? 0.5 : 1,
        );
      }
    }
  });

  test.each(['444', '422', '420', '440', '411', '420-progressive'])('keep the colors: %s', (name) => {
    const full = decode(jpeg(name));
    for (const shift of [1, 2, 3]) {
      const reduced = decode(jpeg(name), { discardLevels: shift });
      const mean = (data: ArrayLike<number>) => Array.from(data).reduce((sum, value) => sum + value, 0) / data.length;
      expect(mean(reduced.data)).toBeCloseTo(mean(full.data), -0.8);
    }
  });
});

describe('damaged streams', () => {
  test('that end early decode to what there is, gray below', () => {
    const whole = jpeg('420');
    const pixels = decode(whole.subarray(0, whole.length - 120));
    const rowLength = 45 * 3;
    expect(pixels.data.subarray(0, 8 * rowLength)).toEqual(truth('420').subarray(0, 8 * rowLength));
    expect(pixels.data.at(-1)).toBe(128);
  });

  test('with a broken interval go on behind the next restart marker', () => {
    const bytes = jpeg('444-restart-5');
    const scan = bytes.length - 60;
    const marker = bytes.findIndex(
      (byte, i) => i > payloadOf(bytes, 0xda) + 10 && byte === 0xff && bytes[i + 1] === 0xd1,
    );
    expect(marker).toBeLessThan(scan);
    // Ones are no code in any table.
    bytes.fill(0xfe, marker + 4, marker + 12);
    const pixels = decode(bytes);
    const lastRows = 34 * 45 * 3;
    expect(pixels.data.subarray(lastRows)).toEqual(truth('444-restart-5').subarray(lastRows));
  });

  test('without a restart marker lose that interval only', () => {
    const bytes = jpeg('444-restart-5');
    const at = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xd2);
    const next = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xd3);
    const cut = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(next)]);
    const lastRows = 34 * 45 * 3;
    expect(decode(cut).data.subarray(lastRows)).toEqual(truth('444-restart-5').subarray(lastRows));
  });

  test('whose pixels are missing altogether end in a codec error', () => {
    const bytes = jpeg('420');
    expect(kindOf(() => decode(bytes.subarray(0, payloadOf(bytes, 0xda) + 10)))).toBe('codec');
    expect(kindOf(() => decode(new Uint8Array(0)))).toBe('codec');
    expect(kindOf(() => decode(Uint8Array.of(0xff, 0xd8, 0xff, 0xd9)))).toBe('codec');
  });

  test('of any kind end in pixels or in an error with a kind', () => {
    const names = ['gray', '420', '420-progressive', '420-restart-1', 'ycck-adobe', '422-progressive-restart'];
    let state = 1;
    const random = (below: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    for (let round = 0; round < 1500; round++) {
      const bytes = jpeg(names[random(names.length)]!);
      for (let i = random(8); i >= 0; i--) bytes[2 + random(bytes.length - 2)] = random(256);
      const damaged = random(4) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
      expect(['no error', 'codec', 'unsupported', 'limit']).toContain(
        kindOf(() => decode(damaged, { discardLevels: random(4) })),
      );
    }
  });
});

describe('refuses', () => {
  const withFrame = (change: (payload: Uint8Array) => void, marker = 0xc0): Uint8Array => {
    const bytes = jpeg('420');
    const at = payloadOf(bytes, 0xc0);
    change(bytes.subarray(at));
    bytes[at - 3] = marker;
    return bytes;
  };

  test('pictures above the pixels expected, before it allocates them', () => {
    expect(kindOf(() => decode(jpeg('420'), { maxPixels: 45 * 35 - 1 }))).toBe('limit');
    const vast = withFrame((payload) => payload.set([0xff, 0xff, 0xff, 0xff], 1));
    expect(kindOf(() => decode(vast))).toBe('limit');
  });

  test.each([
    ['12 bits a sample', withFrame((payload) => payload.set([12], 0), 0xc1)],
    ['a height that follows later', withFrame((payload) => payload.set([0, 0], 1))],
    ['lossless coding', withFrame(() => {}, 0xc3)],
    ['arithmetic coding', withFrame(() => {}, 0xc9)],
  ])('%s as unsupported', (_, bytes) => {
    expect(kindOf(() => decode(bytes))).toBe('unsupported');
  });

  test.each([
    ['no columns', withFrame((payload) => payload.set([0, 0], 3))],
    ['a sampling factor of 5', withFrame((payload) => payload.set([0x51], 7))],
    ['two components of one name', withFrame((payload) => payload.set([1], 9))],
  ])('%s as codec', (_, bytes) => {
    expect(kindOf(() => decode(bytes))).toBe('codec');
  });

  test('endless scans', () => {
    const bytes = jpeg('420-progressive');
    const start = payloadOf(bytes, 0xda) - 4;
    const end = bytes.findIndex((byte, i) => i > start + 4 && byte === 0xff && bytes[i + 1] === 0xc4);
    const scan = bytes.subarray(start, end);
    const many = Uint8Array.from([...bytes.subarray(0, start), ...Array.from({ length: 101 }, () => [...scan]).flat()]);
    expect(kindOf(() => decode(many))).toBe('limit');
  });
});

test('works on after a refusal and after a large picture', () => {
  expect(kindOf(() => decode(jpeg('420').subarray(0, 300)))).toBe('codec');
  expect(decode(jpeg('420')).data).toEqual(truth('420'));
});
