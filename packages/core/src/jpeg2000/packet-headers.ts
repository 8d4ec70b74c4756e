/** Bytes of packet headers of one tile that are kept at most, and packets: larger tiles read them again. */
const MAX_KEPT_BYTES = 2 ** 24;
const MAX_KEPT_PACKETS = 2 ** 20;
/** After the last header: parsers look for a marker behind it. */
const SLACK = 2;

/**
 * The packet headers of a tile in memory, by number of the packet: those that the file has packed apart, or those that a
 * scan has met, so that nobody has to read them again.
 */
export class PacketHeaders {
  /** A header begins at `offsetOf` its packet and tells itself where it ends. */
  bytes: Uint8Array;
  /** One more than where each header begins, 0 = not here. */
  readonly #offsets: Uint32Array;
  #length = 0;

  private constructor(bytes: Uint8Array, packetCount: number) {
    this.bytes = bytes;
    this.#offsets = new Uint32Array(packetCount);
  }

  /** Headers that are all in `bytes`. */
  static packed(bytes: Uint8Array, packetCount: number): PacketHeaders {
    return new PacketHeaders(bytes, packetCount);
  }

  /** Headers that are to be kept; `undefined` when there are too many. */
  static toKeep(packetCount: number): PacketHeaders | undefined {
    return packetCount <= MAX_KEPT_PACKETS
      ? new PacketHeaders(new Uint8Array(Math.min(256, 16 * packetCount)), packetCount)
      : undefined;
  }

  /** Bytes of memory held. */
  get byteLength(): number {
    return this.bytes.byteLength + this.#offsets.byteLength;
  }

  /** `undefined` when the header is not here. */
  offsetOf(packet: number): number | undefined {
    const next = this.#offsets[packet]!;
    return next === 0 ? undefined : next - 1;
  }

  /** Says where in `bytes` a header begins. */
  note(packet: number, offset: number): void {
    this.#offsets[packet] = offset + 1;
  }

  /** Keeps a copy of the header of `length` bytes at `source[start]`, where there is room. */
  keep(packet: number, source: Uint8Array, start: number, length: number): void {
    const end = this.#length + length;
    if (end > MAX_KEPT_BYTES) return;
    if (end + SLACK > this.bytes.length) this.#resize(2 * (end + SLACK));
    for (let i = 0; i < length; i++) this.bytes[this.#length + i] = source[start + i]!;
    this.note(packet, this.#length);
    this.#length = end;
  }

  /** To be called after the last `keep`. */
  trim(): void {
    this.#resize(this.#length + SLACK);
  }

  #resize(byteLength: number): void {
    const resized = new Uint8Array(byteLength);
    resized.set(this.bytes.subarray(0, this.#length));
    this.bytes = resized;
  }
}
