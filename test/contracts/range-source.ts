import { ImageError } from '@sectile/core';
import { memorySource, type RangeSource } from '@sectile/core/source';
import { describe, expect, it } from 'vitest';

/** How to make the source or decorator that the suite is run on. */
export interface RangeSourceHarness {
  readonly name: string;
  /** A source over exactly these bytes. */
  open(bytes: Uint8Array): Promise<RangeSource>;
  /** The same over another source, whose failures and delays must show through; or why there is none below. */
  readonly over: ((inner: RangeSource) => Promise<RangeSource>) | { readonly skip: string };
  /** A source that says it has all of `bytes` but can only deliver the first `available`; or why that cannot be. */
  readonly openShort: ((bytes: Uint8Array, available: number) => Promise<RangeSource>) | { readonly skip: string };
}

const BYTES = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 31 + (i >> 8)) & 255);

const RANGES = [
  [0, 1],
  [0, 16],
  [199_999, 1],
  [65_535, 2],
  [1000, 150_000],
  [0, 200_000],
] as const;

/** Runs the contract of `RangeSource`. */
export function testRangeSource(harness: RangeSourceHarness): void {
  describe(`${harness.name} as a range source`, () => {
    it.each(RANGES)('reads exactly the bytes at %i, %i of them', async (byteOffset, byteLength) => {
      const source = await harness.open(BYTES);
      const read = await source.read(byteOffset, byteLength);
      expect(read.length).toBe(byteLength);
      expect(Buffer.compare(read, BYTES.subarray(byteOffset, byteOffset + byteLength))).toBe(0);
      await source.close();
    });

    it('knows its length and has a revision', async () => {
      const source = await harness.open(BYTES);
      expect(source.byteLength).toBe(BYTES.length);
      expect(source.revision).not.toBe('');
      await source.close();
    });

    it('gives equal answers to reads at the same time', async () => {
      const source = await harness.open(BYTES);
      const reads = await Promise.all(RANGES.map(([byteOffset, byteLength]) => source.read(byteOffset, byteLength)));
      for (const [i, [byteOffset, byteLength]] of RANGES.entries()) {
        expect(Buffer.compare(reads[i]!, BYTES.subarray(byteOffset, byteOffset + byteLength))).toBe(0);
      }
      await source.close();
    });

    it('reads zero bytes anywhere, the end included', async () => {
      const source = await harness.open(BYTES);
      expect((await source.read(0, 0)).length).toBe(0);
      expect((await source.read(BYTES.length, 0)).length).toBe(0);
      await source.close();
    });

    it.each([
      [199_999, 2],
      [200_000, 1],
      [-1, 1],
      [0, -1],
      [0.5, 1],
      [Number.NaN, 1],
      [2 ** 53, 1],
    ])('refuses a range outside the bytes (%d, %d)', async (byteOffset, byteLength) => {
      const source = await harness.open(BYTES);
      await expect(source.read(byteOffset, byteLength)).rejects.toMatchObject({ kind: 'source' });
      await source.close();
    });

    it('rejects a read whose signal has fired already', async () => {
      const source = await harness.open(BYTES);
      await expect(source.read(0, 10, { signal: AbortSignal.abort() })).rejects.toMatchObject({ kind: 'aborted' });
      await source.close();
    });

    it('rejects reads after close, and closes twice without complaint', async () => {
      const source = await harness.open(BYTES);
      await source.close();
      await source.close();
      await expect(source.read(0, 10)).rejects.toMatchObject({ kind: 'source' });
    });

    testShortReads(harness);
    testInner(harness);
  });
}

function testShortReads({ openShort }: RangeSourceHarness): void {
  const title = 'turns a short read into a source error';
  if (typeof openShort !== 'function') {
    it.skip(`${title} (${openShort.skip})`, () => {});
    return;
  }
  it(title, async () => {
    const source = await openShort(BYTES, 1000);
    await expect(source.read(500, 1000)).rejects.toMatchObject({ kind: 'source' });
    await source.close();
  });
}

function testInner({ over }: RangeSourceHarness): void {
  if (typeof over !== 'function') {
    it.skip(`failures and delays from below (${over.skip})`, () => {});
    return;
  }
  it('does not remember a failure', async () => {
    const inner = controlledSource(BYTES);
    const source = await over(inner);
    inner.failNext();
    await expect(source.read(100, 50)).rejects.toMatchObject({ kind: 'source' });
    expect(await source.read(100, 50)).toEqual(BYTES.subarray(100, 150));
    await source.close();
  });

  it('rejects an aborted read at once, though the bytes are still under way', async () => {
    const inner = controlledSource(BYTES);
    const source = await over(inner);
    inner.hold();
    const controller = new AbortController();
    const read = source.read(100, 50, { signal: controller.signal });
    controller.abort();
    await expect(read).rejects.toMatchObject({ kind: 'aborted' });
    inner.release();
    await source.close();
  });

  it('does not let the abort of one reader reject another of the same bytes', async () => {
    const inner = controlledSource(BYTES);
    const source = await over(inner);
    inner.hold();
    const controller = new AbortController();
    const leaving = source.read(100, 50, { signal: controller.signal });
    const staying = source.read(100, 50, { signal: new AbortController().signal });
    const unsignalled = source.read(110, 50);
    controller.abort();
    await expect(leaving).rejects.toMatchObject({ kind: 'aborted' });
    inner.release();
    expect(await staying).toEqual(BYTES.subarray(100, 150));
    expect(await unsignalled).toEqual(BYTES.subarray(110, 160));
    await source.close();
  });

  it('reads again after all readers of a range have left', async () => {
    const inner = controlledSource(BYTES);
    const source = await over(inner);
    inner.hold();
    const controller = new AbortController();
    const leaving = source.read(100, 50, { signal: controller.signal });
    controller.abort();
    await expect(leaving).rejects.toMatchObject({ kind: 'aborted' });
    const next = source.read(100, 50);
    inner.release();
    expect(await next).toEqual(BYTES.subarray(100, 150));
    await source.close();
  });

  it('reads nothing from below for zero bytes', async () => {
    const inner = controlledSource(BYTES);
    const source = await over(inner);
    const before = inner.reads;
    await source.read(100, 0);
    expect(inner.reads).toBe(before);
    await source.close();
  });
}

/** A source whose reads can be held back or made to fail. */
export interface ControlledSource extends RangeSource {
  /** Reads that reached it. */
  readonly reads: number;
  failNext(): void;
  hold(): void;
  release(): void;
}

/** Makes a {@link ControlledSource}; its reads honor their signals. */
export function controlledSource(bytes: Uint8Array): ControlledSource {
  const memory = memorySource(bytes);
  let reads = 0;
  let fail = false;
  let gate: { readonly opened: Promise<void>; readonly open: () => void } | undefined;
  return {
    ...memory,
    get reads() {
      return reads;
    },
    failNext() {
      fail = true;
    },
    hold() {
      let open = () => {};
      const opened = new Promise<void>((resolve) => {
        open = resolve;
      });
      gate = { opened, open };
    },
    release() {
      gate?.open();
      gate = undefined;
    },
    async read(byteOffset, byteLength, options) {
      reads += 1;
      if (fail) {
        fail = false;
        throw new ImageError('source', 'Out of order');
      }
      if (gate) await Promise.race([gate.opened, aborted(options?.signal)]);
      return memory.read(byteOffset, byteLength, options);
    },
  };
}

function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
}
