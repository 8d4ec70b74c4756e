import { ByteCursor } from '../bytes/byte-cursor.ts';
import { ImageError } from '../errors.ts';
import { assertWithin, type Limits } from '../limits.ts';
import { type ByteReads, ByteWindow } from './byte-reads.ts';
import {
  type ComponentCoding,
  type ProgressionVolume,
  parseCoc,
  parseCod,
  parseProgressionChanges,
  parseQuantization,
  type Quantization,
  type TileCoding,
} from './coding-parameters.ts';
import { type ImageSize, parseImageSize } from './image-size.ts';
import { MARKER } from './markers.ts';

/** A numbered piece of data that goes on in the next marker segment of its kind (Zppm, Zppt, Zplt, Zplm, Ztlm). */
export interface NumberedPiece {
  readonly index: number;
  readonly bytes: Uint8Array;
}

/** The marker segments of a main header or of the headers of one tile, as found. */
export class HeaderSegments {
  size: ImageSize | undefined;
  tileCoding: TileCoding | undefined;
  coding: ComponentCoding | undefined;
  quantization: Quantization | undefined;
  readonly codingOf: Map<number, ComponentCoding> = new Map();
  readonly quantizationOf: Map<number, Quantization> = new Map();
  /** RGN: maximum shift by component. */
  readonly roiShiftOf: Map<number, number> = new Map();
  readonly progressionChanges: ProgressionVolume[] = [];
  readonly tilePartLengths: NumberedPiece[] = [];
  readonly packetLengths: NumberedPiece[] = [];
  readonly packedHeaders: NumberedPiece[] = [];
  readonly comments: string[] = [];

  /** True when something in them says how packets are coded. */
  get changesCoding(): boolean {
    const { tileCoding, coding, quantization, codingOf, quantizationOf, roiShiftOf, progressionChanges } = this;
    const maps = codingOf.size + quantizationOf.size + roiShiftOf.size;
    return Boolean(tileCoding ?? coding ?? quantization) || maps + progressionChanges.length > 0;
  }
}

interface HeaderContext {
  readonly header: HeaderSegments;
  readonly componentCount: number;
  readonly limits: Limits;
}

type SegmentParser = (cursor: ByteCursor, context: HeaderContext) => void;

const PARSERS: Readonly<Record<number, SegmentParser>> = {
  [MARKER.SIZ]: (cursor, { header, limits }) => {
    header.size = parseImageSize(cursor, limits);
  },
  [MARKER.COD]: (cursor, { header }) => {
    const { tile, component } = parseCod(cursor);
    header.tileCoding = tile;
    header.coding = component;
  },
  [MARKER.COC]: (cursor, { header, componentCount }) => {
    header.codingOf.set(parseComponentNumber(cursor, componentCount), parseCoc(cursor));
  },
  [MARKER.QCD]: (cursor, { header }) => {
    header.quantization = parseQuantization(cursor);
  },
  [MARKER.QCC]: (cursor, { header, componentCount }) => {
    header.quantizationOf.set(parseComponentNumber(cursor, componentCount), parseQuantization(cursor));
  },
  [MARKER.RGN]: (cursor, { header, componentCount }) => {
    const component = parseComponentNumber(cursor, componentCount);
    if (cursor.uint8() !== 0) throw new ImageError('unsupported', 'A region of interest other than by maximum shift');
    header.roiShiftOf.set(component, cursor.uint8());
  },
  [MARKER.POC]: (cursor, { header, componentCount }) => {
    header.progressionChanges.push(...parseProgressionChanges(cursor, componentCount));
  },
  [MARKER.TLM]: (cursor, { header }) => pushPiece(header.tilePartLengths, cursor),
  [MARKER.PLM]: (cursor, { header }) => pushPiece(header.packetLengths, cursor),
  [MARKER.PLT]: (cursor, { header }) => pushPiece(header.packetLengths, cursor),
  [MARKER.PPM]: (cursor, { header }) => pushPiece(header.packedHeaders, cursor),
  [MARKER.PPT]: (cursor, { header }) => pushPiece(header.packedHeaders, cursor),
  [MARKER.COM]: (cursor, { header }) => {
    // Rcom 1: text in Latin-1; 0: binary of unknown meaning.
    if (cursor.uint16() === 1) header.comments.push(new TextDecoder('latin1').decode(cursor.take(cursor.remaining)));
  },
};

