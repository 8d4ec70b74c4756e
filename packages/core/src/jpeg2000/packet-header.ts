import { ImageError } from '../errors.ts';
import { HeaderBits } from './header-bits.ts';
import { MARKER } from './markers.ts';
import type { BandShape, PrecinctState } from './precinct-state.ts';

const BYPASS = 1;
const TERMINATE_ALL = 4;
/** More bit-planes than any code-block can leave out (38 bits, 7 guard bits, a region of interest). */
const MAX_ZERO_PLANES = 128;
const MAX_PASSES = 164;

/** Receives what a packet adds to its code-blocks, in the order of its body. */
export interface PacketSink {
  /** A code-block appears for the first time. */
  firstInclusion(block: number, zeroPlanes: number): void;
  /** Bytes of one codeword segment, or a part of it; may be none. */
  chunk(block: number, byteLength: number, passes: number): void;
}

/** How the packet headers of a tile-component are coded. */
export interface HeaderCoding {
  readonly blockStyle: number;
  readonly headerEndMarkers: boolean;
}

/** Parses packet headers (T.800 B.10), one after another. */
export class PacketHeaderParser {
  /** Bytes of the header last parsed, SOP before and EPH after it included, and of the body that it announces. */
  headerLength = 0;
  bodyLength = 0;
  readonly #coding: HeaderCoding;
  readonly #bits = new HeaderBits();

  constructor(coding: HeaderCoding) {
    this.#coding = coding;
  }

  /**
   * Parses the header of layer `layer` at `bytes[start]` into `state`.
   *
   * @returns False when the bytes end first; the state is spoiled then.
   * @throws ImageError `malformed` for numbers that no encoder writes.
   */
  parse(state: PrecinctState, layer: number, bytes: Uint8Array, start: number, sink?: PacketSink): boolean {
    const bits = this.#bits;
    bits.begin(bytes, start);
    // SOP and EPH are skipped whether announced or not: neither a header nor a code-block can begin with their bytes.
    bits.skipMarker(MARKER.SOP, 6);
    this.bodyLength = 0;
    if (bits.bit() === 1) {
      for (const band of state.shape.bands) this.#parseBand(state, band, layer, sink);
    }
    bits.align();
    if (bits.exhausted || (this.#coding.headerEndMarkers && bits.remaining < 2)) return false;
    bits.skipMarker(MARKER.EPH, 2);
    this.headerLength = bits.position - start;
    return true;
  }

  #parseBand(state: PrecinctState, band: BandShape, layer: number, sink: PacketSink | undefined): void {
    const bits = this.#bits;
    const { cols, rows, firstBlock, inclusion } = band;
    const { words, base } = state;
    let block = firstBlock;
    for (let row = 0; row < rows && !bits.exhausted; row++) {
      for (let col = 0; col < cols; col++, block++) {
        const word = words[base + block]!;
        const isNew = (word & 0xff) === 0;
        const included = isNew ? inclusion.isBelow(state, col, row, layer + 1, bits) : bits.bit() === 1;
        if (!included || bits.exhausted) continue;
        if (isNew) {
          const planes = this.#zeroPlanes(state, band, col, row);
          sink?.firstInclusion(block, planes);
        }
        words[base + block] = this.#parseLengths(word, block, sink);
      }
    }
  }

  #zeroPlanes(state: PrecinctState, { zeroPlanes }: BandShape, col: number, row: number): number {
    let planes = 0;
    while (!zeroPlanes.isBelow(state, col, row, planes + 1, this.#bits)) {
      if (this.#bits.exhausted) break;
      if (++planes > MAX_ZERO_PLANES) throw new ImageError('malformed', 'A packet header with endless zero bit-planes');
    }
    return planes;
  }

  /** Coding passes and segment lengths of one code-block (B.10.6, B.10.7); the block's new state word. */
  #parseLengths(word: number, block: number, sink: PacketSink | undefined): number {
    const bits = this.#bits;
    let passes = word & 0xff;
    let lengthBits = word >> 8;
    let fresh = parsePassCount(bits);
    if (passes + fresh > MAX_PASSES) throw new ImageError('malformed', 'A code-block with too many coding passes');
    while (bits.bit() === 1) lengthBits++;
    while (fresh > 0) {
      const inSegment = Math.min(fresh, segmentRoom(this.#coding.blockStyle, passes));
      const width = lengthBits + 31 - Math.clz32(inSegment);
      if (width > 32) throw new ImageError('malformed', 'A code-block length of more than 32 bits');
      const byteLength = bits.bits(width);
      this.bodyLength += byteLength;
      sink?.chunk(block, byteLength, inSegment);
      passes += inSegment;
      fresh -= inSegment;
    }
    return passes | (lengthBits << 8);
  }
}

/** Table B.4. */
function parsePassCount(bits: HeaderBits): number {
  if (bits.bit() === 0) return 1;
  if (bits.bit() === 0) return 2;
  const two = bits.bits(2);
  if (two < 3) return 3 + two;
  const five = bits.bits(5);
  return five < 31 ? 6 + five : 37 + bits.bits(7);
}

/** How many passes, from the one numbered `pass` on, share a codeword segment (T.800 D.4.2 and D.6, tables D.8 and D.9). */
export function segmentRoom(blockStyle: number, pass: number): number {
  if (blockStyle & TERMINATE_ALL) return 1;
  if ((blockStyle & BYPASS) === 0) return MAX_PASSES;
  if (pass < 10) return 10 - pass;
  return (pass - 10) % 3 === 0 ? 2 : 1;
}
