import { ImageError } from '../errors.ts';
import type { HeaderBits } from './header-bits.ts';
import { type PrecinctBand, precinctBands, type Resolution } from './tile-geometry.ts';

/** Code-blocks of one precinct; the largest of real files (64 x 64 blocks, no precincts) has 3 * 2^18. */
const MAX_BLOCKS = 1 << 22;
const KNOWN = 0x8000;

/**
 * What packet headers of a precinct build upon each other from layer to layer: two tag trees for each subband, and for
 * each code-block the coding passes so far and Lblock. All in one array, so that a header can be read again when its
 * bytes turn out not to be loaded yet.
 */
export class PrecinctState {
  readonly bands: readonly PrecinctBand[];
  readonly blockCount: number;
  /** For each block: passes so far, Lblock in the upper byte; then the trees. */
  readonly words: Uint16Array;
  readonly inclusion: readonly TagTree[];
  readonly zeroPlanes: readonly TagTree[];

  constructor(resolution: Resolution, precinct: number) {
    this.bands = precinctBands(resolution, precinct);
    this.blockCount = this.bands.reduce((sum, { cols, rows }) => sum + cols * rows, 0);
    if (this.blockCount > MAX_BLOCKS) throw new ImageError('limit', `A precinct of ${this.blockCount} code-blocks`);
    let size = this.blockCount;
    const trees = this.bands.map(({ cols, rows }) => {
      const offset = size;
      const nodes = nodeCount(cols, rows);
      size += 2 * nodes;
      return { cols, rows, offset, nodes };
    });
    const words = new Uint16Array(size);
    words.fill(3 << 8, 0, this.blockCount);
    this.words = words;
    this.inclusion = trees.map(({ cols, rows, offset }) => new TagTree(words, offset, cols, rows));
    this.zeroPlanes = trees.map(({ cols, rows, offset, nodes }) => new TagTree(words, offset + nodes, cols, rows));
  }
}

function nodeCount(cols: number, rows: number): number {
  let count = cols * rows;
  while (cols * rows > 1) {
    cols = (cols + 1) >> 1;
    rows = (rows + 1) >> 1;
    count += cols * rows;
  }
  return count;
}

/** A tag tree (T.800 B.10.2) in a piece of a larger array: the value so far of each node, and a bit when it is final. */
export class TagTree {
  readonly #words: Uint16Array;
  /** Offset and width of each level, leaves first. */
  readonly #offsets: number[] = [];
  readonly #widths: number[] = [];

  constructor(words: Uint16Array, offset: number, cols: number, rows: number) {
    this.#words = words;
    if (cols * rows === 0) return;
    for (;;) {
      this.#offsets.push(offset);
      this.#widths.push(cols);
      if (cols * rows === 1) return;
      offset += cols * rows;
      cols = (cols + 1) >> 1;
      rows = (rows + 1) >> 1;
    }
  }

  /** Reads as many bits as it takes to know whether the leaf's value is below `threshold`. */
  isBelow(col: number, row: number, threshold: number, bits: HeaderBits): boolean {
    const words = this.#words;
    let lowest = 0;
    for (let level = this.#offsets.length - 1; level >= 0; level--) {
      const index = this.#offsets[level]! + (row >> level) * this.#widths[level]! + (col >> level);
      const word = words[index]!;
      let value = word & ~KNOWN;
      let known = (word & KNOWN) !== 0;
      if (!known) {
        if (value < lowest) value = lowest;
        while (value < threshold) {
          if (bits.bit() === 1) {
            known = true;
            break;
          }
          value++;
        }
        words[index] = known ? value | KNOWN : value;
      }
      if (value >= threshold) return false;
      lowest = value;
    }
    return true;
  }
}
