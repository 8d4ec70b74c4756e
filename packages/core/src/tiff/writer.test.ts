import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createTiffWriter, memorySink } from './writer.ts';

/** Offset of each field type in a hand-read directory: enough of TIFF to check what was written. */
function readClassic(bytes: Uint8Array): Map<number, { type: number; count: number; value: number }>[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const directories = [];
  for (let at = view.getUint32(4, true); at !== 0; ) {
    const count = view.getUint16(at, true);
    const fields = new Map();
    for (let index = 0; index < count; index++) {
      const entry = at + 2 + index * 12;
      fields.set(view.getUint16(entry, true), {
        type: view.getUint16(entry + 2, true),
        count: view.getUint32(entry + 4, true),
        value: view.getUint32(entry + 8, true),
      });
    }
    directories.push(fields);
    at = view.getUint32(at + 2 + count * 12, true);
  }
  return directories;
}

function writeSmall(big: boolean): Uint8Array {
  const sink = memorySink();
  const writer = createTiffWriter(sink, { big });
  const first = writer.writeSegment(Uint8Array.of(1, 2, 3));
  const second = writer.writeSegment(Uint8Array.of(4, 5, 6, 7));
  for (const segment of [first, second]) {
    writer.addDirectory([
      { tag: 257, type: 'long', values: [1] },
      { tag: 256, type: 'long', values: [segment.byteLength] },
      { tag: 258, type: 'short', values: [8] },
      { tag: 262, type: 'short', values: [1] },
      { tag: 273, type: 'offset', values: [segment.byteOffset] },
      { tag: 278, type: 'long', values: [1] },
      { tag: 279, type: 'long', values: [segment.byteLength] },
      { tag: 282, type: 'rational', values: [300.5] },
      { tag: 305, type: 'ascii', text: 'Sectile' },
    ]);
  }
  writer.finish();
  return sink.bytes();
}

describe('createTiffWriter', () => {
  it('links directories in the order added, with fields sorted by tag', () => {
    const directories = readClassic(writeSmall(false));
    expect(directories).toHaveLength(2);
    expect([...(directories[0]?.keys() ?? [])]).toEqual([256, 257, 258, 262, 273, 278, 279, 282, 305]);
    expect(directories[1]?.get(256)).toEqual({ type: 4, count: 1, value: 4 });
  });

  it('puts segments on even offsets and keeps short values in the entry', () => {
    const bytes = writeSmall(false);
    const [first, second] = readClassic(bytes);
    const offset = first?.get(273)?.value ?? 0;
    expect([...bytes.subarray(offset, offset + 3)]).toEqual([1, 2, 3]);
    expect((second?.get(273)?.value ?? 1) % 2).toBe(0);
    expect(first?.get(258)).toEqual({ type: 3, count: 1, value: 8 });
  });

  it('starts a BigTIFF with version 43 and 8-byte offsets', () => {
    const view = new DataView(writeSmall(true).buffer);
    expect([view.getUint16(0, true), view.getUint16(2, true), view.getUint16(4, true)]).toEqual([0x4949, 43, 8]);
  });

  it('refuses to grow a classic file beyond 4 GiB', () => {
    const huge = { length: 2 ** 31 } as Uint8Array;
    const writer = createTiffWriter({ append() {}, patch() {} }, { big: false });
    writer.writeSegment(huge);
    expect(() => writer.writeSegment(huge)).toThrow(/BigTIFF/);
  });

  const tiffinfo = hasTiffinfo();
  it.skipIf(!tiffinfo).each([false, true])('is read by libtiff (BigTIFF: %s)', (big) => {
    const path = join(mkdtempSync(join(tmpdir(), 'sectile-')), 'small.tif');
    writeFileSync(path, writeSmall(big));
    const text = execFileSync('tiffinfo', ['-d', path], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    expect(text.match(/Image Width: \d+/g)).toEqual(['Image Width: 3', 'Image Width: 4']);
    expect(text).toContain('Resolution: 300.5');
    expect(text).toContain('Software: Sectile');
  });
});

function hasTiffinfo(): boolean {
  try {
    execFileSync('tiffinfo', ['-h'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    return (
      error instanceof Error &&
      'status' in error &&
      error.status !== null &&
      !('code' in error && error.code === 'ENOENT')
    );
  }
}
