import { deflateSync } from 'node:zlib';
import { isImageError } from '@sectile/core/errors';
import type { AssembleTask } from '@sectile/core/pyramid';
import { inlineRenderWorker, type PixelsPlan } from '@sectile/core/render';
import { afterAll, describe, expect, test } from 'vitest';
import { createEngine } from '../engine.ts';
import { pooledRenderWorker } from './pooled-render-worker.ts';

const width = 64;
const height = 48;
const bands = 3;
const window = { x: 0, y: 0, width, height };
// A view in the middle of something larger, as a block cache hands out.
const block = Uint8Array.from({ length: width * height * bands + 64 }, (_, i) => (i * 31) >> 3);
const bytes = block.subarray(32, 32 + width * height * bands);
const ref = { page: 0, level: 0, col: 0, row: 0 };

function taskOf(codec: 'none' | 'webp' | 'deflate', part: Uint8Array): AssembleTask {
  const layout = {
    dtype: 'uint8',
    bitsPerSample: 8,
    sampleFormat: 'uint',
    littleEndian: true,
    predictor: 1,
    reverseBits: false,
    storedBands: bands,
    convert: { kind: 'keep' },
  } as const;
  const segment = { width, height, bands, dtype: 'uint8' as const, parts: [{ codec, bytes: part }], layout };
  return {
    window,
    shrink: 1,
    bands,
    dtype: 'uint8',
    tileWidth: width,
    tileHeight: height,
    segments: [{ ref, segment }],
  };
}

const task = taskOf('none', bytes);
const read = () => task.segments.map(({ segment }) => segment);
const plan: PixelsPlan = {
  kind: 'pixels',
  page: 0,
  level: 0,
  segments: [ref],
  tileWidth: width,
  tileHeight: height,
  window,
  shrink: 1,
  bands,
  dtype: 'uint8',
  stages: [],
  finish: [],
  output: { format: 'webp', options: { quality: -1 }, size: { width, height } },
  cost: { pixels: width * height, segments: 1, workingBytes: 0 },
};

describe('rendering on real threads', () => {
  const pooled = pooledRenderWorker({ size: 1 });
  afterAll(() => pooled.close());

  test('gives what rendering inline gives, with a WebAssembly module from the owner', async () => {
    const inline = inlineRenderWorker(await createEngine());
    const expected = await inline.render({ plan, read });
    expect(await pooled.render({ plan, read })).toEqual(expected);
  });

  test('decodes what windows share once, whatever thread comes first', async () => {
    const two = pooledRenderWorker({ size: 2 });
    const refs = [0, 1].map((col) => ({ ...ref, col }));
    const bordered: PixelsPlan = {
      ...plan,
      segments: refs,
      window: { x: 0, y: 0, width: width + 1, height },
      stages: [
        { kind: 'normalize', ranges: [0, 1, 2].map(() => ({ minimum: 0, maximum: 255 })) },
        { kind: 'convolution', side: 3, weights: [0, 1, 0, 1, 1, 1, 0, 1, 0], divisor: 5 },
        { kind: 'quantize', bits: 8 },
      ],
      resample: { source: window, size: { width, height }, kernel: 'nearest', premultiply: false },
    };
    const readAs = (part: Uint8Array) => () => refs.map(() => taskOf('deflate', part).segments[0]?.segment);
    const keepAs = { image: 1, border: 1 };
    const expected = await two.render({ plan: bordered, read: readAs(Uint8Array.from(deflateSync(bytes))), keepAs });
    // Broken data would do, and be an error, if they were decoded.
    const again = { plan: bordered, read: readAs(Uint8Array.of(1, 2, 3)), keepAs };
    const answers = await Promise.all([1, 2, 3, 4].map(() => two.render(again)));
    for (const answer of answers) expect(answer).toEqual(expected);
    const failure = await two.render({ ...again, keepAs: { image: 2, border: 1 } }).catch((error: unknown) => error);
    expect(isImageError(failure, 'codec')).toBe(true);
    await two.close();
  });

  test('leaves the bytes of the segments to their owner', async () => {
    const pixels = await pooled.assemble(task);
    expect(pixels.data).toEqual(bytes);
    expect(block.byteLength).toBe(width * height * bands + 64);
  });

  test('an error keeps its kind and the thread goes on', async () => {
    const failure = await pooled.assemble(taskOf('webp', bytes)).catch((error: unknown) => error);
    expect(isImageError(failure, 'malformed')).toBe(true);
    expect((await pooled.assemble(task)).data).toEqual(bytes);
  });
});
