import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { join } from 'node:path';

/** What one run of load measured. */
export interface LoadResult {
  readonly requestsPerSecond: number;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
  readonly errors: number;
}

/** Asks for the URLs in random order over `connections` keep-alive connections, with Debian's `wrk`. Loopback only. */
export async function applyLoad(options: {
  readonly origin: string;
  readonly paths: readonly string[];
  readonly seconds: number;
  readonly connections: number;
  readonly scratch: string;
}): Promise<LoadResult> {
  const script = join(options.scratch, 'load.lua');
  writeFileSync(script, luaScript(options.paths));
  const output = await run('wrk', [
    '-t1',
    `-c${options.connections}`,
    `-d${options.seconds}s`,
    '--timeout',
    '30s',
    '-s',
    script,
    options.origin,
  ]);
  const [, requests, microseconds, p50, p99, errors] =
    /RESULT (\d+) (\d+) (\d+) (\d+) (\d+)/.exec(output)?.map(Number) ?? [];
  if (requests === undefined || !microseconds) throw new Error(`wrk did not report:\n${output}`);
  return {
    requestsPerSecond: requests / (microseconds / 1e6),
    p50Milliseconds: (p50 ?? Number.NaN) / 1000,
    p99Milliseconds: (p99 ?? Number.NaN) / 1000,
    errors: errors ?? 0,
  };
}

/**
 * Asks for each URL once, in the order given, over keep-alive connections. For servers that take some milliseconds for an
 * answer: what is spent here would be too much beside faster ones.
 */
export async function askOnce(options: {
  readonly origin: string;
  readonly paths: readonly string[];
  readonly connections: number;
}): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.connections });
  const times: number[] = [];
  let errors = 0;
  const queue = options.paths.values();
  const askOnOneConnection = async (): Promise<void> => {
    for (const path of queue) {
      const begin = performance.now();
      if ((await statusOf(options.origin + path, agent)) !== 200) errors++;
      times.push(performance.now() - begin);
    }
  };
  const begin = performance.now();
  await Promise.all(Array.from({ length: options.connections }, askOnOneConnection));
  const seconds = (performance.now() - begin) / 1000;
  agent.destroy();
  times.sort((a, b) => a - b);
  const percentile = (share: number): number => times[Math.floor(times.length * share)] ?? Number.NaN;
  return {
    requestsPerSecond: times.length / seconds,
    p50Milliseconds: percentile(0.5),
    p99Milliseconds: percentile(0.99),
    errors,
  };
}

/** Status of an answer that came as a whole; 0 for one that did not. */
function statusOf(url: string, agent: Agent): Promise<number> {
  return new Promise((resolve) => {
    const request = get(url, { agent }, (response) => {
      response.on('end', () => resolve(response.statusCode ?? 0));
      response.on('error', () => resolve(0));
      response.resume();
    });
    request.on('error', () => resolve(0));
  });
}

function luaScript(paths: readonly string[]): string {
  const list = paths.map((path) => `  ${JSON.stringify(path)},`).join('\n');
  return `local paths = {
${list}
}
math.randomseed(7)
request = function()
  return wrk.format("GET", paths[math.random(#paths)])
end
done = function(summary, latency, requests)
  local e = summary.errors
  local bad = e.connect + e.read + e.write + e.status + e.timeout
  io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), bad))
end
`;
}

function run(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(output) : reject(new Error(`${command}: ${output}`))));
  });
}
