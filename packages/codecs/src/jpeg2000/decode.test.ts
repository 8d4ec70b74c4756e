import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { box, enumerated, join, jp2File, words } from '../../../../test/fixtures/jpeg2000/jp2-file.ts';
import { drawComponent } from '../../../../test/fixtures/jpeg2000/picture.ts';
import { createJpeg2000Decoder } from './decode.ts';

const decoder = createJpeg2000Decoder(
  new WebAssembly.Module(readFileSync(new URL('../../wasm/jpeg2000.wasm', import.meta.url))),
);

function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../../../../test/fixtures/jpeg2000/${name}.j2k`, import.meta.url)));
}

const decode = (bytes: Uint8Array) => decoder.decode(bytes, { maxPixels: 2 ** 20 });
const RGB = { width: 45, height: 37, bits: 8, signed: false, steps: [1, 1, 1] };

/** The first pixels of a component as drawn. */
const drawn = (component: number, picture = RGB) => drawComponent(picture, component);

describe('createJpeg2000Decoder', () => {
  it('interleaves three components of 8 bits', () => {
    const { data, bands } = decode(fixture('odd-tiles'));
    expect(bands).toBe(3);
    expect([...data]).toEqual([...drawn(0)].flatMap((red, i) => [red, drawn(1)[i], drawn(2)[i]]));
  });

  it('stretches 2 bits to 8', () => {
    const { data } = decode(fixture('two-bit'));
    const stored = drawn(0, { ...RGB, bits: 2, steps: [1] });
    expect([...data]).toEqual([...stored].map((sample) => sample * 85));
  });

  it.each([
    ['ten-bit', { ...RGB, bits: 10, steps: [1] }, 'uint16'],
    ['signed-twelve-bit', { ...RGB, bits: 12, signed: true, steps: [1] }, 'int16'],
  ])('hands out %s as stored', (name, picture, dtype) => {
    const pixels = decode(fixture(name));
    expect(pixels.dtype).toBe(dtype);
    expect([...pixels.data]).toEqual([...drawn(0, picture)]);
  });

  it('repeats samples of coarser components', () => {
    const { data, width } = decode(fixture('subsampled'));
    const picture = { ...RGB, width: 44, height: 36, steps: [1, 2, 2, 1] };
    const coarse = drawn(1, picture);
    const at = (x: number, y: number) => data[(y * width + x) * 4 + 1];
    expect([at(0, 0), at(1, 1), at(2, 0)]).toEqual([coarse[0], coarse[0], coarse[1]]);
    expect(at(43, 35)).toBe(coarse[17 * 22 + 21]);
  });

  it('looks palettes up', () => {
    const colors = Uint8Array.of(1, 2, 3, 11, 12, 13, 21, 22, 23, 31, 32, 33);
    const palette = box('pclr', join(words(4), Uint8Array.of(3, 7, 7, 7), colors));
    const mapping = box('cmap', Uint8Array.of(0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 1, 2));
    const { data } = decode(jp2File(fixture('two-bit'), [enumerated(16), palette, mapping]));
    const stored = drawn(0, { ...RGB, bits: 2, steps: [1] });
    expect([...data]).toEqual([...stored].flatMap((entry) => [entry * 10 + 1, entry * 10 + 2, entry * 10 + 3]));
  });

  it('puts channels in the order of their colors', () => {
    const cdef = box('cdef', words(3, 0, 0, 3, 1, 0, 2, 2, 0, 1));
    const { data } = decode(jp2File(fixture('odd-tiles'), [enumerated(16), cdef]));
    expect([...data.subarray(0, 3)]).toEqual([drawn(2)[0], drawn(1)[0], drawn(0)[0]]);
  });

  it('turns sYCC into RGB', () => {
    const { data } = decode(jp2File(fixture('odd-tiles'), [enumerated(18)]));
    const [y, cb, cr] = [drawn(0)[0]!, drawn(1)[0]! - 128, drawn(2)[0]! - 128];
    const clamp = (value: number) => Math.max(0, Math.min(255, Math.round(value)));
    expect([...data.subarray(0, 3)]).toEqual([
      clamp(y + 1.402 * cr),
      clamp(y - 0.344136 * cb - 0.714136 * cr),
      clamp(y + 1.772 * cb),
    ]);
  });

  it('turns CIELab by range and offset into that of TIFF', () => {
    const { data } = decode(jp2File(fixture('odd-tiles'), [enumerated(14)]));
    const [l, a, b] = [drawn(0)[0]!, drawn(1)[0]!, drawn(2)[0]!];
    // Defaults of 8 bits: L* 0..100, a* = (a - 128) * 170 / 255, b* = (b - 96) * 200 / 255.
    const wrapped = (value: number) => Math.max(-128, Math.min(127, Math.round(value))) & 255;
    expect([...data.subarray(0, 3)]).toEqual([l, wrapped(((a - 128) * 170) / 255), wrapped(((b - 96) * 200) / 255)]);
  });

  it('turns e-sRGB into sRGB, clipped to its gamut', () => {
    const { data } = decode(jp2File(fixture('odd-tiles'), [enumerated(20)]));
    // 8 bits: 0 is stored as 64 + 32, 1 as 255 / 2 more.
    const shown = (stored: number) => Math.round(255 * Math.min(1, Math.max(0, (stored - 96) / 127.5)));
    const expected = [...drawn(0)].flatMap((red, i) => [red, drawn(1)[i]!, drawn(2)[i]!].map(shown));
    expect([...data]).toEqual(expected);
    expect(new Set(expected).size).toBeGreaterThan(50);
  });

  it('turns bi-level black on white round, and leaves CMYK as it is', () => {
    const stored = drawn(0, { ...RGB, bits: 2, steps: [1] });
    const inverted = decode(jp2File(fixture('two-bit'), [enumerated(0)]));
    expect([...inverted.data]).toEqual([...stored].map((sample) => 255 - sample * 85));
    const cmyk = decode(jp2File(fixture('subsampled'), [enumerated(12)]));
    expect(cmyk.data).toEqual(decode(fixture('subsampled')).data);
  });

  /** A lossless picture of 8 bits that says it has more: the level shift alone tells. */
  const deepened = (bits: number): Uint8Array => {
    const bytes = fixture('style-reset');
    bytes[42] = bits - 1;
    return bytes;
  };

  it.each([17, 20, 24, 31])('decodes components of %i bits', (bits) => {
    const { data, dtype } = decode(deepened(bits));
    expect(dtype).toBe('uint32');
    const shift = 2 ** (bits - 1) - 128;
    expect([...data]).toEqual([...drawn(0, { ...RGB, steps: [1] })].map((sample) => sample + shift));
  });

  it.each([32, 38])('cannot decode components of %i bits, and says so', (bits) => {
    expect(() => decode(deepened(bits))).toThrowError(expect.objectContaining({ kind: 'unsupported' }));
  });

  it('leaves out resolution levels', () => {
    const pixels = decoder.decode(fixture('rpcl-layers'), { maxPixels: 2 ** 20, discardLevels: 2 });
    expect([pixels.width, pixels.height]).toEqual([12, 10]);
  });

  it('refuses pictures above the limit', () => {
    expect(() => decoder.decode(fixture('odd-tiles'), { maxPixels: 100 })).toThrowError(/limit/);
  });
});
