import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What one run of load measured. */
export interface LoadResult {
  readonly requestsPerSecond: number;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
  readonly errors: number;
}

/**
 * Asks for the URLs over `connections` keep-alive connections, with Debian's `wrk`. Loopback only.
 *
 * @param options.order `random`, or `once`: as listed, where running out of URLs counts as an error.
 */
export async function applyLoad(options: {
  readonly origin: string;
  readonly paths: readonly string[];
  readonly order: 'random' | 'once';
  readonly seconds: number;
  readonly connections: number;
  readonly scratch: string;
}): Promise<LoadResult> {
  const script = join(options.scratch, 'load.lua');
  writeFileSync(script, luaScript(options.paths, options.order));
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

function luaScript(paths: readonly string[], order: 'random' | 'once'): string {
  const list = paths.map((path) => `  ${JSON.stringify(path)},`).join('\n');
  const next = order === 'random' ? 'math.random(#paths)' : 'asked';
  return `local paths = {
${list}
}
math.randomseed(7)
asked = 0
request = function()
  asked = asked + 1
  return wrk.format("GET", paths[${next}] or "/no-more-urls")
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
