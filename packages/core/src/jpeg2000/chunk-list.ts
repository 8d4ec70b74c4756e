import type { PacketSink } from './packet-header.ts';
import { BLOCK_KIND, blockKind, type PrecinctState } from './precinct-state.ts';
import type { PrecinctBand } from './tile-geometry.ts';

/** Numbers of a code-block, and of a chunk, in a {@link PrecinctBlocks}. */
const BLOCK_NUMBERS = 2;
const CHUNK_NUMBERS = 3;
/** Beside the zero bit-planes of a code-block. */
const HT = 256;
/** Precincts of so few numbers, three code-blocks or four, are parsed sooner than kept and found; many share one array. */
const FEW_NUMBERS = 32;
const PAGE_NUMBERS = 4096;

/** Room for the numbers of a precinct. */
interface PrecinctNumbers {
  readonly numbers: Float64Array;
  readonly start: number;
  /** There are other precincts in the array. */
  readonly isShared: boolean;
}

/**
 * What packet headers say of the code-blocks of one precinct, up to some quality layer. A chunk is a codeword segment, or a
 * layer's part of one; those of a code-block follow one another.
 */
export class PrecinctBlocks {
  /** One for each subband. */
  readonly bands: readonly PrecinctBand[];
  /** From `#start`: for each code-block its first chunk and its kind; the count of chunks; for each chunk offset, bytes and passes. */
  readonly #numbers: Float64Array;
  readonly #start: number;
  readonly #firstChunk: number;
  /** False for one that holds on to more memory than its own, and is quickly parsed again. */
  readonly isWorthKeeping: boolean;

  constructor(bands: readonly PrecinctBand[], blockCount: number, { numbers, start, isShared }: PrecinctNumbers) {
    this.bands = bands;
    this.#numbers = numbers;
    this.#start = start;
    this.isWorthKeeping = !isShared;
    this.#firstChunk = start + BLOCK_NUMBERS * blockCount + 1;
  }

  /** Bytes of memory held, roughly; of one that is worth keeping. */
  get byteLength(): number {
    return 512 + this.#numbers.byteLength;
  }

  /** First chunk of a code-block; of the one after the last: the count of chunks. */
  firstChunk(block: number): number {
    return this.#numbers[this.#start + BLOCK_NUMBERS * block]!;
  }

  zeroPlanes(block: number): number {
    return this.#numbers[this.#start + BLOCK_NUMBERS * block + 1]! & (HT - 1);
  }

  /** True for a high-throughput code-block. */
  isHt(block: number): boolean {
    return this.#numbers[this.#start + BLOCK_NUMBERS * block + 1]! >= HT;
  }

  /** File offset of the first byte. */
  chunkOffset(chunk: number): number {
    return this.#numbers[this.#firstChunk + CHUNK_NUMBERS * chunk]!;
  }

  /** In bytes. */
  chunkLength(chunk: number): number {
    return this.#numbers[this.#firstChunk + CHUNK_NUMBERS * chunk + 1]!;
  }

  /** Coding passes. */
  chunkPasses(chunk: number): number {
    return this.#numbers[this.#firstChunk + CHUNK_NUMBERS * chunk + 2]!;
  }
}

/** Collects a precinct's chunks packet by packet and sorts them by code-block in the end; then goes on with another one. */
export class ChunkList implements PacketSink {
  #zeroPlanes = new Uint8Array(16);
  #next = new Uint32Array(16);
  #blockCount = 0;
  #wholeOnly = false;
  #count = 0;
  #packetStart = 0;
  #block: Uint32Array = new Uint32Array(16);
  #offset: Float64Array = new Float64Array(16);
  #length: Uint32Array = new Uint32Array(16);
  #passes: Uint8Array = new Uint8Array(16);
  /** Shared by precincts of few numbers. */
  #page = new Float64Array(0);
  #pageEnd = 0;

