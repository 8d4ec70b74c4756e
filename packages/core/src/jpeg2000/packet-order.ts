import type { Progression, ProgressionVolume } from './coding-parameters.ts';
import { floorShift, type Resolution, type TileComponent, type TileGeometry } from './tile-geometry.ts';

/** One packet of a tile. The object is used again for the next packet. */
export interface PacketPosition {
  component: number;
  resolution: number;
  /** Within the resolution. */
  precinct: number;
  layer: number;
}

/**
 * All packets of a volume in the order of the codestream (T.800 B.12). Packets that an earlier volume had come again:
 * it is for the caller to leave them out.
 */
export function* packetOrder(tile: TileGeometry, volume: ProgressionVolume): Generator<PacketPosition, void, void> {
  const lanes = lanesOf(tile, volume);
  const layers = volume.layerEnd;
  switch (volume.progression) {
    case 'LRCP':
      for (let layer = 0; layer < layers; layer++) {
        for (const group of groupBy(lanes, byResolution)) yield* allPrecincts(group, layer, layer + 1);
      }
      return;
    case 'RLCP':
      for (const group of groupBy(lanes, byResolution)) {
        for (let layer = 0; layer < layers; layer++) yield* allPrecincts(group, layer, layer + 1);
      }
      return;
    case 'RPCL':
      for (const group of groupBy(lanes, byResolution)) yield* byPosition(tile, group, layers);
      return;
    case 'PCRL':
      yield* byPosition(tile, lanes, layers);
      return;
    case 'CPRL':
      for (const group of groupBy(lanes, ({ component }) => component)) yield* byPosition(tile, group, layers);
      return;
  }
}

/** A resolution level of a component, with its precincts' places on the reference grid. */
interface Lane {
  readonly component: number;
  readonly resolution: number;
  readonly geometry: Resolution;
  /** Reference grid positions of the columns and rows of precincts. */
  readonly xs: Float64Array;
  readonly ys: Float64Array;
}

const byResolution = ({ resolution }: Lane): number => resolution;

function lanesOf(tile: TileGeometry, volume: ProgressionVolume): Lane[] {
  const lanes: Lane[] = [];
  const needsPositions = isPositional(volume.progression);
  const componentEnd = Math.min(volume.componentEnd, tile.components.length);
  for (let component = volume.componentStart; component < componentEnd; component++) {
    const own = tile.components[component]!;
    const resolutionEnd = Math.min(volume.resolutionEnd, own.resolutions.length);
    for (let resolution = volume.resolutionStart; resolution < resolutionEnd; resolution++) {
      const geometry = own.resolutions[resolution]!;
      if (geometry.precinctsWide * geometry.precinctsHigh === 0) continue;
      const places = needsPositions ? precinctPlaces(tile, own, resolution) : NO_PLACES;
      lanes.push({ component, resolution, geometry, xs: places.xs, ys: places.ys });
    }
  }
  return lanes;
}

const NO_PLACES = { xs: new Float64Array(0), ys: new Float64Array(0) };

function isPositional(progression: Progression): boolean {
  return progression === 'RPCL' || progression === 'PCRL' || progression === 'CPRL';
}

/**
 * Where the position loops of B.12.1.3 to B.12.1.5 meet each precinct: at the multiple of its size on the reference grid,
 * or at the tile's edge when that lies inside the first one.
 */
function precinctPlaces(tile: TileGeometry, component: TileComponent, resolution: number): Pick<Lane, 'xs' | 'ys'> {
  const own = component.resolutions[resolution]!;
  const scale = 2 ** (component.coding.levels - resolution);
  const column = floorShift(own.x0, own.precinctX);
  const row = floorShift(own.y0, own.precinctY);
  const width = 2 ** own.precinctX;
  const height = 2 ** own.precinctY;
  return {
    xs: Float64Array.from({ length: own.precinctsWide }, (_, i) =>
      (column + i) * width < own.x0 ? tile.x0 : (column + i) * width * scale * component.dx,
    ),
    ys: Float64Array.from({ length: own.precinctsHigh }, (_, i) =>
      (row + i) * height < own.y0 ? tile.y0 : (row + i) * height * scale * component.dy,
    ),
  };
}

/** Lanes with the same key, by rising key; the order inside a group stays (component, then resolution). */
function groupBy(lanes: readonly Lane[], keyOf: (lane: Lane) => number): Lane[][] {
  const groups: Lane[][] = [];
  for (const lane of lanes) {
    const key = keyOf(lane);
    const group = groups[key];
    if (group) group.push(lane);
    else groups[key] = [lane];
  }
  // Leaves out what is not there.
  return groups.filter(() => true);
}

function* allPrecincts(
  lanes: readonly Lane[],
  layerStart: number,
  layerEnd: number,
): Generator<PacketPosition, void, void> {
  for (const { component, resolution, geometry } of lanes) {
    const position: PacketPosition = { component, resolution, precinct: 0, layer: 0 };
    const count = geometry.precinctsWide * geometry.precinctsHigh;
    for (position.precinct = 0; position.precinct < count; position.precinct++) {
      for (position.layer = layerStart; position.layer < layerEnd; position.layer++) yield position;
    }
  }
}

function* byPosition(
  tile: TileGeometry,
  lanes: readonly Lane[],
  layers: number,
): Generator<PacketPosition, void, void> {
  const ys = distinct(lanes.map((lane) => lane.ys));
  const position: PacketPosition = { component: 0, resolution: 0, precinct: 0, layer: 0 };
  const rowOf = new Map(lanes.map((lane) => [lane, new Walk(lane.ys)]));
  for (const y of ys) {
    if (y >= tile.y1) return;
    const active = lanes.filter((lane) => rowOf.get(lane)!.meets(y));
    const columnOf = active.map((lane) => new Walk(lane.xs));
    for (const x of distinct(active.map((lane) => lane.xs))) {
      for (let i = 0; i < active.length; i++) {
        const column = columnOf[i]!;
        if (!column.meets(x)) continue;
        const lane = active[i]!;
        position.component = lane.component;
        position.resolution = lane.resolution;
        position.precinct = rowOf.get(lane)!.index * lane.geometry.precinctsWide + column.index;
        for (position.layer = 0; position.layer < layers; position.layer++) yield position;
      }
    }
  }
}

/** Goes through rising places in step with a loop over a superset of them. */
class Walk {
  index = -1;
  readonly #places: Float64Array;

  constructor(places: Float64Array) {
    this.#places = places;
  }

  /** True when the next place is this one, which then is `index`. */
  meets(place: number): boolean {
    if (this.#places[this.index + 1] !== place) return false;
    this.index++;
    return true;
  }
}

/** All values, each once, rising. Often all lists but one are subsets of the longest. */
function distinct(lists: readonly Float64Array[]): Float64Array {
  const values = new Set<number>();
  for (const list of lists) for (const value of list) values.add(value);
  return Float64Array.from(values).sort();
}
