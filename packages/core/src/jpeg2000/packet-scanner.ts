import { assertWithin } from '../limits.ts';
import { ByteWindow } from './byte-reads.ts';
import type { PacketHeaderParser } from './packet-header.ts';
import type { PacketPosition } from './packet-order.ts';
import type { PacketTools } from './packet-tools.ts';
import { PrecinctShapes, type PrecinctState } from './precinct-state.ts';
import type { TileGeometry } from './tile-geometry.ts';
import type { PacketData, TileHeader } from './tile-parts.ts';

/** Read at once while packet headers are scanned: a few packets of an image with precincts. */
const SCAN_AHEAD = 1 << 15;
/** At most, where packet follows packet closely. */
const MOST_SCAN_AHEAD = 1 << 18;

/** Words of precinct states that are kept at most: 512 MiB. 20 gigapixels in precincts of 256 take a fifth. */
const MAX_STATE_WORDS = 2 ** 28;

/** Bytes that have to be in the scanner's window before it can go on. */
export interface WantedBytes {
  readonly offset: number;
  readonly byteLength: number;
}

/**
 * Finds where packets begin that no marker segment tells of, by parsing their headers in the order of the codestream.
 * What headers of a precinct say builds upon those of the layers before: where layers do not follow one another directly,
 * the state of all precincts is kept, in one array a resolution.
 */
export class PacketScanner {
  /** File offset of the packet last found (of its body where headers are packed). */
  offset = 0;
  /** Where its header is, and how long: in the packed headers, else in `window`. */
  headerOffset = 0;
  headerLength = 0;
  window: ByteWindow;
  readonly #header: TileHeader;
  readonly #geometry: TileGeometry;
  readonly #tools: PacketTools;
  readonly #keepsStates: boolean;
  readonly #scratch: ScanScratch = { words: NO_WORDS, saved: NO_WORDS };
  /** By component and resolution, made when they are met: many resolutions of small tiles have no samples. */
  readonly #lanes: (ScanLane | undefined)[][];
  #part = 0;
  #position: number;
  #packedPosition = 0;
  /** Headers longer than what was loaded are tried again with more. */
  #lookAhead = 0;
  /** SOP of the current packet has been dealt with, where headers are packed apart. */
  #startSkipped = false;

  constructor(geometry: TileGeometry, header: TileHeader, tools: PacketTools) {
    this.#geometry = geometry;
    this.#tools = tools;
    this.#header = header;
    this.#position = header.data[0]!.offset;
    this.window = scanWindow(header.data[0]!.end);
    const { tile, volumes } = header.parameters;
    const layersTogether = volumes.length === 1 && /^(RPCL|PCRL|CPRL)$/.test(tile.progression);
    this.#keepsStates = tile.layers > 1 && !layersTogether;
    this.#lanes = geometry.components.map(() => []);
  }

