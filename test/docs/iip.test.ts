import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { COLORMAP_NAMES, CONVOLUTION_KERNEL_NAMES } from '@sectile/core/processing';
import { describe, expect, test } from 'vitest';
import { PROCESSING } from '../../packages/server/src/protocols/iiif/processing-query.ts';
import { MODIFIERS } from '../../packages/server/src/protocols/iip/commands.ts';
import { OBJECT_NAMES } from '../../packages/server/src/protocols/iip/objects.ts';
import { OUTPUTS } from '../../packages/server/src/protocols/iip/parse.ts';

const docs = new URL('../../docs/', import.meta.url);
const iip = readFileSync(new URL('iip.md', docs), 'utf8');

const COMMANDS = [...Object.keys(MODIFIERS), ...Object.keys(OUTPUTS), 'OBJ'];

/** No browser shows a TIFF. */
const WITHOUT_PICTURE = ['TTL'];

/** Requests of pictures, and of answers in text, by what they are kept as. */
const PICTURES = [...iip.matchAll(/\]\((pictures\/[\w.-]+) "([^"]+)"\)/g)].map(([, , request = '']) => request);
const ANSWERS = [...iip.matchAll(/^```text (\S.*)\n([\s\S]*?)\n```$/gm)].map(([, request = '', text = '']) => ({
  request,
  text,
}));

function asks(request: string, command: string): boolean {
  return request.split('&').some((piece) => piece.split('=')[0]?.toUpperCase() === command);
}

describe('docs/iip.md', () => {
  test('has a place for every command, color map, kernel and object', () => {
    const named = [...COMMANDS, ...COLORMAP_NAMES, ...CONVOLUTION_KERNEL_NAMES, ...OBJECT_NAMES];
    // Objects that no picture of today has are summed up.
    const rare = 'keywords comment last-author rev-number edit-time last-printed last-save-dtm'.split(' ');
    const missing = named.filter((name) => !new RegExp(`\\b${name}\\b`, 'i').test(iip) && !rare.includes(name));
    expect(missing).toEqual([]);
  });

  test.each(COMMANDS)('describes %s under a heading of its own, or with its like', (command) => {
    const headings = iip.split('\n').filter((line) => /^#{2,3} /.test(line));
    const isProtocol = ['IIIF', 'DEEPZOOM', 'ZOOMIFY'].includes(command);
    const isTile = ['PTL', 'WTL', 'ATL', 'TTL'].includes(command);
    const found = headings.filter((line) =>
      isProtocol ? line === '## Other protocols' : isTile ? line.startsWith('### JTL=') : line.includes(command),
    );
    expect(found.length).toBeGreaterThan(0);
  });

  test.each(COMMANDS.filter((name) => !WITHOUT_PICTURE.includes(name)))('shows what %s gives', (command) => {
    const requests = [...PICTURES, ...ANSWERS.map(({ request }) => request)];
    expect(requests.filter((request) => asks(request, command)).length).toBeGreaterThan(0);
  });

  test('shows each color map and each kernel', () => {
    const shown = (name: string, value: string) => PICTURES.some((request) => request.includes(`${name}=${value}&`));
    // The gray one looks like the picture without it.
    expect(COLORMAP_NAMES.filter((value) => value !== 'gray' && !shown('CMP', value))).toEqual([]);
    expect(CONVOLUTION_KERNEL_NAMES.filter((value) => !shown('CNV', value))).toEqual([]);
  });

  test('names the commands that IIIF takes', () => {
    expect(iip).toContain(`\`${PROCESSING.join(' ')}\``);
  });

  test('quotes no request that is not understood, and no empty answer', () => {
    const names = [...PICTURES, ...ANSWERS.map(({ request }) => request)].flatMap((request) =>
      request.split('&').map((piece) => piece.split('=')[0]?.toUpperCase() ?? ''),
    );
    expect(names.filter((name) => !COMMANDS.includes(name))).toEqual([]);
    expect(ANSWERS.filter(({ text }) => text.length < 10)).toEqual([]);
  });
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
