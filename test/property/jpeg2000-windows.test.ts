import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlockCache } from '../../packages/codecs/src/jpeg2000/block-cache.ts';
import { createJpeg2000Decoder } from '../../packages/codecs/src/jpeg2000/decode.ts';
import type { Rect } from '../../packages/core/src/geometry/rect.ts';
import { typescriptKernels } from '../../packages/core/src/kernels/typescript-kernels.ts';
import { DEFAULT_LIMITS } from '../../packages/core/src/limits.ts';
import { cropPixels } from '../../packages/core/src/pixels/blit.ts';
import { openJpeg2000Reader } from '../../packages/core/src/pyramid.ts';
import { inlineRenderWorker } from '../../packages/core/src/render/inline-worker.ts';
import { readWindow } from '../../packages/core/src/render/read-window.ts';
import { memorySource } from '../../packages/core/src/source.ts';
import { CORPUS, corpusPath } from '../conformance/corpus.ts';
import { decodeComponents, JPEG2000_WASM, openFile, type PlaneSamples } from '../conformance/jpeg2000-planes.ts';

const folder = new URL('../fixtures/jpeg2000/', import.meta.url);
const FIXTURES = readdirSync(folder).filter((name) => name.endsWith('.j2k'));
/** Small tiles at odd places, packed headers, wide margins, coarser components, several tile-parts. */
const CORPUS_FILES = ['p1_05.j2k', 'p0_06.j2k', 'p1_03.j2k', 'p0_08.j2k', 'a3_mono.j2c', 'g4_colr.j2c', 'file3.jp2'];

interface Subject {
  readonly bytes: Uint8Array;
  readonly file: ReturnType<typeof openFile>;
  readonly cache: BlockCache;
  readonly wholes: Map<number, PlaneSamples[]>;
}

const subjects = new Map<string, Subject>();

function subjectOf(path: URL | string): Subject {
  const known = subjects.get(`${path}`);
  if (known) return known;
  const bytes = readFileSync(path);
  const subject = { bytes, file: openFile(bytes), cache: new BlockCache(new ArrayBuffer(2 ** 20)), wholes: new Map() };
  subjects.set(`${path}`, subject);
  return subject;
}

function wholeOf({ bytes, file, wholes }: Subject, discard: number): PlaneSamples[] {
  const known = wholes.get(discard);
  if (known) return known;
  const whole = decodeComponents(bytes, { discard }, file);
  wholes.set(discard, whole);
  return whole;
}

/** The largest difference between a window's samples and the same ones of the whole picture. */
function differenceFromWhole(subject: Subject, discard: number, rect: Rect): number {
  const { bytes, file, cache } = subject;
  const planes = decodeComponents(bytes, { discard, rect, cache }, file);
  let largest = 0;
  planes.forEach((plane, component) => {
    const whole = wholeOf(subject, discard)[component]!;
    for (let y = 0; y < plane.height; y++) {
      for (let x = 0; x < plane.width; x++) {
        const there = (plane.y0 + y - whole.y0) * whole.width + (plane.x0 + x - whole.x0);
        largest = Math.max(largest, Math.abs(plane.samples[y * plane.width + x]! - whole.samples[there]!));
      }
    }
  });
  return largest;
}

const place = fc.record({
  discard: fc.nat({ max: 4 }),
  left: fc.double({ min: 0, max: 0.999, noNaN: true }),
  top: fc.double({ min: 0, max: 0.999, noNaN: true }),
  width: fc.integer({ min: 1, max: 70 }),
  height: fc.integer({ min: 1, max: 70 }),
});

function check(path: URL | string, numRuns: number): void {
  const subject = subjectOf(path);
  const { codestream } = subject.file;
  const exact = codestream.main.parameters.coding.every(({ reversible }) => reversible);
  fc.assert(
    fc.property(place, ({ discard, left, top, width, height }) => {
      const reduced = Math.min(discard, codestream.levels);
      const size = codestream.size(reduced);
      fc.pre(size.width > 0 && size.height > 0);
      const x = Math.floor(left * size.width);
      const y = Math.floor(top * size.height);
      const rect = { x, y, width: Math.min(width, size.width - x), height: Math.min(height, size.height - y) };
      expect(differenceFromWhole(subject, reduced, rect)).toBeLessThanOrEqual(exact ? 0 : 1);
    }),
    { numRuns },
  );
}

/** Level 0 in tiles smaller than the picture, as a gigapixel file has it. */
async function checkSegments(path: string, numRuns: number): Promise<void> {
  const bytes = new Uint8Array(readFileSync(path));
  const decoder = createJpeg2000Decoder(JPEG2000_WASM);
  const refuse = (): never => {
    throw new Error('Nothing is encoded here');
  };
  const codecs = { outputFormats: [], decoderIds: ['jpeg2000' as const], decoder: () => decoder, encoder: refuse };
  const worker = inlineRenderWorker({ codecs, kernels: typescriptKernels, limits: DEFAULT_LIMITS });
  const reader = await openJpeg2000Reader(memorySource(bytes));
  const { width, height, tileWidth } = reader.info.levels[0]!;
  expect(width).toBeGreaterThan(tileWidth);
  const whole = decoder.decode(bytes, { maxPixels: 2 ** 26 });
  await fc.assert(
    fc.asyncProperty(place, async (at) => {
      const [x, y] = [Math.floor(at.left * width), Math.floor(at.top * height)];
      const window = { x, y, width: Math.min(5 * at.width, width - x), height: Math.min(5 * at.height, height - y) };
      const pixels = await readWindow(reader, { page: 0, level: 0, window }, { worker, limits: DEFAULT_LIMITS });
      const expected = cropPixels(whole, window);
      expect([pixels.width, pixels.height]).toEqual([window.width, window.height]);
      let largest = 0;
      expected.data.forEach((sample, i) => {
        largest = Math.max(largest, Math.abs(sample - pixels.data[i]!));
      });
      expect(largest).toBeLessThanOrEqual(1);
    }),
    { numRuns },
  );
}

describe('a window of a JPEG 2000 picture equals that part of the whole', () => {
  it.each(FIXTURES)('%s', (name) => {
    check(new URL(name, folder), 40);
  });

  const files = CORPUS_FILES.filter((name) => existsSync(corpusPath(`openjpeg-conformance/${name}`)));
  it.skipIf(CORPUS === undefined).each(['file1.jp2', 'p1_04.j2k'])('put together of parts of segments: %s', (name) =>
    checkSegments(corpusPath(`openjpeg-conformance/${name}`), 12),
  );

  it.skipIf(CORPUS === undefined).each(files)('%s', (name) => {
    check(corpusPath(`openjpeg-conformance/${name}`), 25);
  });
});