  /** `wholeOnly`: chunks that are cut off are of no use. */
  begin(blockCount: number, wholeOnly: boolean): void {
    if (blockCount > this.#zeroPlanes.length) {
      this.#zeroPlanes = new Uint8Array(blockCount);
      this.#next = new Uint32Array(blockCount);
    }
    this.#zeroPlanes.fill(0, 0, blockCount);
    this.#blockCount = blockCount;
    this.#wholeOnly = wholeOnly;
    this.#count = 0;
    this.#packetStart = 0;
  }

  firstInclusion(block: number, zeroPlanes: number): void {
    this.#zeroPlanes[block] = zeroPlanes;
  }

  chunk(block: number, byteLength: number, passes: number): void {
    const at = this.#count++;
    if (at === this.#block.length) this.#grow();
    this.#block[at] = block;
    this.#length[at] = byteLength;
    this.#passes[at] = passes;
  }

  beginPacket(): void {
    this.#packetStart = this.#count;
  }

  dropPacket(): void {
    this.#count = this.#packetStart;
  }

  /** Gives the packet's chunks their file offsets; what lies beyond `end` is lost. */
  placePacket(offset: number, end: number): void {
    for (let i = this.#packetStart; i < this.#count; i++) {
      const byteLength = this.#length[i]!;
      if (this.#wholeOnly && offset + byteLength > end) {
        this.#count = i;
        return;
      }
      this.#offset[i] = Math.min(offset, end);
      this.#length[i] = Math.max(0, Math.min(byteLength, end - offset));
      offset += byteLength;
    }
  }

  /** `state`: after the last packet; `again`: whether it can be parsed again without reading. */
  finish(bands: readonly PrecinctBand[], { words, base }: PrecinctState, again: boolean): PrecinctBlocks {
    const blockCount = this.#blockCount;
    const count = this.#count;
    const next = this.#next.fill(0, 0, blockCount);
    for (let i = 0; i < count; i++) next[this.#block[i]!]!++;
    const length = BLOCK_NUMBERS * blockCount + 1 + CHUNK_NUMBERS * count;
    const room = again && length <= FEW_NUMBERS ? this.#roomInPage(length) : ownRoom(length);
    const { numbers, start } = room;
    let first = 0;
    for (let block = 0; block < blockCount; block++) {
      const chunks = next[block]!;
      const isHt = blockKind(words[base + block]!) === BLOCK_KIND.ht;
      next[block] = first;
      numbers[start + BLOCK_NUMBERS * block] = first;
      numbers[start + BLOCK_NUMBERS * block + 1] = this.#zeroPlanes[block]! + (isHt ? HT : 0);
      first += chunks;
    }
    const firstChunk = start + BLOCK_NUMBERS * blockCount + 1;
    numbers[firstChunk - 1] = count;
    for (let i = 0; i < count; i++) {
      const at = firstChunk + CHUNK_NUMBERS * next[this.#block[i]!]!++;
      numbers[at] = this.#offset[i]!;
      numbers[at + 1] = this.#length[i]!;
      numbers[at + 2] = this.#passes[i]!;
    }
    return new PrecinctBlocks(bands, blockCount, room);
  }

  #roomInPage(length: number): PrecinctNumbers {
    if (this.#pageEnd + length > this.#page.length) {
      this.#page = new Float64Array(PAGE_NUMBERS);
      this.#pageEnd = 0;
    }
    const start = this.#pageEnd;
    this.#pageEnd += length;
    return { numbers: this.#page, start, isShared: true };
  }

  #grow(): void {
    const capacity = this.#block.length * 2;
    this.#block = grown(this.#block, new Uint32Array(capacity));
    this.#offset = grown(this.#offset, new Float64Array(capacity));
    this.#length = grown(this.#length, new Uint32Array(capacity));
    this.#passes = grown(this.#passes, new Uint8Array(capacity));
  }
}

function ownRoom(length: number): PrecinctNumbers {
  return { numbers: new Float64Array(length), start: 0, isShared: false };
}

function grown<Numbers extends Uint8Array | Uint32Array | Float64Array>(old: Numbers, larger: Numbers): Numbers {
  larger.set(old);
  return larger;
}
