import type { ByteCursor } from '../bytes/byte-cursor.ts';
import { ImageError } from '../errors.ts';

/** Progression orders by their number (T.800 table A.16). */
export type Progression = 'LRCP' | 'RLCP' | 'RPCL' | 'PCRL' | 'CPRL';

/** Bits of the code-block style (T.800 table A.19, T.814 table A.5). */
export const BLOCK_STYLE = {
  bypass: 1,
  reset: 2,
  terminateAll: 4,
  verticallyCausal: 8,
  predictable: 16,
  segmentationSymbols: 32,
  /** Code-blocks are high-throughput ones, */
  highThroughput: 64,
  /** or of both kinds, as their packet headers tell. */
  mixed: 128,
} as const;

const PROGRESSIONS: readonly Progression[] = ['LRCP', 'RLCP', 'RPCL', 'PCRL', 'CPRL'];

/** What COD says of all components together. */
export interface TileCoding {
  readonly progression: Progression;
  /** Quality layers, 1 to 65535. */
  readonly layers: number;
  /** RCT or ICT on the first three components. */
  readonly componentTransform: boolean;
  /** SOP markers precede the packets. */
  readonly packetStartMarkers: boolean;
  /** EPH markers follow the packet headers. */
  readonly headerEndMarkers: boolean;
}

/** What COD or COC says of one component. */
export interface ComponentCoding {
  /** Decomposition levels, 0 to 32. */
  readonly levels: number;
  /** log2 of the nominal code-block size, 2 to 10 each, 12 together. */
  readonly blockWidthExponent: number;
  readonly blockHeightExponent: number;
  /** Bits of table A.19, and two more of T.814: see {@link BLOCK_STYLE}. */
  readonly blockStyle: number;
  /** 5/3 instead of 9/7. */
  readonly reversible: boolean;
  /** log2 of the precinct size: one pair for each resolution level. */
  readonly precincts: readonly { readonly x: number; readonly y: number }[];
}

/** What QCD or QCC says of one component. */
export interface Quantization {
  readonly style: 'none' | 'derived' | 'expounded';
  readonly guardBits: number;
  /** By subband: LL, then HL, LH, HH of each resolution level; `derived` has LL only. */
  readonly exponents: readonly number[];
  readonly mantissas: readonly number[];
}

/** One volume of packets: a POC entry, or all of a tile. Ends are exclusive. */
export interface ProgressionVolume {
  readonly progression: Progression;
  readonly resolutionStart: number;
  readonly resolutionEnd: number;
  readonly componentStart: number;
  readonly componentEnd: number;
  readonly layerEnd: number;
}

/** Parses the body of COD. */
export function parseCod(cursor: ByteCursor): { tile: TileCoding; component: ComponentCoding } {
  const style = cursor.uint8();
  const progression = parseProgression(cursor.uint8());
  const layers = cursor.uint16();
  const transform = cursor.uint8();
  if (layers === 0) throw new ImageError('malformed', 'COD declares no quality layer');
  if (transform > 1) throw new ImageError('unsupported', `Multiple component transform ${transform} is not of Part 1`);
  const packetStartMarkers = (style & 2) !== 0;
  const headerEndMarkers = (style & 4) !== 0;
  const tile = { progression, layers, componentTransform: transform === 1, packetStartMarkers, headerEndMarkers };
  return { tile, component: parseComponentCoding(cursor, (style & 1) !== 0) };
}

/** Parses the body of COC after the component's number. */
export function parseCoc(cursor: ByteCursor): ComponentCoding {
  return parseComponentCoding(cursor, (cursor.uint8() & 1) !== 0);
}

