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

  /** A box with the numbers of H.273: primaries and transfer function of no matter, matrix, whether the full range is used. */
  const coded = (matrix: number, fullRange: boolean): Uint8Array =>
    box('colr', join(Uint8Array.of(5, 0, 0), words(1, 13, matrix), Uint8Array.of(fullRange ? 0x80 : 0)));

  /** What a picture comes out as that is all of one color: whatever its samples, the palette makes them these. */
  const flat = (samples: readonly [number, number, number], colr: Uint8Array): number[] => {
    const palette = box(
      'pclr',
      join(words(4), Uint8Array.of(3, 7, 7, 7), ...[0, 1, 2, 3].map(() => Uint8Array.from(samples))),
    );
    const mapping = box('cmap', Uint8Array.of(0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 1, 2));
    return [...decode(jp2File(fixture('two-bit'), [colr, palette, mapping])).data.subarray(0, 3)];
  };

  /*
   * By hand from the equations of H.273, clause 8.3. In the range of video red by BT.709 is Y = 16 + 219 * 0.2126 = 62.6,
   * Cb = 128 - 224 * 0.2126 / 1.8556 = 102.3, Cr = 128 + 112 = 240. Samples are stored whole: what comes back is what those
   * make.
   */
  it.each<[string, Uint8Array, [number, number, number], [number, number, number]]>([
    ['BT.709 white', coded(1, false), [235, 128, 128], [255, 255, 255]],
    ['BT.709 black', coded(1, false), [16, 128, 128], [0, 0, 0]],
    ['BT.709 beyond white', coded(1, false), [250, 128, 128], [255, 255, 255]],
    // 1.164384 * 47 = 54.726; + 1.792741 * 112 = 255.51; - 0.213249 * -26 - 0.532909 * 112 = 0.585; + 2.112402 * -26 = -0.2.
    ['BT.709 red', coded(1, false), [63, 102, 240], [255, 1, 0]],
    // 1.164384 * 157 = 182.808; 1.792741 * -102 = -182.86; + 0.213249 * 86 + 0.532909 * 102 = 255.50; 2.112402 * -86.
    ['BT.709 green', coded(1, false), [173, 42, 26], [0, 255, 1]],
    // 100 + 1.5748 * 30; 100 + 0.187324 * 20 - 0.468124 * 30; 100 - 1.8556 * 20.
    ['BT.709 of the full range', coded(1, true), [100, 108, 158], [147, 90, 63]],
    // 100 + 1.4746 * 30; 100 + 0.164553 * 20 - 0.571353 * 30; 100 - 1.8814 * 20.
    ['BT.2020 of the full range', coded(9, true), [100, 108, 158], [144, 86, 62]],
    // 1.164384 * 84 = 97.808; + 1.678674 * 30; + 0.187326 * 20 - 0.650424 * 30; - 2.141772 * 20.
    ['BT.2020 of video', coded(9, false), [100, 108, 158], [148, 82, 55]],
    // + 1.596027 * 30; + 0.391762 * 20 - 0.812968 * 30; - 2.017232 * 20.
    ['BT.601 of video', coded(6, false), [100, 108, 158], [146, 81, 57]],
    ['YCbCr(3), the same', enumerated(4), [100, 108, 158], [146, 81, 57]],
    // + 1.792741 * 30; + 0.213249 * 20 - 0.532909 * 30; - 2.112402 * 20.
    ['YCbCr(1), BT.709 of video', enumerated(1), [100, 108, 158], [152, 86, 56]],
    // 100 + 1.402 * 30; 100 + 0.344136 * 20 - 0.714136 * 30; 100 - 1.772 * 20.
    ['YCbCr(2), BT.601 of the full range', enumerated(3), [100, 108, 158], [142, 85, 65]],
    // 100 + 20 + 30, 100 - 20, 100 + 20 - 30.
    ['YCgCo', coded(8, true), [100, 108, 158], [150, 80, 90]],
    // (v - 16) * 255 / 219.
    ['RGB of video', coded(0, false), [16, 100, 235], [0, 98, 255]],
    ['RGB of the full range', coded(0, true), [16, 100, 235], [16, 100, 235]],
  ])('turns %s into RGB', (_name, colr, stored, expected) => {
    expect(flat(stored, colr)).toEqual(expected);
  });

  it('spreads gray in the range of video', () => {
    const { data } = decode(jp2File(fixture('ten-bit'), [coded(1, false)]));
    // Of 10 bits: 64 is black, 940 is white.
    const spread = (v: number) => Math.min(1023, Math.max(0, ((v - 64) * 1023) / 876));
    const stored = Array.from(drawn(0, { ...RGB, bits: 10, steps: [1] }));
    expect(data.length).toBe(stored.length);
    expect(Math.max(...stored.map((v, i) => Math.abs(data[i]! - spread(v))))).toBeLessThanOrEqual(0.5 + 1e-6);
    const full = decode(jp2File(fixture('ten-bit'), [coded(1, true)]));
    expect([...full.data]).toEqual(stored);
  });

  it('undoes matrices of deep samples by their own range', () => {
    const { data, dtype } = decode(jp2File(fixture('sixteen-bit-rgb'), [coded(9, false)]));
    const plain = decode(fixture('sixteen-bit-rgb')).data;
    expect(dtype).toBe('uint16');
    // BT.2020: Kr 0.2627, Kb 0.0593; of 16 bits black is 4096, white 60160, chromas span 57344 about 32768.
    const expected = Array.from({ length: plain.length / 3 }, (_, i) => {
      const y = (plain[3 * i]! - 4096) / 56064;
      const [cb, cr] = [1, 2].map((band) => (plain[3 * i + band]! - 32768) / 57344) as [number, number];
      const [r, b] = [y + cr * 2 * (1 - 0.2627), y + cb * 2 * (1 - 0.0593)];
      return [r, (y - 0.2627 * r - 0.0593 * b) / 0.678, b].map((v) => 65535 * Math.min(1, Math.max(0, v)));
    }).flat();
    const worst = expected.reduce((most, v, i) => Math.max(most, Math.abs(data[i]! - v)), 0);
    expect(worst).toBeLessThanOrEqual(0.5 + 1e-6);
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
