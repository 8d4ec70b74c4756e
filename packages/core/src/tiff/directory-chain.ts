import { ImageError } from '../errors.ts';
import { assertWithin, type Limits } from '../limits.ts';
import type { RangeSource, ReadOptions } from '../source/range-source.ts';
import { type Directory, readDirectory } from './directory.ts';
import type { TiffHeader } from './header.ts';

/**
 * Reads directories of one file and refuses to read one twice, so that no chain of pointers can go on for ever:
 * the main chain, SubIFDs and other sub-directories share one visited set and one limit.
 */
export class DirectoryWalker {
  readonly #source: RangeSource;
  readonly #header: TiffHeader;
  readonly #limits: Limits;
  readonly #visited = new Set<number>();

  constructor(source: RangeSource, header: TiffHeader, limits: Limits) {
    this.#source = source;
    this.#header = header;
    this.#limits = limits;
  }

  /**
   * Reads one directory.
   *
   * @throws ImageError `malformed` when it was read before, `limit` when there are too many.
   */
  async read(byteOffset: number, options?: ReadOptions): Promise<Directory> {
    if (this.#visited.has(byteOffset)) {
      throw new ImageError('malformed', `The directory at ${byteOffset} is linked more than once`);
    }
    this.#visited.add(byteOffset);
    assertWithin(this.#visited.size, this.#limits.maxDirectories, 'Number of TIFF directories');
    return readDirectory(this.#source, this.#header, byteOffset, { ...options, limits: this.#limits });
  }

  /** Reads a directory and all that follow it. */
  async readChain(firstOffset: number, options?: ReadOptions): Promise<Directory[]> {
    const chain: Directory[] = [];
    for (let byteOffset = firstOffset; byteOffset !== 0; ) {
      const directory = await this.read(byteOffset, options);
      chain.push(directory);
      byteOffset = directory.nextOffset;
    }
    return chain;
  }
}
