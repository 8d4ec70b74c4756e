import { defaultCodecs } from '@sectile/codecs';
import type { DType, PixelBuffer } from '@sectile/core/pixels';
import { openImage } from '@sectile/core/pyramid';
import { memorySource } from '@sectile/core/source';
import { describe, expect, test } from 'vitest';
import { buildTiff, type DirectoryToBuild } from '../fixtures/build-tiff.ts';
import { decodeWhole } from './decode-whole.ts';
import { serveImages } from './served.ts';

/*
 * Every kind of pixel through the server, packed here by TIFF 6.0: what is shown (8-bit PNG) is computed from what was
 * drawn, and what is kept (TIFF) has to be what was drawn.
 */
const WIDTH = 23;
const HEIGHT = 7;

/** The bytes of a picture of one strip: samples of `bits` bits, each row from a new byte on, most significant first. */
function packed(samples: readonly (readonly number[])[], bits: number): Uint8Array {
  const rows = samples.map((row) => {
    const text = row.map((v) => BigInt.asUintN(bits, BigInt(v)).toString(2).padStart(bits, '0')).join('');
    return Array.from({ length: Math.ceil(text.length / 8) }, (_, i) =>
      Number.parseInt(text.slice(i * 8, i * 8 + 8).padEnd(8, '0'), 2),
    );
  });
  return Uint8Array.from(rows.flat());
}

interface Picture {
  readonly bits: number;
  readonly bands?: number;
  readonly photometric: number;
  readonly strip: Uint8Array | readonly Uint8Array[];
  readonly fields?: DirectoryToBuild['fields'];
}

/** A file in one strip (or one for each plane), most significant byte first, so that all integers pack alike. */
function file({ bits, bands = 1, photometric, strip, fields = {} }: Picture): Uint8Array {
  const all = {
    ImageWidth: [WIDTH],
    ImageLength: [HEIGHT],
    BitsPerSample: new Array<number>(bands).fill(bits),
    SamplesPerPixel: [bands],
    PhotometricInterpretation: [photometric],
    RowsPerStrip: [HEIGHT],
    ...fields,
  };
  return buildTiff([{ fields: all, segments: strip instanceof Uint8Array ? [strip] : strip }], { bigEndian: true });
}

/** Rows of samples by position. */
function draw(sample: (x: number, y: number) => readonly number[]): number[][] {
  return Array.from({ length: HEIGHT }, (_, y) => Array.from({ length: WIDTH }, (_, x) => sample(x, y)).flat());
}

/** What the server shows of a file, and what it keeps in TIFF. */
async function served(bytes: Uint8Array): Promise<{ shown: PixelBuffer; kept: PixelBuffer }> {
  const answer = await answersFor(bytes);
  // The TIFF that comes out says of its samples what the one that went in said.
  const again = await answersFor(answer.tiff);
  expect(again.kept).toEqual(answer.kept);
  if (answer.kept.bands === answer.shown.bands) expect(again.shown).toEqual(answer.shown);
  return answer;
}

async function answersFor(bytes: Uint8Array): Promise<{ shown: PixelBuffer; kept: PixelBuffer; tiff: Uint8Array }> {
  const server = await serveImages({ 'a.tif': bytes });
  const shown = await server.pixels('/iip?FIF=a.tif&CVT=png');
  const response = await server.get('/iip?FIF=a.tif&CVT=tiff');
  expect(response.status).toBe(200);
  const tiff = new Uint8Array(await response.arrayBuffer());
  const reader = await openImage(memorySource(tiff, { id: 'kept' }));
  return { shown, kept: await decodeWhole(reader, defaultCodecs()), tiff };
}

const WIDTHS = [1, 2, 4, 6, 8, 10, 12, 14, 16, 24, 32] as const;
const dtypeFor = (bits: number, signed: boolean): DType =>
  `${signed ? '' : 'u'}int${bits <= 8 ? 8 : bits <= 16 ? 16 : 32}` as DType;

