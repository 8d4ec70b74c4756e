import type { ByteRange } from '../source/read-ranges.ts';
import type { ByteReads } from './byte-reads.ts';
import type { PrecinctBlocks } from './chunk-list.ts';
import { BLOCK_STYLE } from './coding-parameters.ts';
import type { PacketIndex, PacketPlace } from './packet-index.ts';
import type { PrecinctShape } from './precinct-state.ts';
import { type PrecinctBand, type PrecinctRef, precinctNumber, type TileGeometry } from './tile-geometry.ts';

/** Headers longer than what is read at first are read again, four times as much. */
const FIRST_READ = 1 << 16;

interface Attempt {
  /** Nothing has to be read. */
  readonly isInMemory: boolean;
  readonly blockStyle: number;
  readonly bands: readonly PrecinctBand[];
  readonly shape: PrecinctShape;
  readonly places: readonly (PacketPlace | undefined)[];
  /** Bytes to read of each packet. */
  readonly wanted: number[];
  result: PrecinctBlocks | undefined;
}

/**
 * Parses precincts out of an index that covers them: without reading where it has their packet headers, else with one round
 * of reads where headers are of usual length.
 */
export function* parsePrecincts(
  index: PacketIndex,
  geometry: TileGeometry,
  refs: readonly PrecinctRef[],
  layers: number,
): ByteReads<PrecinctBlocks[]> {
  const attempts = refs.map((ref): Attempt => prepareAttempt(index, geometry, ref, layers));
  for (const attempt of attempts) if (attempt.isInMemory) parseAttempt(index, attempt, NOTHING, 0);
  for (;;) {
    const open = attempts.filter(({ result }) => result === undefined);
    if (open.length === 0) return attempts.map(({ result }) => result!);
    const ranges = open.flatMap(({ places, wanted }) => places.map((place, i) => headerRange(place, wanted[i]!)));
    const loaded = yield ranges;
    let next = 0;
    for (const attempt of open) {
      parseAttempt(index, attempt, loaded, next);
      next += attempt.places.length;
    }
  }
}

const NOTHING: readonly Uint8Array[] = [];

function prepareAttempt(index: PacketIndex, geometry: TileGeometry, ref: PrecinctRef, layers: number): Attempt {
  const { coding, resolutions } = geometry.components[ref.component]!;
  const resolution = resolutions[ref.resolution]!;
  const precinct = precinctNumber(geometry, ref);
  const places: (PacketPlace | undefined)[] = [];
  let isInMemory = true;
  for (let layer = 0; layer < layers; layer++) {
    const place = index.place(precinct, layer);
    if (place && !place.headers) isInMemory = false;
    places.push(place);
  }
  const bands = resolution.precinctBands(ref.precinct);
  const shape = index.tools.shapes.of(bands);
  const wanted = Math.min(FIRST_READ, 24 + 5 * shape.blockCount);
  return {
    isInMemory,
    blockStyle: coding.blockStyle,
    bands,
    shape,
    places,
    wanted: places.map(() => wanted),
    result: undefined,
  };
}

const NO_RANGE: ByteRange = { byteOffset: 0, byteLength: 0 };

function headerRange(place: PacketPlace | undefined, wanted: number): ByteRange {
  if (!place || place.headers) return NO_RANGE;
  return { byteOffset: place.offset, byteLength: Math.min(wanted, place.end - place.offset) };
}

/** Fills in the result, or asks for more bytes of the packet whose header did not fit; read headers begin at `loaded[next]`. */
function parseAttempt(index: PacketIndex, attempt: Attempt, loaded: readonly Uint8Array[], next: number): void {
  const { blockStyle, bands, shape, places, wanted } = attempt;
  const { chunks } = index.tools;
  const { packedHeaders, parameters } = index.header;
  const parser = index.tools.parserOf(blockStyle, parameters.tile.headerEndMarkers);
  const state = index.tools.beginPrecinct(shape);
  chunks.begin(shape.blockCount, (blockStyle & BLOCK_STYLE.highThroughput) !== 0);
  for (let layer = 0; layer < places.length; layer++) {
    const place = places[layer];
    if (!place) break;
    chunks.beginPacket();
    const { headers } = place;
    if (!parser.parse(state, layer, headers ?? loaded[next + layer]!, headers ? place.headerStart : 0, chunks)) {
      if (!headers && wanted[layer]! < place.end - place.offset) {
        wanted[layer] = wanted[layer]! * 4;
        return;
      }
      chunks.dropPacket();
      break;
    }
    chunks.placePacket(packedHeaders ? place.offset : place.offset + parser.headerLength, place.end);
  }
  attempt.result = chunks.finish(bands, state, attempt.isInMemory);
}