  #laneOf({ component, resolution }: PacketPosition): ScanLane {
    const lanes = this.#lanes[component]!;
    let lane = lanes[resolution];
    if (!lane) {
      const { coding, resolutions } = this.#geometry.components[component]!;
      const own = resolutions[resolution]!;
      const parser = this.#tools.parserOf(coding.blockStyle, this.#header.parameters.tile.headerEndMarkers);
      const keptCount = this.#keepsStates ? own.precinctsWide * own.precinctsHigh : 0;
      lane = new ScanLane(new PrecinctShapes(own, this.#tools.shapes), parser, keptCount, this.#scratch);
      lanes[resolution] = lane;
    }
    return lane;
  }

  /**
   * Tries to step over one packet.
   *
   * @returns `lost` when its header is cut off but other tile-parts follow; `end` when there is nothing more; or the bytes
   *   to load into `window` before the same packet is tried again.
   */
  step(packet: PacketPosition): 'found' | 'lost' | 'end' | WantedBytes {
    const { data, packedHeaders, parameters } = this.#header;
    this.#enterPart();
    const part = data[this.#part];
    if (!part || (packedHeaders && this.#packedPosition >= packedHeaders.length)) return 'end';
    if (packedHeaders) {
      if (parameters.tile.packetStartMarkers && !this.#startSkipped) {
        if (!this.window.holds(this.#position, 2)) return { offset: this.#position, byteLength: 2 };
        this.#skipPacketStart();
      }
      return this.#stepPacked(packet, packedHeaders);
    }
    return this.#stepInline(packet, part);
  }

  #enterPart(): void {
    const { data } = this.#header;
    while (this.#part < data.length && this.#position >= data[this.#part]!.end) {
      const next = data[++this.#part];
      if (!next) return;
      this.#position = next.offset;
      this.window = scanWindow(next.end);
    }
  }

  #skipPacketStart(): void {
    const at = this.#position - this.window.start;
    if (this.window.bytes[at] === 0xff && this.window.bytes[at + 1] === 0x91) this.#position += 6;
    this.#startSkipped = true;
  }

  #stepPacked(packet: PacketPosition, packedHeaders: Uint8Array): 'found' | 'end' {
    const lane = this.#laneOf(packet);
    const state = lane.stateOf(packet);
    if (!lane.parser.parse(state, packet.layer, packedHeaders, this.#packedPosition)) return 'end';
    this.offset = this.#position;
    this.headerOffset = this.#packedPosition;
    this.headerLength = lane.parser.headerLength;
    this.#packedPosition += lane.parser.headerLength;
    this.#position += lane.parser.bodyLength;
    this.#startSkipped = false;
    return 'found';
  }

  #stepInline(packet: PacketPosition, part: PacketData): 'found' | 'lost' | 'end' | WantedBytes {
    const { window } = this;
    const lane = this.#laneOf(packet);
    const state = lane.stateOf(packet);
    const wanted = Math.max(this.#lookAhead, 64 + 8 * state.shape.blockCount);
    const offset = this.#position;
    if (!window.holds(offset, Math.min(wanted, SCAN_AHEAD))) return { offset, byteLength: wanted };
    const isAll = window.start + window.bytes.length >= part.end;
    const saved = isAll ? undefined : lane.save(state);
    if (lane.parser.parse(state, packet.layer, window.bytes, offset - window.start)) {
      this.offset = offset;
      this.headerOffset = offset - window.start;
      this.headerLength = lane.parser.headerLength;
      this.#position += lane.parser.headerLength + lane.parser.bodyLength;
      this.#lookAhead = 0;
      return 'found';
    }
    if (saved) {
      lane.restore(state, saved);
      this.#lookAhead = 4 * Math.max(wanted, window.start + window.bytes.length - offset);
      return { offset, byteLength: this.#lookAhead };
    }
    this.#position = part.end;
    return this.#part + 1 < this.#header.data.length ? 'lost' : 'end';
  }
}

function scanWindow(end: number): ByteWindow {
  return new ByteWindow(end, SCAN_AHEAD, MOST_SCAN_AHEAD);
}

const NO_WORDS = new Uint16Array(0);

/** What lanes share: of precincts of which only one at a time has a state, that state; and what a state was before a packet. */
interface ScanScratch {
  words: Uint16Array;
  saved: Uint16Array;
}

/** The precincts of one resolution of a tile-component, and the states of those that are not finished. */
class ScanLane {
  readonly parser: PacketHeaderParser;
  readonly #shapes: PrecinctShapes;
  /** Precincts whose states are kept, 0 for only one at a time. */
  readonly #keptCount: number;
  #words: Uint16Array = NO_WORDS;
  readonly #scratch: ScanScratch;
  #begun: Uint8Array | undefined;
  #current: PrecinctState | undefined;
  #currentPrecinct = -1;
  /** States of precincts that an edge cuts: larger than the shared shape never, smaller often. */
  #cut: Map<number, PrecinctState> | undefined;

  constructor(shapes: PrecinctShapes, parser: PacketHeaderParser, keptCount: number, scratch: ScanScratch) {
    this.#shapes = shapes;
    this.parser = parser;
    this.#keptCount = keptCount;
    this.#scratch = scratch;
  }

  stateOf({ precinct, layer }: PacketPosition): PrecinctState {
    if (this.#currentPrecinct === precinct && this.#current && (layer > 0 || this.#keptCount > 0)) return this.#current;
    this.#currentPrecinct = precinct;
    this.#current = this.#keptCount > 0 ? this.#keptState(precinct) : this.#singleState(precinct);
    return this.#current;
  }

  save({ shape, words, base }: PrecinctState): Uint16Array {
    const scratch = this.#scratch;
    if (scratch.saved.length < shape.wordCount) scratch.saved = new Uint16Array(shape.wordCount);
    for (let i = 0; i < shape.wordCount; i++) scratch.saved[i] = words[base + i]!;
    return scratch.saved;
  }

  restore({ shape, words, base }: PrecinctState, saved: Uint16Array): void {
    words.set(saved.subarray(0, shape.wordCount), base);
  }

  #singleState(precinct: number): PrecinctState {
    const shape = this.#shapes.of(precinct);
    const scratch = this.#scratch;
    if (scratch.words.length < shape.wordCount) scratch.words = new Uint16Array(shape.wordCount);
    shape.reset(scratch.words, 0);
    return { shape, words: scratch.words, base: 0 };
  }

  #keptState(precinct: number): PrecinctState {
    if (!this.#shapes.isWhole(precinct)) {
      this.#cut ??= new Map();
      const known = this.#cut.get(precinct);
      if (known) return known;
      const state = this.#shapes.of(precinct).begin();
      this.#cut.set(precinct, state);
      return state;
    }
    const { whole } = this.#shapes;
    const base = precinct * whole.wordCount;
    if (!this.#begun) {
      assertWithin(this.#keptCount * whole.wordCount, MAX_STATE_WORDS, 'The state of packet headers');
      this.#begun = new Uint8Array(this.#keptCount);
      this.#words = new Uint16Array(this.#keptCount * whole.wordCount);
    }
    if (this.#begun[precinct] === 0) {
      this.#begun[precinct] = 1;
      whole.reset(this.#words, base);
    }
    return { shape: whole, words: this.#words, base };
  }
}
