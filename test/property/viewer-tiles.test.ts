import type { Size } from '@sectile/core/geometry';
import type { PixelBuffer } from '@sectile/core/pixels';
import { blit, createPixelBuffer } from '@sectile/core/pixels';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Served, serveImages } from '../conformance/served.ts';
import { drawing } from '../fixtures/drawing.ts';
import { stripFile, tiledFile } from '../fixtures/picture-file.ts';
import {
  deepZoomTiles,
  iiifTiles,
  iipTiles,
  parseIipFacts,
  type ViewerTile,
  zoomifyTiles,
} from '../reference/openseadragon.ts';
import { difference, scaled } from '../reference/picture.ts';
import { halves } from '../reference/synthetic-reader.ts';

/** Sides around whole tiles and their halves, where mistakes are made, and any others. */
const side = fc.oneof(
  fc.tuple(fc.constantFrom(64, 128, 192, 256), fc.integer({ min: -3, max: 3 })).map(([whole, more]) => whole + more),
  fc.integer({ min: 1, max: 330 }),
);
const tile = fc.constantFrom({ width: 64, height: 64 }, { width: 64, height: 128 }, { width: 128, height: 64 });
const rounding = fc.constantFrom('floor' as const, 'ceil' as const);
const stored = fc.oneof(
  // Slide scanners store every second level only.
  fc.record({ kind: fc.constant('pyramid' as const), tile, rounding, every: fc.constantFrom(1, 2) }),
  fc.record({ kind: fc.constant('tiles' as const), tile }),
  fc.record({ kind: fc.constant('strips' as const), rows: fc.integer({ min: 1, max: 40 }) }),
);
const pictures = fc.record({ width: side, height: side, stored });

type Shape = typeof pictures extends fc.Arbitrary<infer T> ? T : never;

/** The server of one picture. */
interface ServedPicture extends Served {
  readonly picture: PixelBuffer;
}

async function serve({ width, height, stored }: Shape): Promise<ServedPicture> {
  const picture = drawing(width, height);
  const levels =
    stored.kind === 'pyramid'
      ? halves(picture, stored.rounding, Math.max(stored.tile.width, stored.tile.height))
      : [picture];
  const kept = levels.filter((_, level) => stored.kind !== 'pyramid' || level % stored.every === 0);
  const file = stored.kind === 'strips' ? stripFile(picture, stored.rows) : tiledFile(kept, stored.tile);
  return { ...(await serveImages({ 'a.tif': file })), picture };
}

/** Steepest slope of the drawing, in 8-bit steps a pixel, along each side. */
const STEEPNESS = 3;

/**
 * Full-size pixels that a level may be off at the far edge: its size was rounded, and what it lost or gained there
 * is spread over its last tile. Halving again and again loses at most this many.
 */
function slackOf(fullSide: number, scaleFactor: number): number {
  return fullSide % scaleFactor === 0 ? 0 : scaleFactor - 1;
}

async function expectTiles({ picture, pixels: pixelsOf }: ServedPicture, tiles: readonly ViewerTile[]): Promise<void> {
  for (const { path, bounds, scaleFactor, size } of tiles) {
    const pixels = await pixelsOf(path);
    if (size) expect([path, pixels.width, pixels.height]).toEqual([path, size.width, size.height]);
    const slack = slackOf(picture.width, scaleFactor) + slackOf(picture.height, scaleFactor);
    const tolerance = scaleFactor === 1 ? 0 : 2.5 + STEEPNESS * slack;
    const off = difference(pixels, scaled(picture, bounds, pixels));
    if (off > tolerance) expect([path, off]).toEqual([path, tolerance]);
  }
  expectCover(picture, tiles);
}

/** Without gaps and without overlap; at most the part of a pixel that rounding took from a level is left bare. */
function expectCover(image: Size, tiles: readonly ViewerTile[]): void {
  for (const scaleFactor of new Set(tiles.map((each) => each.scaleFactor))) {
    const level = tiles.filter((each) => each.scaleFactor === scaleFactor).map(({ bounds }) => bounds);
    const right = Math.max(...level.map(({ x, width }) => x + width));
    const bottom = Math.max(...level.map(({ y, height }) => y + height));
    expect(level.reduce((sum, { width, height }) => sum + width * height, 0)).toBeCloseTo(right * bottom, 6);
    expect(right).toBeGreaterThan(image.width - scaleFactor);
    expect(bottom).toBeGreaterThan(image.height - scaleFactor);
  }
}

