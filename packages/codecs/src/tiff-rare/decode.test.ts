import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { isImageError } from '@sectile/core/errors';
import { openImage } from '@sectile/core/pyramid';
import { inlineRenderWorker } from '@sectile/core/render';
import { memorySource } from '@sectile/core/source';
import { describe, expect, test } from 'vitest';
import { createEngine } from '../engine.ts';
import { decodeCcitt } from './ccitt.ts';
import { rareTiffDecoder } from './decode.ts';

const fixtures = new URL('../../../../test/fixtures/tiff-rare/', import.meta.url);
const truth: Record<string, string> = JSON.parse(readFileSync(new URL('truth.json', fixtures), 'utf8'));
const files = readdirSync(fixtures).filter((name) => name.endsWith('.tif'));

/** RGB of the whole picture, as `tiff2rgba` gives it. */
async function decodeFile(bytes: Uint8Array): Promise<Uint8Array> {
  const reader = await openImage(memorySource(bytes, { id: 'fixture', revision: '1' }));
  const { info } = reader;
  const [level] = info.levels;
  if (level === undefined) throw new Error('no level');
  const { width, height, tileWidth, tileHeight } = level;
  const refs = Array.from({ length: Math.ceil(height / tileHeight) }, (_, row) => ({ page: 0, level: 0, col: 0, row }));
  const encoded = await reader.readSegments(refs);
  const pixels = await inlineRenderWorker(await createEngine()).assemble({
    window: { x: 0, y: 0, width, height },
    shrink: 1,
    bands: info.bands,
    dtype: info.dtype,
    tileWidth,
    tileHeight,
    segments: refs.map((ref, index) => ({ ref, segment: encoded[index] })),
  });
  if (pixels.bands === 3) return Uint8Array.from(pixels.data);
  return Uint8Array.from({ length: pixels.data.length * 3 }, (_, i) => pixels.data[Math.floor(i / 3)] ?? 0);
}

describe('rare TIFF compressions, against libtiff', () => {
  test.each(files)('%s', async (name) => {
    const rgb = await decodeFile(readFileSync(new URL(name, fixtures)));
    expect(createHash('sha256').update(rgb).digest('hex')).toBe(truth[name]);
  });
});

describe('damaged fax data', () => {
  /** Eight white pixels: code 10011; an EOL before each row. */
  const eol = '000000000001';
  const rows = (...codes: string[]): Uint8Array => {
    const bits = codes.join('').padEnd(Math.ceil(codes.join('').length / 8) * 8, '0');
    return Uint8Array.from({ length: bits.length / 8 }, (_, i) => Number.parseInt(bits.slice(i * 8, i * 8 + 8), 2));
  };
  const options = { width: 8, height: 3, scheme: 'group3', twoDimensional: false } as const;
  const blackRow = '00110101' + '000101';

  test('Group 3 goes on at the next EOL', () => {
    const bytes = rows(eol, blackRow, eol, '0000000011', eol, blackRow);
    expect([...decodeCcitt(bytes, options)]).toEqual([...Array(8).fill(1), ...Array(8).fill(0), ...Array(8).fill(1)]);
  });

  test('two EOLs in a row end the page', () => {
    const bytes = rows(eol, blackRow, eol, eol, blackRow);
    expect([...decodeCcitt(bytes, options)]).toEqual([...Array(8).fill(1), ...Array(16).fill(0)]);
  });

  test('rows need no EOL', () => {
    expect([...decodeCcitt(rows(blackRow, '10011', blackRow), options)]).toEqual([
      ...Array(8).fill(1),
      ...Array(8).fill(0),
      ...Array(8).fill(1),
    ]);
  });
});

test('a compression nobody reads is unsupported', () => {
  const tiff = {
    compression: 34661,
    photometric: 32845,
    width: 4,
    height: 4,
    bands: 3,
    bitsPerSample: 8,
    fillOrder: 1,
    faxOptions: 0,
    fields: {},
  } as const;
  try {
    rareTiffDecoder.decode(new Uint8Array(48), { maxPixels: 16, tiff });
    expect.unreachable();
  } catch (error) {
    expect(isImageError(error, 'unsupported')).toBe(true);
  }
});
