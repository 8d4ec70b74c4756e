import type { PixelBuffer } from '../pixels/pixel-buffer.ts';

/**
 * Keeps decoded tiles up to a number of bytes; those not asked for the longest go first. One cache may serve many
 * readers, so that opening many images does not add up their budgets; each has keys of its own (see `claimPrefix`).
 */
export class TileCache {
  // A Map remembers the order of insertion: the first entry is the one unused for the longest.
  readonly #tiles = new Map<string, PixelBuffer>();
  readonly #maxBytes: number;
  readonly #dispose: ((tile: PixelBuffer) => void) | undefined;
  #byteLength = 0;
  #claimed = 0;

  /** @param dispose Called with each tile that is given up. Default: whoever has it, may keep it. */
  constructor(maxBytes: number, dispose?: (tile: PixelBuffer) => void) {
    this.#maxBytes = maxBytes;
    this.#dispose = dispose;
  }

  /** The tile, which counts as used now. */
  get(key: string): PixelBuffer | undefined {
    const tile = this.#tiles.get(key);
    if (tile === undefined) return undefined;
    this.#tiles.delete(key);
    this.#tiles.set(key, tile);
    return tile;
  }

  /** Keeps a tile, in place of one with the same key. */
  set(key: string, tile: PixelBuffer): void {
    this.#remove(key);
    this.#tiles.set(key, tile);
    this.#byteLength += tile.data.byteLength;
    for (const oldest of this.#tiles.keys()) {
      if (this.#byteLength <= this.#maxBytes) return;
      this.#remove(oldest);
    }
  }

  /** A beginning for keys that no other user of this cache has. */
  claimPrefix(): string {
    return `${this.#claimed++}:`;
  }

  /** Forgets all tiles whose keys begin so. */
  clear(prefix: string): void {
    for (const key of this.#tiles.keys()) if (key.startsWith(prefix)) this.#remove(key);
  }

  #remove(key: string): void {
    const tile = this.#tiles.get(key);
    if (tile === undefined) return;
    this.#tiles.delete(key);
    this.#byteLength -= tile.data.byteLength;
    this.#dispose?.(tile);
  }
}