function parseComponentCoding(cursor: ByteCursor, hasPrecincts: boolean): ComponentCoding {
  const levels = cursor.uint8();
  if (levels > 32) throw new ImageError('malformed', `${levels} decomposition levels`);
  const blockWidthExponent = (cursor.uint8() & 15) + 2;
  const blockHeightExponent = (cursor.uint8() & 15) + 2;
  if (blockWidthExponent > 10 || blockHeightExponent > 10 || blockWidthExponent + blockHeightExponent > 12) {
    throw new ImageError('malformed', `Code-blocks of 2^${blockWidthExponent} x 2^${blockHeightExponent}`);
  }
  const blockStyle = cursor.uint8();
  assertBlockStyle(blockStyle);
  const transform = cursor.uint8();
  if (transform > 1) throw new ImageError('unsupported', `Wavelet transform ${transform} is not of Part 1`);
  const precincts = Array.from({ length: levels + 1 }, (_, resolution) => {
    if (!hasPrecincts) return { x: 15, y: 15 };
    const size = cursor.uint8();
    const precinct = { x: size & 15, y: size >> 4 };
    if (resolution > 0 && (precinct.x === 0 || precinct.y === 0))
      throw new ImageError('malformed', 'A precinct of one sample');
    return precinct;
  });
  return { levels, blockWidthExponent, blockHeightExponent, blockStyle, reversible: transform === 1, precincts };
}

function assertBlockStyle(style: number): void {
  if ((style & BLOCK_STYLE.mixed) === 0) return;
  if ((style & BLOCK_STYLE.highThroughput) === 0) throw new ImageError('malformed', 'A reserved code-block style');
  // How lengths would be told of passes that end on their own, before it is clear which kind they are, is not defined.
  if (style & (BLOCK_STYLE.bypass | BLOCK_STYLE.terminateAll))
    throw new ImageError('unsupported', 'Code-blocks of both kinds with passes that end on their own');
}

/** Parses the rest of a QCD or QCC marker segment. */
export function parseQuantization(cursor: ByteCursor): Quantization {
  const first = cursor.uint8();
  const guardBits = first >> 5;
  const kind = first & 31;
  if (kind > 2) throw new ImageError('unsupported', `Quantization style ${kind} is not of Part 1`);
  const exponents: number[] = [];
  const mantissas: number[] = [];
  const size = kind === 0 ? 1 : 2;
  // Encoders have been seen to pad the segment: 97 subbands are all there can be.
  while (cursor.remaining >= size && exponents.length < (kind === 1 ? 1 : 97)) {
    const value = kind === 0 ? cursor.uint8() << 8 : cursor.uint16();
    exponents.push(value >> 11);
    mantissas.push(value & 0x7ff);
  }
  if (exponents.length === 0) throw new ImageError('malformed', 'A quantization without steps');
  const style = kind === 0 ? 'none' : kind === 1 ? 'derived' : 'expounded';
  return { style, guardBits, exponents, mantissas };
}

/** Parses the body of POC. */
export function parseProgressionChanges(cursor: ByteCursor, componentCount: number): ProgressionVolume[] {
  const wide = componentCount > 256;
  const volumes: ProgressionVolume[] = [];
  while (cursor.remaining >= (wide ? 9 : 7)) {
    const resolutionStart = cursor.uint8();
    const componentStart = wide ? cursor.uint16() : cursor.uint8();
    const layerEnd = cursor.uint16();
    const resolutionEnd = cursor.uint8();
    const componentEnd = wide ? cursor.uint16() : cursor.uint8();
    const progression = parseProgression(cursor.uint8());
    // 0 stands for the 256 (or 16384) that the field cannot hold.
    const allComponents = componentEnd === 0 ? 16384 : componentEnd;
    volumes.push({
      progression,
      resolutionStart,
      resolutionEnd,
      componentStart,
      componentEnd: allComponents,
      layerEnd,
    });
  }
  return volumes;
}

function parseProgression(value: number): Progression {
  const progression = PROGRESSIONS[value];
  if (progression === undefined) throw new ImageError('malformed', `Progression order ${value} does not exist`);
  return progression;
}
