import { openImage } from '@sectile/core/pyramid';
import { DEFAULT_PLAN_OPTIONS, resolveView } from '@sectile/core/render';
import { memorySource } from '@sectile/core/source';
import { DEFAULT_CONFIG, explainUrl } from '@sectile/server';
import { describe, expect, test } from 'vitest';
import { drawnPyramid } from '../fixtures/drawn-pyramid.ts';
import { serveImages } from './served.ts';

/*
 * Resolution (0 is the smallest), part of that level and size that iipsrv 1.3 was observed to deliver, from pictures of
 * 300x200 (G) and 301x201 (O) pixels with four levels. Rows marked `*` show what only `compat: 'iipsrv'` repeats.
 */
const OBSERVED = `
O | HEI=25 | 0 | whole | 37x25
O | WID=10&HEI=26 | 0 | whole | 10x7
O | WID=76 | 2 | whole | 76x51
O | WID=150 | 2 | whole | 150x100
O | WID=151 | 3 | whole | 151x101
O | WID=75 | 1 | whole | 75x50
O | WID=301&HEI=150 | 3 | whole | 225x150
O | WID=38&HEI=322 | 1 | whole | 38x25
G | WID=300&HEI=100 | 2 | whole | 150x100
G | HEI=51 | 2 | whole | 77x51
O | WID=180&RGN=0.84,0.94,0.48,0.67 | 3 | 253,189,48,12 | 180x168
O | WID=10&RGN=0.13,0.15,0.91,0.82 | 0 | 5,4,32,21 | 10x6
G | WID=300&HEI=25&RGN=0.4,0.19,0.99,0.45 | 2 | 60,19,90,45 | 83x25
O | WID=38&RGN=0.45,0.71,0.32,0.12 | 2 | 68,71,48,12 | 38x10
G | WID=150&RGN=0.05,0.47,0.38,0.93 | 3 | 15,94,114,106 | 150x245
G | WID=75&RGN=0.53,0.48,0.95,0.71 | 2 | 79,48,71,52 | 75x37
G | RGN=0.41,0.52,0.39,0.35 | 0 | 15,13,15,9 | 300x200 *
G | WID=151&max=120 | 2 | whole | 120x80
G | WID=301&max=120 | 1 | whole | 120x80
G | HEI=200&RGN=0.86,0.97,0.46,0.53&max=120 | 2 | 37,25,1,1 | 120x92 *
`;

const ROWS = OBSERVED.trim()
  .split('\n')
  .map((row) => row.split(' | ') as [string, string, string, string, string]);

const FILES = {
  G: drawnPyramid({ width: 300, height: 200, bands: 1, reduced: 3, draw: (x) => [x % 256] }),
  O: drawnPyramid({ width: 301, height: 201, bands: 1, reduced: 3, draw: (x) => [x % 256] }),
};

async function viewOf(image: string, query: string, compat: 'iipsrv' | 'none') {
  const { info } = await openImage(memorySource(FILES[image as 'G' | 'O'], { id: image }));
  const maxCvt = query.includes('max=120') ? 120 : 5000;
  const config = { ...DEFAULT_CONFIG, compat, maxCvt };
  const target = `/iip?FIF=${image}&${query.replace('&max=120', '')}&CVT=png`;
  const { parsed, planOptions } = await explainUrl(target, config, DEFAULT_PLAN_OPTIONS.outputFormats);
  if (parsed.kind !== 'render') throw new Error('Not a picture');
  const { level, source, size } = resolveView(parsed.request, info, planOptions);
  const { x, y, width, height } = source;
  const full = info.levels[level] ?? info;
  const isWhole = width === full.width && height === full.height;
  return {
    resolution: info.levels.length - 1 - level,
    part: isWhole ? 'whole' : [x, y, width, height].join(),
    size: `${size.width}x${size.height}`,
  };
}

describe('exports in compat mode come from the level, the part and in the size that iipsrv chooses', () => {
  test.each(ROWS)('%s %s', async (image, query, resolution, part, size) => {
    expect(await viewOf(image, query, 'iipsrv')).toEqual({
      resolution: Number(resolution),
      part,
      size: size.replace(' *', ''),
    });
  });
});

describe('exports otherwise have the same size where that was not a defect', () => {
  test.each(ROWS.filter(([, , , , size]) => !size.endsWith('*')))('%s %s', async (image, query, _r, _part, size) => {
    expect(await viewOf(image, query, 'none')).toMatchObject({ size });
  });

  test('a region without a size keeps its own, over the limit it keeps its aspect', async () => {
    expect(await viewOf('G', 'RGN=0.41,0.52,0.39,0.35', 'none')).toMatchObject({ resolution: 3, size: '117x70' });
  });
});

describe('enlarging 0 and 255 to four pixels', () => {
  const steps = drawnPyramid({ width: 2, height: 2, bands: 1, draw: (x) => [x * 255] });
  const fromCorners = [0, 127, 255, 127];
  const fromCenters = [0, 64, 191, 255];

  test.each([
    ['iipsrv', '/iip?FIF=steps.tif&WID=4&CVT=png', fromCorners],
    ['iipsrv', '/iiif/3/steps.tif/full/^4,4/0/default.png', fromCenters],
    ['none', '/iip?FIF=steps.tif&WID=4&CVT=png', fromCenters],
    ['none', '/iip?FIF=steps.tif&WID=4&RGN=0,0,1,1&CVT=png', fromCenters],
    ['none', '/iiif/3/steps.tif/full/^4,4/0/default.png', fromCenters],
  ] as const)('compat %s: %s', async (compat, url, expected) => {
    const { pixels } = await serveImages({ 'steps.tif': steps }, { compat });
    const { data } = await pixels(url);
    expect(Array.from(data.subarray(0, 4))).toEqual(expected);
  });
});
