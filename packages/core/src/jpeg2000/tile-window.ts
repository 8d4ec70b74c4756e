import type { Jpeg2000Plane, Jpeg2000Tile, Jpeg2000TileComponent } from '../codec/jpeg2000-window.ts';
import type { ByteReads } from './byte-reads.ts';
import type { PrecinctBlocks } from './chunk-list.ts';
import type { PacketIndex, PrecinctRef } from './packet-index.ts';
import { parsePrecincts } from './precinct-blocks.ts';
import { PrecinctGrid } from './precinct-grid.ts';
import { type Bounds, type Resolution, sameBounds, type TileComponent } from './tile-geometry.ts';
import { type ResolutionWindow, waveletWindows } from './wavelet-window.ts';
import type { WeightedCache } from './weighted-cache.ts';
import type { BlockCollector } from './window-blocks.ts';

/** What a window needs of a component of a tile. */
interface ComponentWindow {
  readonly component: TileComponent;
  readonly area: Bounds;
  readonly decimation: number;
  readonly resolutions: readonly ResolutionPrecincts[];
}

interface ResolutionPrecincts {
  readonly window: ResolutionWindow;
  readonly resolution: Resolution;
  readonly precincts: PrecinctGrid;
}

/** What a window needs of a tile: first its precincts are loaded, then their code-blocks collected. */
export class TileWindow {
  readonly #index: PacketIndex;
  readonly #components: readonly ComponentWindow[];

  /** `planes`: the samples of each component of the whole window. */
  constructor(index: PacketIndex, planes: readonly Jpeg2000Plane[], discard: number) {
    this.#index = index;
    const components: ComponentWindow[] = [];
    index.geometry.components.forEach((component, i) => {
      components.push(componentWindow(component, planes[i]!, discard, components.at(-1)));
    });
    this.#components = components;
  }

  /** Finds what packet headers say of the precincts, up to a quality layer; `known` has those that were met before. */
  *load(known: WeightedCache<PrecinctBlocks>, maxLayers: number): ByteReads<void> {
    const index = this.#index;
    const ownLayers = index.header.parameters.tile.layers;
    const layers = Math.max(1, Math.min(maxLayers, ownLayers));
    const missing: PrecinctRef[] = [];
    const grids: PrecinctGrid[] = [];
    // As many keys a precinct as it has packets: one for each number of layers.
    const firstKey = index.firstPacket + layers - 1;
    for (let component = 0; component < this.#components.length; component++) {
      const { component: geometry, resolutions } = this.#components[component]!;
      for (const { window, resolution, precincts } of resolutions) {
        const ownFirst = firstKey + (geometry.firstPrecinct + resolution.firstPrecinct) * ownLayers;
        for (const precinct of precincts.fill(known, ownFirst, ownLayers)) {
          missing.push({ component, resolution: window.resolution, precinct });
          grids.push(precincts);
        }
      }
    }
    if (missing.length === 0) return;
    const parsed = yield* parsePrecincts(index, missing, layers);
    for (let i = 0; i < parsed.length; i++) {
      known.set(firstKey + index.precinctOf(missing[i]!) * ownLayers, parsed[i]!);
      grids[i]!.put(missing[i]!.precinct, parsed[i]!);
    }
  }

  collect(collector: BlockCollector): Jpeg2000Tile {
    return {
      componentTransform: this.#index.header.parameters.tile.componentTransform,
      components: this.#components.map((component) => collectComponent(component, collector)),
    };
  }
}

/** `last`: of the component before; what both have in common is not worked out again. */
function componentWindow(
  component: TileComponent,
  plane: Jpeg2000Plane,
  discard: number,
  last: ComponentWindow | undefined,
): ComponentWindow {
  const { levels } = component.coding;
  const highest = Math.max(0, levels - discard);
  const decimation = 2 ** Math.max(0, discard - levels);
  const area = tileArea(plane, component.resolutions[highest]!, decimation);
  const windows =
    last && last.component.resolutions === component.resolutions && sameBounds(last.area, area)
      ? last.resolutions.map(({ window }) => window)
      : windowsOf(component, highest, area, decimation);
  const resolutions = windows.map((window): ResolutionPrecincts => {
    const resolution = component.resolutions[window.resolution]!;
    return { window, resolution, precincts: new PrecinctGrid(resolution, window.bands) };
  });
  return { component, area, decimation, resolutions };
}

function windowsOf(component: TileComponent, highest: number, area: Bounds, decimation: number): ResolutionWindow[] {
  if (area.x1 <= area.x0 || area.y1 <= area.y0) return [];
  const samples: Bounds = {
    x0: area.x0 * decimation,
    y0: area.y0 * decimation,
    x1: (area.x1 - 1) * decimation + 1,
    y1: (area.y1 - 1) * decimation + 1,
  };
  return waveletWindows(component, highest, samples);
}

/** What a tile has of a plane, in the plane's coordinates. */
function tileArea(plane: Jpeg2000Plane, tile: Bounds, decimation: number): Bounds {
  return {
    x0: Math.max(plane.x0, Math.ceil(tile.x0 / decimation)),
    y0: Math.max(plane.y0, Math.ceil(tile.y0 / decimation)),
    x1: Math.min(plane.x0 + plane.width, Math.ceil(tile.x1 / decimation)),
    y1: Math.min(plane.y0 + plane.height, Math.ceil(tile.y1 / decimation)),
  };
}

function collectComponent(
  { component, area, decimation, resolutions }: ComponentWindow,
  collector: BlockCollector,
): Jpeg2000TileComponent {
  return {
    x0: area.x0,
    y0: area.y0,
    width: Math.max(0, area.x1 - area.x0),
    height: Math.max(0, area.y1 - area.y0),
    decimation,
    reversible: component.coding.reversible,
    blockStyle: component.coding.blockStyle,
    roiShift: component.roiShift,
    resolutions: resolutions.map(({ window, resolution, precincts }) => ({
      x0: window.x0,
      y0: window.y0,
      width: window.x1 - window.x0,
      height: window.y1 - window.y0,
      bands: window.bands.map((band, i) =>
        collector.addBand({ component, resolution, precincts }, band, precincts.ranges[i]!),
      ),
    })),
  };
}
