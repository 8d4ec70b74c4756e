import { ByteCursor } from '../bytes/byte-cursor.ts';
import { ImageError } from '../errors.ts';
import { assertWithin, type Limits } from '../limits.ts';
import { type ByteReads, ByteWindow } from './byte-reads.ts';
import type { ComponentCoding, ProgressionVolume, Quantization, TileCoding } from './coding-parameters.ts';
import { HeaderSegments, joinPieces, readHeaderSegments } from './header-segments.ts';
import type { ImageSize } from './image-size.ts';
import { MARKER } from './markers.ts';

/** The main header of a codestream, and where its tile-parts begin. */
export interface MainHeader {
  readonly size: ImageSize;
  readonly segments: HeaderSegments;
  /** Coding style of each component before tile headers have their say. */
  readonly parameters: TileParameters;
  /** File offset of the first SOT. */
  readonly tilePartsOffset: number;
  /** TLM, where it is there and makes sense: tile and byte length of each tile-part in order. */
  readonly tilePartLengths: readonly TilePartLength[] | undefined;
  /** PPM: the packet headers of each tile-part in order. */
  readonly packedHeaders: readonly Uint8Array[] | undefined;
  /** PLM: encoded packet lengths of each tile-part in order. */
  readonly packetLengths: readonly Uint8Array[] | undefined;
}

export interface TilePartLength {
  readonly tile: number;
  readonly byteLength: number;
}

/** Everything that says how the packets of one tile are coded, by component where it may differ. */
export interface TileParameters {
  readonly tile: TileCoding;
  readonly coding: readonly ComponentCoding[];
  readonly quantization: readonly Quantization[];
  readonly roiShift: readonly number[];
  /** Never empty. */
  readonly volumes: readonly ProgressionVolume[];
}

/** Resolutions of all components of a tile. */
export function resolutionCount({ coding }: TileParameters): number {
  return coding.reduce((sum, { levels }) => sum + levels + 1, 0);
}

/** Changes of the progression order in one tile; encoders write one for each volume, a handful. */
const MAX_PROGRESSION_CHANGES = 32;

/** Reads from SOC to the first SOT. */
export function* readMainHeader(offset: number, end: number, limits: Limits): ByteReads<MainHeader> {
  const window = new ByteWindow(end, 4);
  yield* window.load(offset, 4);
  const [a, b, c, d] = window.bytes;
  if (a !== 0xff || b !== 0x4f || c !== 0xff || d !== 0x51)
    throw new ImageError('malformed', 'Not a JPEG 2000 codestream');
  const segments = new HeaderSegments();
  const range = { offset: offset + 2, end, readAhead: 8192, until: MARKER.SOT };
  const tilePartsOffset = yield* readHeaderSegments(segments, range, 0, limits);
  const { size } = segments;
  if (!size) throw new ImageError('malformed', 'The main header lacks SIZ');
  return {
    size,
    segments,
    parameters: resolveParameters(size.components.length, segments, undefined),
    tilePartsOffset,
    tilePartLengths: parseTilePartLengths(segments),
    packedHeaders: splitPackedHeaders(segments),
    packetLengths: splitPacketLengths(segments),
  };
}

/** Tile before main header, component before default (T.800 A.6.1 to A.6.5). @throws ImageError `malformed` | `limit`. */
export function resolveParameters(
  componentCount: number,
  main: HeaderSegments,
  tile: HeaderSegments | undefined,
): TileParameters {
  const tileCoding = tile?.tileCoding ?? main.tileCoding;
  const coding = tile?.coding ?? main.coding;
  const quantization = tile?.quantization ?? main.quantization;
  if (!tileCoding || !coding) throw new ImageError('malformed', 'The header lacks COD');
  if (!quantization) throw new ImageError('malformed', 'The header lacks QCD');
  const components = [...Array(componentCount).keys()];
  const pick = <Value>(
    index: number,
    maps: (header: HeaderSegments) => Map<number, Value>,
    own: Value | undefined,
    byDefault: Value,
  ): Value => (tile && maps(tile).get(index)) ?? own ?? maps(main).get(index) ?? byDefault;
  const changes = tile && tile.progressionChanges.length > 0 ? tile.progressionChanges : main.progressionChanges;
  // Each one is gone through packet by packet, in each tile.
  assertWithin(changes.length, MAX_PROGRESSION_CHANGES, 'The number of progression order changes');
  const whole: ProgressionVolume = {
    progression: tileCoding.progression,
    resolutionStart: 0,
    resolutionEnd: 33,
    componentStart: 0,
    componentEnd: componentCount,
    layerEnd: tileCoding.layers,
  };
  return {
    tile: tileCoding,
    coding: components.map((index) => pick(index, (header) => header.codingOf, tile?.coding, coding)),
    quantization: components.map((index) =>
      pick(index, (header) => header.quantizationOf, tile?.quantization, quantization),
    ),
    roiShift: components.map((index) => pick(index, (header) => header.roiShiftOf, undefined, 0)),
    // What POC leaves out follows in the default order; files that need this are broken, but readable.
    volumes: [
      ...changes.map((change) => ({ ...change, layerEnd: Math.min(change.layerEnd, tileCoding.layers) })),
      whole,
    ],
  };
}

/** TLM (A.7.1): 0, 1 or 2 bytes of tile number, 2 or 4 bytes of length. */
function parseTilePartLengths({ tilePartLengths }: HeaderSegments): TilePartLength[] | undefined {
  if (tilePartLengths.length === 0) return undefined;
  const entries: TilePartLength[] = [];
  for (const { bytes } of [...tilePartLengths].sort((a, b) => a.index - b.index)) {
    if (bytes.length < 1) return undefined;
    const style = bytes[0]!;
    const tileBytes = (style >> 4) & 3;
    const lengthBytes = style & 0x40 ? 4 : 2;
    if (tileBytes === 3) return undefined;
    const cursor = new ByteCursor(bytes.subarray(1), { littleEndian: false });
    while (cursor.remaining >= tileBytes + lengthBytes) {
      const tile = tileBytes === 0 ? entries.length : tileBytes === 1 ? cursor.uint8() : cursor.uint16();
      entries.push({ tile, byteLength: lengthBytes === 2 ? cursor.uint16() : cursor.uint32() });
    }
  }
  return entries;
}

/** PPM (A.7.4): a length of 4 bytes before the headers of each tile-part. */
function splitPackedHeaders({ packedHeaders }: HeaderSegments): Uint8Array[] | undefined {
  return packedHeaders.length > 0 ? splitByLength(joinPieces(packedHeaders), 4) : undefined;
}

/** PLM (A.7.2): a length of 1 byte before the packet lengths of each tile-part. */
function splitPacketLengths({ packetLengths }: HeaderSegments): Uint8Array[] | undefined {
  return packetLengths.length > 0 ? splitByLength(joinPieces(packetLengths), 1) : undefined;
}

function splitByLength(bytes: Uint8Array, lengthBytes: 1 | 4): Uint8Array[] {
  const cursor = new ByteCursor(bytes, { littleEndian: false });
  const parts: Uint8Array[] = [];
  while (cursor.remaining >= lengthBytes) {
    const byteLength = lengthBytes === 1 ? cursor.uint8() : cursor.uint32();
    parts.push(cursor.take(Math.min(byteLength, cursor.remaining)));
  }
  return parts;
}