describe('integers', () => {
  test.each(WIDTHS.flatMap((bits) => [false, true].map((signed) => [bits, signed ? 'signed' : 'unsigned'] as const)))(
    'of %i bits, %s',
    async (bits, sign) => {
      const signed = sign === 'signed';
      const lowest = signed ? -(2 ** (bits - 1)) : 0;
      const highest = lowest + 2 ** bits - 1;
      // The first is black, the last white, the rest somewhere between.
      const rows = draw((x, y) => [
        x === 0 ? lowest : x === WIDTH - 1 ? highest : lowest + ((x * 2654435761 + y * 40503) % 2 ** bits),
      ]);
      const { shown, kept } = await served(
        file({ bits, photometric: 1, strip: packed(rows, bits), fields: { SampleFormat: [signed ? 2 : 1] } }),
      );
      const values = rows.flat();
      expect(shown).toMatchObject({ width: WIDTH, height: HEIGHT, bands: 1, dtype: 'uint8' });
      const spreadOver = (v: number): number => Math.round(((v - lowest) / (highest - lowest)) * 255);
      // 6 bits are repeated, as iipsrv does: up to one step beside the nearest value.
      const expected = values.map((v) => (bits === 6 && !signed ? (v << 2) | (v >> 4) : spreadOver(v)));
      expect(Array.from(shown.data)).toEqual(expected);
      expect(kept.dtype).toBe(dtypeFor(bits, signed));
      // Unsigned samples below 8 bits are spread over a byte.
      const spread = !signed && bits < 8;
      expect(Array.from(kept.data)).toEqual(spread ? Array.from(shown.data) : values);
    },
  );
});

/** The bits of the nearest float of 16 or 24 bits (IEEE 754; Adobe Photoshop TIFF Technical Notes 3); no subnormals. */
function floatBits(value: number, exponentBits: number, fractionBits: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 1 : 0;
  const top = 2 ** exponentBits - 1;
  const parts = (exponent: number, fraction: number) =>
    sign * 2 ** (exponentBits + fractionBits) + exponent * 2 ** fractionBits + fraction;
  if (Number.isNaN(value)) return parts(top, 1);
  if (!Number.isFinite(value)) return parts(top, 0);
  if (value === 0) return parts(0, 0);
  const exponent = Math.floor(Math.log2(Math.abs(value)));
  const fraction = Math.round((Math.abs(value) / 2 ** exponent - 1) * 2 ** fractionBits);
  return parts(exponent + 2 ** (exponentBits - 1) - 1, fraction);
}

function floatStrip(rows: readonly (readonly number[])[], bits: number): Uint8Array {
  const values = rows.flat();
  if (bits === 16) return packed([values.map((v) => floatBits(v, 5, 10))], 16);
  if (bits === 24) return packed([values.map((v) => floatBits(v, 7, 16))], 24);
  const bytes = new Uint8Array((values.length * bits) / 8);
  const view = new DataView(bytes.buffer);
  for (const [i, v] of values.entries()) {
    if (bits === 32) view.setFloat32(i * 4, v);
    else view.setFloat64(i * 8, v);
  }
  return bytes;
}

describe('floats', () => {
  const elevation = (x: number, y: number): number =>
    x === 3 ? Number.NaN : x === 4 ? Number.POSITIVE_INFINITY : x === 5 ? -9999 : 100 + x * 2.5 - y * 0.25;
  const rows = draw((x, y) => [elevation(x, y)]);

  test.each([16, 24, 32, 64] as const)('of %i bits, with NaN, infinity and a no-data value', async (bits) => {
    // -9999 is not a half float.
    const noData = bits === 16 ? -10000 : bits === 24 ? -9999.0 : -9999;
    const stored = rows.map((row) => row.map((v) => (v === -9999 ? noData : v)));
    const bytes = file({
      bits,
      photometric: 1,
      strip: floatStrip(stored, bits),
      fields: { SampleFormat: [3], 42113: `${noData}` },
    });
    const { shown, kept } = await served(bytes);
    expect(kept.dtype).toBe(bits === 64 ? 'float64' : 'float32');
    expect(Array.from(kept.data)).toEqual(stored.flat());
    // What is there is spread from black to white; the rest is black.
    const there = stored.flat().filter((v) => Number.isFinite(v) && v !== noData);
    const [low, high] = [Math.min(...there), Math.max(...there)];
    const expected = stored.flat().map((v) => {
      if (!Number.isFinite(v) || v === noData) return 0;
      return Math.round(((v - low) / (high - low)) * 255);
    });
    const differences = expected.map((v, i) => Math.abs(v - (shown.data[i] ?? 0)));
    expect(Math.max(...differences)).toBeLessThanOrEqual(1);
    expect(differences.filter((d) => d > 0).length).toBeLessThan(5);
  });

  test('within 0 to 1 are shown as they are', async () => {
    const unit = draw((x) => [x / (WIDTH * 2)]);
    const bytes = file({ bits: 32, photometric: 1, strip: floatStrip(unit, 32), fields: { SampleFormat: [3] } });
    const { shown } = await served(bytes);
    expect(Array.from(shown.data)).toEqual(unit.flat().map((v) => Math.round(v * 255)));
  });
});

