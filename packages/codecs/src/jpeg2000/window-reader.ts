import { BLOCK_FIELDS, type Jpeg2000Coding, type Jpeg2000Window } from '@sectile/core/jpeg2000';

/** What one tile adds to one component's plane, see {@link Jpeg2000Window.tiles}. */
export interface TileComponent {
  readonly coding: Jpeg2000Coding;
  readonly x0: number;
  readonly y0: number;
  readonly width: number;
  readonly height: number;
  /** Every how many samples of the last resolution one is taken. */
  readonly decimation: number;
  readonly lowestResolution: number;
  readonly resolutionCount: number;
}

/** A stretch of one resolution. */
export interface ResolutionWindow {
  readonly x0: number;
  readonly y0: number;
  readonly width: number;
  readonly height: number;
}

/** Reads the numbers of a window in their order. */
export class WindowReader {
  readonly #window: Jpeg2000Window;
  #at = 0;
  /** Of the code-block last read: its first number in `window.blocks`, its first segment, its first byte. */
  block: number = -BLOCK_FIELDS;
  segment = 0;
  byte = 0;
  #nextSegment = 0;
  #nextByte = 0;

  constructor(window: Jpeg2000Window) {
    this.#window = window;
  }

  get ended(): boolean {
    return this.#at >= this.#window.tiles.length;
  }

  /** Begins a tile. @returns Whether RCT or ICT is over its first three components. */
  readComponentTransform(): boolean {
    return this.#next() === 1;
  }

  readComponent(): TileComponent {
    return {
      coding: this.#window.codings[this.#next()]!,
      x0: this.#next(),
      y0: this.#next(),
      width: this.#next(),
      height: this.#next(),
      decimation: 2 ** this.#next(),
      lowestResolution: this.#next(),
      resolutionCount: this.#next(),
    };
  }

  readResolution(): ResolutionWindow {
    return { x0: this.#next(), y0: this.#next(), width: this.#next(), height: this.#next() };
  }

  /** Code-blocks of the next subband. */
  readBlockCount(): number {
    return this.#next();
  }

  /** Goes on to the next code-block. */
  readBlock(): void {
    const { blocks, segments } = this.#window;
    this.block += BLOCK_FIELDS;
    this.segment = this.#nextSegment;
    this.byte = this.#nextByte;
    this.#nextSegment += blocks[this.block + 5]!;
    for (let segment = this.segment; segment < this.#nextSegment; segment++) this.#nextByte += segments[2 * segment]!;
  }

  #next(): number {
    return this.#window.tiles[this.#at++]!;
  }
}
