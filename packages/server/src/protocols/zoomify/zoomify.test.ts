import { describe, expect, it } from 'vitest';
import { DEFAULT_PARSE_OPTIONS } from '../protocol.ts';
import { parseZoomify } from './parse.ts';
import { zoomifyProperties } from './properties.ts';

function parse(path: string) {
  return parseZoomify({ path, query: '', method: 'GET', header: () => undefined }, DEFAULT_PARSE_OPTIONS);
}

describe('parseZoomify', () => {
  it.each([
    ['a.tif/ImageProperties.xml', 'a.tif'],
    ['dir/%C3%BC%20x.tif/ImageProperties.xml', 'dir/ü x.tif'],
    ['a%2Fb/imageproperties.xml', 'a/b'],
    ['a/TileGroup0/0-0-0.jpg/ImageProperties.xml', 'a/TileGroup0/0-0-0.jpg'],
  ])('describes %s', (path, image) => {
    expect(parse(path)).toEqual({ kind: 'describe', protocol: 'zoomify', image, descriptor: { kind: 'zoomify' } });
  });

  it('turns a tile into a request', () => {
    expect(parse('dir/a.tif/TileGroup7/3-12-5.jpg')).toEqual({
      kind: 'render',
      protocol: 'zoomify',
      image: 'dir/a.tif',
      request: {
        page: 0,
        level: { from: 'one-tile', index: 3 },
        region: { kind: 'tile', col: 12, row: 5 },
        size: { kind: 'native' },
        upscale: 'reject',
        adjustments: [],
        rotation: { mirror: false, degrees: 0 },
        quality: 'default',
        output: { format: 'jpg', metadata: 'tile' },
      },
    });
  });

  it('cuts at the last tile group', () => {
    expect(parse('TileGroup1/a/TileGroup0/1-2-3.png')).toMatchObject({ image: 'TileGroup1/a' });
  });

  it.each([
    'a/TileGroup0/1-2.jpg',
    'a/TileGroup0/1-2--3.jpg',
    'a/TileGroup/1-2-3.jpg',
    'a/TileGroup0/1-2-3',
    'a/TileGroup0/1-2-3.gif',
    'a/TileGroupX/1-2-3.jpg',
  ])('refuses %s', (path) => {
    expect(() => parse(path)).toThrow(expect.objectContaining({ kind: 'request' }));
  });

  it.each(['', 'a.tif', '/ImageProperties.xml', '/TileGroup0/0-0-0.jpg'])('finds no image in "%s"', (path) => {
    expect(parse(path)).toEqual({ kind: 'no-match' });
  });
});

describe('zoomifyProperties', () => {
  it.each([
    [300, 200, 64, 29],
    [1000, 600, 256, 17],
    [64, 64, 64, 1],
    [65, 64, 64, 3],
    [129, 64, 64, 4],
    [1, 1, 256, 1],
    [100_000, 1, 256, 391 + 196 + 98 + 49 + 25 + 13 + 7 + 4 + 2 + 1],
  ])('of %i x %i pixels in tiles of %i counts %i', (width, height, side, count) => {
    expect(zoomifyProperties({ width, height, tileSize: { width: side, height: side } })).toBe(
      `<IMAGE_PROPERTIES WIDTH="${width}" HEIGHT="${height}" NUMTILES="${count}" NUMIMAGES="1" VERSION="1.8" TILESIZE="${side}"/>`,
    );
  });
});
