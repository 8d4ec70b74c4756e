import { ImageError } from '../errors.ts';
import type { ByteReads } from './byte-reads.ts';
import { type PacketPosition, packetOrder } from './packet-order.ts';
import { PacketScanner } from './packet-scanner.ts';
import type { TileGeometry } from './tile-geometry.ts';
import type { PacketData, TileHeader } from './tile-parts.ts';

/** Where a packet begins. */
export interface PacketPlace {
  /** File offset of the packet, or of its body where headers are packed apart. */
  readonly offset: number;
  /** File offset where the tile-part ends that holds it. */
  readonly end: number;
  /** Index into the tile's packed headers, where there are any. */
  readonly packedHeader: number;
}

/**
 * Where each packet of a tile begins: four bytes a packet (eight when the tile spans 4 GB, four more for packed headers).
 *
 * With PLT or PLM it is made without reading anything. Else packet headers are scanned in the order of the codestream, only
 * as far as the resolutions that were asked for; the scan goes on later from where it stopped.
 */
export class PacketIndex {
  readonly geometry: TileGeometry;
  readonly header: TileHeader;
  readonly #layers: number;
  readonly #base: number;
  readonly #geometryBytes: number;
  /** From `#base`, 0 = not met (yet). */
  readonly #offsets: Uint32Array | Float64Array;
  readonly #packedOffsets: Uint32Array | undefined;
  /** Packets not met yet, by component and resolution. */
  readonly #missing: number[][];
  readonly #order: Iterator<PacketPosition, void, void>;
  #scanner: PacketScanner | undefined;
  #pending: PacketPosition | undefined;
  #complete = false;
  #failure: unknown;

  constructor(geometry: TileGeometry, header: TileHeader) {
    this.geometry = geometry;
    this.header = header;
    this.#layers = header.parameters.tile.layers;
    const first = header.data[0]!;
    this.#base = first.offset - 1;
    const span = header.data.at(-1)!.end - this.#base;
    const count = geometry.precinctCount * this.#layers;
    assertEnoughBytes(count, header);
    this.#offsets = span < 2 ** 32 ? new Uint32Array(count) : new Float64Array(count);
    this.#packedOffsets = header.packedHeaders && new Uint32Array(count);
    this.#geometryBytes = geometry.components.reduce((sum, { resolutions }) => sum + 1024 * resolutions.length, 4096);
    this.#missing = geometry.components.map(({ resolutions }) =>
      resolutions.map(({ precinctsWide, precinctsHigh }) => precinctsWide * precinctsHigh * this.#layers),
    );
    this.#order = this.#packetsInOrder();
  }

  /** Bytes of memory held, roughly. */
  get byteLength(): number {
    return this.#geometryBytes + this.#offsets.byteLength + (this.#packedOffsets?.byteLength ?? 0);
  }

  /** Where a packet is; `undefined` for one that the codestream lost. Index first. */
  place(precinct: number, layer: number): PacketPlace | undefined {
    const id = precinct * this.#layers + layer;
    const relative = this.#offsets[id]!;
    if (relative === 0) return undefined;
    const offset = this.#base + relative;
    return { offset, end: this.#endOfPart(offset), packedHeader: this.#packedOffsets?.[id] ?? 0 };
  }

  /** Indexes the packets of all resolutions that remain when `discard` levels are left out. */
  *index(discard: number): ByteReads<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#complete) return;
    try {
      if (this.#indexByLengths()) return;
      yield* this.#scan(discard);
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  *#packetsInOrder(): Generator<PacketPosition, void, void> {
    for (const volume of this.header.parameters.volumes) yield* packetOrder(this.geometry, volume);
  }

  #precinctOf({ component, resolution, precinct }: PacketPosition): number {
    return this.geometry.components[component]!.resolutions[resolution]!.firstPrecinct + precinct;
  }

  /** True when every tile-part lists the lengths of its packets and they add up. */
  #indexByLengths(): boolean {
    const { data, packedHeaders } = this.header;
    if (packedHeaders || this.#scanner) return false;
    const lengths = data.map(decodePacketLengths);
    if (lengths.some((list) => list === undefined)) return false;
    let part = 0;
    let next = 0;
    let position = data[0]!.offset;
    for (let packet = this.#order.next(); !packet.done; packet = this.#order.next()) {
      const id = this.#precinctOf(packet.value) * this.#layers + packet.value.layer;
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

  *#scan(discard: number): ByteReads<void> {
    const isWanted = (component: number, resolution: number): boolean =>
      resolution <= Math.max(0, this.geometry.components[component]!.coding.levels - discard);
    let wanted = 0;
    this.#missing.forEach((counts, component) => {
      counts.forEach((count, resolution) => {
        if (isWanted(component, resolution)) wanted += count;
      });
    });
    this.#scanner ??= new PacketScanner(this.geometry, this.header);
    while (wanted > 0) {
      const packet = this.#nextPacket();
      if (!packet) break;
      let outcome = this.#scanner.step(packet);
      while (typeof outcome === 'object') {
        yield* this.#scanner.window.load(outcome.offset, outcome.byteLength);
        outcome = this.#scanner.step(packet);
      }
      if (outcome === 'end') break;
      if (outcome === 'found') this.#note(packet, this.#scanner);
      this.#pending = undefined;
      this.#missing[packet.component]![packet.resolution]!--;
      if (isWanted(packet.component, packet.resolution)) wanted--;
    }
    // What a scan needs is held only while there is more to scan.
    if (wanted === 0 && this.#missing.some((counts) => counts.some((count) => count > 0))) return;
    this.#complete = true;
    this.#scanner = undefined;
  }

  #note(packet: PacketPosition, { offset, packedOffset }: PacketScanner): void {
    const id = this.#precinctOf(packet) * this.#layers + packet.layer;
    this.#offsets[id] = offset - this.#base;
    if (this.#packedOffsets) this.#packedOffsets[id] = packedOffset;
  }

  #nextPacket(): PacketPosition | undefined {
    // A scan that was given up while it waited for bytes goes on with the same packet.
    while (this.#pending === undefined) {
      const next = this.#order.next();
      if (next.done) return undefined;
      const id = this.#precinctOf(next.value) * this.#layers + next.value.layer;
      if (this.#offsets[id] === 0) this.#pending = next.value;
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
