import { mkdtemp, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { controlledSource, testRangeSource } from '../../../../test/contracts/range-source.ts';
import { blobSource } from './blob.ts';
import { fileSource } from './file.node.ts';
import { httpSource } from './http.ts';
import { memorySource } from './memory.ts';
import type { RangeSource } from './range-source.ts';
import { withBlockCache } from './with-block-cache.ts';
import { withStats } from './with-stats.ts';

let folder: string;
let files = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sectile-source-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function temporaryFile(bytes: Uint8Array): Promise<string> {
  const path = join(folder, `${files++}.bin`);
  await writeFile(path, bytes);
  return path;
}

/** Answers ranged requests from a source, as a careful HTTP server does. */
function serve(source: RangeSource, quirks: { etag?: () => string; sentBytes?: number } = {}) {
  const etag = quirks.etag ?? (() => '"one"');
  return async (_url: string, init: RequestInit): Promise<Response> => {
    const headers = new Headers(init.headers);
    const match = headers.get('if-match');
    if (match && match !== etag()) return new Response(null, { status: 412 });
    const [, first = '', last = ''] = /^bytes=(\d+)-(\d+)$/.exec(headers.get('range') ?? '') ?? [];
    const start = Number(first);
    const end = Math.min(Number(last) + 1, source.byteLength);
    const bytes = await source.read(start, end - start, init.signal ? { signal: init.signal } : {});
    const sent = quirks.sentBytes === undefined || start === 0 ? bytes : bytes.subarray(0, quirks.sentBytes);
    return new Response(sent.slice(), {
      status: 206,
      headers: { 'content-range': `bytes ${start}-${end - 1}/${source.byteLength}`, etag: etag() },
    });
  };
}

const URL = 'https://images.example/a.tif';
const cannotShrink = { skip: 'the bytes cannot become fewer' };
const passesOn = { skip: 'adds no reads of its own' };

testRangeSource({
  name: 'memorySource',
  open: async (bytes) => memorySource(bytes),
  over: { skip: 'there is nothing below' },
  openShort: cannotShrink,
});

testRangeSource({
  name: 'blobSource',
  open: async (bytes) => blobSource(new Blob([bytes.slice()])),
  over: { skip: 'there is nothing below' },
  openShort: cannotShrink,
});

testRangeSource({
  name: 'fileSource',
  open: async (bytes) => fileSource(await temporaryFile(bytes)),
  over: { skip: 'there is nothing below' },
  openShort: async (bytes, available) => {
    const path = await temporaryFile(bytes);
    const source = await fileSource(path);
    await truncate(path, available);
    return source;
  },
});

testRangeSource({
  name: 'httpSource',
  open: (bytes) => httpSource(URL, { fetch: serve(memorySource(bytes)) }),
  over: (inner) => httpSource(URL, { fetch: serve(inner) }),
  openShort: (bytes, available) =>
    httpSource(URL, { fetch: serve(memorySource(bytes), { sentBytes: available - 500 }) }),
});

testRangeSource({
  name: 'withBlockCache',
  open: async (bytes) => withBlockCache(memorySource(bytes), { blockByteLength: 4096, maxBytes: 65536 }),
  over: async (inner) => withBlockCache(inner, { blockByteLength: 64 }),
  openShort: passesOn,
});

testRangeSource({
  name: 'withStats',
  open: async (bytes) => withStats(memorySource(bytes)),
  over: { skip: 'hands every read on as it is' },
  openShort: passesOn,
});

describe('fileSource', () => {
  const bytes = Uint8Array.from([1, 2, 3, 4]);

  it('reports a missing file as not found, without its path', async () => {
    const opening = fileSource(join(folder, 'no-such-file'));
    await expect(opening).rejects.toMatchObject({ kind: 'not-found' });
    await expect(opening).rejects.not.toThrow(/no-such-file/);
  });

  it('refuses a directory', async () => {
    await expect(fileSource(folder)).rejects.toMatchObject({ kind: 'source' });
  });

  it('has another revision after a write within the same second', async () => {
    const path = await temporaryFile(bytes);
    const before = await fileSource(path);
    await utimes(path, 1000.1, 1000.1);
    const touched = await fileSource(path);
    await utimes(path, 1000.2, 1000.2);
    const again = await fileSource(path);
    expect(new Set([before.revision, touched.revision, again.revision]).size).toBe(3);
    expect(again.lastModified?.getTime()).toBe(1_000_200);
    await Promise.all([before.close(), touched.close(), again.close()]);
  });

  it('has another revision for a file of equal size and time moved to its place', async () => {
    const path = await temporaryFile(bytes);
    const other = await temporaryFile(bytes);
    await Promise.all([utimes(path, 5, 5), utimes(other, 5, 5)]);
    const before = await fileSource(path);
    await rename(other, path);
    const after = await fileSource(path);
    expect(after.revision).not.toBe(before.revision);
    expect(await before.read(0, 4)).toEqual(bytes);
    await Promise.all([before.close(), after.close()]);
  });
});

describe('httpSource', () => {
  const bytes = Uint8Array.from({ length: 5000 }, (_, i) => i & 255);
  const whole =
    (headers: Record<string, string> = {}) =>
    async () =>
      new Response(bytes.slice(), { status: 200, headers });

  it('asks for unencoded bytes, sends given headers, and matches the ETag of the first answer', async () => {
    const seen: Headers[] = [];
    const answer = serve(memorySource(bytes));
    const source = await httpSource(URL, {
      headers: { authorization: 'Bearer x' },
      fetch: (url, init) => {
        seen.push(new Headers(init.headers));
        return answer(url, init);
      },
    });
    await source.read(10, 20);
    expect(seen.map((headers) => [headers.get('range'), headers.get('if-match')])).toEqual([
      ['bytes=0-0', null],
      ['bytes=10-29', '"one"'],
    ]);
    expect(seen.every((headers) => headers.get('accept-encoding') === 'identity')).toBe(true);
    expect(seen.every((headers) => headers.get('authorization') === 'Bearer x')).toBe(true);
    expect(source.revision).toBe('"one"');
  });

  it('rejects reads once the file was replaced', async () => {
    let etag = '"one"';
    const source = await httpSource(URL, { fetch: serve(memorySource(bytes), { etag: () => etag }) });
    etag = '"two"';
    await expect(source.read(0, 10)).rejects.toMatchObject({
      kind: 'source',
      message: expect.stringMatching(/replaced/),
    });
  });

  it.each([
    ['size', { 'content-range': 'bytes 0-0/5000' }, { 'content-range': 'bytes 0-9/6000' }],
    [
      'date',
      { 'content-range': 'bytes 0-0/5000', 'last-modified': 'Sat, 01 Jan 2000 00:00:00 GMT' },
      { 'content-range': 'bytes 0-9/5000', 'last-modified': 'Sun, 02 Jan 2000 00:00:00 GMT' },
    ],
  ])('notices by its %s that a file without an ETag was replaced', async (_name, first, second) => {
    const answers = [first, second];
    const fetch = async () => new Response(bytes.slice(0, 10), { status: 206, headers: answers.shift() ?? {} });
    const source = await httpSource(URL, { fetch });
    await expect(source.read(0, 10)).rejects.toMatchObject({
      kind: 'source',
      message: expect.stringMatching(/replaced/),
    });
  });

  it('has no date where the server sends something else', async () => {
    const source = await httpSource(URL, { fetch: whole({ 'last-modified': 'yesterday' }) });
    expect([source.lastModified, source.revision]).toEqual([undefined, '5000-']);
  });

  it('does not send a weak ETag as a condition', async () => {
    const conditions: (string | null)[] = [];
    const answer = serve(memorySource(bytes), { etag: () => 'W/"one"' });
    const source = await httpSource(URL, {
      fetch: (url, init) => {
        conditions.push(new Headers(init.headers).get('if-match'));
        return answer(url, init);
      },
    });
    expect(await source.read(1, 3)).toEqual(bytes.subarray(1, 4));
    expect(conditions).toEqual([null, null]);
  });

  it('keeps a short file that comes whole, and reads it from memory', async () => {
    let requests = 0;
    const source = await httpSource(URL, {
      fetch: async () => {
        requests += 1;
        return whole()();
      },
    });
    expect(await source.read(100, 5)).toEqual(bytes.subarray(100, 105));
    expect(source.byteLength).toBe(5000);
    expect(requests).toBe(1);
  });

  it.each([
    ['declared', { 'content-length': '5000' }],
    ['not declared', {}],
  ])('refuses a whole file above the limit, its length %s', async (_name, headers: Record<string, string>) => {
    await expect(httpSource(URL, { fetch: whole(headers), maxWholeBytes: 4999 })).rejects.toMatchObject({
      kind: 'limit',
    });
  });

  it.each([
    [404, 'not-found'],
    [410, 'not-found'],
    [403, 'source'],
    [500, 'source'],
  ])('turns status %i into a %s error', async (status, kind) => {
    await expect(httpSource(URL, { fetch: async () => new Response('no', { status }) })).rejects.toMatchObject({
      kind,
    });
  });

  it('opens an empty file', async () => {
    const headers = { 'content-range': 'bytes */0' };
    const source = await httpSource(URL, { fetch: async () => new Response(null, { status: 416, headers }) });
    expect(source.byteLength).toBe(0);
    expect((await source.read(0, 0)).length).toBe(0);
  });

  it('refuses an answer with another range than asked for', async () => {
    const source = await httpSource(URL, {
      fetch: async () =>
        new Response(bytes.slice(0, 10), { status: 206, headers: { 'content-range': 'bytes 0-9/5000' } }),
    });
    await expect(source.read(100, 10)).rejects.toMatchObject({ kind: 'source' });
  });

  it('turns a broken connection into a source error', async () => {
    const fetch = async () => {
      throw new TypeError('fetch failed');
    };
    await expect(httpSource(URL, { fetch })).rejects.toMatchObject({ kind: 'source' });
  });
});

describe('withBlockCache', () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i & 255);

  it('reads missing neighbors in one go and nothing twice', async () => {
    const inner = withStats(memorySource(bytes));
    const source = withBlockCache(inner, { blockByteLength: 100 });
    await source.read(250, 10);
    expect(inner.stats).toMatchObject({ reads: 1, bytes: 100 });
    await source.read(0, 1000);
    expect(inner.stats).toMatchObject({ reads: 3, bytes: 1000 });
    await source.read(123, 456);
    expect(inner.stats.reads).toBe(3);
  });

  it('reads a block once for many who ask at the same time', async () => {
    const inner = withStats(memorySource(bytes));
    const source = withBlockCache(inner, { blockByteLength: 100 });
    await Promise.all([source.read(0, 10), source.read(50, 10), source.read(90, 20), source.read(100, 5)]);
    expect(inner.stats).toMatchObject({ reads: 2, bytes: 200 });
  });

  it('forgets the blocks that were used longest ago', async () => {
    const inner = withStats(memorySource(bytes));
    const source = withBlockCache(inner, { blockByteLength: 100, maxBytes: 300 });
    for (const block of [0, 1, 2, 0, 3]) await source.read(block * 100, 10);
    expect(inner.stats.reads).toBe(4);
    expect(source.peek(0, 10)).toEqual(bytes.subarray(0, 10));
    expect(source.peek(100, 10)).toBeUndefined();
    expect(source.peek(200, 200)).toEqual(bytes.subarray(200, 400));
  });

  it('aborts the read below when, and only when, its last reader has left', async () => {
    const inner = controlledSource(bytes);
    const signals: (AbortSignal | undefined)[] = [];
    const spied: RangeSource = {
      ...inner,
      read: (byteOffset, byteLength, options) => {
        signals.push(options?.signal);
        return inner.read(byteOffset, byteLength, options);
      },
    };
    const source = withBlockCache(spied, { blockByteLength: 100 });
    inner.hold();
    const first = new AbortController();
    const second = new AbortController();
    const reads = [source.read(0, 10, { signal: first.signal }), source.read(0, 10, { signal: second.signal })];
    first.abort();
    expect(signals[0]?.aborted).toBe(false);
    second.abort();
    expect(signals[0]?.aborted).toBe(true);
    await Promise.allSettled(reads);
    inner.release();
  });
});
