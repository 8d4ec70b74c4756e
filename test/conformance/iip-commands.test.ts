import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { PROCESSING } from '../../packages/server/src/protocols/iiif/processing-query.ts';
import { MODIFIERS } from '../../packages/server/src/protocols/iip/commands.ts';
import { OUTPUTS } from '../../packages/server/src/protocols/iip/parse.ts';
import { drawnPyramid } from '../fixtures/drawn-pyramid.ts';
import { fixtureBytes } from '../fixtures/fixtures.ts';
import { type Served, serveImages } from './served.ts';

/* Every command has an effect that shows in the answer, in any letter case; the one without is documented to have none. */

const colors = { width: 150, height: 100, bands: 3, reduced: 2 } as const;
const FILES = {
  'rgb.tif': drawnPyramid({ ...colors, draw: (x, y) => [40 + x, 60 + y, (x * y) % 256] }),
  'other.tif': drawnPyramid({ ...colors, draw: (x, y) => [x % 256, y % 256, 90] }),
  'gray16.tif': drawnPyramid({ ...colors, bands: 1, dtype: 'uint16', draw: (x, y) => [300 * x + y] }),
  'stack.tif': fixtureBytes('stack.tif'),
  'layers.j2k': new Uint8Array(readFileSync(new URL('../fixtures/jpeg2000/lrcp-layers.j2k', import.meta.url))),
};

let served: Served;
let extended: Served;

beforeAll(async () => {
  served = await serveImages(FILES);
  extended = await serveImages(FILES, { iiifExtensions: true });
});

/** A request without the command, and with it. */
const EFFECTS: Readonly<Record<string, readonly [without: string, command: string, then: string]>> = {
  FIF: ['FIF=other.tif', 'FIF=rgb.tif', 'CVT=png'],
  WID: ['FIF=rgb.tif', 'WID=70', 'CVT=png'],
  HEI: ['FIF=rgb.tif', 'HEI=33', 'CVT=png'],
  RGN: ['FIF=rgb.tif', 'RGN=0.2,0.3,0.4,0.5', 'CVT=png'],
  ROT: ['FIF=rgb.tif', 'ROT=!90', 'PTL=2,1'],
  SDS: ['FIF=stack.tif', 'SDS=1,90', 'PTL=0,0'],
  LYR: ['FIF=layers.j2k', 'LYR=1', 'CVT=png'],
  QLT: ['FIF=rgb.tif', 'QLT=7', 'JTL=2,0'],
  BIT: ['FIF=gray16.tif', 'BIT=16', 'CVT=png'],
  CNT: ['FIF=rgb.tif', 'CNT=1.7', 'PTL=2,0'],
  GAM: ['FIF=rgb.tif', 'GAM=0.4', 'PTL=2,0'],
  MINMAX: ['FIF=rgb.tif', 'MINMAX=1:80,120', 'PTL=2,0'],
  INV: ['FIF=rgb.tif', 'INV=1', 'PTL=2,0'],
  CMP: ['FIF=gray16.tif', 'CMP=turbo', 'PTL=2,0'],
  CTW: ['FIF=rgb.tif', 'CTW=[0,1,0;1,0,0;0,0,1]', 'PTL=2,0'],
  SHD: ['FIF=rgb.tif', 'SHD=90,30', 'PTL=2,0'],
  CNV: ['FIF=rgb.tif', 'CNV=sharpen', 'PTL=2,0'],
  COL: ['FIF=rgb.tif', 'COL=gray', 'PTL=2,0'],
};

const NO_EFFECT = ['ICC'];

/** Requests that only the command answers. */
const ANSWERS: Readonly<Record<string, string>> = {
  CVT: 'FIF=rgb.tif&WID=40&CVT=webp',
  JTL: 'FIF=rgb.tif&JTL=2,1',
  PTL: 'FIF=rgb.tif&PTL=2,1',
  WTL: 'FIF=rgb.tif&WTL=2,1',
  ATL: 'FIF=rgb.tif&ATL=2,1',
  TTL: 'FIF=rgb.tif&TTL=2,1',
  JTLS: 'FIF=stack.tif&JTLS=2,0,0,90',
  TIL: 'FIF=rgb.tif&TIL=2,0-4',
  PFL: 'FIF=stack.tif&PFL=0:1,2-9,2',
  SPECTRA: 'FIF=stack.tif&SPECTRA=0,0,3,4',
  IIIF: 'IIIF=rgb.tif/full/50,/0/default.png',
  DEEPZOOM: 'DEEPZOOM=rgb.tif_files/7/0_0.jpg',
  ZOOMIFY: 'ZOOMIFY=rgb.tif/TileGroup0/1-0-0.jpg',
};

