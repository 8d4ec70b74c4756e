import { describe, expect, it } from 'vitest';
import { createLzwDecoder } from './decode.ts';
import { lzwEncode } from './encode.ts';

function noise(length: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state >>> 24;
  });
}

describe('lzwEncode', () => {
  it('writes the codes of a hand-worked example', () => {
    // Clear 256, 7, 7, 8, 258 (7 7), 8, End 257 in 9 bits each, for 7 7 8 7 7 8? -> 7, 7, 8, 258, 8.
    const bits = [256, 7, 7, 8, 258, 8, 257].map((code) => code.toString(2).padStart(9, '0')).join('');
    const expected = bits.match(/.{1,8}/g)?.map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2));
    expect([...lzwEncode(Uint8Array.of(7, 7, 8, 7, 7, 8))]).toEqual(expected);
  });

  it.each([
    0, 1, 2, 253, 254, 255, 256, 257, 509, 510, 511, 512, 1021, 1022, 1023, 2045, 2046, 2047, 3836, 3837, 3838, 5000,
    100_000,
  ])('comes back from the decoder: %i bytes of noise', (length) => {
    const bytes = noise(length, 99 + length);
    expect(createLzwDecoder().decode(lzwEncode(bytes), length)).toEqual(bytes);
  });

  it('comes back from the decoder: long runs', () => {
    const bytes = new Uint8Array(300_000).map((_, index) => (index >> 12) & 3);
    const packed = lzwEncode(bytes);
    expect(packed.length).toBeLessThan(bytes.length / 50);
    expect(createLzwDecoder().decode(packed, bytes.length)).toEqual(bytes);
  });
});