describe('WhiteIsZero', () => {
  test.each([1, 2, 4, 8, 12, 16, 32] as const)('of %i bits is turned over', async (bits) => {
    const highest = 2 ** bits - 1;
    const rows = draw((x, y) => [x === 0 ? 0 : x === 1 ? highest : (x * 2654435761 + y * 40503) % 2 ** bits]);
    const { shown } = await served(file({ bits, photometric: 0, strip: packed(rows, bits) }));
    expect(Array.from(shown.data)).toEqual(rows.flat().map((v) => Math.round((1 - v / highest) * 255)));
  });
});

describe('palettes', () => {
  test.each([1, 2, 4, 8] as const)('of %i bits become their colors', async (bits) => {
    const colors = Array.from({ length: 2 ** bits }, (_, i) => [(i * 37) % 256, 255 - i, (i * 91 + 5) % 256]);
    const map = [0, 1, 2].flatMap((band) => colors.map((color) => (color[band] ?? 0) * 257));
    const rows = draw((x, y) => [(x * 3 + y * 5) % 2 ** bits]);
    const bytes = file({ bits, photometric: 3, strip: packed(rows, bits), fields: { ColorMap: map } });
    const { shown, kept } = await served(bytes);
    const expected = rows.flatMap((row) => row.flatMap((index) => colors[index] ?? []));
    expect(shown).toMatchObject({ bands: 3, dtype: 'uint8' });
    expect(Array.from(shown.data)).toEqual(expected);
    expect(Array.from(kept.data)).toEqual(expected);
  });
});

describe('inks', () => {
  test.each([8, 16] as const)('CMYK of %i bits without a profile', async (bits) => {
    const full = 2 ** bits - 1;
    const rows = draw((x, y) => [x / 22, y / 6, 1 - x / 22, (x * y) / 132].map((v) => Math.round(v * full)));
    const { shown } = await served(file({ bits, bands: 4, photometric: 5, strip: packed(rows, bits) }));
    const inks = rows.flat();
    const expected = Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => {
      const pixel = Math.floor(i / 3) * 4;
      return Math.round((1 - (inks[pixel + (i % 3)] ?? 0) / full) * (1 - (inks[pixel + 3] ?? 0) / full) * 255);
    });
    expect(shown.bands).toBe(3);
    const differences = expected.map((v, i) => Math.abs(v - (shown.data[i] ?? 0)));
    expect(Math.max(...differences)).toBeLessThanOrEqual(bits === 8 ? 0 : 1);
  });
});

test.each([
  [1, 1],
  [2, 1],
  [2, 2],
] as const)('YCbCr with chroma subsampled %i by %i', async (across, down) => {
  const [width, height] = [WIDTH + 1, HEIGHT + 1];
  // Blocks of luma, then one Cb and one Cr (TIFF 6.0 section 21); chroma is one value all over.
  const block = across * down;
  const luma = (x: number, y: number): number => 20 + x * 8 + y;
  const strip: number[] = [];
  for (let y = 0; y < height; y += down) {
    for (let x = 0; x < width; x += across) {
      for (let i = 0; i < block; i++) strip.push(luma(x + (i % across), y + Math.floor(i / across)));
      strip.push(100, 160);
    }
  }
  const bytes = file({
    bits: 8,
    bands: 3,
    photometric: 6,
    strip: Uint8Array.from(strip),
    fields: { ImageWidth: [width], ImageLength: [height], RowsPerStrip: [height], YCbCrSubSampling: [across, down] },
  });
  const { shown } = await served(bytes);
  for (let i = 0; i < width * height; i++) {
    const y = luma(i % width, Math.floor(i / width));
    const expected = [y + 1.402 * 32, y - 0.344136 * -28 - 0.714136 * 32, y + 1.772 * -28];
    for (const [band, v] of expected.entries()) {
      expect(Math.abs((shown.data[i * 3 + band] ?? 0) - Math.min(255, Math.max(0, v)))).toBeLessThanOrEqual(1);
    }
  }
});

