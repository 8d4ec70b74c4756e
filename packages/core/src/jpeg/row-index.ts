import type { JpegRows } from '../codec/jpeg-rows.ts';
import { ImageError, throwIfAborted } from '../errors.ts';
import type { RangeSource, ReadOptions } from '../source/range-source.ts';
import { mcuSize } from './frame-header.ts';
import type { JpegFile } from './jpeg-file.ts';
import { ScanIndexer, type ScanShapeBlock } from './scan-index.ts';

/** Rows of the picture, at 1 / 2^shift of its size. */
export interface WantedRows {
  readonly top: number;
  readonly keepRows: number;
  readonly shift: number;
}

/** Bytes of the file that are read at once while rows are looked for. */
const PIECE_BYTES = 1 << 20;

/** Reads rows of MCUs out of a JPEG file whose only scan is sequential. Finds out where they begin as far as needed. */
export class RowIndex {
  readonly #source: RangeSource;
  readonly #file: JpegFile;
  readonly #indexer: ScanIndexer;
  readonly #mcuHeight: number;
  readonly #mcuRows: number;
  /** The indexer goes through the file once: one piece at a time. */
  #indexing: Promise<void> = Promise.resolve();

  /** True for files that consist of one sequential scan of all components, with their Huffman tables. */
  static isPossible({ frame, scan, huffmanTables }: JpegFile): boolean {
    const complete = scan.components.length === frame.components.length && frame.coding === 'sequential';
    const has = (kind: 'dc' | 'ac', index: number) =>
      huffmanTables.some((table) => table.kind === kind && table.index === index);
    return complete && scan.components.every(({ dc, ac }) => has('dc', dc) && has('ac', ac));
  }

  constructor(source: RangeSource, file: JpegFile) {
    const { frame } = file;
    const mcu = mcuSize(frame);
    this.#source = source;
    this.#file = file;
    this.#mcuHeight = mcu.height;
    this.#mcuRows = Math.ceil(frame.height / this.#mcuHeight);
    this.#indexer = new ScanIndexer({
      byteOffset: file.scanOffset,
      mcusPerRow: Math.ceil(frame.width / mcu.width),
      mcuRows: this.#mcuRows,
      restartInterval: file.restartInterval,
      componentCount: frame.components.length,
      blocks: blocksOf(file),
    });
  }

  /**
   * The bytes that these rows are decoded from, and how. `undefined` when the file ends before them.
   *
   * A row of MCUs more on either side goes along, because chroma is interpolated across rows.
   */
  async read(
    { top, keepRows, shift }: WantedRows,
    options: ReadOptions,
  ): Promise<{ readonly bytes: Uint8Array; readonly rows: JpegRows } | undefined> {
    const { height } = this.#file.frame;
    const first = Math.max(0, Math.floor((top << shift) / this.#mcuHeight) - 1);
    const last = Math.min(this.#mcuRows, Math.ceil(((top + keepRows) << shift) / this.#mcuHeight) + 1);
    // The last rows reach to the end of the file, wherever their scan ends.
    await this.#indexTo(last < this.#mcuRows ? last : first, options);
    const begin = this.#indexer.checkpointBefore(first);
    const isThere = Math.floor((top << shift) / this.#mcuHeight) <= this.#indexer.lastRow;
    if (begin === undefined || !isThere) return undefined;
    const { byteOffset, ...start } = begin.checkpoint;
    const byteEnd = this.#endOf(last);
    const topOfBytes = begin.row * this.#mcuHeight;
    const rows: JpegRows = {
      ...start,
      height: Math.min(height, last * this.#mcuHeight) - topOfBytes,
      skipRows: top - (topOfBytes >> shift),
      keepRows,
    };
    const byteLength = byteEnd - byteOffset;
    return { bytes: await this.#source.read(byteOffset, byteLength, options), rows };
  }

  /** Where the bits of the rows before `row` end: within the byte in which that row begins, or at the file's end. */
  #endOf(row: number): number {
    const next = this.#indexer.checkpointAfter(row);
    return next === undefined ? this.#source.byteLength : Math.min(this.#source.byteLength, next.byteOffset + 2);
  }

  /** Goes on until the beginning of row `row` is known. Serves all who wait, so no single caller can end it. */
  async #indexTo(row: number, { signal }: ReadOptions): Promise<void> {
    while (!this.#indexer.ended && this.#indexer.rowsSeen <= row) {
      throwIfAborted(signal);
      const piece = this.#indexing.then(() => this.#indexPiece(row));
      this.#indexing = piece.catch(() => undefined);
      await piece;
    }
  }

  async #indexPiece(row: number): Promise<void> {
    const indexer = this.#indexer;
    if (indexer.ended || indexer.rowsSeen > row) return;
    const { byteOffset } = indexer;
    const byteLength = Math.min(PIECE_BYTES, this.#source.byteLength - byteOffset);
    const bytes = await this.#source.read(byteOffset, byteLength);
    indexer.feed(bytes, byteOffset + byteLength === this.#source.byteLength);
  }
}

/** The blocks of an MCU in coding order (ITU-T T.81 A.2.3). */
function blocksOf({ frame, scan, huffmanTables }: JpegFile): readonly ScanShapeBlock[] {
  const find = (kind: 'dc' | 'ac', index: number) => {
    // A later table of the same name replaces an earlier one.
    const table = huffmanTables.findLast((candidate) => candidate.kind === kind && candidate.index === index);
    if (table === undefined) throw new ImageError('malformed', 'A JPEG Huffman table is missing');
    return table;
  };
  return scan.components.flatMap(({ index, dc, ac }) => {
    const { h, v } = frame.components[index]!;
    const count = frame.components.length === 1 ? 1 : h * v;
    return Array.from({ length: count }, () => ({ component: index, dc: find('dc', dc), ac: find('ac', ac) }));
  });
}
