import type { PixelBuffer } from '../pixels/pixel-buffer.ts';

/** Keeps decoded tiles up to a number of bytes; those not asked for the longest go first. */
export class TileCache {
  // A Map remembers the order of insertion: the first entry is the one unused for the longest.
  readonly #tiles = new Map<string, PixelBuffer>();
  readonly #maxBytes: number;
  #byteLength = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get(key: string): PixelBuffer | undefined {
    const tile = this.#tiles.get(key);
    if (tile === undefined) return undefined;
    this.#tiles.delete(key);
    this.#tiles.set(key, tile);
    return tile;
  }

  set(key: string, tile: PixelBuffer): void {
    this.#remove(key);
    this.#tiles.set(key, tile);
    this.#byteLength += tile.data.byteLength;
    for (const oldest of this.#tiles.keys()) {
      if (this.#byteLength <= this.#maxBytes) return;
      this.#remove(oldest);
    }
  }

  clear(): void {
    this.#tiles.clear();
    this.#byteLength = 0;
  }

  #remove(key: string): void {
    const tile = this.#tiles.get(key);
    if (tile === undefined) return;
    this.#tiles.delete(key);
    this.#byteLength -= tile.data.byteLength;
  }
}