function parseComponentNumber(cursor: ByteCursor, componentCount: number): number {
  const component = componentCount > 256 ? cursor.uint16() : cursor.uint8();
  if (component >= componentCount)
    throw new ImageError('malformed', `A marker names component ${component} of ${componentCount}`);
  return component;
}

function pushPiece(pieces: NumberedPiece[], cursor: ByteCursor): void {
  const index = cursor.uint8();
  pieces.push({ index, bytes: cursor.take(cursor.remaining) });
}

/** Where and how far {@link readHeaderSegments} reads. */
export interface HeaderRange {
  readonly offset: number;
  /** Nothing from here on belongs to the header. */
  readonly end: number;
  /** Bytes read at once. */
  readonly readAhead: number;
  /** Marker that ends the header: SOT or SOD. */
  readonly until: number;
}

/**
 * Reads marker segments into `header` up to the marker `until`.
 *
 * @returns Offset of that marker.
 * @throws ImageError `malformed` when it never comes; `limit`.
 */
export function* readHeaderSegments(
  header: HeaderSegments,
  range: HeaderRange,
  componentCount: number,
  limits: Limits,
): ByteReads<number> {
  const window = new ByteWindow(range.end, range.readAhead);
  let offset = range.offset;
  for (let count = 0; ; count++) {
    assertWithin(count, limits.maxBoxes, 'The number of markers');
    assertWithin(offset - range.offset, limits.maxSegmentBytes, 'The header of the codestream in bytes');
    yield* window.load(offset, 4);
    const at = offset - window.start;
    if (window.bytes.length < at + 2) throw new ImageError('malformed', 'The codestream ends inside a header');
    const marker = (window.bytes[at]! << 8) | window.bytes[at + 1]!;
    if (marker === range.until) return offset;
    if (marker < 0xff01 || marker === MARKER.EOC || marker === MARKER.SOD || marker === MARKER.SOT) {
      throw new ImageError('malformed', `Unexpected marker 0x${marker.toString(16)} in a header`);
    }
    if (marker >= 0xff30 && marker <= 0xff3f) {
      offset += 2; // Reserved for markers without a segment (table A.1).
      continue;
    }
    if (window.bytes.length < at + 4) throw new ImageError('malformed', 'The codestream ends inside a header');
    const byteLength = (window.bytes[at + 2]! << 8) | window.bytes[at + 3]!;
    if (byteLength < 2) throw new ImageError('malformed', 'A marker segment of no length');
    const parse = PARSERS[marker];
    if (parse) {
      yield* window.load(offset, byteLength + 2);
      const start = offset - window.start;
      const body = window.bytes.slice(start + 4, start + 2 + byteLength);
      if (body.length < byteLength - 2)
        throw new ImageError('malformed', 'The codestream ends inside a marker segment');
      const context = { header, componentCount: header.size?.components.length ?? componentCount, limits };
      parse(new ByteCursor(body, { littleEndian: false, fileOffset: offset + 4 }), context);
    }
    offset += byteLength + 2;
  }
}

/** Pieces put in order and together. */
export function joinPieces(pieces: readonly NumberedPiece[]): Uint8Array {
  const ordered = [...pieces].sort((a, b) => a.index - b.index);
  const joined = new Uint8Array(ordered.reduce((sum, { bytes }) => sum + bytes.length, 0));
  let offset = 0;
  for (const { bytes } of ordered) {
    joined.set(bytes, offset);
    offset += bytes.length;
  }
  return joined;
}
