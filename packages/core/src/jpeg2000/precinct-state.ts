import { ImageError } from '../errors.ts';
import type { HeaderBits } from './header-bits.ts';
import { floorShift, type PrecinctBand, powerOfTwo, type Resolution } from './tile-geometry.ts';
import { WeightedCache } from './weighted-cache.ts';

/** Code-blocks of one precinct; the largest of real files (64 x 64 blocks, no precincts) has 3 * 2^18. */
const MAX_BLOCKS = 1 << 22;
const KNOWN = 0x8000;
const FIRST_LENGTH_BITS = 3 << 8;
/** Shapes of precincts with fewer code-blocks than this on each side are shared, and so many are kept. */
const MAX_SHARED_SIDE = 16;
const MAX_SHARED_SHAPES = 1024;

/**
 * What packet headers of a precinct build upon each other from layer to layer, in `words` from `base` on: for each
 * code-block the coding passes so far (8 bits), Lblock (6) and what is known of its kind ({@link BLOCK_KIND}), then two
 * tag trees for each subband.
 */
export interface PrecinctState {
  readonly shape: PrecinctShape;
  readonly words: Uint16Array;
  readonly base: number;
}

/** The kinds of code-blocks; in a high-throughput codestream all are `open` until their first bytes. */
export const BLOCK_KIND = { open: 0, ebcot: 1, ht: 2 } as const;

export function blockKind(word: number): number {
  return word >> 14;
}

/** The code-block grid of one subband and its tag trees. */
export interface BandShape {
  readonly cols: number;
  readonly rows: number;
  readonly firstBlock: number;
  readonly inclusion: TagTree;
  readonly zeroPlanes: TagTree;
}

type BlockGrid = Pick<PrecinctBand, 'cols' | 'rows'>;

/** How the state of a precinct is laid out; never changes. */
export class PrecinctShape {
  readonly bands: readonly BandShape[];
  readonly blockCount: number;
  readonly wordCount: number;

  constructor(grids: readonly BlockGrid[]) {
    this.blockCount = grids.reduce((sum, { cols, rows }) => sum + cols * rows, 0);
    if (this.blockCount > MAX_BLOCKS) throw new ImageError('limit', `A precinct of ${this.blockCount} code-blocks`);
    let words = this.blockCount;
    let blocks = 0;
    this.bands = grids.map(({ cols, rows }) => {
      const inclusion = new TagTree(words, cols, rows);
      words += inclusion.nodeCount;
      const zeroPlanes = new TagTree(words, cols, rows);
      words += zeroPlanes.nodeCount;
      const firstBlock = blocks;
      blocks += cols * rows;
      return { cols, rows, firstBlock, inclusion, zeroPlanes };
    });
    this.wordCount = words;
  }

  /** Brings a state back to before the first layer. */
  reset(words: Uint16Array, base: number): void {
    words.fill(0, base, base + this.wordCount);
    words.fill(FIRST_LENGTH_BITS, base, base + this.blockCount);
  }

  /** The state before the first layer, on its own. */
  begin(): PrecinctState {
    const words = new Uint16Array(this.wordCount);
    this.reset(words, 0);
    return { shape: this, words, base: 0 };
  }
}

/** The shapes of a codestream. Small ones occur over and over: every precinct of a picture in small tiles is cut by an edge. */
export class SharedShapes {
  readonly #shapes = new WeightedCache<PrecinctShape>(MAX_SHARED_SHAPES, () => 1);

  of(grids: readonly BlockGrid[]): PrecinctShape {
    // The leading 1 tells one grid from three.
    let key = 1;
    for (const { cols, rows } of grids) {
      if (cols >= MAX_SHARED_SIDE || rows >= MAX_SHARED_SIDE) return new PrecinctShape(grids);
      key = (key * MAX_SHARED_SIDE + cols) * MAX_SHARED_SIDE + rows;
    }
    let shape = this.#shapes.get(key);
    if (!shape) {
      shape = new PrecinctShape(grids);
      this.#shapes.set(key, shape);
    }
    return shape;
  }
}

/** The shapes of a resolution's precincts. */
export class PrecinctShapes {
  readonly #resolution: Resolution;
  readonly #shared: SharedShapes;
  #whole: PrecinctShape | undefined;

  constructor(resolution: Resolution, shared: SharedShapes) {
    this.#resolution = resolution;
    this.#shared = shared;
  }

  /** Of a precinct that no edge cuts. */
  get whole(): PrecinctShape {
    this.#whole ??= this.#wholeShape();
    return this.#whole;
  }

  #wholeShape(): PrecinctShape {
    const resolution = this.#resolution;
    const halving = resolution.bands.length === 1 ? 0 : 1;
    const cols = 2 ** (resolution.precinctX - halving - resolution.blockX);
    const rows = 2 ** (resolution.precinctY - halving - resolution.blockY);
    // A precinct much larger than the picture is always cut: its whole shape is never used.
    const { x0, y0, x1, y1 } = resolution;
    const exists = 2 ** resolution.precinctX <= x1 - x0 && 2 ** resolution.precinctY <= y1 - y0;
    return this.#shared.of(exists ? resolution.bands.map(() => ({ cols, rows })) : []);
  }

  /** `precinct` counts from 0 within the resolution. */
  of(precinct: number): PrecinctShape {
    return this.isWhole(precinct) ? this.whole : this.#shared.of(this.#resolution.precinctBands(precinct));
  }

  isWhole(precinct: number): boolean {
    const { x0, y0, x1, y1, precinctX, precinctY, precinctsWide } = this.#resolution;
    const width = powerOfTwo(precinctX);
    const height = powerOfTwo(precinctY);
    const left = ((precinct % precinctsWide) + floorShift(x0, precinctX)) * width;
    const top = (Math.floor(precinct / precinctsWide) + floorShift(y0, precinctY)) * height;
    return left >= x0 && top >= y0 && left + width <= x1 && top + height <= y1;
  }
}

/** A tag tree (T.800 B.10.2): the value so far of each node, and a bit when it is final. */
export class TagTree {
  readonly nodeCount: number;
  /** Offset into the state and width of each level, leaves first. */
  readonly #offsets: number[] = [];
  readonly #widths: number[] = [];

  constructor(offset: number, cols: number, rows: number) {
    const start = offset;
    while (cols * rows > 0) {
      this.#offsets.push(offset);
      this.#widths.push(cols);
      offset += cols * rows;
      if (cols * rows === 1) break;
      cols = (cols + 1) >> 1;
      rows = (rows + 1) >> 1;
    }
    this.nodeCount = offset - start;
  }

  /** Reads as many bits as it takes to know whether the leaf's value is below `threshold`. */
  isBelow({ words, base }: PrecinctState, col: number, row: number, threshold: number, bits: HeaderBits): boolean {
    let lowest = 0;
    for (let level = this.#offsets.length - 1; level >= 0; level--) {
      const index = base + this.#offsets[level]! + (row >> level) * this.#widths[level]! + (col >> level);
      const word = words[index]!;
      let value = word & ~KNOWN;
      if ((word & KNOWN) === 0) {
        if (value < lowest) value = lowest;
        let known = 0;
        while (known === 0 && value < threshold) {
          if (bits.bit() === 1) known = KNOWN;
          else value++;
        }
        words[index] = value | known;
      }
      if (value >= threshold) return false;
      lowest = value;
    }
    return true;
  }
}
