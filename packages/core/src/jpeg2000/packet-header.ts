import { ImageError } from '../errors.ts';
import { BLOCK_STYLE } from './coding-parameters.ts';
import { HeaderBits } from './header-bits.ts';
import { MARKER } from './markers.ts';
import { type BandShape, BLOCK_KIND, blockKind, type PrecinctState } from './precinct-state.ts';

/** More bit-planes than any code-block can leave out (38 bits, 7 guard bits, a region of interest). */
const MAX_ZERO_PLANES = 128;
const MAX_PASSES = 164;
const MAX_LENGTH_BITS = 32;

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
    const { blockStyle } = this.#coding;
    let passes = word & 0xff;
    let lengthBits = (word >> 8) & 63;
    let kind = blockKind(word);
    let fresh = parsePassCount(bits);
    if (passes + fresh > MAX_PASSES) throw new ImageError('malformed', 'A code-block with too many coding passes');
    while (bits.bit() === 1) lengthBits = checkedWidth(lengthBits + 1);
    while (fresh > 0) {
      let covered: number;
      let byteLength: number;
      if (kind === BLOCK_KIND.open && blockStyle & BLOCK_STYLE.highThroughput) {
        ({ kind, covered, byteLength } = parseFirstLength(bits, blockStyle, { passes, fresh, lengthBits }));
      } else {
        const room = kind === BLOCK_KIND.ht ? htSegmentRoom(passes) : segmentRoom(blockStyle, passes);
        covered = Math.min(fresh, room);
        byteLength = bits.bits(checkedWidth(lengthBits + floorLog2(covered)));
      }
      this.bodyLength += byteLength;
      sink?.chunk(block, byteLength, covered);
      passes += covered;
      fresh -= covered;
    }
    return passes | (lengthBits << 8) | (kind << 14);
  }
}

/**
 * A length of a high-throughput code-block that had no bytes so far. Its passes may be placeholders: the length is for all
 * passes up to the packet's last cleanup pass. When that is 0, or would be of a code-block of the other kind, it goes on
 * with the bits that it has to have for all the packet's passes (T.814 annex B).
 */
function parseFirstLength(
  bits: HeaderBits,
  blockStyle: number,
  { passes, fresh, lengthBits }: { passes: number; fresh: number; lengthBits: number },
): { kind: number; covered: number; byteLength: number } {
  const toCleanup = fresh - ((passes + fresh - 1) % 3);
  const covered = toCleanup > 0 ? toCleanup : fresh;
  const width = checkedWidth(lengthBits + floorLog2(covered));
  const length = bits.bits(width);
  const mixed = (blockStyle & BLOCK_STYLE.mixed) !== 0;
  // Where both kinds occur, HT code-blocks leave the first bit of this length 0, and Lblock is never the initial 3.
  const isHt = toCleanup > 0 && (!mixed || (lengthBits > 3 && length > 1 && length < 2 ** (width - 1)));
  if (length > 0 && isHt) return { kind: BLOCK_KIND.ht, covered, byteLength: length };
  const more = floorLog2(fresh) - floorLog2(covered);
  checkedWidth(width + more);
  const byteLength = length * 2 ** more + bits.bits(more);
  if (byteLength === 0) return { kind: BLOCK_KIND.open, covered: fresh, byteLength };
  if (!mixed) throw new ImageError('malformed', 'A high-throughput code-block that begins without a cleanup pass');
  return { kind: BLOCK_KIND.ebcot, covered: fresh, byteLength };
}

function floorLog2(value: number): number {
  return 31 - Math.clz32(value);
}

function checkedWidth(width: number): number {
  if (width > MAX_LENGTH_BITS) throw new ImageError('malformed', 'A code-block length of more than 32 bits');
  return width;
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
  if (blockStyle & BLOCK_STYLE.terminateAll) return 1;
  if ((blockStyle & BLOCK_STYLE.bypass) === 0) return MAX_PASSES;
  if (pass < 10) return 10 - pass;
  return (pass - 10) % 3 === 0 ? 2 : 1;
}

/** The same for high-throughput code-blocks: each cleanup pass on its own, the two that refine it together. */
function htSegmentRoom(pass: number): number {
  return pass % 3 === 1 ? 2 : 1;
}
