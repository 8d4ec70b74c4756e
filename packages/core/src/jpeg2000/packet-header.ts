import { ImageError } from '../errors.ts';
import { HeaderBits } from './header-bits.ts';
import { MARKER } from './markers.ts';
import type { PrecinctState } from './precinct-state.ts';

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

/** Where a packet header is and how it is coded. */
export interface PacketHeaderInput {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly layer: number;
  readonly blockStyle: number;
  readonly headerEndMarkers: boolean;
}

/** Lengths in bytes; `undefined` from {@link parsePacketHeader} when the bytes ended first. */
export interface PacketLengths {
  readonly header: number;
  readonly body: number;
}

/**
 * Parses one packet header (T.800 B.10), SOP before and EPH after it included.
 *
 * @throws ImageError `malformed` for numbers that no encoder writes.
 */
export function parsePacketHeader(
  state: PrecinctState,
  input: PacketHeaderInput,
  sink: PacketSink | undefined,
): PacketLengths | undefined {
  const bits = new HeaderBits(input.bytes, input.start, input.end);
  // SOP and EPH are skipped whether announced or not: neither a header nor a code-block can begin with their bytes.
  bits.skipMarker(MARKER.SOP, 6);
  let body = 0;
  if (bits.bit() === 1) {
    for (let band = 0; band < state.bands.length && !bits.exhausted; band++) {
      body += parseBand(state, band, { bits, input, sink });
    }
  }
  bits.align();
  if (bits.exhausted) return undefined;
  if (input.headerEndMarkers && bits.position + 2 > input.end) return undefined;
  bits.skipMarker(MARKER.EPH, 2);
  return { header: bits.position - input.start, body };
}

interface BandContext {
  readonly bits: HeaderBits;
  readonly input: PacketHeaderInput;
  readonly sink: PacketSink | undefined;
}

function parseBand(state: PrecinctState, bandIndex: number, { bits, input, sink }: BandContext): number {
  const { cols, rows, firstBlock } = state.bands[bandIndex]!;
  const inclusion = state.inclusion[bandIndex]!;
  const zeroPlanes = state.zeroPlanes[bandIndex]!;
  const { words } = state;
  let body = 0;
  let block = firstBlock;
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++, block++) {
      const word = words[block]!;
      let passes = word & 0xff;
      let lengthBits = word >> 8;
      const first = passes === 0;
      const included = first ? inclusion.isBelow(col, row, input.layer + 1, bits) : bits.bit() === 1;
      if (!included) continue;
      if (bits.exhausted) return body;
      if (first) {
        let planes = 0;
        while (!zeroPlanes.isBelow(col, row, planes + 1, bits)) {
          if (bits.exhausted) return body;
          if (++planes > MAX_ZERO_PLANES)
            throw new ImageError('malformed', 'A packet header with endless zero bit-planes');
        }
        sink?.firstInclusion(block, planes);
      }
      let fresh = parsePassCount(bits);
      if (passes + fresh > MAX_PASSES) throw new ImageError('malformed', 'A code-block with too many coding passes');
      while (bits.bit() === 1) lengthBits++;
      while (fresh > 0) {
        const inSegment = Math.min(fresh, segmentRoom(input.blockStyle, passes));
        const width = lengthBits + 31 - Math.clz32(inSegment);
        if (width > 32) throw new ImageError('malformed', 'A code-block length of more than 32 bits');
        const byteLength = bits.bits(width);
        body += byteLength;
        sink?.chunk(block, byteLength, inSegment);
        passes += inSegment;
        fresh -= inSegment;
      }
      words[block] = passes | (lengthBits << 8);
    }
    if (bits.exhausted) return body;
  }
  return body;
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
