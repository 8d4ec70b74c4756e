import { ImageError } from '../errors.ts';
import type { ByteReads } from './byte-reads.ts';
import { PacketHeaders } from './packet-headers.ts';
import { type PacketPosition, packetOrder } from './packet-order.ts';
import { PacketScanner } from './packet-scanner.ts';
import type { PacketTools } from './packet-tools.ts';
import { precinctNumber, type TileGeometry } from './tile-geometry.ts';
import type { PacketData, TileHeader } from './tile-parts.ts';

/** Where a packet begins. */
export interface PacketPlace {
  /** File offset of the packet, or of its body where headers are packed apart. */
  readonly offset: number;
  /** File offset where the tile-part ends that holds it. */
  readonly end: number;
  /** Holds the packet's header from `headerStart` on; `undefined` when it has to be read from the file. */
  readonly headers: Uint8Array | undefined;
  readonly headerStart: number;
}

/** What an index has from its codestream. */
export interface IndexSurroundings {
  readonly tools: PacketTools;
  readonly firstPacket: number;
}

/** Bytes of memory of an index, of coding parameters that a tile's own header made, and of what scanning takes, all roughly. */
const OWN_BYTES = 2048;
const PARAMETER_BYTES = 2048;
const SCAN_BYTES = { tile: 4096, component: 512, resolution: 1024 };

/**
 * Where each packet of a tile begins: four bytes a packet (eight when the tile spans 4 GB), and four more with its header where
 * headers are in memory. The tile's geometry is held only while there is more to scan: a picture may have 65535 tiles, and it is
 * quickly worked out again.
 *
 * With PLT or PLM it is made without reading anything. Else packet headers are scanned in the order of the codestream, only
 * as far as the resolutions that were asked for, and kept unless they are very many; the scan goes on later from where it
 * stopped.
 */
export class PacketIndex {
  readonly header: TileHeader;
  readonly tools: PacketTools;
  /** Number of the tile's first packet among those of all indexes that a codestream ever had. */
  readonly firstPacket: number;
  readonly #layers: number;
  readonly #base: number;
  readonly #parameterBytes: number;
  /** From `#base`, 0 = not met (yet). */
  readonly #offsets: Uint32Array | Float64Array;
  #headers: PacketHeaders | undefined;
  /** Packets not met yet, by component and resolution. */
  #missing: number[][] = [];
  /** From the first scan until the index is complete. */
  #geometry: TileGeometry | undefined;
  #order: Iterator<PacketPosition, void, void> | undefined;
  #scanner: PacketScanner | undefined;
  #pending: PacketPosition | undefined;
  #complete = false;
  #coveredDiscard = Infinity;
  #failure: unknown;

  constructor(packetCount: number, header: TileHeader, { tools, firstPacket }: IndexSurroundings) {
    this.header = header;
    this.tools = tools;
    this.firstPacket = firstPacket;
    this.#layers = header.parameters.tile.layers;
    const first = header.data[0]!;
    this.#base = first.offset - 1;
    const span = header.data.at(-1)!.end - this.#base;
    assertEnoughBytes(packetCount, header);
    this.#offsets = span < 2 ** 32 ? new Uint32Array(packetCount) : new Float64Array(packetCount);
    this.#headers = header.packedHeaders && PacketHeaders.packed(header.packedHeaders, packetCount);
    this.#parameterBytes = header.hasOwnParameters ? PARAMETER_BYTES * header.parameters.coding.length : 0;
  }

  /** Bytes of memory held, roughly. Grows while packets are indexed. */
  get byteLength(): number {
    const numbers = this.#offsets.byteLength + (this.#headers?.byteLength ?? 0);
    return OWN_BYTES + this.#parameterBytes + numbers + this.#scanBytes();
  }

  #scanBytes(): number {
    if (!this.#geometry || !this.#scanner) return 0;
    const { components, filledCount } = this.#geometry;
    const { tile, component, resolution } = SCAN_BYTES;
    return tile + component * components.length + resolution * filledCount + this.#scanner.window.bytes.byteLength;
  }

  get packetCount(): number {
    return this.#offsets.length;
  }

  /** Where a packet is; `undefined` for one that the codestream lost. Index first. */
  place(precinct: number, layer: number): PacketPlace | undefined {
    const id = precinct * this.#layers + layer;
    const relative = this.#offsets[id]!;
    if (relative === 0) return undefined;
    const offset = this.#base + relative;
    const headerStart = this.#headers?.offsetOf(id);
    const headers = headerStart === undefined ? undefined : this.#headers?.bytes;
    return { offset, end: this.#endOfPart(offset), headers, headerStart: headerStart ?? 0 };
  }

  /** True when `index` has nothing to do. */
  covers(discard: number): boolean {
    return this.#failure === undefined && (this.#complete || discard >= this.#coveredDiscard);
  }

  /** Indexes the packets of all resolutions of a tile of this geometry that remain when `discard` levels are left out. */
  *index(geometry: TileGeometry, discard: number): ByteReads<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.covers(discard)) return;
    try {
      if (this.#indexByLengths(geometry)) return;
      yield* this.#scan(geometry, discard);
      this.#coveredDiscard = Math.min(this.#coveredDiscard, discard);
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  *#packetsInOrder(geometry: TileGeometry): Generator<PacketPosition, void, void> {
    for (const volume of this.header.parameters.volumes) yield* packetOrder(geometry, volume);
  }

  #idOf(geometry: TileGeometry, packet: PacketPosition): number {
    return precinctNumber(geometry, packet) * this.#layers + packet.layer;
  }

