import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isImageError } from '../../packages/core/src/errors.ts';
import { readBlocks, readFromMemory } from '../../packages/core/src/jpeg2000.ts';
import { type BlockLayer, type OneBlock, oneBlockCodestream } from '../fixtures/jpeg2000/one-block-codestream.ts';
import { encodeHt, type HtBlock, type HtPasses } from '../reference/ht-encoder.ts';
import { decodeComponents, openFile } from './jpeg2000-planes.ts';
import { largestDifference } from './jpeg2000-truth.ts';
import { decodeWithOpenJph } from './openjph.ts';

const HT = 64;
const MIXED = 128;
const CAUSAL = 8;
/** Bit-planes of the code-blocks below: signed samples of 12 bits. */
const PLANES = 12;

/** Coefficients up to 2^bits, `density` of 16 of them not 0, those of neighbors alike. */
function drawBlock(width: number, height: number, bits: number, density: number): HtBlock {
  let state = width * 31 + height * 7 + bits;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const coefficients = Int32Array.from({ length: width * height }, (_, i) => {
    const size = 1 + random(bits) * Number((((i % width) >> 3) + (Math.floor(i / width) >> 3)) % 2);
    return random(16) < density ? (1 + random(2 ** size - 1)) * (random(2) ? 1 : -1) : 0;
  });
  return { width, height, coefficients };
}

const lengthBits = (value: number): number => 32 - Math.clz32(value);
const log2 = (value: number): number => 31 - Math.clz32(value);
const halved = (doubled: Int32Array): Int32Array => doubled.map((value) => Math.trunc(value / 2));

/** One packet with a whole set; `placeholders`: empty sets before it. */
function setLayer({ cleanup, refinement }: HtPasses, passes: number, placeholders = 0): BlockLayer {
  const covered = 3 * placeholders + 1;
  const width = Math.max(3, lengthBits(cleanup.length) - log2(covered), lengthBits(refinement.length));
  const lengths = [{ value: cleanup.length, bits: width + log2(covered) }];
  if (passes > 1) lengths.push({ value: refinement.length, bits: width + passes - 2 });
  const body = Uint8Array.from([...cleanup, ...refinement]);
  return { passes: covered + passes - 1, lengths, lengthBitsMore: width - 3, body };
}

function codestreamOf(
  block: HtBlock,
  zeroPlanes: number,
  layers: readonly BlockLayer[],
  more: Partial<OneBlock> = {},
): Uint8Array {
  const { width, height } = block;
  const shape = { bits: 12, guardBits: 1, exponent: PLANES, style: HT, ...more };
  return oneBlockCodestream({ width, height, zeroPlanes, layers, ...shape });
}

const samplesOf = (bytes: Uint8Array, layers?: number): Int32Array =>
  decodeComponents(bytes, { ...(layers ? { layers } : {}) })[0]!.samples;

const SIZES = [
  [64, 64],
  [33, 21],
  [5, 7],
  [1, 1],
  [1024, 4],
  [4, 1024],
  [3, 900],
] as const;