/** All tiles of a level next to each other. */
async function mosaic({ pixels }: ServedPicture, tiles: readonly ViewerTile[], size: Size): Promise<PixelBuffer> {
  const whole = createPixelBuffer(size.width, size.height, 3, 'uint8');
  for (const { path, bounds, scaleFactor } of tiles) {
    blit(await pixels(path), whole, bounds.x / scaleFactor, bounds.y / scaleFactor);
  }
  return whole;
}

const RUNS = { numRuns: 25 };

describe('the tiles that a viewer asks for are there, as large as it takes them to be, and show what belongs there', () => {
  test.each([2, 3] as const)('IIIF %i', async (version) => {
    await fc.assert(
      fc.asyncProperty(pictures, async (shape) => {
        const server = await serve(shape);
        const info = await (await server.get(`/iiif/${version}/a.tif/info.json`)).json();
        await expectTiles(server, iiifTiles(`/iiif/${version}/a.tif`, info, version));
      }),
      RUNS,
    );
  });

  test('Deep Zoom', async () => {
    await fc.assert(
      fc.asyncProperty(pictures, async (shape) => {
        const server = await serve(shape);
        const { body } = await server.text('/deepzoom/a.tif.dzi');
        const [, tileSize] = /TileSize="(\d+)"/.exec(body) ?? [];
        await expectTiles(server, deepZoomTiles('/deepzoom/a.tif', server.picture, Number(tileSize)));
      }),
      RUNS,
    );
  });

  test('Zoomify', async () => {
    await fc.assert(
      fc.asyncProperty(pictures, async (shape) => {
        const server = await serve(shape);
        const { body } = await server.text('/zoomify/a.tif/ImageProperties.xml');
        const [, tileSize] = /TILESIZE="(\d+)"/.exec(body) ?? [];
        await expectTiles(server, zoomifyTiles('/zoomify/a.tif', server.picture, Number(tileSize)));
      }),
      RUNS,
    );
  });

  test('IIP', async () => {
    await fc.assert(
      fc.asyncProperty(pictures, async (shape) => {
        const server = await serve(shape);
        const objects = 'obj=IIP,1.0&obj=Max-size&obj=Tile-size&obj=Resolution-number&obj=Resolutions';
        const { body } = await server.text(`/iip?FIF=a.tif&${objects}`);
        await expectTiles(server, iipTiles('/iip?FIF=a.tif', parseIipFacts(body)));
      }),
      RUNS,
    );
  });
});

describe('a picture is the same by any way', () => {
  /** Sides that halve twice without a rest. */
  const evenSide = fc.integer({ min: 1, max: 80 }).map((quarter) => 4 * quarter);
  const even = fc.record({ width: evenSide, height: evenSide, stored });

  test('the tiles of a level side by side are the picture in the size of the level', async () => {
    await fc.assert(
      fc.asyncProperty(even, fc.constantFrom(1, 2, 4), async (shape, scaleFactor) => {
        const server = await serve(shape);
        const size = { width: shape.width / scaleFactor, height: shape.height / scaleFactor };
        const whole = await server.pixels(`/iiif/3/a.tif/full/${size.width},${size.height}/0/default.png`);
        const info = await (await server.get('/iiif/3/a.tif/info.json')).json();
        const tileSize = info.tiles[0].width;
        for (const tiles of [
          iiifTiles('/iiif/3/a.tif', info, 3),
          iiifTiles('/iiif/2/a.tif', info, 2),
          deepZoomTiles('/deepzoom/a.tif', server.picture, tileSize),
          zoomifyTiles('/zoomify/a.tif', server.picture, tileSize),
        ]) {
          const level = tiles.filter((each) => each.scaleFactor === scaleFactor);
          if (level.length > 0) expect(difference(await mosaic(server, level, size), whole)).toBe(0);
        }
      }),
      RUNS,
    );
  });

  test('a tile is the export of its region', async () => {
    await fc.assert(
      fc.asyncProperty(pictures, fc.nat(), async (shape, choice) => {
        const server = await serve(shape);
        const info = await (await server.get('/iiif/3/a.tif/info.json')).json();
        const tiles = deepZoomTiles('/deepzoom/a.tif', server.picture, info.tiles[0].width);
        const { path, bounds, size } = tiles[choice % tiles.length] as ViewerTile;
        const region = `${bounds.x},${bounds.y},${bounds.width},${bounds.height}`;
        const exported = `/iiif/3/a.tif/${region}/${size?.width},${size?.height}/0/default.png`;
        expect(difference(await server.pixels(path), await server.pixels(exported))).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});