  /** True when every tile-part lists the lengths of its packets and they add up. */
  #indexByLengths(geometry: TileGeometry): boolean {
    const { data, packedHeaders } = this.header;
    if (packedHeaders || this.#scanner) return false;
    const lengths = data.map(decodePacketLengths);
    if (lengths.some((list) => list === undefined)) return false;
    let part = 0;
    let next = 0;
    let position = data[0]!.offset;
    const order = this.#packetsInOrder(geometry);
    for (let packet = order.next(); !packet.done; packet = order.next()) {
      const id = this.#idOf(geometry, packet.value);
      if (this.#offsets[id] !== 0) continue;
      while (part < data.length && next >= lengths[part]!.length) {
        part++;
        next = 0;
        position = data[part]?.offset ?? 0;
      }
      if (part >= data.length) break;
      this.#offsets[id] = position - this.#base;
      position += lengths[part]![next++]!;
    }
    this.#complete = true;
    return true;
  }

  *#scan(fresh: TileGeometry, discard: number): ByteReads<void> {
    const geometry = (this.#geometry ??= fresh);
    const scanner = (this.#scanner ??= this.#beginScan(geometry));
    // Resolutions of each component that are wanted.
    const ends = geometry.components.map(({ coding: { levels } }) => Math.max(0, levels - discard) + 1);
    let wanted = 0;
    let missing = 0;
    this.#missing.forEach((counts, component) => {
      for (let resolution = 0; resolution < counts.length; resolution++) {
        missing += counts[resolution]!;
        if (resolution < ends[component]!) wanted += counts[resolution]!;
      }
    });
    while (wanted > 0) {
      const packet = this.#nextPacket(geometry);
      if (!packet) break;
      let outcome = scanner.step(packet);
      while (typeof outcome === 'object') {
        yield* scanner.window.load(outcome.offset, outcome.byteLength);
        outcome = scanner.step(packet);
      }
      if (outcome === 'end') break;
      if (outcome === 'found') this.#note(this.#idOf(geometry, packet), scanner);
      this.#pending = undefined;
      this.#missing[packet.component]![packet.resolution]!--;
      missing--;
      if (packet.resolution < ends[packet.component]!) wanted--;
    }
    if (wanted === 0 && missing > 0) return;
    // What a scan needs is held only while there is more to scan.
    this.#complete = true;
    this.#scanner = undefined;
    this.#geometry = undefined;
    this.#order = undefined;
    this.#missing = [];
    if (!this.header.packedHeaders) this.#headers?.trim();
  }

  #beginScan(geometry: TileGeometry): PacketScanner {
    this.#missing = geometry.components.map(({ resolutions }) =>
      resolutions.map(({ precinctsWide, precinctsHigh }) => precinctsWide * precinctsHigh * this.#layers),
    );
    this.#headers ??= PacketHeaders.toKeep(this.packetCount);
    this.#order = this.#packetsInOrder(geometry);
    return new PacketScanner(geometry, this.header, this.tools);
  }

  #note(id: number, scanner: PacketScanner): void {
    this.#offsets[id] = scanner.offset - this.#base;
    const { headerOffset, headerLength } = scanner;
    if (this.header.packedHeaders) this.#headers?.note(id, headerOffset);
    else this.#headers?.keep(id, scanner.window.bytes, headerOffset, headerLength);
  }

  #nextPacket(geometry: TileGeometry): PacketPosition | undefined {
    // A scan that was given up while it waited for bytes goes on with the same packet.
    while (this.#pending === undefined) {
      const next = this.#order?.next();
      if (!next || next.done) return undefined;
      if (this.#offsets[this.#idOf(geometry, next.value)] === 0) this.#pending = next.value;
    }
    return this.#pending;
  }

  #endOfPart(offset: number): number {
    const { data } = this.header;
    let low = 0;
    let high = data.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (data[middle]!.offset <= offset) low = middle;
      else high = middle - 1;
    }
    return data[low]!.end;
  }
}

/** A packet takes at least one byte. Without this, a file of no size could ask for a very large index. */
function assertEnoughBytes(packetCount: number, { data, packedHeaders }: TileHeader): void {
  const available = packedHeaders ? packedHeaders.length : data.reduce((sum, { offset, end }) => sum + end - offset, 0);
  if (packetCount > available) {
    throw new ImageError('malformed', `A tile of ${packetCount} packets in ${available} bytes`);
  }
}

/** PLT (T.800 A.7.3): seven bits a byte, the highest bit says that more follow. `undefined` unless they fill the tile-part. */
function decodePacketLengths({ packetLengths, offset, end }: PacketData): Uint32Array | undefined {
  if (!packetLengths) return undefined;
  const lengths = new Uint32Array(packetLengths.length);
  let count = 0;
  let sum = 0;
  let value = 0;
  for (const byte of packetLengths) {
    value = value * 128 + (byte & 0x7f);
    if (value >= 2 ** 32) return undefined;
    if (byte & 0x80) continue;
    if (value === 0) return undefined;
    lengths[count++] = value;
    sum += value;
    value = 0;
  }
  return sum === end - offset ? lengths.subarray(0, count) : undefined;
}
