import { describe, expect, it } from 'vitest';
import { insertIccIntoJpeg } from './jpeg-icc.ts';
import { insertIccIntoWebp } from './webp-icc.ts';

const PROFILE = Uint8Array.from({ length: 150_000 }, (_, i) => (i * 13) & 255);

/** A marker segment with its length. */
function segment(marker: number, body: readonly number[]): number[] {
  return [0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255, ...body];
}

/** Marker and body of each segment up to the scan. */
function segmentsOf(bytes: Uint8Array): { marker: number; body: Uint8Array }[] {
  const found: { marker: number; body: Uint8Array }[] = [];
  for (let at = 2; bytes[at + 1] !== 0xda; ) {
    const length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    found.push({ marker: bytes[at + 1]!, body: bytes.subarray(at + 4, at + 2 + length) });
    at += 2 + length;
  }
  return found;
}

describe('insertIccIntoJpeg', () => {
  const JFIF = segment(0xe0, [0x4a, 0x46, 0x49, 0x46, 0]);
  const ADOBE = segment(0xee, [0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, 0]);
  const REST = [...segment(0xdb, [0, 1]), 0xff, 0xda, 0, 2, 7, 7, 0xff, 0xd9];

  it('puts numbered chunks of at most 65519 bytes behind the JFIF and Adobe segments', () => {
    const bytes = Uint8Array.of(0xff, 0xd8, ...JFIF, ...ADOBE, ...REST);
    const result = insertIccIntoJpeg(bytes, PROFILE);
    const segments = segmentsOf(result);
    expect(segments.map(({ marker }) => marker)).toEqual([0xe0, 0xee, 0xe2, 0xe2, 0xe2, 0xdb]);
    const chunks = segments.filter(({ marker }) => marker === 0xe2).map(({ body }) => body);
    expect(chunks.map((chunk) => chunk.length - 14)).toEqual([65519, 65519, 18962]);
    expect(chunks.map((chunk) => [...chunk.subarray(12, 14)])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
    expect(new TextDecoder().decode(chunks[0]!.subarray(0, 12))).toBe('ICC_PROFILE\0');
    const joined = Buffer.concat(chunks.map((chunk) => chunk.subarray(14)));
    expect(Buffer.compare(joined, PROFILE)).toBe(0);
    expect([...result.subarray(result.length - REST.length)]).toEqual(REST);
  });

  it('comes right behind SOI where there is no application segment', () => {
    const result = insertIccIntoJpeg(Uint8Array.of(0xff, 0xd8, ...REST), PROFILE.subarray(0, 4));
    expect(segmentsOf(result).map(({ marker }) => marker)).toEqual([0xe2, 0xdb]);
  });

  it('leaves a file that has a profile as it is', () => {
    const once = insertIccIntoJpeg(Uint8Array.of(0xff, 0xd8, ...JFIF, ...REST), PROFILE.subarray(0, 9));
    expect(insertIccIntoJpeg(once, PROFILE)).toBe(once);
  });

  it('refuses what is no JPEG file, and profiles above 255 segments', () => {
    expect(() => insertIccIntoJpeg(Uint8Array.of(1, 2, 3), PROFILE)).toThrow(/JPEG/);
    const jpeg = Uint8Array.of(0xff, 0xd8, ...REST);
    expect(() => insertIccIntoJpeg(jpeg, new Uint8Array(65519 * 255 + 1))).toThrow(/profile/);
  });
});

describe('insertIccIntoWebp', () => {
  function riff(...chunks: readonly (readonly [string, readonly number[]])[]): Uint8Array {
    const body = chunks.flatMap(([type, payload]) => [
      ...new TextEncoder().encode(type),
      ...[payload.length & 255, payload.length >> 8, 0, 0],
      ...payload,
      ...(payload.length % 2 ? [0] : []),
    ]);
    const size = body.length + 4;
    return Uint8Array.of(
      ...new TextEncoder().encode('RIFF'),
      size & 255,
      size >> 8,
      0,
      0,
      ...new TextEncoder().encode('WEBP'),
      ...body,
    );
  }

  const icc = [1, 2, 3, 4, 5];
  // 256 x 200: frame tag, start code, sizes.
  const lossy = [0x10, 0, 0, 0x9d, 0x01, 0x2a, 0, 1, 200, 0, 9, 9];
  // 300 x 17 with alpha: (299) | (16 << 14) | (1 << 28).
  const bits = 299 | (16 << 14) | (1 << 28);
  const lossless = [0x2f, bits & 255, (bits >> 8) & 255, (bits >> 16) & 255, (bits >> 24) & 255, 1, 2, 3, 4, 5];

  it.each([
    ['lossy', 'VP8 ', lossy, [0x20, 0, 0, 0, 255, 0, 0, 199, 0, 0]],
    ['lossless with alpha', 'VP8L', lossless, [0x30, 0, 0, 0, 43, 1, 0, 16, 0, 0]],
  ])('makes an extended file of a simple %s one', (_name, type, payload, header) => {
    const result = insertIccIntoWebp(riff([type, payload]), Uint8Array.from(icc));
    expect(result).toEqual(riff(['VP8X', header], ['ICCP', icc], [type, payload]));
  });

  it('adds the profile to an extended file and sets its flag', () => {
    const header = [0x10, 0, 0, 0, 255, 0, 0, 199, 0, 0];
    const result = insertIccIntoWebp(riff(['VP8X', header], ['ALPH', [1]], ['VP8 ', lossy]), Uint8Array.from(icc));
    const flagged = [0x30, ...header.slice(1)];
    expect(result).toEqual(riff(['VP8X', flagged], ['ICCP', icc], ['ALPH', [1]], ['VP8 ', lossy]));
    expect(insertIccIntoWebp(result, Uint8Array.of(9))).toBe(result);
  });

  it('refuses what is no complete WebP file', () => {
    expect(() => insertIccIntoWebp(Uint8Array.of(1, 2), Uint8Array.from(icc))).toThrow(/WebP/);
    expect(() => insertIccIntoWebp(riff(['VP8 ', lossy]).subarray(0, 24), Uint8Array.from(icc))).toThrow(/ends within/);
  });
});
