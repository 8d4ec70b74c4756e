import { ImageError } from '@sectile/core/errors';
import type { ImageReader } from '@sectile/core/pyramid';
import { memorySource, type RangeSource } from '@sectile/core/source';
import { expect, test } from 'vitest';
import { createOpenImages, type OpenImages } from './open-images.ts';

/** A store whose revision can be changed, and a log of what was opened and closed. */
function setUp(options: { maxCount?: number; revalidateMs?: number } = {}) {
  const store = { revision: '1', exists: true, finds: 0, failing: false, time: 0, maxFiles: Number.POSITIVE_INFINITY };
  const events: string[] = [];
  let files = 0;
  const open = async (source: RangeSource): Promise<ImageReader> => {
    if (store.failing) throw new ImageError('malformed', 'broken');
    if (files >= store.maxFiles) {
      const cause = Object.assign(new Error('too many open files'), { code: 'EMFILE' });
      throw new ImageError('source', 'The file cannot be opened', { cause });
    }
    files += 1;
    events.push(`open ${source.id}`);
    const close = async (): Promise<void> => {
      events.push(`close ${source.id}`);
      await undefined;
      files -= 1;
    };
    return { revision: source.revision, close } as Partial<ImageReader> as ImageReader;
  };
  const images: OpenImages = createOpenImages({
    resolver: {
      async find(id) {
        store.finds += 1;
        if (!store.exists) return undefined;
        const { revision } = store;
        return { revision, open: async () => memorySource(new Uint8Array(1), { id: `${id}@${revision}`, revision }) };
      },
    },
    open,
    maxCount: options.maxCount ?? 10,
    idleMs: 1000,
    revalidateMs: options.revalidateMs ?? 100,
    now: () => store.time,
  });
  const touch = (id: string): Promise<string> => images.use(id, async (image) => image.revision);
  return { store, events, images, touch };
}

test('opens an image once and asks the store again only after a while', async () => {
  const { store, events, touch } = setUp();
  await touch('a');
  store.time = 99;
  await touch('a');
  expect([store.finds, events]).toEqual([1, ['open a@1']]);
  store.time = 100;
  await touch('a');
  expect([store.finds, events]).toEqual([2, ['open a@1']]);
});

test('concurrent requests share one opening', async () => {
  const { store, events, touch } = setUp();
  await Promise.all([touch('a'), touch('a'), touch('a')]);
  expect([store.finds, events]).toEqual([1, ['open a@1']]);
});

test('notices a replaced file and closes the old reader after its last use', async () => {
  const { store, events, images, touch } = setUp();
  let finish = (): void => {};
  const using = images.use('a', () => new Promise<void>((resolve) => (finish = resolve)));
  await new Promise((resolve) => setTimeout(resolve));
  store.revision = '2';
  store.time = 100;
  expect(await touch('a')).toBe('2');
  expect(events).toEqual(['open a@1', 'open a@2']);
  finish();
  await using;
  expect(events).toEqual(['open a@1', 'open a@2', 'close a@1']);
});

test('knows which revision is current without asking', async () => {
  const { store, images, touch } = setUp();
  expect(images.isCurrent('a', '1')).toBe(false);
  await touch('a');
  expect(images.isCurrent('a', '1')).toBe(true);
  expect(images.isCurrent('a', '2')).toBe(false);
  store.time = 100;
  expect(images.isCurrent('a', '1')).toBe(false);
});

test('an image that is gone is not found and its reader is closed', async () => {
  const { store, events, touch } = setUp();
  await touch('a');
  store.exists = false;
  store.time = 100;
  await expect(touch('a')).rejects.toMatchObject({ kind: 'not-found' });
  expect(events).toEqual(['open a@1', 'close a@1']);
});

test('failures to open are not remembered', async () => {
  const { store, touch } = setUp();
  store.failing = true;
  await expect(touch('a')).rejects.toMatchObject({ kind: 'malformed' });
  store.failing = false;
  expect(await touch('a')).toBe('1');
});

test('closes the reader used longest ago when there are too many', async () => {
  const { events, touch } = setUp({ maxCount: 2 });
  for (const id of ['a', 'b', 'a', 'c']) await touch(id);
  expect(events).toEqual(['open a@1', 'open b@1', 'open c@1', 'close b@1']);
});

test('keeps nothing open with a count of 0', async () => {
  const { events, images, touch } = setUp({ maxCount: 0 });
  await touch('a');
  expect([events, images.size]).toEqual([['open a@1', 'close a@1'], 0]);
});

test('never closes a reader in use, not even when everything is cleared', async () => {
  const { events, images } = setUp({ maxCount: 0 });
  await images.use('a', async (image) => {
    images.clear();
    await image.keep(async () => expect(events).toEqual(['open a@1']));
    expect(events).toEqual(['open a@1']);
  });
  expect(events).toEqual(['open a@1', 'close a@1']);
});

test('a task that outlives its user keeps the reader open', async () => {
  const { events, images } = setUp({ maxCount: 0 });
  let finish = (): void => {};
  let kept: Promise<void> | undefined;
  await images.use('a', async (image) => {
    kept = image.keep(() => new Promise<void>((resolve) => (finish = resolve)));
  });
  expect(events).toEqual(['open a@1']);
  finish();
  await kept;
  expect(events).toEqual(['open a@1', 'close a@1']);
});

test('sweeping closes what has been idle', async () => {
  const { store, events, images, touch } = setUp({ revalidateMs: 10_000 });
  await touch('a');
  store.time = 900;
  await touch('b');
  store.time = 1500;
  images.sweep();
  expect(events).toEqual(['open a@1', 'open b@1', 'close a@1']);
});

test('closes what is idle where the system has no more files to give', async () => {
  const { store, events, images, touch } = setUp();
  for (const id of ['a', 'b', 'c', 'd']) await touch(id);
  store.maxFiles = 4;
  events.length = 0;
  await touch('e');
  expect(events).toEqual(['close a@1', 'close b@1', 'open e@1']);
  store.maxFiles = 1;
  await expect(touch('f')).rejects.toMatchObject({ kind: 'source' });
  expect(images.size).toBe(1);
});
