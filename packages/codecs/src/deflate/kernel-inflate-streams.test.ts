import { constants, deflateSync, inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { wasmModule } from '../wasm/wasm-module.ts';
import { createKernelInflate } from './kernel-inflate.ts';

const inflate = createKernelInflate(await wasmModule('inflate'));

/** Length of each symbol's code, and the code as digits. */
type Codes = ReadonlyMap<number, { readonly length: number; readonly digits: string }>;

/** Codes of the given lengths (RFC 1951, 3.2.2), in the order of lengths, then symbols. */
function codesOf(lengths: ReadonlyMap<number, number>): Codes {
  const codes = new Map<number, { length: number; digits: string }>();
  let code = 0;
  let previous = 0;
  for (const [symbol, length] of [...lengths].sort((a, b) => a[1] - b[1] || a[0] - b[0])) {
    code <<= length - previous;
    codes.set(symbol, { length, digits: code.toString(2).padStart(length, '0') });
    code++;
    previous = length;
  }
  return codes;
}

const range = (length: number): number[] => Array.from({ length }, (_, i) => i);
const FIXED = codesOf(new Map(range(288).map((i) => [i, i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8])));
const FIXED_DISTANCES = codesOf(new Map(range(32).map((i) => [i, 5])));
const FOUR_BITS = codesOf(new Map(range(16).map((i) => [i, 4])));
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
/** Lengths 1, 2, ... 14, 15, 15: complete. */
const skewed = (symbols: readonly number[]): Codes =>
  codesOf(new Map(symbols.map((symbol, i) => [symbol, Math.min(i + 1, 15)])));

const lengthBits = (symbol: number): number => (symbol < 265 || symbol === 285 ? 0 : (symbol - 261) >> 2);
const distanceBits = (symbol: number): number => (symbol < 4 ? 0 : (symbol >> 1) - 1);

/** Writes a zlib stream bit by bit: what zlib's compressor never writes. */
class DeflateWriter {
  readonly #bytes = [0x78, 0x9c];
  #used = 0;

  /** Least significant bit first. */
  bits(value: number, count: number): this {
    for (let i = 0; i < count; i++) {
      if (this.#used === 0) this.#bytes.push(0);
      const last = this.#bytes.length - 1;
      this.#bytes[last] = (this.#bytes[last] ?? 0) | (((value >> i) & 1) << this.#used);
      this.#used = (this.#used + 1) & 7;
    }
    return this;
  }

  symbol(symbol: number, codes: Codes): this {
    for (const digit of codes.get(symbol)?.digits ?? '') this.bits(Number(digit), 1);
    return this;
  }

  /** A stored block, not the last. */
  stored(bytes: readonly number[]): this {
    this.bits(0, 3);
    this.#used = 0;
    this.bits(bytes.length, 16).bits(~bytes.length, 16);
    this.#bytes.push(...bytes);
    return this;
  }

  /** Begins a last block of fixed codes. */
  fixed(): this {
    return this.bits(1, 1).bits(1, 2);
  }

  /** Begins a last block of the given codes; all lengths are written plainly, in 4 bits each. */
  dynamic(literals: Codes, distances: Codes): this {
    this.bits(1, 1).bits(2, 2).bits(29, 5).bits(29, 5).bits(15, 4);
    for (const symbol of CODE_LENGTH_ORDER) this.bits(FOUR_BITS.get(symbol)?.length ?? 0, 3);
    for (const symbol of range(286)) this.symbol(literals.get(symbol)?.length ?? 0, FOUR_BITS);
    for (const symbol of range(30)) this.symbol(distances.get(symbol)?.length ?? 0, FOUR_BITS);
    return this;
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

function randomNumbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** Noise around zero: the differences between neighbors in a photograph. */
function differences(byteLength: number, spread: number): Uint8Array {
  const random = randomNumbers(spread);
  return Uint8Array.from({ length: byteLength }, () => random(spread) + random(spread) - spread);
}

/** What zlib makes of a stream that may end early. */
const zlibInflate = (bytes: Uint8Array): Uint8Array => inflateSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
const LITERALS = [65, 257, 66, 265, 67, 284, 68, 280, 69, 285, 70, 71, 273, 72, 256, 73];
const DISTANCES = [0, 4, 2, 10, 29, 3, 20, 1, 15, 28, 9, 5, 27, 13, 6, 25];

describe('the inflate kernel, symbol by symbol', () => {
  /** Length symbol and extra bits that make each length. */
  const lengths: readonly (readonly [length: number, symbol: number, extra: number])[] = [
    [3, 257, 0],
    [4, 258, 0],
    [10, 264, 0],
    [15, 267, 0],
    [16, 267, 1],
    [17, 268, 0],
    [33, 272, 2],
    [257, 284, 30],
    [258, 285, 0],
  ];
  test.each(lengths)('repeats 1 to 40 bytes for %i bytes', (length, symbol, extra) => {
    let place = 0;
    let first = 1;
    for (let distance = 1; distance <= 40; distance++) {
      if (distance === first + 2 ** distanceBits(place)) {
        first = distance;
        place++;
      }
      const expected = range(distance).map((i) => (i * 37 + distance) & 255);
      const writer = new DeflateWriter().fixed();
      for (const byte of expected) writer.symbol(byte, FIXED);
      writer.symbol(symbol, FIXED).bits(extra, lengthBits(symbol));
      writer.symbol(place, FIXED_DISTANCES).bits(distance - first, distanceBits(place));
      for (let i = 0; i < length; i++) expected.push(expected[expected.length - distance] ?? 0);
      const bytes = writer.symbol(1, FIXED).symbol(256, FIXED).bytes();
      expect(Array.from(inflate(bytes, 1000))).toEqual([...expected, 1]);
      expect(Array.from(inflate(bytes, expected.length - 1))).toEqual(expected.slice(0, -1));
    }
  });

  test.each([0, 1, 2, 3])('reads literals, lengths and distances in codes of 1 to 15 bits (%i)', (round) => {
    const random = randomNumbers(round);
    const literals = skewed(round & 1 ? LITERALS : LITERALS.toReversed());
    const distances = skewed(round & 2 ? DISTANCES : DISTANCES.toReversed());
    const writer = new DeflateWriter().stored(range(32768).map(() => random(256))).dynamic(literals, distances);
    for (let i = 0; i < 3000; i++) {
      const symbol = LITERALS[random(16)] ?? 0;
      if (symbol === 256) continue;
      writer.symbol(symbol, literals);
      if (symbol < 256) continue;
      const place = DISTANCES[random(16)] ?? 0;
      writer.bits(random(32), lengthBits(symbol)).symbol(place, distances).bits(random(8192), distanceBits(place));
    }
    const bytes = Buffer.concat([writer.symbol(256, literals).bytes(), Buffer.alloc(4)]);
    const cut = bytes.subarray(0, -4);
    const expected = zlibInflate(cut);
    expect(expected.length).toBeGreaterThan(50000);
    expect(Buffer.compare(inflate(bytes, 2 ** 20), expected)).toBe(0);
    expect(Buffer.compare(inflate(cut, expected.length), expected)).toBe(0);
  });

  test('symbols that do not exist end the data after what came before', () => {
    const [a, end] = [65, 256];
    const literals = codesOf(
      new Map([
        [a, 2],
        [257, 2],
        [end, 1],
      ]),
    );
    for (const length of [1, 8, 9, 15]) {
      const lone = codesOf(new Map([[0, length]]));
      const begin = () => new DeflateWriter().dynamic(literals, lone).symbol(a, literals).symbol(257, literals);
      expect(Array.from(inflate(begin().bits(0, length).symbol(end, literals).bytes(), 99))).toEqual([a, a, a, a]);
      for (let bit = 0; bit < length; bit++) {
        const broken = begin()
          .bits(1 << bit, length)
          .symbol(a, literals)
          .symbol(end, literals);
        expect(Array.from(inflate(broken.bytes(), 99))).toEqual([a]);
      }
    }
    for (const place of [30, 31]) {
      const writer = new DeflateWriter().fixed().symbol(a, FIXED).symbol(257, FIXED).symbol(place, FIXED_DISTANCES);
      expect(Array.from(inflate(writer.bits(0, 30).bytes(), 99))).toEqual([a]);
    }
    for (const symbol of [286, 287]) {
      const writer = new DeflateWriter().fixed().symbol(a, FIXED).symbol(a, FIXED).symbol(symbol, FIXED);
      expect(Array.from(inflate(writer.bits(0, 30).bytes(), 99))).toEqual([a, a]);
    }
  });

  test('codes that ask for too much or leave something open are refused', () => {
    for (const lengths of [
      [1, 1, 1],
      [2, 2, 2],
      [1, 3, 3],
      [15, 15, 15],
    ]) {
      const literals = codesOf(new Map([65, 66, 256].map((symbol, i) => [symbol, lengths[i] ?? 0])));
      const writer = new DeflateWriter().dynamic(literals, codesOf(new Map([[0, 1]])));
      expect(inflate(writer.bits(0, 64).bytes(), 99)).toHaveLength(0);
    }
  });

  test('distances never reach before the beginning', () => {
    for (let count = 0; count < 24; count++) {
      const writer = new DeflateWriter().fixed();
      for (let i = 0; i < count; i++) writer.symbol(i, FIXED);
      // Distance symbol 8: 17 and on. One literal too few makes it reach too far.
      writer.symbol(285, FIXED).symbol(8, FIXED_DISTANCES).bits(0, 3).symbol(256, FIXED);
      expect(inflate(writer.bits(0, 32).bytes(), 999)).toHaveLength(count < 17 ? count : count + 258);
    }
  });
});

describe('the inflate kernel, stream by stream', () => {
  const strategies = ['Z_DEFAULT_STRATEGY', 'Z_FILTERED', 'Z_HUFFMAN_ONLY', 'Z_RLE', 'Z_FIXED'] as const;
  test.each(strategies)('reads photographs at all levels: %s', (strategy) => {
    for (const spread of [1, 2, 6, 20, 60, 128]) {
      const bytes = differences(30000, spread);
      for (let level = 1; level <= 9; level++) {
        const deflated = deflateSync(bytes, { level, strategy: constants[strategy] });
        expect(Buffer.compare(inflate(deflated, bytes.length), bytes)).toBe(0);
      }
    }
  });

  test.each(strategies)('makes of a stream cut anywhere what zlib makes of it: %s', (strategy) => {
    const text = Buffer.from('abcabcabcabcabdaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, and so on and so on and on');
    for (const bytes of [text, differences(300, 6), Buffer.concat([text, differences(200, 128), text])]) {
      for (const level of [0, 9]) {
        const deflated = deflateSync(bytes, { level, strategy: constants[strategy] });
        for (let length = 2; length <= deflated.length; length++) {
          const cut = deflated.subarray(0, length);
          expect(Buffer.compare(inflate(cut, bytes.length), zlibInflate(cut))).toBe(0);
        }
      }
    }
  });

  test('bytes after the input of a call never count', () => {
    const bytes = differences(5000, 40);
    const deflated = deflateSync(bytes);
    const cut = deflated.subarray(0, 1000);
    const expected = inflate(cut, bytes.length);
    inflate(new Uint8Array(deflated.length).fill(0xff), bytes.length);
    expect(Buffer.compare(inflate(cut, bytes.length), expected)).toBe(0);
  });
});
