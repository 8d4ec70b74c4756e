import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { smallPyramid } from '../../../../test/fixtures/small-pyramid.ts';

const SCRIPT = `
  import { runServer } from ${JSON.stringify(new URL('./run-server.node.ts', import.meta.url).href)};
  const [prefix, logFile, processes, port] = process.argv.slice(2);
  // As the command does: it never returns while it serves, and sets an exit code when it cannot.
  try {
    await runServer({
      config: { port: Number(port), threads: 1, verbosity: 1, filesystemPrefix: prefix, logFile, processes: Number(processes) },
      warnings: ['a warning'],
    });
    await new Promise(() => {});
  } catch {
    process.exitCode = 1;
  }
`;

let folder: string;
let script: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sectile-run-'));
  script = join(folder, 'run.mjs');
  await writeFile(script, SCRIPT);
  await writeFile(join(folder, 'a b.tif'), smallPyramid());
  await writeFile(join(folder, 'broken.tif'), 'no picture');
});

afterAll(async () => {
  // Their own processes end when they are gone.
  for (const child of children) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

interface Running {
  readonly child: ChildProcess;
  readonly printed: string;
  readonly logFile: string;
}

function launch(processes: number, logFile: string, port = 0, stderr: 'inherit' | 'pipe' = 'inherit'): ChildProcess {
  const flags = ['--import', import.meta.resolve('tsx'), '--conditions=@sectile/source'];
  const args = [...flags, script, `${folder}/`, logFile, String(processes), String(port)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', stderr] });
  children.push(child);
  return child;
}

async function start(processes: number): Promise<Running> {
  const logFile = join(folder, `log-${processes}.txt`);
  const child = launch(processes, logFile);
  return { child, printed: await printedBy(child), logFile };
}

async function printedBy({ stdout }: ChildProcess): Promise<string> {
  if (!stdout) throw new Error('standard output is not piped');
  const [chunk] = await once(stdout, 'data');
  return String(chunk);
}

async function endOf(child: ChildProcess): Promise<number | null> {
  const [code] = await once(child, 'exit');
  return code;
}

describe.each([1, 2])('with %i process(es)', (processes) => {
  test('prints where images are, empties caches on SIGHUP, and ends with 0 on SIGTERM', async () => {
    const { child, printed, logFile } = await start(processes);
    const iiif = /http:\S+\/iiif\/3\/a%20b\.tif\/info\.json/.exec(printed)?.[0] ?? '';
    expect((await fetch(iiif)).status).toBe(200);
    child.kill('SIGHUP');
    await expect.poll(() => readFile(logFile, 'utf8')).toContain('caches emptied');
    const ended = endOf(child);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    const log = await readFile(logFile, 'utf8');
    expect(log).toContain('warn a warning');
    expect(log.match(/notice stopped/g)).toHaveLength(processes);
  });
});

test('a process that dies is replaced', async () => {
  const { child, printed, logFile } = await start(2);
  const url = /http:\S+\/iiif\/3\/a%20b\.tif\/info\.json/.exec(printed)?.[0] ?? '';
  const pids = async (): Promise<number[]> =>
    [...(await readFile(logFile, 'utf8')).matchAll(/listening .*pid=(\d+)/g)].map((match) => Number(match[1]));
  await expect.poll(async () => (await pids()).length, { timeout: 10_000 }).toBeGreaterThanOrEqual(2);
  await new Promise((resolve) => setTimeout(resolve, 2100));
  const before = await pids();
  process.kill(before.at(-1) ?? 0, 'SIGKILL');
  await expect.poll(async () => (await pids()).length, { timeout: 15_000 }).toBeGreaterThan(before.length);
  expect((await fetch(url)).status).toBe(200);
  const ended = endOf(child);
  child.kill('SIGINT');
  expect(await ended).toBe(0);
});

test('who reads the log may leave', async () => {
  const child = launch(1, '', 0, 'pipe');
  const iiif = /http:\S+\/iiif\/3\//.exec(await printedBy(child))?.[0] ?? '';
  child.stderr?.destroy();
  for (const name of ['broken', 'broken', 'a%20b']) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const { status } = await fetch(`${iiif}${name}.tif/info.json`);
    expect(status).toBe(name === 'broken' ? 501 : 200);
  }
  const ended = endOf(child);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});

test('processes whose port is taken end with an error', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  expect(await endOf(launch(2, join(folder, 'log-taken.txt'), port))).toBeGreaterThan(0);
  other.close();
});
