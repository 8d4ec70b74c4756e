import { ImageError } from '../errors.ts';
import { assertWithin, type Limits } from '../limits.ts';
import type { RangeSource, ReadOptions } from '../source/range-source.ts';
import { type Directory, readDirectory } from './directory.ts';
import type { TiffHeader } from './header.ts';

/**
 * Reads directories of one file and refuses to read one twice, so that no chain of pointers can go on for ever.
 * Sub-directories are read by a {@link branch}, which knows the main chain but can be thrown away and tried again.
 */
export class DirectoryWalker {
  readonly #source: RangeSource;
  readonly #header: TiffHeader;
  readonly #limits: Limits;
  readonly #visited: Set<number>;

  constructor(source: RangeSource, header: TiffHeader, limits: Limits, visited: Iterable<number> = []) {
    this.#source = source;
    this.#header = header;
    this.#limits = limits;
    this.#visited = new Set(visited);
  }

  /** A walker that has read what this one has, and goes its own way from here. */
  branch(): DirectoryWalker {
    return new DirectoryWalker(this.#source, this.#header, this.#limits, this.#visited);
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

  /** Reads a directory and all that follow it. A chain that returns to itself ends there, as libtiff reads it. */
  async readChain(firstOffset: number, options?: ReadOptions): Promise<Directory[]> {
    const chain: Directory[] = [];
    for (let byteOffset = firstOffset; byteOffset !== 0 && !this.#visited.has(byteOffset); ) {
      const directory = await this.read(byteOffset, options);
      chain.push(directory);
      byteOffset = directory.nextOffset;
    }
    return chain;
  }
}
