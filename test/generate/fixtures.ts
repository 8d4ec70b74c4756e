/**
 * Writes the files of `test/fixtures/fixtures.ts`.
 * Run with `npx tsx --conditions=@sectile/source test/generate/fixtures.ts`.
 */
import { writeFileSync } from 'node:fs';
import { createEngine } from '@sectile/codecs';
import type { PixelBuffer } from '@sectile/core/pixels';
import { createPyramidSink, createTiffWriter, memorySink } from '@sectile/core/tiff';
import { drawing } from '../fixtures/drawing.ts';
import { FIXTURES, type FixtureName } from '../fixtures/fixtures.ts';
import { stackFile, stripFile, tiledFile } from '../fixtures/picture-file.ts';
import { halves } from '../reference/synthetic-reader.ts';

const TILE = { width: 64, height: 64 };

function drawn(name: FixtureName, ...kind: [bands?: number, dtype?: PixelBuffer['dtype']]): PixelBuffer {
  const { width, height } = FIXTURES[name];
  return drawing(width, height, ...kind);
}

async function jpegPyramid(picture: PixelBuffer): Promise<Uint8Array> {
  const { codecs, kernels } = await createEngine();
  const jpeg = await codecs.encoder('jpg');
  const sink = memorySink();
  const writer = createTiffWriter(sink, { big: false });
  const { width, height } = picture;
  const pyramid = createPyramidSink(
    writer,
    {
      ...{ width, height, bands: 3, dtype: 'uint8', tileSize: TILE.width, compression: 7, photometric: 6 },
      encodeTile: (tile) => jpeg.encode(tile, { quality: 80 }),
      fields: [{ tag: 530, type: 'short', values: [2, 2] }],
    },
    kernels,
  );
  pyramid.push(picture);
  pyramid.finish();
  writer.finish();
  return sink.bytes();
}

function stackPages(): Parameters<typeof stackFile>[0] {
  const bands = drawn('stack.tif', 3);
  const page = (band: number): PixelBuffer => ({
    ...bands,
    bands: 1,
    data: bands.data.filter((_, i) => i % 3 === band),
  });
  return [
    { name: '400 nm', pixels: page(0) },
    { name: '500 nm', scale: 0.5, pixels: page(1) },
    { name: '', pixels: page(2) },
  ];
}

const files: Readonly<Record<FixtureName, Uint8Array>> = {
  'small-pyramid.tif': await jpegPyramid(drawn('small-pyramid.tif')),
  'odd-pyramid.tif': tiledFile(halves(drawn('odd-pyramid.tif'), 'floor', 64), TILE),
  'flat-strips.tif': stripFile(drawn('flat-strips.tif'), 16),
  'gray-16.tif': tiledFile([drawn('gray-16.tif', 1, 'uint16')], TILE),
  'rgba.tif': tiledFile([drawn('rgba.tif', 4)], TILE),
  'stack.tif': stackFile(stackPages(), TILE),
};

for (const [name, bytes] of Object.entries(files)) {
  writeFileSync(new URL(`../fixtures/${name}`, import.meta.url), bytes);
  console.log(`${name.padEnd(20)} ${bytes.length}`);
}
