import type { ByteRange } from '../source/read-ranges.ts';
import type { ByteReads } from './byte-reads.ts';
import { BLOCK_STYLE } from './coding-parameters.ts';
import { PacketHeaderParser, type PacketSink } from './packet-header.ts';
import type { PacketIndex, PacketPlace } from './packet-index.ts';
import { BLOCK_KIND, blockKind, type PrecinctShape, type PrecinctState, sharedShape } from './precinct-state.ts';
import { type PrecinctBand, precinctBands } from './tile-geometry.ts';

/** Names a precinct of a tile. */
export interface PrecinctRef {
  readonly component: number;
  readonly resolution: number;
  /** Within the resolution. */
  readonly precinct: number;
}

/** What packet headers say of the code-blocks of one precinct, up to some quality layer. */
export interface PrecinctBlocks {
  readonly bands: readonly PrecinctBand[];
  readonly zeroPlanes: Uint8Array;
  /** 1 for each high-throughput code-block. */
  readonly isHt: Uint8Array;
  /** First chunk of each block, and one more entry for the end. */
  readonly firstChunk: Uint32Array;
  /** File offset, bytes and coding passes of each chunk: a codeword segment, or a layer's part of one. */
  readonly chunkOffset: Float64Array;
  readonly chunkLength: Uint32Array;
  readonly chunkPasses: Uint8Array;
  /** Bytes of memory held, roughly. */
  readonly byteLength: number;
}

/** Headers longer than what is read at first are read again, four times as much. */
const FIRST_READ = 1 << 16;

interface Attempt {
  readonly ref: PrecinctRef;
  readonly bands: readonly PrecinctBand[];
  readonly shape: PrecinctShape;
  readonly places: readonly (PacketPlace | undefined)[];
  /** Bytes to read of each packet. */
  readonly wanted: number[];
  result: PrecinctBlocks | undefined;
}

/** Parses precincts out of an index that covers them, with one round of reads where headers are of usual length. */
export function* parsePrecincts(
  index: PacketIndex,
  refs: readonly PrecinctRef[],
  layers: number,
): ByteReads<PrecinctBlocks[]> {
  const attempts = refs.map((ref): Attempt => prepareAttempt(index, ref, layers));
  const tools: ParsingTools = { words: new Uint16Array(0), chunks: new ChunkList(), parsers: [] };
  for (;;) {
    const open = attempts.filter(({ result }) => result === undefined);
    if (open.length === 0) return attempts.map(({ result }) => result!);
    const ranges = open.flatMap(({ places, wanted }) =>
      places.map((place, i) => headerRange(index, place, wanted[i]!)),
    );
    const loaded = yield ranges;
    let next = 0;
    for (const attempt of open) {
      const bytes = loaded.slice(next, next + attempt.places.length);
      next += attempt.places.length;
      parseAttempt(index, attempt, bytes, tools);
    }
  }
}

function prepareAttempt(index: PacketIndex, ref: PrecinctRef, layers: number): Attempt {
  const resolution = index.geometry.components[ref.component]!.resolutions[ref.resolution]!;
  const places = Array.from({ length: layers }, (_, layer) =>
    index.place(resolution.firstPrecinct + ref.precinct, layer),
  );
  const bands = precinctBands(resolution, ref.precinct);
  const shape = sharedShape(bands);
  const wanted = Math.min(FIRST_READ, 24 + 5 * shape.blockCount);
  return { ref, bands, shape, places, wanted: places.map(() => wanted), result: undefined };
}

function headerRange(index: PacketIndex, place: PacketPlace | undefined, wanted: number): ByteRange {
  if (!place || index.header.packedHeaders) return { byteOffset: 0, byteLength: 0 };
  return { byteOffset: place.offset, byteLength: Math.min(wanted, place.end - place.offset) };
}

/** What is used again from precinct to precinct. */
interface ParsingTools {
  words: Uint16Array;
  readonly chunks: ChunkList;
  /** By component. */
  readonly parsers: PacketHeaderParser[];
}