describe('bands beyond the colors', () => {
  const color = (x: number, y: number): number[] => [x * 11, y * 36, 255 - x * 11];

  test('are left out of what is shown and kept in TIFF', async () => {
    const rows = draw((x, y) => [...color(x, y), 77, x]);
    const extra = { ExtraSamples: [0, 0] };
    const { shown, kept } = await served(
      file({ bits: 8, bands: 5, photometric: 2, strip: packed(rows, 8), fields: extra }),
    );
    expect(Array.from(shown.data)).toEqual(draw(color).flat());
    expect(Array.from(kept.data)).toEqual(rows.flat());
  });

  test.each([
    ['unassociated', 2],
    ['associated', 1],
  ] as const)('as %s alpha', async (_name, code) => {
    const alpha = (x: number): number => (x % 4 === 0 ? 0 : x % 4 === 1 ? 255 : 128);
    const rows = draw((x, y) => [
      ...color(x, y).map((v) => (code === 1 ? Math.round((v * alpha(x)) / 255) : v)),
      alpha(x),
    ]);
    const bytes = file({ bits: 8, bands: 4, photometric: 2, strip: packed(rows, 8), fields: { ExtraSamples: [code] } });
    const { shown } = await served(bytes);
    expect(shown.bands).toBe(4);
    const expected = draw((x, y) => [...color(x, y), alpha(x)]).flat();
    for (const [i, v] of expected.entries()) {
      const a = expected[Math.floor(i / 4) * 4 + 3] ?? 0;
      // Premultiplied 8-bit colors come back within the step that the product was rounded to.
      const slack = i % 4 === 3 || code === 2 ? 0 : a === 0 ? 255 : a === 255 ? 0 : 1;
      expect(Math.abs((shown.data[i] ?? 0) - v)).toBeLessThanOrEqual(slack);
    }
    const server = await serveImages({ 'a.tif': bytes });
    // JPEG has no alpha: laid on white.
    const jpeg = await (await server.get('/iip?FIF=a.tif&QLT=100&CVT=jpeg')).arrayBuffer();
    const reader = await openImage(memorySource(new Uint8Array(jpeg), { id: 'jpeg' }));
    const flat = await decodeWhole(reader, defaultCodecs());
    for (let y = 0; y < HEIGHT; y++) expect(flat.data[y * WIDTH * 3] ?? 0).toBeGreaterThan(160);
  });

  test.each([
    ['interleaved', 1],
    ['in planes', 2],
  ] as const)('140 of 16 bits, %s', async (_name, planar) => {
    const bands = 140;
    const sample = (x: number, y: number, band: number): number => (x * 311 + y * 1000 + band * 401) % 65536;
    const all = Array.from({ length: bands }, (_, band) => band);
    const rows = draw((x, y) => all.map((band) => sample(x, y, band)));
    const planes = all.map((band) =>
      packed(
        draw((x, y) => [sample(x, y, band)]),
        16,
      ),
    );
    const bytes = file({
      bits: 16,
      bands,
      photometric: 1,
      strip: planar === 1 ? packed(rows, 16) : planes,
      fields: { PlanarConfiguration: [planar], ExtraSamples: new Array<number>(bands - 1).fill(0) },
    });
    const { shown, kept } = await served(bytes);
    expect(kept).toMatchObject({ bands, dtype: 'uint16' });
    expect(Array.from(kept.data)).toEqual(rows.flat());
    const firstThree = draw((x, y) => [0, 1, 2].map((band) => Math.round(sample(x, y, band) / 257))).flat();
    expect(Array.from(shown.data)).toEqual(firstThree);
    const server = await serveImages({ 'a.tif': bytes });
    const row = new Array<number>(bands).fill(0).map((_, band) => (band === 100 ? 1 : 0));
    const picked = await server.pixels(`/iip?FIF=a.tif&CTW=[${row.join(',')}]&CVT=png`);
    expect(Array.from(picked.data)).toEqual(draw((x, y) => [Math.round(sample(x, y, 100) / 257)]).flat());
  });

  test('of gray beside alpha', async () => {
    const rows = draw((x) => [x * 11, x * 3]);
    const { shown } = await served(
      file({ bits: 8, bands: 2, photometric: 1, strip: packed(rows, 8), fields: { ExtraSamples: [2] } }),
    );
    expect(shown.bands).toBe(2);
    expect(Array.from(shown.data)).toEqual(rows.flat());
  });
});
