import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withLongHeaders } from '../../../../test/fixtures/jpeg2000/long-headers.ts';
import { manyResolutions } from '../../../../test/fixtures/jpeg2000/many-resolutions.ts';
import { isImageError } from '../errors.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { type ByteReads, readFromMemory } from './byte-reads.ts';
import { type Codestream, openCodestream } from './codestream.ts';
import { openJp2 } from './jp2-file.ts';
import type { PacketIndex } from './packet-index.ts';
import { readBlocks, type WindowRequest } from './window-locator.ts';

function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../../../../test/fixtures/jpeg2000/${name}.j2k`, import.meta.url)));
}

function open(bytes: Uint8Array): { codestream: Codestream; request: WindowRequest } {
  const { codestream, color } = readFromMemory(openJp2(bytes.length, DEFAULT_LIMITS), bytes);
  const rect = { x: 0, y: 0, ...codestream.size(0) };
  return { codestream, request: { discard: 0, rect, color: color.color, cacheKey: undefined } };
}

/** The same codestream with the contents of its PLT marker segments in one PLM, and without TLM. */
function lengthsInMainHeader(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const main: number[] = [0xff, 0x4f];
  let at = 2;
  for (; view.getUint16(at) !== 0xff90; at += 2 + view.getUint16(at + 2)) {
    if (view.getUint16(at) !== 0xff55) main.push(...bytes.subarray(at, at + 2 + view.getUint16(at + 2)));
  }
  const lengths: number[] = [];
  const parts: number[] = [];
  while (view.getUint16(at) === 0xff90) {
    const end = at + view.getUint32(at + 6);
    const part = [...bytes.subarray(at, at + 12)];
    let segment = at + 12;
    for (; view.getUint16(segment) !== 0xff93; segment += 2 + view.getUint16(segment + 2)) {
      // Lplt, Zplt, and the lengths.
      const contents = bytes.subarray(segment + 5, segment + 2 + view.getUint16(segment + 2));
      lengths.push(contents.length, ...contents);
    }
    part.push(...bytes.subarray(segment, end));
    part.splice(6, 4, 0, 0, part.length >> 8, part.length & 255);
    parts.push(...part);
    at = end;
  }
  const plm = [0xff, 0x57, (lengths.length + 3) >> 8, (lengths.length + 3) & 255, 0, ...lengths];
  return Uint8Array.from([...main, ...plm, ...parts, 0xff, 0xd9]);
}

/** Indexes the tiles of a window. */
function indexTiles(codestream: Codestream, request: WindowRequest): ByteReads<ReadonlyMap<number, PacketIndex>> {
  const { tiles } = codestream.locator(request);
  return codestream.index(new Map(tiles.map((tile) => [tile, request.discard])));
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

describe('Codestream.index', () => {
  it('with TLM reads small tiles as a whole, all at once, and then nothing more', () => {
    const bytes = fixture('plt-tlm');
    const { codestream, request } = open(bytes);
    const { rounds, byteLength } = measure(indexTiles(codestream, request), bytes);
    expect(rounds).toBe(1);
    expect(byteLength).toBeLessThan(bytes.length);
    expect([0, 1, 2, 3].map((tile) => codestream.indexOf(tile, request.discard))).not.toContain(undefined);
    expect(measure(codestream.locate(request), bytes).rounds).toBe(0);
    const located = readFromMemory(codestream.locate(request), bytes);
    expect(measure(readBlocks(located), bytes).rounds).toBe(0);
    const { ranges } = located;
    const stored = Array.from({ length: ranges.length / 2 }, (_, i) => [
      ...bytes.subarray(ranges[2 * i]!, ranges[2 * i]! + ranges[2 * i + 1]!),
    ]).flat();
    expect([...readFromMemory(readBlocks(located), new Uint8Array(0))]).toEqual(stored);
  });

  it('with TLM and PLT reads the header of each large tile and no packets', () => {
    const bytes = withLongHeaders(fixture('plt-tlm'));
    const { codestream, request } = open(bytes);
    const { byteLength } = measure(indexTiles(codestream, request), bytes);
    expect(byteLength).toBeGreaterThan(0);
    expect(byteLength).toBeLessThan(4 * 2 ** 13);
    expect(codestream.indexOf(3, request.discard)!.place(0, 0)).toMatchObject({ headers: undefined });
  });

  it('takes packet lengths from PLM as from PLT', () => {
    const bytes = fixture('plt-tlm');
    const moved = lengthsInMainHeader(bytes);
    const { codestream, request } = open(moved);
    // The walk from tile-part to tile-part, which TLM had spared, and four headers: no packets.
    expect(measure(indexTiles(codestream, request), moved).byteLength).toBeLessThan(moved.length + 4 * 1024);
    const other = open(bytes);
    for (const tile of [0, 1, 2, 3]) {
      const [own, original] = [
        [codestream, request, moved] as const,
        [other.codestream, other.request, bytes] as const,
      ].map(([from, wanted, data]) => readFromMemory(indexTiles(from, wanted), data).get(tile)!);
      const shift = original!.header.data[0]!.offset - own!.header.data[0]!.offset;
      expect(own!.header.data[0]!.packetLengths).toEqual(original!.header.data[0]!.packetLengths);
      for (let precinct = 0; precinct < own!.packetCount; precinct++) {
        expect(own!.place(precinct, 0)!.offset + shift).toBe(original!.place(precinct, 0)!.offset);
      }
    }
    const damaged = moved.slice();
    damaged.set([0x7f, 0x7f, 0x7f], damaged.findIndex((byte, i) => byte === 0xff && damaged[i + 1] === 0x57) + 6);
    const scanned = open(damaged);
    const index = readFromMemory(indexTiles(scanned.codestream, request), damaged).get(0)!;
    const right = readFromMemory(indexTiles(codestream, request), moved).get(0)!;
    // Lengths that do not add up are not believed: the packets are found by their headers.
    const { offset, end } = right.place(3, 0)!;
    expect(index.place(3, 0)).toMatchObject({ offset, end });
  });

  it('indexes a tile once', () => {
    const bytes = fixture('lrcp-layers');
    const { codestream, request } = open(bytes);
    expect(measure(indexTiles(codestream, request), bytes).rounds).toBeGreaterThan(0);
    expect(measure(indexTiles(codestream, request), bytes).rounds).toBe(0);
  });

  it('goes on after it was given up while it waited for bytes', () => {
    const bytes = fixture('lrcp-layers');
    const { codestream, request } = open(bytes);
    for (let steps = 1; steps < 4; steps++) {
      const abandoned = indexTiles(codestream, request);
      let step = abandoned.next();
      for (let i = 1; i < steps && !step.done; i++) {
        const ranges = step.value;
        step = abandoned.next(ranges.map((r) => bytes.subarray(r.byteOffset, r.byteOffset + r.byteLength)));
      }
    }
    const other = open(bytes);
    const expected = readFromMemory(other.codestream.locate(request), bytes);
    const actual = readFromMemory(codestream.locate(request), bytes);
    expect(actual).toEqual(expected);
  });

  it('reads no packets of higher resolutions where the order lets it', () => {
    const bytes = fixture('rpcl-layers');
    const { codestream, request } = open(bytes);
    const low = { ...request, discard: 3, rect: { x: 0, y: 0, width: 6, height: 5 } };
    readFromMemory(indexTiles(codestream, low), bytes);
    const headers = measure(codestream.locate(low), bytes);
    const { byteLength } = readFromMemory(codestream.locate(low), bytes);
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

describe('Codestream limits', () => {
  it('refuses more resolutions than memory holds', () => {
    const few = manyResolutions(4);
    const opened = open(few);
    expect(readFromMemory(indexTiles(opened.codestream, opened.request), few).size).toBe(16);
    const many = manyResolutions(115);
    const { codestream, request } = open(many);
    expect(() => readFromMemory(codestream.locate(request), many)).toThrow(
      expect.objectContaining({ kind: 'limit', message: expect.stringContaining('resolutions') }),
    );
  });

  it.each([
    [32, undefined],
    [33, 'limit'],
  ])('with %i changes of the progression order: %s', (count, kind) => {
    const bytes = fixture('plt-tlm');
    // RSpoc, CSpoc, LYEpoc, REpoc, CEpoc and Ppoc: all of the tile each time.
    const changes = Array.from({ length: count }, () => [0, 0, 0, 1, 33, 255, 0]).flat();
    const size = (bytes[4]! << 8) | bytes[5]!;
    const poc = [0xff, 0x5f, (changes.length + 2) >> 8, (changes.length + 2) & 255, ...changes];
    const at = 4 + size;
    const damaged = Uint8Array.from([...bytes.subarray(0, at), ...poc, ...bytes.subarray(at)]);
    let found: unknown;
    try {
      readFromMemory(openJp2(damaged.length, DEFAULT_LIMITS), damaged);
    } catch (error) {
      found = isImageError(error) ? error.kind : error;
    }
    expect(found).toBe(kind);
  });
});
