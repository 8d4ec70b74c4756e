import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawPicture } from './picture.ts';

const COMMON = ['-r', '8', '-I', '-b', '64,64', '-n', '6'];
const PRECINCTS = Array(6).fill('[256,256]').join(',');

/** The JPEG 2000 files of the benchmarks, and what `opj_compress` is told to make them. */
export const JP2_FILES: Readonly<Record<string, readonly string[]>> = {
  'untiled.jp2': [...COMMON, '-c', PRECINCTS, '-p', 'RPCL'],
  'untiled-plt.jp2': [...COMMON, '-c', PRECINCTS, '-p', 'RPCL', '-PLT'],
  'tiled-512.jp2': [...COMMON, '-t', '512,512', '-TLM'],
  'lossless.jp2': ['-b', '64,64', '-n', '6', '-c', PRECINCTS, '-p', 'RPCL'],
};

/** Makes those that are missing. Needs OpenJPEG's `opj_compress` (Debian: libopenjp2-tools) the first time. */
export function makeJp2Files(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const picture = join(folder, 'picture-for-jp2.ppm');
  for (const [name, settings] of Object.entries(JP2_FILES)) {
    const file = join(folder, name);
    if (existsSync(file)) continue;
    if (!existsSync(picture)) writeFileSync(picture, drawPicture());
    execFileSync('opj_compress', ['-i', picture, '-o', file, ...settings], { stdio: ['ignore', 'ignore', 'inherit'] });
  }
  rmSync(picture, { force: true });
}
