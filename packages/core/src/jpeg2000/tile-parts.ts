import { ImageError } from '../errors.ts';
import { assertWithin, type Limits } from '../limits.ts';
import type { ByteRange } from '../source/read-ranges.ts';
import { type ByteReads, ByteWindow } from './byte-reads.ts';
import { HeaderSegments, joinPieces, readHeaderSegments } from './header-segments.ts';
import { type MainHeader, resolveParameters, type TileParameters } from './main-header.ts';
import { MARKER } from './markers.ts';

const SOT_LENGTH = 12;
/** Read at once while walking from tile-part to tile-part: one header, and many where the tile-parts are tiny. */
const WALK_AHEAD = { least: 512, most: 2 ** 18 };

/** Where all tile-parts of a codestream lie. */
export interface TilePartTable {
  /** File offset of each SOT, and of the byte after the tile-part. */
  readonly offsets: Float64Array;
  readonly ends: Float64Array;
  /** Numbers of the tile-parts of a tile, in order. */
  readonly partsOfTile: ReadonlyMap<number, readonly number[]>;
}

/** A tile-part's packets. */
export interface PacketData {
  readonly offset: number;
  readonly end: number;
  /** PLT or PLM, not decoded yet. */
  readonly packetLengths: Uint8Array | undefined;
}

/** What the headers of a tile's tile-parts say. */
export interface TileHeader {
  readonly parameters: TileParameters;
  /** They are not those of the main header. */
  readonly hasOwnParameters: boolean;
  readonly data: readonly PacketData[];
  /** PPM or PPT: the packet headers of all tile-parts together. */
  readonly packedHeaders: Uint8Array | undefined;
}

/** Finds the tile-parts: from TLM without reading anything, else by walking from SOT to SOT. */
export function* readTilePartTable(main: MainHeader, end: number, limits: Limits): ByteReads<TilePartTable> {
  const fromLengths = main.tilePartLengths && tableFromLengths(main, end);
  return fromLengths ?? (yield* walkTileParts(main, end, limits));
}

/** Only when TLM accounts for all tiles and fits the file: it is easily left behind by tools that rewrite files. */
function tableFromLengths(main: MainHeader, end: number): TilePartTable | undefined {
  const builder = new TableBuilder(main);
  let offset = main.tilePartsOffset;
  for (const { tile, byteLength } of main.tilePartLengths ?? []) {
    if (byteLength < SOT_LENGTH + 2 || !builder.add(tile, offset, offset + byteLength)) return undefined;
    offset += byteLength;
  }
  const complete = builder.partsOfTile.size === main.size.tilesWide * main.size.tilesHigh;
  return complete && offset <= end && end - offset <= 16 ? builder.finish() : undefined;
}

function* walkTileParts(main: MainHeader, end: number, limits: Limits): ByteReads<TilePartTable> {
  const builder = new TableBuilder(main);
  const window = new ByteWindow(end, WALK_AHEAD.least, WALK_AHEAD.most);
  let offset = main.tilePartsOffset;
  while (offset + SOT_LENGTH <= end) {
    yield* window.load(offset, SOT_LENGTH);
    const view = new DataView(window.bytes.buffer, window.bytes.byteOffset + offset - window.start, SOT_LENGTH);
    if (view.getUint16(0) !== MARKER.SOT) break;
    const byteLength = view.getUint32(6);
    // Psot 0: up to the end of the codestream. A part that claims more than there is has been cut off.
    const partEnd = byteLength === 0 ? end : Math.min(end, offset + byteLength);
    if (byteLength !== 0 && byteLength < SOT_LENGTH + 2)
      throw new ImageError('malformed', 'A tile-part shorter than its header');
    if (!builder.add(view.getUint16(4), offset, partEnd))
      throw new ImageError('malformed', 'A tile-part of a tile outside of the image');
    assertWithin(builder.count, limits.maxSegments, 'The number of tile-parts');
    offset = partEnd;
  }
  return builder.finish();
}

class TableBuilder {
  readonly partsOfTile = new Map<number, number[]>();
  readonly #offsets: number[] = [];
  readonly #ends: number[] = [];
  readonly #tileCount: number;

  constructor({ size }: MainHeader) {
    this.#tileCount = size.tilesWide * size.tilesHigh;
  }

  get count(): number {
    return this.#offsets.length;
  }

  /** False when there is no such tile. */
  add(tile: number, offset: number, end: number): boolean {
    if (tile >= this.#tileCount) return false;
    const parts = this.partsOfTile.get(tile);
    if (parts) parts.push(this.count);
    else this.partsOfTile.set(tile, [this.count]);
    this.#offsets.push(offset);
    this.#ends.push(end);
    return true;
  }

  finish(): TilePartTable {
    const { partsOfTile } = this;
    return { offsets: Float64Array.from(this.#offsets), ends: Float64Array.from(this.#ends), partsOfTile };
  }
}

/** From the first byte of a tile to the last one, whatever lies between its tile-parts; `undefined` for one that is not there. */
export function tileExtent({ offsets, ends, partsOfTile }: TilePartTable, tile: number): ByteRange | undefined {
  const parts = partsOfTile.get(tile);
  if (!parts) return undefined;
  const start = offsets[parts[0]!]!;
  return { byteOffset: start, byteLength: ends[parts.at(-1)!]! - start };
}

/** Reads the headers of all tile-parts of a tile; `undefined` for a tile that the codestream does not hold. */
export function* readTileHeader(
  main: MainHeader,
  table: TilePartTable,
  tile: number,
  limits: Limits,
): ByteReads<TileHeader | undefined> {
  const componentCount = main.size.components.length;
  const segments = new HeaderSegments();
  const data: PacketData[] = [];
  const packed: Uint8Array[] = [];
  for (const part of table.partsOfTile.get(tile) ?? []) {
    const start = table.offsets[part]!;
    const end = table.ends[part]!;
    if (end - start < SOT_LENGTH + 2) continue;
    segments.packetLengths.length = 0;
    const range = { offset: start + SOT_LENGTH, end, readAhead: 1024, until: MARKER.SOD };
    const offset = yield* readHeaderSegments(segments, range, componentCount, limits);
    const { packetLengths } = segments;
    const lengths = packetLengths.length > 0 ? joinPieces(packetLengths) : main.packetLengths?.[part];
    data.push({ offset: offset + 2, end, packetLengths: lengths });
    const fromMain = main.packedHeaders?.[part];
    if (fromMain) packed.push(fromMain);
  }
  if (data.length === 0) return undefined;
  if (segments.packedHeaders.length > 0) packed.push(joinPieces(segments.packedHeaders));
  const packedHeaders = packed.length > 0 ? joinPieces(packed.map((bytes, index) => ({ index, bytes }))) : undefined;
  const hasOwnParameters = segments.changesCoding;
  const parameters = hasOwnParameters ? resolveParameters(componentCount, main.segments, segments) : main.parameters;
  return { parameters, hasOwnParameters, data, packedHeaders };
}