/** Fills in the result, or asks for more bytes of the packet whose header did not fit. */
function parseAttempt(index: PacketIndex, attempt: Attempt, bytes: readonly Uint8Array[], tools: ParsingTools): void {
  const { ref, bands, shape, places, wanted } = attempt;
  const { chunks } = tools;
  const component = index.geometry.components[ref.component]!;
  const { packedHeaders, parameters } = index.header;
  const { headerEndMarkers } = parameters.tile;
  const { blockStyle } = component.coding;
  const parser = (tools.parsers[ref.component] ??= new PacketHeaderParser({ blockStyle, headerEndMarkers }));
  chunks.begin(shape.blockCount, (blockStyle & BLOCK_STYLE.highThroughput) !== 0);
  if (tools.words.length < shape.wordCount) tools.words = new Uint16Array(shape.wordCount);
  shape.reset(tools.words, 0);
  const state: PrecinctState = { shape, words: tools.words, base: 0 };
  for (let layer = 0; layer < places.length; layer++) {
    const place = places[layer];
    if (!place) break;
    chunks.beginPacket();
    const header = packedHeaders ?? bytes[layer]!;
    if (!parser.parse(state, layer, header, packedHeaders ? place.packedHeader : 0, chunks)) {
      if (!packedHeaders && wanted[layer]! < place.end - place.offset) {
        wanted[layer] = wanted[layer]! * 4;
        return;
      }
      chunks.dropPacket();
      break;
    }
    chunks.placePacket(packedHeaders ? place.offset : place.offset + parser.headerLength, place.end);
  }
  attempt.result = chunks.finish(bands, state);
}

/** Collects a precinct's chunks packet by packet and sorts them by code-block in the end; then goes on with another one. */
class ChunkList implements PacketSink {
  #zeroPlanes = new Uint8Array(0);
  #wholeOnly = false;
  #count = 0;
  #packetStart = 0;
  #block: Uint32Array = new Uint32Array(16);
  #offset: Float64Array = new Float64Array(16);
  #length: Uint32Array = new Uint32Array(16);
  #passes: Uint8Array = new Uint8Array(16);

  /** `wholeOnly`: chunks that are cut off are of no use. */
  begin(blockCount: number, wholeOnly: boolean): void {
    this.#wholeOnly = wholeOnly;
    this.#zeroPlanes = new Uint8Array(blockCount);
    this.#count = 0;
    this.#packetStart = 0;
  }

  firstInclusion(block: number, zeroPlanes: number): void {
    this.#zeroPlanes[block] = zeroPlanes;
  }

  chunk(block: number, byteLength: number, passes: number): void {
    const at = this.#count++;
    if (at === this.#block.length) this.#grow();
    this.#block[at] = block;
    this.#length[at] = byteLength;
    this.#passes[at] = passes;
  }

  beginPacket(): void {
    this.#packetStart = this.#count;
  }

  dropPacket(): void {
    this.#count = this.#packetStart;
  }

  /** Gives the packet's chunks their file offsets; what lies beyond `end` is lost. */
  placePacket(offset: number, end: number): void {
    for (let i = this.#packetStart; i < this.#count; i++) {
      const byteLength = this.#length[i]!;
      if (this.#wholeOnly && offset + byteLength > end) {
        this.#count = i;
        return;
      }
      this.#offset[i] = Math.min(offset, end);
      this.#length[i] = Math.max(0, Math.min(byteLength, end - offset));
      offset += byteLength;
    }
  }

  /** `state`: after the last packet. */
  finish(bands: readonly PrecinctBand[], { words, base }: PrecinctState): PrecinctBlocks {
    const blockCount = this.#zeroPlanes.length;
    const count = this.#count;
    const firstChunk = new Uint32Array(blockCount + 1);
    for (let i = 0; i < count; i++) firstChunk[this.#block[i]! + 1]!++;
    for (let block = 0; block < blockCount; block++) firstChunk[block + 1]! += firstChunk[block]!;
    const next = firstChunk.slice();
    const chunkOffset = new Float64Array(count);
    const chunkLength = new Uint32Array(count);
    const chunkPasses = new Uint8Array(count);
    for (let i = 0; i < count; i++) {
      const at = next[this.#block[i]!]!++;
      chunkOffset[at] = this.#offset[i]!;
      chunkLength[at] = this.#length[i]!;
      chunkPasses[at] = this.#passes[i]!;
    }
    const isHt = new Uint8Array(blockCount);
    for (let block = 0; block < blockCount; block++) {
      isHt[block] = Number(blockKind(words[base + block]!) === BLOCK_KIND.ht);
    }
    const byteLength = 512 + 6 * blockCount + 13 * count;
    return { bands, zeroPlanes: this.#zeroPlanes, isHt, firstChunk, chunkOffset, chunkLength, chunkPasses, byteLength };
  }

  #grow(): void {
    const capacity = this.#block.length * 2;
    this.#block = grown(this.#block, new Uint32Array(capacity));
    this.#offset = grown(this.#offset, new Float64Array(capacity));
    this.#length = grown(this.#length, new Uint32Array(capacity));
    this.#passes = grown(this.#passes, new Uint8Array(capacity));
  }
}

function grown<Numbers extends Uint8Array | Uint32Array | Float64Array>(old: Numbers, larger: Numbers): Numbers {
  larger.set(old);
  return larger;
}
