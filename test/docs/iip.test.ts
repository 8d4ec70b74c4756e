import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { COLORMAP_NAMES, CONVOLUTION_KERNEL_NAMES } from '@sectile/core/processing';
import { expect, test } from 'vitest';
import { MODIFIERS } from '../../packages/server/src/protocols/iip/commands.ts';

const docs = new URL('../../docs/', import.meta.url);
const iip = readFileSync(new URL('iip.md', docs), 'utf8');

test('docs/iip.md has a place for every modifier, color map and kernel', () => {
  const named = [...Object.keys(MODIFIERS), ...COLORMAP_NAMES, ...CONVOLUTION_KERNEL_NAMES];
  expect(named.filter((name) => !new RegExp(`\\b${name}\\b`).test(iip))).toEqual([]);
});

test('all pictures of the documents are there, small, and none is left over', () => {
  const texts = readdirSync(docs).filter((name) => name.endsWith('.md'));
  const wanted = texts.flatMap((name) =>
    [...readFileSync(new URL(name, docs), 'utf8').matchAll(/\]\((pictures\/[\w.-]+)/g)].map(([, path = '']) => path),
  );
  expect(wanted.filter((path) => !existsSync(new URL(path, docs)))).toEqual([]);
  const files = readdirSync(new URL('pictures/', docs)).map((name) => `pictures/${name}`);
  expect(files.filter((path) => !wanted.includes(path))).toEqual([]);
  const bytes = files.reduce((sum, path) => sum + statSync(new URL(path, docs)).size, 0);
  expect(bytes).toBeLessThan(600_000);
});
