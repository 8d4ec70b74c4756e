import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createJpeg2000Decoder } from '../../packages/codecs/src/jpeg2000/decode.ts';
import { isImageError } from '../../packages/core/src/errors.ts';
import { DEFAULT_LIMITS } from '../../packages/core/src/limits.ts';
import { decodeSegment, openJpeg2000Reader } from '../../packages/core/src/pyramid.ts';
import { memorySource, withStats } from '../../packages/core/src/source.ts';
import { corpusFiles, corpusPath } from '../conformance/corpus.ts';
import { JPEG2000_WASM } from '../conformance/jpeg2000-planes.ts';
import { manyResolutions } from '../fixtures/jpeg2000/many-resolutions.ts';
import { manyTiles } from '../fixtures/jpeg2000/many-tiles.ts';

/**
 * Damaged files end in a picture or in a typed error. A sample runs always; `SECTILE_FUZZ=1` runs every file of the corpus
 * with 50 truncations and 200 flipped bytes each.
 */
const FULL = process.env['SECTILE_FUZZ'] !== undefined;
const TRUNCATIONS = FULL ? 50 : 6;
const FLIPS = FULL ? 200 : 24;
/** Beyond what the tests had before: a picture of 2^22 pixels that takes 12 bytes a sample, and the kernel's memory. */
const MAX_MEMORY = 2 ** 29;
/** For opening the file and decoding three pictures of it. */
const MAX_MILLISECONDS = 2000;

const folder = new URL('../fixtures/jpeg2000/', import.meta.url);
const fixtures = readdirSync(folder)
  .filter((name) => name.endsWith('.j2k'))
  .map((name) => [name, new URL(name, folder)] as const);
const corpus = corpusFiles('.jp2', '.j2k', '.j2c').map((name) => [name, corpusPath(name)] as const);
const decoder = createJpeg2000Decoder(JPEG2000_WASM);
const codecs = { outputFormats: [], decoderIds: ['jpeg2000' as const], decoder: () => decoder, encoder: refuse };

function refuse(): never {
  throw new Error('Nothing is encoded here');
}

/** `picture`, or the kind of the error; anything else is thrown. */
async function outcomeOf(bytes: Uint8Array): Promise<string> {
  const limits = { ...DEFAULT_LIMITS, maxImagePixels: 2 ** 24 };
  try {
    const reader = await openJpeg2000Reader(memorySource(bytes), { limits });
    const { levels } = reader.info;
    for (const level of new Set([0, levels.length - 1])) {
      const [segment] = await reader.readSegments([{ page: 0, level, col: 0, row: 0 }]);
      await decodeSegment(segment!, codecs, limits);
    }
    decoder.decode(bytes, { maxPixels: 2 ** 22 });
    return 'picture';
  } catch (error) {
    if (!isImageError(error)) throw error;
    return error.kind;
  }
}

