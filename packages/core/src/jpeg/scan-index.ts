import type { JpegScanStart } from '../codec/jpeg-rows.ts';
import { RST0, RST7 } from './markers.ts';
import type { StoredHuffmanTable } from './tables.ts';

/** Where a row of MCUs begins in the file. */
export interface RowCheckpoint extends JpegScanStart {
  /** Offset in the file of the byte that holds the row's first bit. */
  readonly byteOffset: number;
}

/** What indexing needs to know of a sequential scan of all components. */
export interface ScanShape {
  /** Offset in the file of the first entropy-coded byte. */
  readonly byteOffset: number;
  readonly mcusPerRow: number;
  readonly mcuRows: number;
  readonly restartInterval: number;
  readonly componentCount: number;
  /** Blocks of an MCU in coding order. */
  readonly blocks: readonly ScanShapeBlock[];
}

/** One block of an MCU: its component, 0-based within the frame, and the tables it is coded with. */
export interface ScanShapeBlock {
  readonly component: number;
  readonly dc: StoredHuffmanTable;
  readonly ac: StoredHuffmanTable;
}

/** An MCU is 10 blocks of 64 coefficients of 31 bits at most; every byte may be stuffed; markers come between. */
const MAX_MCU_BYTES = 8192;
const LOOKUP_BITS = 10;
/** As `lost` in restarts: a marker further ahead than this is a stale one. */
const MAX_LOST_INTERVALS = 4;

/**
 * Finds where rows of MCUs begin, by reading Huffman codes without making coefficients of them. Fed with the bytes of
 * the scan piece by piece; knows the rows as far as it has got.
 *
 * Damaged data are skipped up to the next restart marker. Rows that begin in between are not known.
 */
export class ScanIndexer {
  readonly #shape: ScanShape;
  readonly #tables: readonly { readonly component: number; readonly dc: SkipTable; readonly ac: SkipTable }[];
  readonly #rows = new Map<number, RowCheckpoint>();
  #lastRow = -1;
  readonly #predictions: number[];
  #mcu = 0;
  #restartAt: number;
  #nextRestart = 0;
  #ended = false;

  /** Bytes being read, and where they begin in the file. */
  #bytes: Uint8Array = new Uint8Array(0);
  #base: number;
  #at = 0;
  /** The next bits, from the top of 32; how many of them are there; how many of those were made up at the end. */
  #window = 0;
  #available = 0;
  #padding = 0;

  constructor(shape: ScanShape) {
    this.#shape = shape;
    const made = new Map<StoredHuffmanTable, SkipTable>();
    const tableOf = (table: StoredHuffmanTable): SkipTable => {
      const known = made.get(table) ?? buildSkipTable(table);
      made.set(table, known);
      return known;
    };
    this.#tables = shape.blocks.map(({ component, dc, ac }) => ({ component, dc: tableOf(dc), ac: tableOf(ac) }));
    this.#predictions = new Array<number>(shape.componentCount).fill(0);
    this.#base = shape.byteOffset;
    const mcuCount = shape.mcusPerRow * shape.mcuRows;
    this.#restartAt = shape.restartInterval === 0 ? mcuCount : shape.restartInterval;
  }

  /** Offset in the file of the next byte to feed. */
  get byteOffset(): number {
    return this.#base + this.#bytes.length;
  }

  /** True when there are no rows further on: all are known, or the data end. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Rows whose beginning has been looked for. */
  get rowsSeen(): number {
    return this.#ended ? this.#shape.mcuRows : Math.ceil(this.#mcu / this.#shape.mcusPerRow);
  }

  /** The last row whose beginning is known, -1 for none. Once {@link ended}, there is nothing behind it. */
  get lastRow(): number {
    return this.#lastRow;
  }

  /** The last known row at or before `row`; its number, and where it begins. */
  checkpointBefore(row: number): { readonly row: number; readonly checkpoint: RowCheckpoint } | undefined {
    for (let candidate = row; candidate >= 0; candidate--) {
      const checkpoint = this.#rows.get(candidate);
      if (checkpoint !== undefined) return { row: candidate, checkpoint };
    }
    return undefined;
  }

  /** The first known row at or behind `row`. */
  checkpointAfter(row: number): RowCheckpoint | undefined {
    for (let candidate = row; candidate < this.rowsSeen; candidate++) {
      const checkpoint = this.#rows.get(candidate);
      if (checkpoint !== undefined) return checkpoint;
    }
    return undefined;
  }