describe('a high-throughput code-block', () => {
  const cases = SIZES.flatMap(([width, height]) => [1, 4, 12, 16].map((density) => [width, height, density] as const));

  it.each(cases)('of %i x %i, %i of 16 significant: its cleanup pass', (width, height, density) => {
    for (const plane of [0, 3]) {
      const block = drawBlock(width, height, 10, density);
      const passes = encodeHt(block, plane);
      const bytes = codestreamOf(block, PLANES - 1 - plane, [setLayer(passes, 1)]);
      expect(largestDifference(samplesOf(bytes), halved(passes.doubled))).toBe(0);
      if (plane === 0) expect(largestDifference(samplesOf(bytes), block.coefficients)).toBe(0);
      expect(largestDifference(decodeWithOpenJph(bytes)[0]!.samples, samplesOf(bytes))).toBe(0);
    }
  });

  const refined = cases.flatMap((shape) =>
    ([2, 3] as const).flatMap((passes) => [false, true].map((causal) => [...shape, passes, causal] as const)),
  );
  it.each(refined)(
    'of %i x %i, %i of 16 significant: %i passes, stripes apart %s',
    (width, height, density, passes, causal) => {
      const block = drawBlock(width, height, 10, density);
      const set = encodeHt(block, 2, passes, causal);
      const layers = [setLayer(set, set.refinement.length > 0 ? passes : 1)];
      const bytes = codestreamOf(block, PLANES - 3, layers, { style: HT | (causal ? CAUSAL : 0) });
      // A pass without a byte is left out, by any encoder.
      const expected = set.refinement.length > 0 ? set : encodeHt(block, 2);
      expect(largestDifference(samplesOf(bytes), halved(expected.doubled))).toBe(0);
      expect(largestDifference(decodeWithOpenJph(bytes)[0]!.samples, samplesOf(bytes))).toBe(0);
    },
  );

  it.each([24, 25, 26, 29, 30])('of magnitudes with %i bits', (bits) => {
    const block = drawBlock(37, 30, bits, 14);
    const passes = encodeHt(block, 0);
    const shape = { bits: 31, guardBits: 2, exponent: bits - 1 };
    const bytes = codestreamOf(block, bits - 1, [setLayer(passes, 1)], shape);
    expect(largestDifference(samplesOf(bytes), block.coefficients)).toBe(0);
  });

  it('behind placeholder passes', () => {
    const block = drawBlock(40, 40, 10, 8);
    const set = encodeHt(block, 2, 3);
    const bytes = codestreamOf(block, PLANES - 3 - 4, [setLayer(set, 3, 4)]);
    expect(largestDifference(samplesOf(bytes), halved(set.doubled))).toBe(0);
    expect(largestDifference(decodeWithOpenJph(bytes)[0]!.samples, samplesOf(bytes))).toBe(0);
  });

  it('behind packets of nothing but placeholder passes', () => {
    const block = drawBlock(40, 40, 10, 8);
    const set = encodeHt(block, 2, 3);
    const nothing = new Uint8Array(0);
    const layers: BlockLayer[] = [
      // Passes 0 to 4; then 5; then up to the cleanup pass numbered 6, and two more.
      { passes: 5, lengths: [{ value: 0, bits: 3 + 2 }], lengthBitsMore: 0, body: nothing },
      { passes: 1, lengths: [{ value: 0, bits: 3 }], lengthBitsMore: 0, body: nothing },
      setLayer(set, 3),
    ];
    const bytes = codestreamOf(block, PLANES - 3 - 2, layers);
    expect(samplesOf(bytes, 2).every((sample) => sample === 0)).toBe(true);
    expect(largestDifference(samplesOf(bytes), halved(set.doubled))).toBe(0);
  });

  it('whose passes are spread over quality layers', () => {
    const block = drawBlock(48, 31, 10, 9);
    const set = encodeHt(block, 2, 3);
    const { cleanup, refinement, propagationBytes } = set;
    const chunk = (body: Uint8Array): BlockLayer => {
      const bits = Math.max(12, lengthBits(body.length));
      return { passes: 1, lengths: [{ value: body.length, bits }], lengthBitsMore: 0, body };
    };
    const first = { ...chunk(cleanup), lengthBitsMore: 12 - 3 };
    const layers = [
      first,
      chunk(refinement.subarray(0, propagationBytes)),
      chunk(refinement.subarray(propagationBytes)),
    ];
    const bytes = codestreamOf(block, PLANES - 3, layers);
    expect(largestDifference(samplesOf(bytes, 1), halved(encodeHt(block, 2).doubled))).toBe(0);
    expect(largestDifference(samplesOf(bytes, 2), halved(encodeHt(block, 2, 2).doubled))).toBe(0);
    expect(largestDifference(samplesOf(bytes, 3), halved(set.doubled))).toBe(0);
  });

  it('of several sets: the last one counts', () => {
    const block = drawBlock(48, 31, 10, 9);
    const coarse = encodeHt(block, 4, 3);
    const fine = encodeHt(block, 3, 2);
    const one = setLayer(coarse, 3);
    const two = setLayer(fine, 2);
    const start = one.lengthBitsMore + 3;
    const width = Math.max(start, two.lengthBitsMore + 3);
    const widened = {
      ...two,
      lengthBitsMore: width - start,
      lengths: two.lengths.map(({ value }) => ({ value, bits: width })),
    };
    const bytes = codestreamOf(block, PLANES - 5, [one, widened]);
    expect(largestDifference(samplesOf(bytes, 1), halved(coarse.doubled))).toBe(0);
    expect(largestDifference(samplesOf(bytes), halved(fine.doubled))).toBe(0);
  });

  it('among others of the ordinary kind', () => {
    const block = drawBlock(40, 40, 10, 8);
    const set = encodeHt(block, 2, 3);
    const layer = setLayer(set, 3);
    // One bit more than needed leaves the first bit 0.
    const lengths = layer.lengths.map(({ value, bits }) => ({ value, bits: bits + 1 }));
    const layers = [{ ...layer, lengths, lengthBitsMore: layer.lengthBitsMore + 1 }];
    const bytes = codestreamOf(block, PLANES - 3, layers, { style: HT | MIXED });
    expect(largestDifference(samplesOf(bytes), halved(set.doubled))).toBe(0);
  });

  it('beside which an ordinary one is told by its length', () => {
    // The only code-block of the lowest resolution of a file by OpenJPEG.
    const file = readFileSync(new URL('../fixtures/jpeg2000/ten-bit.j2k', import.meta.url));
    const [plane] = decodeComponents(file, { discard: 2 });
    const { codestream, color } = openFile(file);
    const rect = { x: 0, y: 0, ...codestream.size(2) };
    const request = { discard: 2, rect, color: color.color, cacheKey: undefined };
    const located = readFromMemory(codestream.locate(request), file);
    const { window } = located;
    const body = readFromMemory(readBlocks(located), file);
    const [, , width, height, planes] = window.blocks;
    const [byteLength, passes] = window.segments;
    expect([window.blockIds.length, window.segments.length, window.blocks[6]]).toEqual([1, 2, -1]);
    // No bit more than needed: the first one is 1.
    const bits = lengthBits(byteLength!);
    const layer = {
      passes: passes!,
      lengths: [{ value: byteLength!, bits }],
      lengthBitsMore: bits - log2(passes!) - 3,
      body,
    };
    const block = { width: width!, height: height!, coefficients: new Int32Array(0) };
    const bytes = codestreamOf(block, PLANES - planes!, [layer], { style: HT | MIXED });
    const centered = plane!.samples.map((sample) => sample - 512);
    expect(largestDifference(samplesOf(bytes), centered)).toBe(0);
  });

  it('that begins without a cleanup pass is malformed', () => {
    const block = drawBlock(8, 8, 4, 8);
    const layers: BlockLayer[] = [
      { passes: 1, lengths: [{ value: 0, bits: 3 }], lengthBitsMore: 0, body: new Uint8Array(0) },
      { passes: 2, lengths: [{ value: 5, bits: 4 }], lengthBitsMore: 0, body: new Uint8Array(5) },
    ];
    const bytes = codestreamOf(block, 3, layers);
    expect(() => samplesOf(bytes)).toThrowError(expect.toSatisfy((error) => isImageError(error, 'malformed')));
  });
});
