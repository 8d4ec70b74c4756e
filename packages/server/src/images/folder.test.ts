import { mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { folderImages, prefixProblem } from './folder.node.ts';
import type { ImageResolver } from './resolver.ts';

let base: string;
let images: ImageResolver;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'sectile-folder-'));
  const root = join(base, 'images');
  await mkdir(join(root, 'sub', 'deep'), { recursive: true });
  await mkdir(join(root, '.hidden'));
  await mkdir(join(base, 'outside'));
  await mkdir(join(base, 'images-too'));
  for (const path of [
    'images/a.tif',
    'images/scan 1.tif',
    'images/größe.jp2',
    'images/%2e%2e.tif',
    'images/sub/b.tif',
    'images/sub/deep/c.png',
    'images/notes.txt',
    'images/.secret.tif',
    'images/.hidden/d.tif',
    'outside/secret.tif',
    'images-too/e.tif',
  ]) {
    await writeFile(join(base, path), `bytes of ${path}`);
  }
  await symlink(join(base, 'outside', 'secret.tif'), join(root, 'leads-out.tif'));
  await symlink(join(base, 'outside'), join(root, 'folder-out'));
  await symlink(join(root, 'a.tif'), join(root, 'leads-in.tif'));
  await symlink(join(root, 'round.tif'), join(root, 'round.tif'));
  images = folderImages({ prefix: `${root}/` });
});

afterAll(() => rm(base, { recursive: true, force: true }));

async function textOf(resolver: ImageResolver, id: string): Promise<string | undefined> {
  const found = await resolver.find(id);
  if (!found) return undefined;
  const source = await found.open();
  const bytes = await source.read(0, source.byteLength);
  await source.close();
  return new TextDecoder().decode(bytes);
}

describe('finds', () => {
  test.each([
    ['a.tif', 'images/a.tif'],
    ['/a.tif', 'images/a.tif'],
    ['//sub//b.tif', 'images/sub/b.tif'],
    ['sub/deep/c.png', 'images/sub/deep/c.png'],
    ['scan 1.tif', 'images/scan 1.tif'],
    ['größe.jp2', 'images/größe.jp2'],
    ['%2e%2e.tif', undefined],
    ['leads-in.tif', 'images/a.tif'],
  ])('%s', async (id, path) => {
    // Names that look encoded are taken literally; this one is a real file.
    const expected = path ?? 'images/%2e%2e.tif';
    expect(await textOf(images, id)).toBe(`bytes of ${expected}`);
  });
});

test('what is wrong with a prefix is told', async () => {
  expect(await prefixProblem(`${base}/images/`)).toBeUndefined();
  expect(await prefixProblem(`${base}/images/scan`)).toBeUndefined();
  expect(await prefixProblem(`${base}/images`)).toMatch(/has no slash at its end/);
  expect(await prefixProblem(`${base}/missing/`)).toMatch(/there is no folder/);
});

describe('does not find', () => {
  test.each([
    ['nothing', ''],
    ['a missing file', 'missing.tif'],
    ['a folder', 'sub'],
    ['a file below a file', 'a.tif/b.tif'],
    ['the parent folder', '../outside/secret.tif'],
    ['the parent of a folder', 'sub/../../outside/secret.tif'],
    ['even inside the root', 'sub/../a.tif'],
    ['doubled dots that survive one removal', '....//outside/secret.tif'],
    ['an encoded parent', '%2e%2e/outside/secret.tif'],
    ['a twice encoded parent', '%252e%252e%252foutside%252fsecret.tif'],
    ['a parent with a backslash', '..\\outside\\secret.tif'],
    ['a backslash', 'sub\\b.tif'],
    ['an absolute path', '/etc/passwd'],
    ['a file URL', 'file:///etc/passwd'],
    ['a NUL', 'a.tif\0.png'],
    ['a line feed', 'a.tif\n'],
    ['a hidden file', '.secret.tif'],
    ['a file in a hidden folder', '.hidden/d.tif'],
    ['the folder itself', '.'],
    ['a folder whose name begins alike', '../images-too/e.tif'],
    ['a link out', 'leads-out.tif'],
    ['a file below a link out', 'folder-out/secret.tif'],
    ['a link to itself', 'round.tif'],
    ['a name that is too long', `${'x'.repeat(5000)}.tif`],
  ])('%s', async (_name, id) => {
    expect(await images.find(id)).toBeUndefined();
  });
});

test('follows links out of the folder only when told to', async () => {
  const free = folderImages({ prefix: `${join(base, 'images')}/`, followSymlinks: true });
  expect(await textOf(free, 'leads-out.tif')).toBe('bytes of outside/secret.tif');
  expect(await free.find('../outside/secret.tif')).toBeUndefined();
});

test('puts the prefix before and the suffix behind identifiers as they are', async () => {
  const scans = folderImages({ prefix: join(base, 'images', 'sc'), suffix: '.tif' });
  expect(await textOf(scans, 'an 1')).toBe('bytes of images/scan 1.tif');
  expect(await scans.find('a')).toBeUndefined();
});

test('a file that was replaced has another revision, even with equal size and time', async () => {
  const path = join(base, 'images', 'changing.tif');
  const time = new Date('2024-01-01T00:00:00Z');
  await writeFile(path, 'first');
  await utimes(path, time, time);
  const before = await images.find('changing.tif');
  await writeFile(`${path}.new`, 'other');
  await utimes(`${path}.new`, time, time);
  await rename(`${path}.new`, path);
  const after = await images.find('changing.tif');
  expect(before?.lastModified).toEqual(after?.lastModified);
  expect(before?.revision).not.toBe(after?.revision);
  await rm(path);
});

describe('lists', () => {
  test('folders first, then images, each by name; neither hidden nor other files', async () => {
    const listing = await images.list?.('', { offset: 0, limit: 100 });
    expect(listing?.folders).toEqual(['sub']);
    expect(listing?.images).toEqual(['%2e%2e.tif', 'a.tif', 'größe.jp2', 'leads-in.tif', 'scan 1.tif']);
    expect(listing?.total).toBe(6);
  });

  test('page by page', async () => {
    const pages = await Promise.all([0, 2, 4, 6].map((offset) => images.list?.('', { offset, limit: 2 })));
    expect(pages.map((page) => [...(page?.folders ?? []), ...(page?.images ?? [])])).toEqual([
      ['sub', '%2e%2e.tif'],
      ['a.tif', 'größe.jp2'],
      ['leads-in.tif', 'scan 1.tif'],
      [],
    ]);
  });

  test.each(['..', '../outside', 'folder-out', '.hidden', 'missing', 'a.tif'])('not %s', async (folder) => {
    expect(await images.list?.(folder, { offset: 0, limit: 10 })).toBeUndefined();
  });
});
