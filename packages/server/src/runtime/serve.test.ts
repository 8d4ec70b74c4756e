import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { smallPyramid } from '../../../../test/fixtures/small-pyramid.ts';
import { type RunningServer, serve } from './serve.node.ts';

let folder: string;
let server: RunningServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sectile-serve-'));
  await writeFile(join(folder, 'a.tif'), smallPyramid());
  server = await serve({ config: { port: 0, verbosity: 0, threads: 1, filesystemPrefix: `${folder}/` } });
});

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Sends bytes as they are and gives back what comes until the server closes the connection. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

describe('on a socket', () => {
  test('a tile comes rendered, then from memory, with the same headers', async () => {
    const url = `${server.url}/iiif/3/a.tif/0,0,128,128/128,/0/default.png`;
    const [first, second] = [await fetch(url), await fetch(url)];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect((await first.arrayBuffer()).byteLength).toBe(Number(first.headers.get('content-length')));
    const without = (response: Response) => [...response.headers].filter(([name]) => name !== 'date');
    expect(without(second)).toEqual(without(first));
    const head = await fetch(url, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, first.headers.get('content-length')]);
  });

  test('pages, assets and the health check go through Hono', async () => {
    const page = await fetch(`${server.url}/`);
    expect(await page.text()).toContain('/view/a.tif');
    expect((await fetch(`${server.url}/assets/style.css`)).status).toBe(200);
    expect(await (await fetch(`${server.url}/health`)).text()).toBe('ok\n');
    expect((await fetch(`${server.url}/view/a.tif`)).status).toBe(200);
  });

  test('a posted query is read', async () => {
    const response = await fetch(`${server.url}/iip`, { method: 'POST', body: 'FIF=a.tif&OBJ=Max-size' });
    expect(await response.text()).toBe('Max-size:301 201\r\n');
    expect((await fetch(`${server.url}/iip`, { method: 'POST', body: 'x'.repeat(70_000) })).status).toBe(413);
  });

  test('the rest of a posted query that is too long is dropped', async () => {
    const head = 'POST /iip HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n';
    for (let time = 0; time < 5; time++) {
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
      let answer = '';
      socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
      socket.on('error', () => {});
      socket.write(head + 'x'.repeat(2_000_000));
      await expect.poll(() => answer).toContain(' 413 ');
      socket.destroy();
    }
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
  });

  test.each([
    ['a path that climbs', 'GET /iiif/3/../../../etc/passwd/info.json HTTP/1.1', 404],
    ['an encoded one', 'GET /iiif/3/..%2f..%2fetc%2fpasswd/info.json HTTP/1.1', 404],
    ['an absolute URL', 'GET http://elsewhere.example/iiif/3/a.tif/info.json HTTP/1.1', 200],
    ['a lone asterisk', 'OPTIONS * HTTP/1.1', 400],
    ['an unknown method', 'PROPFIND /iiif/3/a.tif/info.json HTTP/1.1', 405],
    ['bytes that are no text', 'GET /iiif/3/%ff%fe/info.json HTTP/1.1', 400],
  ])('%s is answered', async (_name, line, status) => {
    const answer = await raw(`${line}\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    expect(answer.split('\r\n')[0]).toContain(` ${status} `);
  });

  test('a client that leaves does not disturb the server', async () => {
    const leaving = new AbortController();
    const left = fetch(`${server.url}/iiif/3/a.tif/full/^3000,/0/default.png`, { signal: leaving.signal });
    setTimeout(() => leaving.abort(), 5);
    await left.catch(() => undefined);
    expect((await fetch(`${server.url}/iiif/3/a.tif/full/10,/0/default.png`)).status).toBe(200);
  });
});

test('stopping lets a request under way finish', async () => {
  const own = await serve({ config: { port: 0, verbosity: 0, threads: 1, filesystemPrefix: `${folder}/` } });
  const pending = fetch(`${own.url}/iiif/3/a.tif/full/^2000,/0/default.png`);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const stopped = own.stop();
  const response = await pending;
  expect([response.status, (await response.arrayBuffer()).byteLength > 1000]).toEqual([200, true]);
  await stopped;
  await expect(fetch(`${own.url}/health`)).rejects.toThrow();
});

test('a port that is taken is an error', async () => {
  const port = Number(new URL(server.url).port);
  await expect(serve({ config: { port, verbosity: 0 } })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
