import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isImageError } from '../errors.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { type ByteReads, readFromMemory } from './byte-reads.ts';
import { type Codestream, openCodestream, type WindowRequest } from './codestream.ts';
import { openJp2 } from './jp2-file.ts';

function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../../../../test/fixtures/jpeg2000/${name}.j2k`, import.meta.url)));
}

function open(bytes: Uint8Array): { codestream: Codestream; request: WindowRequest } {
  const { codestream, color } = readFromMemory(openJp2(bytes.length, DEFAULT_LIMITS), bytes);
  const rect = { x: 0, y: 0, ...codestream.size(0) };
  return { codestream, request: { discard: 0, rect, color: color.color, cacheKey: undefined } };
}

/** Runs a parser and tells how often it asked for bytes, and for how many. */
function measure(reads: ByteReads<unknown>, bytes: Uint8Array): { rounds: number; byteLength: number } {
  let rounds = 0;
  let byteLength = 0;
  let step = reads.next();
  while (!step.done) {
    rounds++;
    byteLength += step.value.reduce((sum, range) => sum + range.byteLength, 0);
    step = reads.next(step.value.map((range) => bytes.subarray(range.byteOffset, range.byteOffset + range.byteLength)));
  }
  return { rounds, byteLength };
}

describe('Codestream.prepare', () => {
  it('with TLM and PLT reads the header of each tile and nothing else', () => {
    const bytes = fixture('plt-tlm');
    const { codestream, request } = open(bytes);
    expect(measure(codestream.prepare(request), bytes).rounds).toBe(4);
  });

  it('indexes a tile once', () => {
    const bytes = fixture('lrcp-layers');
    const { codestream, request } = open(bytes);
    expect(measure(codestream.prepare(request), bytes).rounds).toBeGreaterThan(0);
    expect(measure(codestream.prepare(request), bytes).rounds).toBe(0);
  });

  it('goes on after it was given up while it waited for bytes', () => {
    const bytes = fixture('lrcp-layers');
    const { codestream, request } = open(bytes);
    for (let steps = 1; steps < 4; steps++) {
      const abandoned = codestream.prepare(request);
      let step = abandoned.next();
      for (let i = 1; i < steps && !step.done; i++) {
        const ranges = step.value;
        step = abandoned.next(ranges.map((r) => bytes.subarray(r.byteOffset, r.byteOffset + r.byteLength)));
      }
    }
    const other = open(bytes);
    const expected = readFromMemory(
      other.codestream.locate(request, readFromMemory(other.codestream.prepare(request), bytes)),
      bytes,
    );
    const actual = readFromMemory(
      codestream.locate(request, readFromMemory(codestream.prepare(request), bytes)),
      bytes,
    );
    expect(actual).toEqual(expected);
  });

  it('reads no packets of higher resolutions where the order lets it', () => {
    const bytes = fixture('rpcl-layers');
    const { codestream, request } = open(bytes);
    const low = { ...request, discard: 3, rect: { x: 0, y: 0, width: 6, height: 5 } };
    const prepared = readFromMemory(codestream.prepare(low), bytes);
    const headers = measure(codestream.locate(low, prepared), bytes);
    const { byteLength } = readFromMemory(codestream.locate(low, prepared), bytes);
    expect(headers.byteLength + byteLength).toBeLessThan(bytes.length / 4);
  });
});

describe('openCodestream', () => {
  const bytes = fixture('style-reset');
  const afterSiz = 2 + 2 + 38 + 3;
  const withSegment = (...segment: readonly number[]): Uint8Array =>
    Uint8Array.from([...bytes.subarray(0, afterSiz), ...segment, ...bytes.subarray(afterSiz)]);
  const openBytes = (data: Uint8Array): Codestream =>
    readFromMemory(openCodestream(0, data.length, DEFAULT_LIMITS), data);

  it.each([
    [0x80, 'malformed'],
    [0xc1, 'unsupported'],
    [0xc4, 'unsupported'],
  ])('refuses code-block style %i as %s', (style, kind) => {
    // QCD ends COD: the style is its last byte but one, as there are no precincts.
    const at = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0x5c) - 2;
    const data = bytes.slice();
    expect(data[at]).toBe(2);
    data[at] = style;
    expect(() => openBytes(data)).toThrowError(expect.toSatisfy((error) => isImageError(error, kind as 'malformed')));
  });

  it('steps over marker segments that it does not know', () => {
    expect(openBytes(withSegment(0xff, 0x77, 0, 4, 1, 2)).levels).toBe(2);
  });

  it.each([
    ['no SIZ', bytes.subarray(2)],
    ['an end inside SIZ', bytes.subarray(0, 20)],
    ['no tile-part', bytes.subarray(0, 60)],
    ['a segment of no length', withSegment(0xff, 0x77, 0, 0)],
    ['a component that is not there', withSegment(0xff, 0x5e, 0, 5, 7, 0, 3)],
  ])('calls %s malformed', (_, data) => {
    expect(() => openBytes(data)).toThrowError(expect.toSatisfy((error) => isImageError(error, 'malformed')));
  });

  it('refuses more pixels than the limit', () => {
    const limits = { ...DEFAULT_LIMITS, maxImagePixels: 1000 };
    expect(() => readFromMemory(openCodestream(0, bytes.length, limits), bytes)).toThrowError(/limit/);
  });
});
