import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withLongHeaders } from '../../../../test/fixtures/jpeg2000/long-headers.ts';
import { type RoundSource, roundSource } from '../../../../test/fixtures/round-source.ts';
import { isImageError } from '../errors.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { readFromMemory } from './byte-reads.ts';
import { openCodestream } from './codestream.ts';
import { SharedTiles } from './shared-tiles.ts';

/** Four tiles: a read for the way to each from the one before, and six for the header of each. */
const FOUR_TILES = withLongHeaders(
  new Uint8Array(readFileSync(new URL('../../../../test/fixtures/jpeg2000/plt-tlm.j2k', import.meta.url))),
);

const TABLE_ROUNDS = 4;
const HEADER_ROUNDS = 6;

function open(bytes: Uint8Array): { tiles: SharedTiles; source: RoundSource } {
  const source = roundSource(bytes);
  const codestream = readFromMemory(openCodestream(0, bytes.length, DEFAULT_LIMITS), bytes);
  return { tiles: new SharedTiles(codestream, source), source };
}

const wanted = (...tiles: number[]): Map<number, number> => new Map(tiles.map((tile) => [tile, 0]));

/** `work` and whatever it ends in, after as many rounds as it takes. */
async function outcome(source: RoundSource, work: Promise<ReadonlyMap<number, unknown>>): Promise<unknown> {
  const settled = work.then(
    (indexes) => [...indexes.keys()],
    (error: unknown) => error,
  );
  await source.roundsOf(settled);
  return settled;
}

describe('SharedTiles', () => {
  it('indexes tiles for different callers side by side', async () => {
    const alone = open(FOUR_TILES);
    const rounds = await alone.source.roundsOf(alone.tiles.index(wanted(3)));
    expect(rounds).toBe(TABLE_ROUNDS + HEADER_ROUNDS);
    const { tiles, source } = open(FOUR_TILES);
    const all = [0, 1, 2, 3].map((tile) => tiles.index(wanted(tile)));
    expect(await source.roundsOf(Promise.all(all))).toBe(rounds);
    expect(source.reads.length).toBe(TABLE_ROUNDS + 4 * HEADER_ROUNDS);
    expect(tiles.known(wanted(0, 1, 2, 3))?.size).toBe(4);
  });

  it('indexes a tile once, whoever asks for it and along with what', async () => {
    const { tiles, source } = open(FOUR_TILES);
    const all = Promise.all([tiles.index(wanted(0, 1)), tiles.index(wanted(1, 2)), tiles.index(wanted(2, 1, 0))]);
    await source.roundsOf(all);
    const [first, second, third] = await all;
    expect(new Set(source.reads.map(({ byteOffset }) => byteOffset)).size).toBe(source.reads.length);
    expect(third.get(0)).toBe(first.get(0));
    expect(third.get(2)).toBe(second.get(2));
    const { length } = source.reads;
    expect(await source.roundsOf(tiles.index(wanted(0, 1, 2)))).toBe(0);
    expect(source.reads.length).toBe(length);
  });

  it('goes on for those who stay when another leaves, without reading twice', async () => {
    const alone = open(FOUR_TILES);
    await alone.source.roundsOf(alone.tiles.index(wanted(0)));
    for (let rounds = 0; rounds < TABLE_ROUNDS + HEADER_ROUNDS; rounds++) {
      const { tiles, source } = open(FOUR_TILES);
      const leaving = new AbortController();
      const left = tiles.index(wanted(0), { signal: leaving.signal }).catch((error: unknown) => error);
      const staying = tiles.index(wanted(0), { signal: new AbortController().signal });
      for (let round = 0; round < rounds; round++) await source.answer();
      leaving.abort();
      expect(await left).toSatisfy((error) => isImageError(error, 'aborted'));
      expect(await outcome(source, staying)).toEqual([0]);
      expect(source.reads.length).toBe(alone.source.reads.length);
    }
  });

  it('reads nothing more when all have left, and goes on for who comes later', async () => {
    for (let rounds = 0; rounds < TABLE_ROUNDS + HEADER_ROUNDS; rounds++) {
      const { tiles, source } = open(FOUR_TILES);
      const leaving = new AbortController();
      const left = tiles.index(wanted(0), { signal: leaving.signal }).catch((error: unknown) => error);
      for (let round = 0; round < rounds; round++) await source.answer();
      await new Promise(setImmediate);
      const { length } = source.reads;
      leaving.abort();
      await left;
      while ((await source.answer()) > 0);
      expect(source.reads.length).toBe(length);
      expect(await outcome(source, tiles.index(wanted(0)))).toEqual([0]);
    }
  });

  it('a newcomer takes over from one who left while bytes were on their way', async () => {
    const { tiles, source } = open(FOUR_TILES);
    const leaving = new AbortController();
    const left = tiles.index(wanted(0), { signal: leaving.signal }).catch((error: unknown) => error);
    for (let round = 0; round < 4; round++) await source.answer();
    await new Promise(setImmediate);
    leaving.abort();
    const taken = tiles.index(wanted(0));
    await left;
    expect(await outcome(source, taken)).toEqual([0]);
  });

  it('fails those who need a damaged tile, and nobody else', async () => {
    const damaged = FOUR_TILES.slice();
    // The last tile-part: its first marker segment, of no length.
    const start = damaged.findLastIndex((byte, i) => byte === 0xff && damaged[i + 1] === 0x90 && damaged[i + 3] === 10);
    expect([...damaged.subarray(start + 12, start + 14)]).toEqual([0xff, 0x77]);
    damaged.set([0, 0], start + 14);
    const { tiles, source } = open(damaged);
    const failing = tiles.index(wanted(2, 3)).catch((error: unknown) => error);
    const working = tiles.index(wanted(2));
    expect(await outcome(source, working)).toEqual([2]);
    expect(await failing).toSatisfy((error) => isImageError(error, 'malformed'));
  });

  it('says nothing of tiles that the file lacks', async () => {
    const start = FOUR_TILES.findLastIndex(
      (byte, i) => byte === 0xff && FOUR_TILES[i + 1] === 0x90 && FOUR_TILES[i + 3] === 10,
    );
    const { tiles, source } = open(FOUR_TILES.slice(0, start));
    expect(await outcome(source, tiles.index(wanted(1, 3)))).toEqual([1]);
  });
});