/** The same pseudo-random numbers on every run. */
function sequence(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

interface Worst {
  milliseconds: number;
  what: string;
}

/** Milliseconds on the wall and of this process's processor time. */
function now(): { wall: number; cpu: number } {
  const { user, system } = process.cpuUsage();
  return { wall: performance.now(), cpu: (user + system) / 1000 };
}

/**
 * Both the wall and the processor say too much: the one where other processes are busy, the other where other threads of this
 * one are. So the smaller of both counts, and what still is too slow runs again.
 */
async function expectTamed(bytes: Uint8Array, what: string, worst: Worst): Promise<void> {
  let milliseconds = Infinity;
  let outcome = '';
  for (let run = 0; run < 3 && milliseconds > MAX_MILLISECONDS; run++) {
    const begin = now();
    outcome = await outcomeOf(bytes);
    const end = now();
    milliseconds = Math.min(milliseconds, end.wall - begin.wall, end.cpu - begin.cpu);
  }
  expect(['picture', 'malformed', 'codec', 'unsupported', 'limit'], what).toContain(outcome);
  // All of the above happens without a turn of the event loop, which the test runner needs from time to time.
  await new Promise(setImmediate);
  if (milliseconds > worst.milliseconds) Object.assign(worst, { milliseconds, what: `${what}: ${outcome}` });
}

describe('damaged JPEG 2000 files', () => {
  it.each(FULL ? [...fixtures, ...corpus] : fixtures)(
    '%s',
    async (name, path) => {
      const whole = new Uint8Array(readFileSync(path));
      const random = sequence(whole.length);
      const worst: Worst = { milliseconds: 0, what: '' };
      for (let i = 0; i < TRUNCATIONS; i++) {
        const length = Math.floor((whole.length * (i + random(1000) / 1000)) / TRUNCATIONS);
        await expectTamed(whole.subarray(0, length), `${name} cut to ${length} bytes`, worst);
      }
      for (let i = 0; i < FLIPS; i++) {
        const damaged = whole.slice();
        // Half of the damage hits headers, where it does most.
        const at = random(i % 2 === 0 ? Math.min(400, whole.length) : whole.length);
        damaged[at] = random(256);
        await expectTamed(damaged, `${name} with byte ${at} set to ${damaged[at]}`, worst);
      }
      const memory = process.memoryUsage();
      if (FULL) {
        const [rss, buffers] = [process.resourceUsage().maxRSS / 1024, memory.arrayBuffers / 2 ** 20];
        console.log(
          `${worst.milliseconds.toFixed(0)} ms at worst (${worst.what}), ${buffers.toFixed(0)} MiB of buffers, process at most ${rss.toFixed(0)} MiB`,
        );
      }
      expect(worst.milliseconds, worst.what).toBeLessThan(MAX_MILLISECONDS);
      expect(memory.arrayBuffers).toBeLessThan(MAX_MEMORY);
    },
    FULL ? 1_800_000 : 30_000,
  );
});

describe('geometry that costs more than it shows', () => {
  it('6400 tiles of one pixel in 99 resolutions are read within the time for any file', async () => {
    const side = 80;
    const bytes = manyResolutions(side);
    let milliseconds = Infinity;
    for (let run = 0; run < 3 && milliseconds > MAX_MILLISECONDS; run++) {
      const begin = now();
      const reader = await openJpeg2000Reader(memorySource(bytes));
      const [segment] = await reader.readSegments([{ page: 0, level: 0, col: 0, row: 0 }]);
      const end = now();
      milliseconds = Math.min(milliseconds, end.wall - begin.wall, end.cpu - begin.cpu);
      expect(segment).toMatchObject({ width: side, height: side, bands: 3 });
      // No code-blocks: all samples in the middle of their range.
      const pixels = await decodeSegment(segment!, codecs, DEFAULT_LIMITS);
      expect(new Set(pixels.data)).toEqual(new Set([128]));
    }
    expect(milliseconds).toBeLessThan(MAX_MILLISECONDS);
  });

  it('the windows of a picture of 65025 tiles are small, and few reads find them', async () => {
    const side = 255;
    const tileSide = 16;
    const source = withStats(memorySource(manyTiles({ side, tileSide, resolutions: 6 })));
    const reader = await openJpeg2000Reader(source);
    const { levels } = reader.info;
    const smallest = levels.length - 1;
    const [thumbnail] = await reader.readSegments([{ page: 0, level: smallest, col: 0, row: 0 }]);
    expect(thumbnail).toMatchObject({ width: Math.ceil((side * tileSide) / 2 ** smallest) });
    // Each byte of the file once to find the tiles, and once to index them, many at a time.
    expect(source.stats.reads).toBeLessThan(100);
    expect(source.stats.bytes).toBeLessThan(3 * source.byteLength);
    const { reads } = source.stats;
    const refs = Array.from({ length: 16 }, (_, col) => ({ page: 0, level: 0, col, row: 3 }));
    const segments = await reader.readSegments(refs);
    expect(source.stats.reads).toBe(reads);
    for (const segment of segments) {
      const { tiles, blocks, blockIds, segments: codewords, codings } = segment!.jpeg2000!;
      const byteLength = [tiles, blocks, blockIds, codewords].reduce((sum, array) => sum + array.byteLength, 0);
      // 6 resolutions of 3 components in each of up to 256 tiles.
      expect(byteLength).toBeLessThan(1024 * 256);
      expect(codings).toHaveLength(3);
    }
    const pixels = await decodeSegment(segments[15]!, codecs, DEFAULT_LIMITS);
    expect([pixels.width, new Set(pixels.data)]).toEqual([side * tileSide - 15 * 256, new Set([128])]);
  });
});
