import type { Jpeg2000Plane } from '../codec/jpeg2000-window.ts';
import type { ByteReads } from './byte-reads.ts';
import type { PrecinctBlocks } from './chunk-list.ts';
import type { PacketIndex } from './packet-index.ts';
import { parsePrecincts } from './precinct-blocks.ts';
import { PrecinctGrid } from './precinct-grid.ts';
import {
  type Bounds,
  type PrecinctRef,
  precinctNumber,
  type Resolution,
  sameBounds,
  type TileComponent,
  type TileGeometry,
} from './tile-geometry.ts';
import { type ResolutionWindow, waveletWindows } from './wavelet-window.ts';
import type { WeightedCache } from './weighted-cache.ts';
import type { BlockCollector } from './window-blocks.ts';

/** What a window needs of a component of a tile. */
interface ComponentWindow {
  readonly component: TileComponent;
  readonly area: Bounds;
  /** log2 of every how many samples of the last resolution one is taken. */
  readonly shrink: number;
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
  readonly #geometry: TileGeometry;
  readonly #components: readonly ComponentWindow[];

  /** `planes`: the samples of each component of the whole window. */
  constructor(index: PacketIndex, geometry: TileGeometry, planes: readonly Jpeg2000Plane[], discard: number) {
    this.#index = index;
    this.#geometry = geometry;
    const components: ComponentWindow[] = [];
    geometry.components.forEach((component, i) => {
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
    const parsed = yield* parsePrecincts(index, this.#geometry, missing, layers);
    for (let i = 0; i < parsed.length; i++) {
      const blocks = parsed[i]!;
      const ref = missing[i]!;
      if (blocks.isWorthKeeping) known.set(firstKey + precinctNumber(this.#geometry, ref) * ownLayers, blocks);
      grids[i]!.put(ref.precinct, blocks);
    }
  }

  /** Adds the tile to a window; codings of its components have numbers from `firstCoding` on. */
  collect(collector: BlockCollector, firstCoding: number): void {
    const { tiles } = collector;
    tiles.push(Number(this.#index.header.parameters.tile.componentTransform));
    this.#components.forEach(({ area, shrink, resolutions }, component) => {
      tiles.push(firstCoding + component);
      tiles.push(area.x0);
      tiles.push(area.y0);
      tiles.push(Math.max(0, area.x1 - area.x0));
      tiles.push(Math.max(0, area.y1 - area.y0));
      tiles.push(shrink);
      tiles.push(resolutions[0]?.window.resolution ?? 0);
      tiles.push(resolutions.length);
    });
    for (const component of this.#components) collectResolutions(component, collector);
  }
}

function collectResolutions({ component, resolutions }: ComponentWindow, collector: BlockCollector): void {
  const { tiles } = collector;
  for (const { window, resolution, precincts } of resolutions) {
    tiles.push(window.x0);
    tiles.push(window.y0);
    tiles.push(window.x1 - window.x0);
    tiles.push(window.y1 - window.y0);
    const source = { component, resolution, precincts };
    for (let i = 0; i < window.bands.length; i++) {
      tiles.push(collector.addBand(source, window.bands[i]!, precincts.ranges[i]!));
    }
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
  const shrink = Math.max(0, discard - levels);
  const decimation = 2 ** shrink;
  const area = tileArea(plane, component.resolutions[highest]!, decimation);
  const windows =
    last && last.component.resolutions === component.resolutions && sameBounds(last.area, area)
      ? last.resolutions.map(({ window }) => window)
      : windowsOf(component, highest, area, decimation);
  const resolutions = windows.map((window): ResolutionPrecincts => {
    const resolution = component.resolutions[window.resolution]!;
    return { window, resolution, precincts: new PrecinctGrid(resolution, window.bands) };
  });
  return { component, area, shrink, resolutions };
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
