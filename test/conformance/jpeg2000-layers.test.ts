import { readFileSync } from 'node:fs';
import { createEngine } from '@sectile/codecs';
import { DEFAULT_LIMITS } from '@sectile/core';
import { tilesTouching } from '@sectile/core/geometry';
import { blit, createPixelBuffer, type PixelBuffer } from '@sectile/core/pixels';
import { decodeSegment, type ImageReader, openImage, withDerivedLevels } from '@sectile/core/pyramid';
import { type Engine, inlineRenderWorker } from '@sectile/core/render';
import { memorySource } from '@sectile/core/source';
import { beforeAll, describe, expect, test } from 'vitest';

/*
 * Levels that are made below the smallest of a JPEG 2000 file, asked for with few and with many quality layers (IIP `LYR`)
 * from one reader: each is the average of the stored level with those layers, which a reader of its own decodes.
 */
const BYTES = new Uint8Array(readFileSync(new URL('../fixtures/jpeg2000/lrcp-layers.j2k', import.meta.url)));

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});

const open = (): Promise<ImageReader> => openImage(memorySource(BYTES, { id: 'layers' }));

async function levelOf(reader: ImageReader, index: number, layers: number | undefined): Promise<PixelBuffer> {
  const level = reader.info.levels[index]!;
  const { lastCol, lastRow } = tilesTouching(level, { x: 0, y: 0, width: level.width, height: level.height });
  const whole = createPixelBuffer(level.width, level.height, reader.info.bands, reader.info.dtype);
  for (let row = 0; row <= lastRow; row++) {
    for (let col = 0; col <= lastCol; col++) {
      const [segment] = await reader.readSegments([{ page: 0, level: index, col, row, layers }]);
      const pixels = await decodeSegment(segment!, engine.codecs, DEFAULT_LIMITS);
      blit(pixels, whole, col * level.tileWidth, row * level.tileHeight);
    }
  }
  return whole;
}

/** Averages of two by two pixels, of those there are at the edges, rounded to nearest. */
function averaged({ width, height, bands, data }: PixelBuffer): number[] {
  const size = { width: Math.ceil(width / 2), height: Math.ceil(height / 2) };
  return Array.from({ length: size.width * size.height * bands }, (_, i) => {
    const [band, pixel] = [i % bands, Math.floor(i / bands)];
    const [x, y] = [2 * (pixel % size.width), 2 * Math.floor(pixel / size.width)];
    const values = [0, 1, 2, 3]
      .map((corner) => [x + (corner % 2), y + (corner >> 1)] as const)
      .filter(([column, row]) => column < width && row < height)
      .map(([column, row]) => data[(row * width + column) * bands + band]!);
    return Math.floor(values.reduce((sum, v) => sum + v, 0) / values.length + 0.5);
  });
}

describe('made levels of few quality layers and of many', () => {
  const ASKED = [1, undefined, 2, 3] as const;
  const expected = new Map<number | undefined, number[]>();

  beforeAll(async () => {
    for (const layers of ASKED) expected.set(layers, averaged(await levelOf(await open(), 3, layers)));
  });

  test('differ, so that one cannot pass for the other', () => {
    expect(expected.get(1)).not.toEqual(expected.get(2));
    expect(expected.get(2)).not.toEqual(expected.get(3));
    expect(expected.get(undefined)).toEqual(expected.get(3));
  });

  test.each([
    ['one after the other', false],
    ['at once', true],
  ])('are not mixed up when asked for %s, twice', async (_name, atOnce) => {
    const reader = withDerivedLevels(await open(), inlineRenderWorker(engine), { limits: DEFAULT_LIMITS, tileSize: 4 });
    expect(reader.info.levels.map(({ width, stored }) => [width, stored])).toEqual([
      [45, true],
      [23, true],
      [12, true],
      [6, true],
      [3, false],
    ]);
    const ask = async (layers: number | undefined): Promise<void> => {
      expect(Array.from((await levelOf(reader, 4, layers)).data), `${layers} layers`).toEqual(expected.get(layers));
    };
    if (atOnce) await Promise.all([...ASKED, ...ASKED].map(ask));
    else for (const layers of [...ASKED, ...ASKED]) await ask(layers);
  });
});
