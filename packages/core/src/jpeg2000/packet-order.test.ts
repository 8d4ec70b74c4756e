import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../limits.ts';
import type { ComponentCoding, Progression, ProgressionVolume, Quantization } from './coding-parameters.ts';
import type { ImageSize } from './image-size.ts';
import type { TileParameters } from './main-header.ts';
import { packetOrder } from './packet-order.ts';
import { ceilShift, floorShift, type TileGeometry, tileGeometry } from './tile-geometry.ts';

const PROGRESSIONS: readonly Progression[] = ['LRCP', 'RLCP', 'RPCL', 'PCRL', 'CPRL'];
const NO_QUANTIZATION: Quantization = {
  style: 'none',
  guardBits: 2,
  exponents: Array(20).fill(8),
  mantissas: Array(20).fill(0),
};

interface Shape {
  readonly x0: number;
  readonly y0: number;
  readonly width: number;
  readonly height: number;
  readonly layers: number;
  readonly components: readonly {
    readonly dx: number;
    readonly dy: number;
    readonly levels: number;
    readonly precinct: number;
  }[];
}

const shapes: fc.Arbitrary<Shape> = fc.record({
  x0: fc.nat({ max: 20 }),
  y0: fc.nat({ max: 20 }),
  width: fc.integer({ min: 1, max: 40 }),
  height: fc.integer({ min: 1, max: 40 }),
  layers: fc.integer({ min: 1, max: 3 }),
  components: fc.array(
    fc.record({
      dx: fc.integer({ min: 1, max: 3 }),
      dy: fc.integer({ min: 1, max: 3 }),
      levels: fc.nat({ max: 3 }),
      precinct: fc.integer({ min: 1, max: 4 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});

function geometryOf(shape: Shape): TileGeometry {
  const x1 = shape.x0 + shape.width;
  const y1 = shape.y0 + shape.height;
  const size: ImageSize = {
    x0: shape.x0,
    y0: shape.y0,
    x1,
    y1,
    tileX0: 0,
    tileY0: 0,
    tileWidth: x1,
    tileHeight: y1,
    tilesWide: 1,
    tilesHigh: 1,
    components: shape.components.map(({ dx, dy }) => ({ bits: 8, signed: false, dx, dy })),
  };
  const parameters: TileParameters = {
    tile: {
      progression: 'LRCP',
      layers: shape.layers,
      componentTransform: false,
      packetStartMarkers: false,
      headerEndMarkers: false,
    },
    coding: shape.components.map(
      ({ levels, precinct }): ComponentCoding => ({
        levels,
        blockWidthExponent: 2,
        blockHeightExponent: 2,
        blockStyle: 0,
        reversible: true,
        precincts: Array(levels + 1).fill({ x: precinct, y: precinct }),
      }),
    ),
    quantization: shape.components.map(() => NO_QUANTIZATION),
    roiShift: shape.components.map(() => 0),
    volumes: [],
  };
  return tileGeometry(size, 0, parameters, DEFAULT_LIMITS);
}

/** The loops of T.800 B.12.1 to the letter: every position of the reference grid is visited. */
function* literalOrder(tile: TileGeometry, layers: number, progression: Progression): Generator<string> {
  const resolutions = Math.max(...tile.components.map((component) => component.resolutions.length));
  const components = tile.components.length;
  function* precincts(component: number, resolution: number): Generator<number> {
    const own = tile.components[component]!.resolutions[resolution];
    if (own) for (let k = 0; k < own.precinctsWide * own.precinctsHigh; k++) yield k;
  }
  const precinctAt = (component: number, resolution: number, x: number, y: number): number | undefined => {
    const own = tile.components[component]!;
    const level = own.resolutions[resolution];
    if (!level || level.precinctsWide * level.precinctsHigh === 0) return undefined;
    const reduction = own.coding.levels - resolution;
    const matches = (position: number, start: number, step: number, low: number, exponent: number): boolean =>
      position % (step * 2 ** (exponent + reduction)) === 0 || (position === start && low % 2 ** exponent !== 0);
    if (!matches(y, tile.y0, own.dy, level.y0, level.precinctY)) return undefined;
    if (!matches(x, tile.x0, own.dx, level.x0, level.precinctX)) return undefined;
    const col = floorShift(ceilShift(x / own.dx, reduction), level.precinctX) - floorShift(level.x0, level.precinctX);
    const row = floorShift(ceilShift(y / own.dy, reduction), level.precinctY) - floorShift(level.y0, level.precinctY);
    return row * level.precinctsWide + col;
  };
  function* at(component: number, resolution: number, x: number, y: number): Generator<string> {
    const precinct = precinctAt(component, resolution, x, y);
    if (precinct === undefined) return;
    for (let layer = 0; layer < layers; layer++) yield `${component}/${resolution}/${precinct}/${layer}`;
  }
  const range = (count: number): number[] => [...Array(count).keys()];
  const xs = range(tile.x1 - tile.x0).map((x) => x + tile.x0);
  const ys = range(tile.y1 - tile.y0).map((y) => y + tile.y0);
  switch (progression) {
    case 'LRCP':
      for (const l of range(layers))
        for (const r of range(resolutions))
          for (const c of range(components)) for (const k of precincts(c, r)) yield `${c}/${r}/${k}/${l}`;
      return;
    case 'RLCP':
      for (const r of range(resolutions))
        for (const l of range(layers))
          for (const c of range(components)) for (const k of precincts(c, r)) yield `${c}/${r}/${k}/${l}`;
      return;
    case 'RPCL':
      for (const r of range(resolutions))
        for (const y of ys) for (const x of xs) for (const c of range(components)) yield* at(c, r, x, y);
      return;
    case 'PCRL':
      for (const y of ys)
        for (const x of xs)
          for (const c of range(components)) for (const r of range(resolutions)) yield* at(c, r, x, y);
      return;
    case 'CPRL':
      for (const c of range(components))
        for (const y of ys) for (const x of xs) for (const r of range(resolutions)) yield* at(c, r, x, y);
      return;
  }
}

describe('packetOrder', () => {
  it.each(PROGRESSIONS)('follows the loops of the standard for %s', (progression) => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const tile = geometryOf(shape);
        const volume: ProgressionVolume = {
          progression,
          resolutionStart: 0,
          resolutionEnd: 33,
          componentStart: 0,
          componentEnd: 16384,
          layerEnd: shape.layers,
        };
        const actual = [...packetOrder(tile, volume)];
        // The same object comes again and again: only the strings tell packets apart.
        expect(actual.length).toBe(tile.precinctCount * shape.layers);
        const names: string[] = [];
        for (const { component, resolution, precinct, layer } of packetOrder(tile, volume)) {
          names.push(`${component}/${resolution}/${precinct}/${layer}`);
        }
        expect(names).toEqual([...literalOrder(tile, shape.layers, progression)]);
      }),
      { numRuns: 150 },
    );
  });
});
