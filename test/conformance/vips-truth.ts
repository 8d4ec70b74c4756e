import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DType, SampleArray } from '@sectile/core/pixels';

/** What libvips (over libtiff) makes of a file's first page. */
export interface Truth {
  readonly width: number;
  readonly height: number;
  readonly bands: number;
  readonly dtype: DType;
  readonly interpretation: string;
  readonly data: SampleArray;
}

const DTYPES: Readonly<Record<string, DType>> = {
  uchar: 'uint8',
  char: 'int8',
  ushort: 'uint16',
  short: 'int16',
  uint: 'uint32',
  int: 'int32',
  float: 'float32',
  double: 'float64',
};

/** True when the `vips` command is installed. */
export const HAS_VIPS: boolean = runs('vips', '--version');

/** Pixels by `vips rawsave`; `undefined` when libvips refuses the file. */
export function vipsTruth(path: string): Truth | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'sectile-truth-'));
  try {
    const raw = join(folder, 'pixels.raw');
    execFileSync('vips', ['rawsave', path, raw], { stdio: 'pipe' });
    const field = (name: string): string =>
      execFileSync('vipsheader', ['-f', name, path], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    const dtype = DTYPES[/\b(u?char|u?short|u?int|float|double)\b/.exec(headerLine(path))?.[1] ?? ''];
    if (!dtype) return undefined;
    const bytes = readFileSync(raw);
    return {
      width: Number(field('width')),
      height: Number(field('height')),
      bands: Number(field('bands')),
      dtype,
      interpretation: field('interpretation'),
      data: samplesOf(bytes, dtype),
    };
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function headerLine(path: string): string {
  return execFileSync('vipsheader', [path], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    .slice(path.length)
    .split(',')[0] as string;
}

function samplesOf(bytes: Buffer, dtype: DType): SampleArray {
  const copy = new Uint8Array(bytes).buffer;
  switch (dtype) {
    case 'uint8':
      return new Uint8Array(copy);
    case 'int8':
      return new Int8Array(copy);
    case 'uint16':
      return new Uint16Array(copy);
    case 'int16':
      return new Int16Array(copy);
    case 'uint32':
      return new Uint32Array(copy);
    case 'int32':
      return new Int32Array(copy);
    case 'float32':
      return new Float32Array(copy);
    case 'float64':
      return new Float64Array(copy);
  }
}

function runs(command: string, argument: string): boolean {
  try {
    execFileSync(command, [argument], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
