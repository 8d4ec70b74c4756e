import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfigFile } from './load-config-file.node.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sectile-config-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('there need not be any file', async () => {
  expect(await loadConfigFile(folder)).toBeUndefined();
});

test('JSON is found by its name, before a module', async () => {
  await writeFile(join(folder, 'sectile.config.json'), '{"port": 1}');
  await writeFile(join(folder, 'sectile.config.mjs'), 'export default { port: 2 }');
  expect(await loadConfigFile(folder)).toEqual({ path: join(folder, 'sectile.config.json'), settings: { port: 1 } });
});

test.each([
  ['an object', 'export default { port: 3 };'],
  ['a named object', 'export const config = { port: 3 };'],
  ['a function', 'export default () => ({ port: 3 });'],
  ['an asynchronous function', 'export default async () => ({ port: 3 });'],
])('a module exports %s', async (_name, text) => {
  await writeFile(join(folder, 'own.mjs'), text);
  expect((await loadConfigFile(folder, 'own.mjs'))?.settings).toEqual({ port: 3 });
});

test.each([
  ['missing.json', undefined, /missing\.json cannot be read/],
  ['broken.json', '{', /broken\.json cannot be read/],
  ['list.json', '[]', /list\.json holds no settings/],
  ['throws.mjs', 'throw new Error("no")', /throws\.mjs cannot be read: no/],
])('%s is an error that names the file', async (name, text, message) => {
  if (text !== undefined) await writeFile(join(folder, name), text);
  await expect(loadConfigFile(folder, name)).rejects.toThrow(message);
});
