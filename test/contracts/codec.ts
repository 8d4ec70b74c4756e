import type { ByteDecoder, ImageDecoder, ImageEncoder } from '@sectile/core/codec';
import { isImageError } from '@sectile/core/errors';
import type { PixelBuffer } from '@sectile/core/pixels';
import { describe, expect, test } from 'vitest';

/** One way to turn bytes into bytes or pixels, and data that it accepts. */
export interface DecoderCase<Output> {
  readonly name: string;
  /** A decoder of its own for each call: state must not pass between them. */
  readonly load: () => Promise<(bytes: Uint8Array) => Output>;
  /** Two different inputs. */
  readonly intact: readonly [Uint8Array, Uint8Array];
  /** Calls after which memory is looked at. Default 500. */
  readonly calls?: number;
}

const DAMAGED_INPUTS = 100;
/** Far above what collecting garbage late costs, far below what 500 leaked instances or pictures would. */
const MAX_GROWTH_BYTES = 200 * 2 ** 20;

/** A `ByteDecoder` as a {@link DecoderCase} in which it is asked for `byteLength` bytes. */
export function describeByteDecoder(
  decoderCase: Omit<DecoderCase<Uint8Array>, 'load'> & { readonly load: () => Promise<ByteDecoder> },
  byteLength: number,
): void {
  const load = async () => {
    const decoder = await decoderCase.load();
    return (bytes: Uint8Array) => decoder.decode(bytes, byteLength);
  };
  const [intact] = decoderCase.intact;
  describe(`${decoderCase.name}: contract of a byte decoder`, () => {
    test('delivers no more than it was asked for', async () => {
      const decoder = await decoderCase.load();
      const whole = decoder.decode(intact, byteLength);
      expect(whole).toHaveLength(byteLength);
      expect(decoder.decode(intact, byteLength >> 1)).toEqual(whole.subarray(0, byteLength >> 1));
    });

    test('truncated data yield a beginning or an ImageError', async () => {
      const decode = await load();
      const whole = decode(intact).slice();
      for (const part of truncations(intact)) {
        const output = attempt(() => decode(part));
        if (output) expect(output).toEqual(whole.subarray(0, output.length));
      }
    });

    test('noise and damage end in bounded output or an ImageError', async () => {
      const decode = await load();
      for (const bytes of damagedInputs(intact)) {
        expect(attempt(() => decode(bytes))?.length ?? 0).toBeLessThanOrEqual(byteLength);
      }
    });
  });
  describeRepetition({ ...decoderCase, load }, (output) => output);
}

/** An `ImageDecoder` as a {@link DecoderCase}. */
export function describeImageDecoder(
  decoderCase: Omit<DecoderCase<PixelBuffer>, 'load'> & { readonly load: () => Promise<ImageDecoder> },
  request: Parameters<ImageDecoder['decode']>[1],
): void {
  const load = async () => {
    const decoder = await decoderCase.load();
    return (bytes: Uint8Array) => decoder.decode(bytes, request);
  };
  const [intact] = decoderCase.intact;
  describe(`${decoderCase.name}: contract of an image decoder`, () => {
    test('truncated data, noise and damage yield a whole picture within the limit or an ImageError', async () => {
      const decode = await load();
      for (const bytes of [...truncations(intact), ...damagedInputs(intact)]) {
        const pixels = attempt(() => decode(bytes));
        if (!pixels) continue;
        expect(pixels.data).toHaveLength(pixels.width * pixels.height * pixels.bands);
        expect(pixels.width * pixels.height).toBeLessThanOrEqual(request.maxPixels);
      }
    });

    test('refuses a picture of more pixels than expected', async () => {
      const decoder = await decoderCase.load();
      const { width, height } = decoder.decode(intact, request);
      expect(() => decoder.decode(intact, { ...request, maxPixels: width * height - 1 })).toThrow(
        expect.objectContaining({ kind: 'limit' }),
      );
    });
  });
  describeRepetition({ ...decoderCase, load }, ({ data }) => data);
}

