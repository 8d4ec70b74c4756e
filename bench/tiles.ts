/**
 * Requests per second of Sectile beside Debian's iipimage-server and the npm package iiif-processor, where they are
 * installed, on the same pyramids in one run. `npm run bench:tiles -- --seconds 5 --only "deflate" --json`.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Contender, ContenderOptions } from './contenders/contender.ts';
import { startIiifProcessor } from './contenders/iiif-processor.ts';
import { startIipsrv } from './contenders/iipsrv.ts';
import { startSectile } from './contenders/sectile.ts';
import { applyLoad, type LoadResult } from './load.ts';
import { makePictures } from './picture.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '16' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
  },
});

const cache = fileURLToPath(new URL('../.cache/bench', import.meta.url));
mkdirSync(cache, { recursive: true });
makePictures(cache);

const starters: readonly ((options: ContenderOptions) => Promise<Contender>)[] = [
  startSectile,
  ...(existsSync('/usr/lib/iipimage-server/iipsrv.fcgi') ? [startIipsrv] : []),
  ...(existsSync(new URL('./node_modules/iiif-processor', import.meta.url)) ? [startIiifProcessor] : []),
];

interface Row extends LoadResult {
  readonly scenario: string;
  readonly contender: string;
}

const rows: Row[] = [];
const scratch = mkdtempSync(join(tmpdir(), 'sectile-bench-'));
try {
  for (const scenario of SCENARIOS.filter(({ name }) => name.includes(values.only))) await runScenario(scenario);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
if (values.json) console.log(JSON.stringify(rows, null, 2));

async function runScenario(scenario: Scenario): Promise<void> {
  const results = new Map<string, LoadResult[]>();
  // iiif-processor leaves work behind when a run ends, so it has the machine to itself, after the others.
  const last = starters.filter((start) => start === startIiifProcessor);
  const others = starters.filter((start) => start !== startIiifProcessor);
  for (const group of [others, last]) await runTogether(group, scenario, results);
  report(scenario, results);
}

/** Measures contenders in turn, so that a slow moment of the machine hits all of them. */
async function runTogether(
  group: typeof starters,
  scenario: Scenario,
  results: Map<string, LoadResult[]>,
): Promise<void> {
  const contenders: Contender[] = [];
  try {
    for (const start of group) contenders.push(await start({ folder: cache, scratch, cached: scenario.cached }));
    const asked = contenders.filter((contender) => scenario[contender.speaks].length > 0);
    for (const contender of asked) await measure(contender, scenario, 2); // warm up: JIT, page cache, headers
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const contender of asked) {
        const result = await measure(contender, scenario, Number(values.seconds));
        results.set(contender.name, [...(results.get(contender.name) ?? []), result]);
      }
    }
  } finally {
    for (const contender of contenders) await contender.stop();
  }
}

function measure(contender: Contender, scenario: Scenario, seconds: number): Promise<LoadResult> {
  return applyLoad({
    origin: contender.origin,
    paths: scenario[contender.speaks].map((path) => contender.mount + path),
    order: 'random',
    seconds,
    connections: Number(values.connections),
    scratch,
  });
}

function report(scenario: Scenario, results: ReadonlyMap<string, readonly LoadResult[]>): void {
  const medians = new Map([...results].map(([name, runs]) => [name, median(runs)]));
  const own = medians.get('sectile')?.requestsPerSecond ?? Number.NaN;
  if (!values.json) console.log(`\n${scenario.name}`);
  for (const [name, result] of medians) {
    rows.push({ scenario: scenario.name, contender: name, ...result });
    if (values.json) continue;
    const ratio = name === 'sectile' ? '' : `   sectile is ${(own / result.requestsPerSecond).toFixed(2)}x`;
    const errors = result.errors > 0 ? `   ${result.errors} ERRORS` : '';
    console.log(
      `  ${name.padEnd(16)}${result.requestsPerSecond.toFixed(0).padStart(8)} requests/s   p50 ${result.p50Milliseconds.toFixed(1)} ms   p99 ${result.p99Milliseconds.toFixed(1)} ms${ratio}${errors}`,
    );
  }
}

/** The run with the median throughput. */
function median(runs: readonly LoadResult[]): LoadResult {
  const sorted = [...runs].sort((a, b) => a.requestsPerSecond - b.requestsPerSecond);
  const middle = sorted[sorted.length >> 1];
  if (!middle) throw new Error('no runs');
  return middle;
}
