import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Samples of one component as `opj_decompress` writes them to a PGX file. */
export interface PgxImage {
  readonly width: number;
  readonly height: number;
  readonly samples: Int32Array;
}

export const HAS_OPJ: boolean = spawnSync('opj_decompress', ['-h']).error === undefined;

/** The codestream in a JP2 file, to the file's end; a raw one as it is. */
export function codestreamOf(bytes: Uint8Array): Uint8Array {
  const begin = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(Buffer.from('ff4fff51', 'hex'));
  return bytes.subarray(Math.max(0, begin));
}

/** Calls `work` with a folder that is gone afterwards. */
export function withFolder<Result>(work: (folder: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'sectile-opj-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Decodes a codestream with OpenJPEG, component by component; `undefined` when it refuses. */
export function opjPlanes(codestream: Uint8Array, discard: number): PgxImage[] | undefined {
  return planesOf('opj_decompress', codestream, discard);
}

/** The same with Grok (Debian: grokj2k-tools), which decodes some resolutions that OpenJPEG does not. */
export function grokPlanes(codestream: Uint8Array, discard: number): PgxImage[] | undefined {
  return planesOf('grk_decompress', codestream, discard);
}

function planesOf(program: string, codestream: Uint8Array, discard: number): PgxImage[] | undefined {
  return withFolder((folder) => {
    const input = join(folder, 'in.j2k');
    writeFileSync(input, codestream);
    try {
      execFileSync(program, ['-i', input, '-o', join(folder, 'out.pgx'), '-r', String(discard)], { stdio: 'pipe' });
    } catch {
      return undefined;
    }
    const planes: PgxImage[] = [];
    for (let i = 0; existsSync(join(folder, `out_${i}.pgx`)); i++) {
      planes.push(parsePgx(readFileSync(join(folder, `out_${i}.pgx`))));
    }
    return planes.length > 0 ? planes : undefined;
  });
}

/** Decodes a file with OpenJPEG as it would be shown, to a PGM or PPM of 8 bits. */
export function opjPixels(
  file: string,
  bands: number,
  discard: number,
): { width: number; height: number; samples: Uint8Array } | undefined {
  return withFolder((folder) => {
    const output = join(folder, bands === 1 ? 'out.pgm' : 'out.ppm');
    try {
      execFileSync('opj_decompress', ['-i', file, '-o', output, '-r', String(discard)], { stdio: 'pipe' });
    } catch {
      return undefined;
    }
    if (!existsSync(output)) return undefined;
    const bytes = readFileSync(output);
    const header = /^P[56]\s(?:#.*\n)?(\d+)\s(\d+)\s255\s/.exec(bytes.toString('latin1', 0, 200));
    if (!header) return undefined;
    const [text, width, height] = header;
    return { width: Number(width), height: Number(height), samples: bytes.subarray(text.length) };
  });
}

function parsePgx(bytes: Buffer): PgxImage {
  const end = bytes.indexOf(10);
  const match = /^PG (ML|LM) ?([+-])? ?(\d+) (\d+) (\d+)/.exec(bytes.toString('latin1', 0, end));
  if (!match) throw new Error('Not a PGX file');
  const [, order, sign, bits, width, height] = match;
  const view = new DataView(bytes.buffer, bytes.byteOffset + end + 1);
  const little = order === 'LM';
  const samples = Int32Array.from({ length: Number(width) * Number(height) }, (_, i) => {
    if (Number(bits) <= 8) return sign === '-' ? view.getInt8(i) : view.getUint8(i);
    if (Number(bits) <= 16) return sign === '-' ? view.getInt16(2 * i, little) : view.getUint16(2 * i, little);
    return view.getInt32(4 * i, little);
  });
  return { width: Number(width), height: Number(height), samples };
}
