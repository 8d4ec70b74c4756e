import { readFileSync } from 'node:fs';
import { type EncodedSegment, openJpeg2000Reader } from '@sectile/core/pyramid';
import { memorySource } from '@sectile/core/source';
import { expect, test } from 'vitest';
import { packSegments } from './transfer.ts';

const ref = { page: 0, level: 0, col: 0, row: 0 };

async function segmentOf(name: string): Promise<EncodedSegment> {
  const file = new URL(`../../../../test/fixtures/jpeg2000/${name}.j2k`, import.meta.url);
  const reader = await openJpeg2000Reader(memorySource(new Uint8Array(readFileSync(file))));
  const [segment] = await reader.readSegments([ref]);
  return segment!;
}

function post(segment: EncodedSegment, again: boolean): EncodedSegment | undefined {
  const { data, transfer } = packSegments([{ ref, segment }], again);
  return structuredClone(data, { transfer })[0]!.segment;
}

test.each(['odd-tiles', 'subsampled', 'ht-odd-tiles'])('the segments of %s are the same when posted', async (name) => {
  const segment = await segmentOf(name);
  const before = structuredClone(segment);
  expect(before.jpeg2000!.tiles.length).toBeGreaterThan(0);
  expect(post(segment, true)).toEqual(before);
  // A thread that crashes takes what was posted with it.
  expect(post(segment, true)).toEqual(before);
  expect(post(segment, false)).toEqual(before);
  expect(segment.jpeg2000!.blocks.byteLength).toBe(0);
});
