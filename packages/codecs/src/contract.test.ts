import { readFileSync } from 'node:fs';
import type { ByteDecoder, DecoderId, ImageDecoder } from '@sectile/core/codec';
import type { PixelBuffer } from '@sectile/core/pixels';
import { describe, expect, test } from 'vitest';
import { describeByteDecoder, describeImageDecoder, describeImageEncoder } from '../../../test/contracts/codec.ts';
import { defaultCodecs } from './default-codecs.ts';
import { createDeflateDecoder } from './deflate/decode.ts';
import { pakoZlib } from './deflate/pako.ts';
import { loadZlib as loadPortableZlib } from './deflate/zlib.portable.ts';
import { createLzwDecoder } from './lzw/decode.ts';

type Pair<Item> = readonly [Item, Item];

function fixture(name: string): Uint8Array {
  return Uint8Array.from(readFileSync(new URL(`../../../test/fixtures/${name}`, import.meta.url)));
}

/** Each call makes a registry of its own, and so an instance of its own. */
const byteDecoder = (id: DecoderId) => async () => (await defaultCodecs().decoder(id)) as ByteDecoder;
const imageDecoder = (id: DecoderId) => async () => (await defaultCodecs().decoder(id)) as ImageDecoder;

/** What `test/fixtures/compressed` holds, compressed by libtiff. */
const TEXT_BYTES = 5000;
const texts: Pair<Uint8Array> = [text(1), text(2)];

function text(step: number): Uint8Array {
  return Uint8Array.from({ length: TEXT_BYTES }, (_, i) => ((i * i * step) >> 6) & 63);
}

const byteCases: readonly (readonly [name: string, load: () => Promise<ByteDecoder>, extension: string])[] = [
  ['packbits', byteDecoder('packbits'), 'packbits'],
  ['lzw', byteDecoder('lzw'), 'lzw'],
  ['lzw before 1991', byteDecoder('lzw'), 'old-lzw'],
  ['lzw in TypeScript', async () => createLzwDecoder(), 'lzw'],
  ['lzw before 1991 in TypeScript', async () => createLzwDecoder(), 'old-lzw'],
  ['deflate', byteDecoder('deflate'), 'zlib'],
  ['deflate in WebAssembly', async () => createDeflateDecoder(await loadPortableZlib()), 'zlib'],
  ['deflate in JavaScript', async () => createDeflateDecoder(pakoZlib), 'zlib'],
  ['lzma', byteDecoder('lzma'), 'xz'],
  ['zstd', byteDecoder('zstd'), 'zst'],
];

describeByteDecoder({ name: 'none', load: byteDecoder('none'), intact: texts }, TEXT_BYTES);
for (const [name, load, extension] of byteCases) {
  const intact: Pair<Uint8Array> = [
    fixture(`compressed/text-1.${extension}`),
    fixture(`compressed/text-2.${extension}`),
  ];
  test(`${name} decodes what libtiff compressed`, async () => {
    const decoder = await load();
    expect(decoder.decode(intact[0], TEXT_BYTES)).toEqual(texts[0]);
    expect(decoder.decode(intact[1], TEXT_BYTES)).toEqual(texts[1]);
  });
  describeByteDecoder({ name, load, intact }, TEXT_BYTES);
}

test('lzw with reversed bits', async () => {
  const decoder = await byteDecoder('lzw')();
  const reversed = fixture('compressed/text-1.lzw').map((byte) =>
    Number.parseInt(byte.toString(2).padStart(8, '0').split('').reverse().join(''), 2),
  );
  expect(decoder.decode(reversed, TEXT_BYTES, { leastSignificantBitFirst: true })).toEqual(texts[0]);
});

const pictures: Pair<PixelBuffer> = [picture(40, 24), picture(17, 33)];

function picture(width: number, height: number): PixelBuffer {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => ((i * 7) % 199) + (i % 3) * 10);
  return { width, height, bands: 3, dtype: 'uint8', data };
}

describeImageDecoder(
  {
    name: 'png',
    load: imageDecoder('png'),
    intact: [fixture('png/type2-8bit.png'), fixture('png/type3-4bit-adam7-trns.png')],
  },
  { maxPixels: 37 * 29 },
);

// Cases are collected before tests run, so their files have to be there by then.
for (const [id, calls] of [
  ['webp', 500],
  ['avif', 40],
] as const) {
  const encoder = await defaultCodecs().encoder(id);
  const intact: Pair<Uint8Array> = [
    encoder.encode(pictures[0], { quality: 60 }),
    encoder.encode(pictures[1], { quality: 60 }),
  ];
  describeImageDecoder({ name: id, load: imageDecoder(id), intact, calls }, { maxPixels: 40 * 24 });
  describeImageEncoder(id, async () => defaultCodecs().encoder(id), pictures);
}
describeImageEncoder('png', async () => defaultCodecs().encoder('png'), pictures);

const fax = {
  photometric: 1,
  width: 37,
  height: 29,
  bands: 1,
  bitsPerSample: 1,
  fillOrder: 1,
  faxOptions: 1,
  fields: {},
} as const;
const rareCases = [
  ['CCITT RLE', { ...fax, compression: 2 }],
  ['CCITT Group 3', { ...fax, compression: 3 }],
  ['CCITT Group 4', { ...fax, compression: 4 }],
  ['NeXT', { ...fax, compression: 32766, bitsPerSample: 2 }],
  ['ThunderScan', { ...fax, compression: 32809, bitsPerSample: 4 }],
  ['LogLuv', { ...fax, compression: 34676, photometric: 32845 }],
  ['LogLuv of 24 bits', { ...fax, compression: 34677, photometric: 32845 }],
] as const;
for (const [name, tiff] of rareCases) {
  describeImageDecoder({ name, load: imageDecoder('tiff-rare'), intact: texts }, { maxPixels: 37 * 29, tiff });
}

describe('the default registry', () => {
  test('loads every decoder and encoder that it lists', async () => {
    const codecs = defaultCodecs();
    for (const id of codecs.decoderIds) expect((await codecs.decoder(id)).decode).toBeTypeOf('function');
    expect((await codecs.encoder('jpg-optimized')).encode).toBeTypeOf('function');
    for (const format of codecs.outputFormats) expect((await codecs.encoder(format)).encode).toBeTypeOf('function');
  });

  test('answers without a promise once a codec is loaded', async () => {
    const codecs = defaultCodecs();
    expect(codecs.decoder('webp')).toBeInstanceOf(Promise);
    const loaded = await codecs.decoder('webp');
    expect(codecs.decoder('webp')).toBe(loaded);
  });
});