/** What an encoder promises: the file depends on its input only. */
export function describeImageEncoder(
  name: string,
  load: () => Promise<ImageEncoder>,
  pictures: readonly [PixelBuffer, PixelBuffer],
): void {
  describe(`${name}: contract of an encoder`, () => {
    test('files depend on nothing but the pixels and options', async () => {
      const [first, second] = await Promise.all([load(), load()]);
      const expected = pictures.map((pixels) => first.encode(pixels, { quality: 1 }).slice());
      for (let round = 0; round < 3; round++) {
        for (const encoder of [first, second]) {
          for (const [index, pixels] of pictures.entries()) {
            expect(encoder.encode(pixels, { quality: 1 })).toEqual(expected[index]);
          }
        }
      }
    });

    test('leaves its input as it is and refuses pixels that it does not accept', async () => {
      const encoder = await load();
      const [pixels] = pictures;
      const before = pixels.data.slice();
      encoder.encode(pixels, { quality: 1 });
      expect(pixels.data).toEqual(before);
      const many = { width: 1, height: 1, bands: 7, dtype: 'uint8' as const, data: new Uint8Array(7) };
      expect(() => encoder.encode(many, { quality: 1 })).toThrow(expect.objectContaining({ kind: 'unsupported' }));
    });
  });
}

/** Repeating, interleaving and failing changes neither results nor memory. */
function describeRepetition<Output>(decoderCase: DecoderCase<Output>, samplesOf: (output: Output) => unknown): void {
  const { name, load, intact, calls = 500 } = decoderCase;
  describe(`${name}: repetition`, () => {
    test('results stay the same between other calls, failed ones and other instances', async () => {
      const [first, second] = await Promise.all([load(), load()]);
      const inputs = intact.map((bytes) => bytes.slice());
      const outputs = intact.map((bytes) => first(bytes));
      const expected = outputs.map((output) => structuredClone(samplesOf(output)));
      for (const bytes of damagedInputs(intact[0]).slice(0, 20)) {
        attempt(() => first(bytes));
        for (const [index, input] of intact.entries()) {
          expect(samplesOf(second(input))).toEqual(expected[index]);
          expect(samplesOf(first(input))).toEqual(expected[index]);
        }
      }
      expect(outputs.map(samplesOf)).toEqual(expected);
      expect(intact.map((bytes) => bytes.slice())).toEqual(inputs);
    });

    test('memory stays bounded', async () => {
      const decode = await load();
      const broken = damagedInputs(intact[0]);
      decode(intact[0]);
      const before = process.memoryUsage().rss;
      for (let call = 0; call < calls; call++) {
        decode(intact[call & 1] ?? intact[0]);
        attempt(() => decode(broken[call % broken.length] ?? intact[0]));
      }
      expect(process.memoryUsage().rss - before).toBeLessThan(MAX_GROWTH_BYTES);
    });
  });
}

/** The result of work that may refuse its input. Throws what is not an ImageError. */
function attempt<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch (error) {
    if (isImageError(error)) return undefined;
    throw new Error('Something other than an ImageError was thrown', { cause: error });
  }
}

function truncations(bytes: Uint8Array): Uint8Array[] {
  const step = Math.ceil(bytes.length / 40);
  return Array.from({ length: Math.ceil(bytes.length / step) }, (_, i) => bytes.subarray(0, i * step));
}

/** Noise, and intact bytes with some changed. */
function damagedInputs(intact: Uint8Array): Uint8Array[] {
  return Array.from({ length: DAMAGED_INPUTS }, (_, seed) => {
    const random = noise(seed);
    if (seed % 5 === 0) return Uint8Array.from({ length: 300 }, random);
    const bytes = intact.slice();
    for (let i = 0; i < 4; i++) bytes[(random() * 256 + random()) % bytes.length] = random();
    return bytes;
  });
}

/** Repeatable bytes. */
function noise(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1);
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state >>> 24;
  };
}