  /** Reads on. `bytes` begin at {@link byteOffset}; `isLast`: the file ends behind them. */
  feed(bytes: Uint8Array, isLast: boolean): void {
    const rest = this.#bytes.subarray(this.#at);
    const joined = new Uint8Array(rest.length + bytes.length);
    joined.set(rest);
    joined.set(bytes, rest.length);
    this.#base += this.#at;
    this.#bytes = joined;
    this.#at = 0;
    const stop = isLast ? Number.POSITIVE_INFINITY : joined.length - MAX_MCU_BYTES;
    const { mcusPerRow, mcuRows } = this.#shape;
    const mcuCount = mcusPerRow * mcuRows;
    while (!this.#ended && this.#mcu < mcuCount && this.#at < stop) {
      if (this.#mcu % mcusPerRow === 0) {
        this.#lastRow = this.#mcu / mcusPerRow;
        this.#rows.set(this.#lastRow, this.#checkpoint());
      }
      const good = (this.#mcu < this.#restartAt || this.#restart()) && this.#skipMcu();
      if (good) this.#mcu++;
      else if (!this.#restart()) this.#ended = true;
    }
    if (this.#mcu >= mcuCount || isLast) this.#ended = true;
    if (this.#ended) this.#bytes = joined.subarray(0, 0);
  }

  #checkpoint(): RowCheckpoint {
    const unread = Math.max(0, this.#available - this.#padding);
    let at = this.#at;
    for (let bytes = Math.ceil(unread / 8); bytes > 0; bytes--) {
      at -= this.#bytes[at - 1] === 0 && this.#bytes[at - 2] === 0xff ? 2 : 1;
    }
    return {
      byteOffset: this.#base + at,
      skipBits: (8 - (unread % 8)) % 8,
      predictions: this.#predictions.slice(),
      mcusToRestart: this.#shape.restartInterval === 0 ? 0 : this.#restartAt - this.#mcu,
      nextRestart: this.#nextRestart,
    };
  }

  /** Goes to the interval behind the next restart marker. False when the data end before one. */
  #restart(): boolean {
    const { restartInterval, mcusPerRow, mcuRows } = this.#shape;
    const mcuCount = mcusPerRow * mcuRows;
    while (restartInterval > 0 && this.#restartAt < mcuCount) {
      const marker = this.#findMarker();
      if (marker < RST0 || marker > RST7) return false;
      this.#at += 2;
      const lost = (marker - RST0 - this.#nextRestart) & 7;
      if (lost > MAX_LOST_INTERVALS) continue;
      this.#nextRestart = (this.#nextRestart + lost + 1) & 7;
      const first = this.#restartAt + lost * restartInterval;
      if (first >= mcuCount) return false;
      this.#mcu = first;
      this.#restartAt = Math.min(first + restartInterval, mcuCount);
      this.#window = this.#available = this.#padding = 0;
      this.#predictions.fill(0);
      return true;
    }
    return false;
  }

  #findMarker(): number {
    const bytes = this.#bytes;
    let at = bytes.indexOf(0xff, this.#at);
    while (at >= 0 && at + 1 < bytes.length) {
      const code = bytes[at + 1]!;
      if (code !== 0 && code !== 0xff) {
        this.#at = at;
        return code;
      }
      at = bytes.indexOf(0xff, at + 1);
    }
    this.#at = bytes.length;
    return 0;
  }

  /** False when the data are no codes, or end. */
  #skipMcu(): boolean {
    for (const { component, dc, ac } of this.#tables) {
      const size = this.#readSymbol(dc);
      if (size < 0) return false;
      this.#predictions[component]! += this.#readValue(size);
      for (let k = 1; k < 64; k++) {
        const symbol = this.#readSymbol(ac);
        if (symbol < 0) return false;
        const valueBits = symbol & 15;
        if (valueBits === 0 && symbol !== 0xf0) break;
        k += symbol >> 4;
        if (valueBits > 0) this.#skipBits(valueBits);
      }
    }
    return this.#available >= this.#padding;
  }

  /** The next symbol, or -1 where there is no such code. */
  #readSymbol({ lookup, limits, offsets, symbols }: SkipTable): number {
    if (this.#available < 16) this.#refill();
    const entry = lookup[this.#window >>> (32 - LOOKUP_BITS)]!;
    if (entry !== 0) {
      this.#drop(entry >> 8);
      return entry & 255;
    }
    const next16 = this.#window >>> 16;
    for (let length = LOOKUP_BITS + 1; length <= 16; length++) {
      const code = next16 >> (16 - length);
      if (code >= limits[length]!) continue;
      this.#drop(length);
      return symbols[code + offsets[length]!] ?? -1;
    }
    return -1;
  }

  #readValue(size: number): number {
    if (size === 0) return 0;
    if (this.#available < size) this.#refill();
    const value = this.#window >>> (32 - size);
    this.#drop(size);
    return value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
  }

  #skipBits(count: number): void {
    if (this.#available < count) this.#refill();
    this.#drop(count);
  }

  #drop(count: number): void {
    this.#window <<= count;
    this.#available -= count;
  }

  /** Reads bytes until there are more than 24 bits; zeros at a marker and at the end. */
  #refill(): void {
    const bytes = this.#bytes;
    while (this.#available <= 24) {
      let byte = 0;
      if (this.#at < bytes.length && bytes[this.#at] !== 0xff) byte = bytes[this.#at++]!;
      else if (bytes[this.#at + 1] === 0) {
        byte = 0xff;
        this.#at += 2;
      } else this.#padding += 8;
      this.#window |= byte << (24 - this.#available);
      this.#available += 8;
    }
  }
}

/** A Huffman table for looking up symbols: by the next ten bits, and by length for longer codes. */
interface SkipTable {
  /** Code length << 8 | symbol, 0 where the code is longer. */
  readonly lookup: Uint16Array;
  /** By code length: codes are below this, and this turns a code into an index of `symbols`. */
  readonly limits: Int32Array;
  readonly offsets: Int32Array;
  readonly symbols: Uint8Array;
}

/** ITU-T T.81 annexes C.2 and F.2.2.3. Codes beyond what their length holds are left out. */
function buildSkipTable({ counts, symbols }: StoredHuffmanTable): SkipTable {
  const lookup = new Uint16Array(1 << LOOKUP_BITS);
  const limits = new Int32Array(17);
  const offsets = new Int32Array(17);
  let code = 0;
  let next = 0;
  for (let length = 1; length <= 16; length++) {
    offsets[length] = next - code;
    for (let i = 0; i < counts[length - 1]!; i++, code++, next++) {
      if (length > LOOKUP_BITS) continue;
      const first = code << (LOOKUP_BITS - length);
      lookup.fill((length << 8) | symbols[next]!, first, first + (1 << (LOOKUP_BITS - length)));
    }
    limits[length] = code;
    code <<= 1;
  }
  return { lookup, limits, offsets, symbols };
}
