import { closeSync, mkdtempSync, openSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AssembleTask, EncodedSegment } from '@sectile/core/pyramid';
import type { ByteRange } from '@sectile/core/source';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readParts } from './read-parts.node.ts';

describe('readParts', () => {
  let descriptor = -1;
  beforeAll(() => {
    const path = join(mkdtempSync(join(tmpdir(), 'sectile-parts-')), 'file');
    writeFileSync(
      path,
      Uint8Array.from({ length: 1000 }, (_, index) => index & 255),
    );
    descriptor = openSync(path, 'r');
  });
  afterAll(() => closeSync(descriptor));

  const pairsOf = (ranges: readonly ByteRange[]): Float64Array =>
    Float64Array.from(ranges.flatMap(({ byteOffset, byteLength }) => [byteOffset, byteLength]));
  const segmentsOf = (...files: (ByteRange | readonly ByteRange[] | undefined)[]): AssembleTask['segments'] =>
    files.map((file, col) => ({
      ref: { page: 0, level: 0, col, row: 0 },
      segment: {
        width: 1,
        height: 1,
        parts: [
          file
            ? { codec: 'none', bytes: new Uint8Array(0), file: { descriptor, ranges: pairsOf([file].flat()) } }
            : { codec: 'none', bytes: Uint8Array.of(7) },
        ],
      } as unknown as EncodedSegment,
    }));
  const bytesOf = (segments: AssembleTask['segments']): number[][] =>
    segments.map(({ segment }) => [...(segment?.parts[0]?.bytes ?? [])]);

  it('fills in what was left in the file and leaves the rest alone', () => {
    const filled = readParts(
      segmentsOf({ byteOffset: 10, byteLength: 3 }, undefined, { byteOffset: 300, byteLength: 2 }),
    );
    expect(bytesOf(filled)).toEqual([[10, 11, 12], [7], [44, 45]]);
    expect(filled[0]?.segment?.parts[0]?.file).toBeUndefined();
  });

  it('puts ranges together in the order given, near and far, backwards and overlapping', () => {
    const ranges = [
      { byteOffset: 500, byteLength: 2 },
      { byteOffset: 10, byteLength: 3 },
      { byteOffset: 20, byteLength: 1 },
      { byteOffset: 11, byteLength: 2 },
      { byteOffset: 300, byteLength: 2 },
    ];
    const filled = readParts(segmentsOf(ranges, { byteOffset: 0, byteLength: 1 }));
    expect(bytesOf(filled)).toEqual([[244, 245, 10, 11, 12, 20, 11, 12, 44, 45], [0]]);
  });

  it('hands back tasks with nothing to read as they are', () => {
    const segments = segmentsOf(undefined);
    expect(readParts(segments)).toBe(segments);
  });

  it('says when the file became shorter', () => {
    expect(() => readParts(segmentsOf({ byteOffset: 990, byteLength: 20 }))).toThrow(/10 of 20 bytes/);
  });

  it('says when the file cannot be read', () => {
    const [entry] = segmentsOf({ byteOffset: 0, byteLength: 4 });
    const file = { descriptor: 99_999, ranges: Float64Array.of(0, 4) };
    const parts = [{ codec: 'none' as const, bytes: new Uint8Array(0), file }];
    const segment = { ...entry?.segment, parts } as unknown as EncodedSegment;
    expect(() => readParts([{ ref: { page: 0, level: 0, col: 0, row: 0 }, segment }])).toThrow(
      expect.objectContaining({ kind: 'source' }),
    );
  });
});
