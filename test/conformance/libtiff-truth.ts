import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Samples of a page of a file, by default the first, as libtiff unpacks them: one uncompressed strip, bands together (`tiffcp`), or RGBA
 * for subsampled YCbCr (`tiff2rgba`). `undefined` when libtiff refuses. Bytes in host order of a little-endian machine.
 */
export function libtiffBytes(path: string, as: 'stored' | 'rgba', page = 0): Uint8Array | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'sectile-libtiff-'));
  try {
    const copy = join(folder, 'copy.tif');
    if (as === 'stored') {
      execFileSync('tiffcp', ['-L', '-c', 'none', '-p', 'contig', '-s', '-r', '1000000', `${path},${page}`, copy], {
        stdio: 'pipe',
      });
    } else {
      execFileSync('tiff2rgba', ['-c', 'none', '-r', '1000000', path, copy], { stdio: 'pipe' });
    }
    return onlyStrip(readFileSync(copy));
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The bytes of the single strip of a little-endian classic TIFF: tags 273 and 279. */
function onlyStrip(file: Buffer): Uint8Array | undefined {
  const directory = file.readUInt32LE(4);
  const values = new Map<number, number>();
  for (let index = 0; index < file.readUInt16LE(directory); index++) {
    const entry = directory + 2 + index * 12;
    const short = file.readUInt16LE(entry + 2) === 3;
    values.set(file.readUInt16LE(entry), short ? file.readUInt16LE(entry + 8) : file.readUInt32LE(entry + 8));
  }
  const offset = values.get(273);
  const length = values.get(279);
  return offset === undefined || length === undefined
    ? undefined
    : new Uint8Array(file.subarray(offset, offset + length));
}
