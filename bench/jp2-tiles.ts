/**
 * Cold tiles a second of JPEG 2000 pictures, beside Debian's iipimage-server where it is installed: tiles of 256 x 256 at full
 * size in random order, each asked for once, so that no answer comes out of a cache. Of each picture there are some copies, so
 * that tiles do not run out. `npm run bench:jp2-tiles -- --json`.
 */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Contender, ContenderOptions } from './contenders/contender.ts';
import { startIipsrv } from './contenders/iipsrv.ts';
import { startSectile } from './contenders/sectile.ts';
import { makeJp2Files } from './jp2-files.ts';
import { applyLoad, type LoadResult } from './load.ts';
import { PICTURE } from './picture.ts';

const { values } = parseArgs({
  options: {
    connections: { type: 'string', default: '16' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '6' },
    only: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
  },
});

const FILES = ['untiled.jp2', 'tiled-512.jp2'] as const;
const COPIES = 12;
/** Asked for before, and not measured: a server that has been up for a while has compiled its loops. */
const WARM_UP_COPIES = 6;
const WARM_UP_SECONDS = 8;

const originals = fileURLToPath(new URL('../.cache/bench', import.meta.url));
mkdirSync(originals, { recursive: true });
makeJp2Files(originals);

const starters: readonly ((options: ContenderOptions) => Promise<Contender>)[] = [
  startSectile,
  ...(existsSync('/usr/lib/iipimage-server/iipsrv.fcgi') ? [startIipsrv] : []),
];

interface Row extends LoadResult {
  readonly file: string;
  readonly contender: string;
}

const rows: Row[] = [];
const scratch = mkdtempSync(join(tmpdir(), 'sectile-bench-'));
const folder = join(scratch, 'pictures');
try {
  for (const file of FILES.filter((name) => name.includes(values.only))) await runFile(file);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
if (values.json) console.log(JSON.stringify(rows, null, 2));

/** Contenders in turn, started anew for each round. */
async function runFile(file: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (let copy = 0; copy < COPIES; copy++) copyFileSync(join(originals, file), join(folder, copyName(file, copy)));
  const results = new Map<string, LoadResult[]>();
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const start of starters) {
      const contender = await start({ folder, scratch, cached: true, probe: copyName(file, 0) });
      try {
        const copies = Array.from({ length: COPIES }, (_, copy) => tilesInRandomOrder(copyName(file, copy), round + 1));
        const [before, measured] = [copies.slice(0, WARM_UP_COPIES).flat(), copies.slice(WARM_UP_COPIES).flat()];
        await ask(contender, before, { order: 'once', seconds: WARM_UP_SECONDS });
        const result = await ask(contender, measured, { order: 'once', seconds: Number(values.seconds) });
        results.set(contender.name, [...(results.get(contender.name) ?? []), result]);
      } finally {
        await contender.stop();
      }
    }
  }
  report(file, results);
  rmSync(folder, { recursive: true });
}

function copyName(file: string, copy: number): string {
  return `${copy}-${file}`;
}

function ask(
  { origin, mount }: Contender,
  paths: readonly string[],
  load: { readonly order: 'random' | 'once'; readonly seconds: number },
): Promise<LoadResult> {
  const iiif = mount.replace('FIF=', 'IIIF=');
  return applyLoad({
    origin,
    paths: paths.map((path) => iiif + path),
    connections: Number(values.connections),
    scratch,
    ...load,
  });
}

/** All tiles of the picture, as IIIF regions: servers cut JP2 files into tiles of different sizes. */
function tilesInRandomOrder(file: string, seed: number): string[] {
  const { width, height, tile } = PICTURE;
  const paths: string[] = [];
  for (let y = 0; y < height; y += tile) {
    for (let x = 0; x < width; x += tile) {
      paths.push(`${file}/${x},${y},${tile},${tile}/${tile},${tile}/0/default.jpg`);
    }
  }
  let state = seed;
  for (let last = paths.length - 1; last > 0; last--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const other = Math.floor((state / 2 ** 32) * (last + 1));
    [paths[last], paths[other]] = [paths[other]!, paths[last]!];
  }
  return paths;
}

function report(file: string, results: ReadonlyMap<string, readonly LoadResult[]>): void {
  if (!values.json) console.log(`\n${file}`);
  const own = medianOf(results.get('sectile') ?? []).requestsPerSecond;
  for (const [contender, runs] of results) {
    const result = medianOf(runs);
    rows.push({ file, contender, ...result });
    if (values.json) continue;
    const ratio = contender === 'sectile' ? '' : `   sectile is ${(own / result.requestsPerSecond).toFixed(2)}x`;
    const errors = result.errors > 0 ? `   ${result.errors} ERRORS` : '';
    console.log(
      `  ${contender.padEnd(10)}${result.requestsPerSecond.toFixed(1).padStart(8)} tiles/s   p50 ${result.p50Milliseconds.toFixed(0)} ms   p99 ${result.p99Milliseconds.toFixed(0)} ms${ratio}${errors}`,
    );
  }
}

/** The run with the median throughput. */
function medianOf(runs: readonly LoadResult[]): LoadResult {
  const sorted = [...runs].sort((a, b) => a.requestsPerSecond - b.requestsPerSecond);
  const middle = sorted[sorted.length >> 1];
  if (!middle) throw new Error('no runs');
  return middle;
}
