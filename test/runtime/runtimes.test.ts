import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../browser/chromium.ts';
import type { RuntimeResult } from '../contracts/runtime.ts';
import { bundle, wasmFiles } from './bundle.ts';

const modules = fileURLToPath(new URL('node_modules', import.meta.url));
const nothing: RuntimeResult[] = [];

/** What went wrong, by name; the same for every runtime. */
function problems(results: readonly RuntimeResult[]): Record<string, string> {
  expect(results.length).toBeGreaterThan(10);
  return Object.fromEntries(
    results.filter(({ problem }) => problem !== '').map(({ name, problem }) => [name, problem]),
  );
}

function runScript(command: string, args: readonly string[]): RuntimeResult[] {
  const output = execFileSync(command, args, { encoding: 'utf8', env: { ...process.env, DENO_NO_UPDATE_CHECK: '1' } });
  return JSON.parse(output.trim().split('\n').at(-1) ?? '[]');
}

describe('one server, every runtime', () => {
  it('Node', async () => {
    expect(problems(runScript(process.execPath, [await bundle('smoke.ts', 'node')]))).toEqual({});
  });

  it.skipIf(!existsSync(`${modules}/bun`))('Bun', async () => {
    expect(problems(runScript(`${modules}/.bin/bun`, [await bundle('smoke.ts', 'node')]))).toEqual({});
  });

  it.skipIf(!existsSync(`${modules}/deno`))('Deno', async () => {
    expect(
      problems(runScript(`${modules}/.bin/deno`, ['run', '-A', '--no-check', await bundle('smoke.ts', 'node')])),
    ).toEqual({});
  });

  it.skipIf(!existsSync(`${modules}/miniflare`))('workerd', async () => {
    const script = await bundle('smoke-worker.ts', 'workerd');
    const { Miniflare } = await import('miniflare');
    const miniflare = new Miniflare({
      modules: [
        { type: 'ESModule', path: 'worker.mjs', contents: readFileSync(script, 'utf8') },
        ...[...wasmFiles()].map(([name, path]) => ({
          type: 'CompiledWasm' as const,
          path: name,
          contents: readFileSync(path),
        })),
      ],
      modulesRoot: '.',
      compatibilityDate: '2026-04-01',
      cf: false,
    });
    try {
      const response = await miniflare.dispatchFetch('http://localhost/');
      expect(problems((await response.json()) as RuntimeResult[])).toEqual({});
    } finally {
      await miniflare.dispose();
    }
  });

  describe('Chromium', () => {
    let server: Server;
    let origin = '';

    beforeAll(async () => {
      const script = await bundle('smoke-browser.ts', 'browser');
      const files = wasmFiles();
      server = createServer((request, response) => {
        const name = basename(request.url ?? '');
        const wasm = files.get(name);
        if (wasm) response.writeHead(200, { 'content-type': 'application/wasm' }).end(readFileSync(wasm));
        else if (name === 'smoke.mjs')
          response.writeHead(200, { 'content-type': 'text/javascript' }).end(readFileSync(script));
        else
          response
            .writeHead(200, { 'content-type': 'text/html' })
            .end('<!doctype html><script type=module src=/a/b/smoke.mjs></script>');
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const address = server.address();
      origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
    });

    afterAll(() => server.close());

    it('page', async () => {
      const browser = await launchChromium();
      try {
        const page = await browser.newPage();
        await page.goto(origin);
        await page.waitForFunction('globalThis.smoke', undefined, { timeout: 30_000 });
        const results: unknown = await page.evaluate('globalThis.smoke');
        expect(problems(Array.isArray(results) ? results : nothing)).toEqual({});
      } finally {
        await browser.close();
      }
    });
  });
});
