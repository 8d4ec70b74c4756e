import { expect, test } from 'vitest';
import { packageAssets } from './assets.node.ts';

const load = packageAssets();

test.each([
  ['style.css', 'text/css; charset=utf-8'],
  ['viewer.js', 'text/javascript; charset=utf-8'],
  ['icon.svg', 'image/svg+xml'],
  ['openseadragon/openseadragon.min.js', 'text/javascript; charset=utf-8'],
  ['openseadragon/images/home_rest.png', 'image/png'],
])('has %s', async (name, mediaType) => {
  expect((await load(name))?.mediaType).toBe(mediaType);
});

test.each([
  '',
  '.',
  '../package.json',
  'openseadragon/../../package.json',
  'openseadragon/../openseadragon/openseadragon.min.js',
  'images/../style.css',
  '/etc/passwd',
  'openseadragon//etc/passwd.js',
  'none.css',
  'style.css/',
])('has nothing at %j', async (name) => {
  expect(await load(name)).toBeUndefined();
});