/** The same query with the names of its commands in other letters. */
function inCases(query: string): string[] {
  const renamed = (rename: (name: string) => string) =>
    query.replace(/(^|&)(\w+)=/g, (_, and, name) => `${and}${rename(name)}=`);
  const mixed = (name: string) => [...name].map((c, i) => (i % 2 === 0 ? c.toLowerCase() : c.toUpperCase())).join('');
  return [renamed((name) => name.toLowerCase()), renamed(mixed)];
}

async function bytesOf(query: string): Promise<Buffer> {
  const response = await served.get(`/iip?${query}`);
  expect([query, response.status]).toEqual([query, 200]);
  return Buffer.from(await response.arrayBuffer());
}

test('no command is left out', () => {
  expect(Object.keys(EFFECTS).concat(NO_EFFECT).sort()).toEqual(Object.keys(MODIFIERS).sort());
  expect(Object.keys(ANSWERS).sort()).toEqual(Object.keys(OUTPUTS).sort());
});

describe('modifiers', () => {
  test.each(Object.entries(EFFECTS))('%s changes the answer', async (_name, [without, command, then]) => {
    const changed = await bytesOf(`${without}&${command}&${then}`);
    expect(changed.equals(await bytesOf(`${without}&${then}`))).toBe(false);
    for (const query of inCases(`${without}&${command}&${then}`))
      expect((await bytesOf(query)).equals(changed)).toBe(true);
  });

  test.each(NO_EFFECT)('%s changes nothing', async (name) => {
    const plain = await bytesOf('FIF=rgb.tif&JTL=2,1');
    expect((await bytesOf(`FIF=rgb.tif&${name}=1&JTL=2,1`)).equals(plain)).toBe(true);
  });

  test.each(Object.entries(EFFECTS))('%s does nothing after the output', async (_name, [without, command, then]) => {
    expect((await bytesOf(`${without}&${then}&${command}`)).equals(await bytesOf(`${without}&${then}`))).toBe(true);
  });
});

describe('outputs', () => {
  test.each(Object.entries(ANSWERS))('%s answers in any letter case', async (name, query) => {
    const answer = await bytesOf(query);
    expect(answer.length).toBeGreaterThan(20);
    for (const other of inCases(query)) expect((await bytesOf(other)).equals(answer)).toBe(true);
    const without = await served.text(`/iip?${query.replace(`${name}=`, 'NOPE=')}`);
    expect(without).toEqual({ status: 501, body: 'Error/8:2 2 NOPE\r\n' });
  });
});

describe('IIIF requests with commands as their query', () => {
  const url = (image: string, query: string) => `/iiif/3/${image}/full/max/0/default.png?${query}`;
  const queries = PROCESSING.map((name) => {
    const [image = '', command] = EFFECTS[name] ?? [];
    return [name, image.replace('FIF=', ''), command === 'QLT=7' ? 'QLT=9' : (command ?? '')] as const;
  });

  test.each(queries)('%s acts as in IIP where that is configured', async (name, image, query) => {
    const changed = await extended.pixels(url(image, query));
    expect(changed).toEqual(await extended.pixels(`/iip?FIF=${image}&${query}&CVT=png`));
    expect(changed).toEqual(await extended.pixels(url(image, query.toLowerCase())));
    const bytes = async (server: Served, q: string) =>
      Buffer.from(await (await server.get(url(image, q))).arrayBuffer());
    const plain = await bytes(extended, '');
    expect([name, (await bytes(extended, query)).equals(plain)]).toEqual([name, false]);
    expect((await bytes(served, query)).equals(plain)).toBe(true);
  });
});
