import { ImageError } from '../errors.ts';
import type { Size } from '../geometry/size.ts';
import { assertWithin, type Limits } from '../limits.ts';
import type { ReadOptions } from '../source/range-source.ts';
import type { ByteRange } from '../source/read-ranges.ts';
import type { BlockCachedSource } from '../source/with-block-cache.ts';
import {
  classifyDirectories,
  classifySubDirectories,
  type DirectorySummary,
  SUMMARY_TAGS,
  summaryOf,
} from './classify.ts';
import { COMPRESSION } from './compression.ts';
import type { Directory } from './directory.ts';
import { DirectoryWalker } from './directory-chain.ts';
import { type FieldValues, readFieldValues } from './field-value.ts';
import { parseTiffHeader, type TiffHeader } from './header.ts';
import { completeOldJpeg, readOldJpeg } from './old-jpeg.ts';
import { pictureOf, type TiffPicture } from './picture.ts';
import { SegmentIndex, type SegmentPlace } from './segment-index.ts';
import { type TagName, tagsLoadedWith } from './tags.ts';

/** One stored resolution of one page. */
export interface TiffLevel {
  readonly directory: Directory;
  readonly picture: TiffPicture;
  /**
   * Where a part of a segment is stored; `undefined` when it is sparse. The column and row must exist. A promise only
   * where that has to be read.
   *
   * @param plane Index of the part; 0 unless planes are stored apart.
   */
  locate(place: SegmentPlace, options?: ReadOptions): ByteRange | undefined | Promise<ByteRange | undefined>;
  /** Makes a stream that decoders understand of stored bytes; most levels do not need it. */
  readonly complete?: ((bytes: Uint8Array, size: Size) => Uint8Array) | undefined;
}

/** Directories of one page. */
interface PageOfFile {
  /** The full-size directory. */
  readonly directory: Directory;
  readonly summary: DirectorySummary;
  /** Directories of reduced levels in the main chain. Without any, the levels are in SubIFDs. */
  readonly reduced: readonly Directory[];
}

const LONGEST_HEADER = 16;

/** Opens a TIFF file and finds its pages. Directories are read piecemeal. */
export async function openTiff(
  source: BlockCachedSource,
  options: ReadOptions & { readonly limits: Limits },
): Promise<TiffFile> {
  const header = parseTiffHeader(await source.read(0, Math.min(LONGEST_HEADER, source.byteLength), options));
  const walker = new DirectoryWalker(source, header, options.limits);
  const chain = await walker.readChain(header.firstDirectoryOffset, options);
  const file = new TiffFile({ source, header, walker, limits: options.limits, chain });
  await file.findPages(options);
  return file;
}

interface FileParts {
  readonly source: BlockCachedSource;
  readonly header: TiffHeader;
  readonly walker: DirectoryWalker;
  readonly limits: Limits;
  readonly chain: readonly Directory[];
}

/** An opened TIFF file: its pages, and the levels of each once they are asked for. */
export class TiffFile {
  readonly header: TiffHeader;
  readonly #walker: DirectoryWalker;
  /** Metadata's source; tile data is better read past its cache. */
  readonly source: BlockCachedSource;
  readonly limits: Limits;
  readonly #chain: readonly Directory[];
  readonly #levels = new Map<number, Promise<readonly TiffLevel[]>>();
  #pages: readonly PageOfFile[] = [];

  constructor({ source, header, walker, limits, chain }: FileParts) {
    this.header = header;
    this.#walker = walker;
    this.source = source;
    this.limits = limits;
    this.#chain = chain;
  }

  /** Number of pages, at least 1 once opened. */
  get pageCount(): number {
    return this.#pages.length;
  }

  /** Reads some values of the full-size directory of a page. */
  pageValues(page: number, tags: readonly TagName[], options?: ReadOptions): Promise<FieldValues> {
    return this.values(this.#page(page).directory, tags, options);
  }

  /** Reads some values of a directory. */
  values(directory: Directory, tags: readonly TagName[], options?: ReadOptions): Promise<FieldValues> {
    return readFieldValues(this.source, this.header, directory, { ...options, tags, limits: this.limits });
  }

  /** Levels of a page, full size first. Read once; takes no signal, for several callers may wait. */
  page(page: number): Promise<readonly TiffLevel[]> {
    let levels = this.#levels.get(page);
    if (!levels) {
      levels = this.#readLevels(this.#page(page));
      this.#levels.set(page, levels);
      levels.catch(() => this.#levels.delete(page));
    }
    return levels;
  }

  /** Reads directories that values of this file point to. */
  walker(): DirectoryWalker {
    return this.#walker.branch();
  }

  /** Finds the pages in the main chain. */
  async findPages(options?: ReadOptions): Promise<void> {
    const summaries = await Promise.all(this.#chain.map((directory) => this.#summary(directory, options)));
    const pages: PageOfFile[] = [];
    for (const { levels } of classifyDirectories(summaries)) {
      const [full = -1, ...reduced] = levels;
      const directory = this.#chain[full];
      const summary = summaries[full];
      if (!directory || !summary) continue;
      pages.push({ directory, summary, reduced: reduced.flatMap((index) => this.#chain[index] ?? []) });
    }
    if (pages.length === 0) throw new ImageError('malformed', 'The TIFF file holds no picture');
    this.#pages = pages;
  }

  #page(page: number): PageOfFile {
    const found = this.#pages[page];
    if (!found) throw new ImageError('not-found', `There is no page ${page}`);
    return found;
  }

  async #summary(directory: Directory, options?: ReadOptions): Promise<DirectorySummary | undefined> {
    return summaryOf(await this.values(directory, SUMMARY_TAGS, options));
  }

  async #readLevels(page: PageOfFile): Promise<readonly TiffLevel[]> {
    const subLevels = await this.#subLevels(page);
    const reduced = subLevels.length > 0 ? subLevels : page.reduced;
    return Promise.all([page.directory, ...reduced].map((directory) => this.#readLevel(directory)));
  }

  /** Reduced pictures among the SubIFDs of a page. SubIFDs of SubIFDs are not followed. */
  async #subLevels({ directory, summary }: PageOfFile): Promise<Directory[]> {
    const pointers = (await this.values(directory, ['SubIFDs'])).numbers('SubIFDs') ?? [];
    assertWithin(pointers.length, this.limits.maxDirectories, 'Number of SubIFDs');
    const walker = this.walker();
    const children: Directory[] = [];
    for (const byteOffset of pointers) children.push(await walker.read(byteOffset));
    const summaries = await Promise.all(children.map((child) => this.#summary(child)));
    return classifySubDirectories(summary, summaries).flatMap((index) => children[index] ?? []);
  }

  async #readLevel(directory: Directory): Promise<TiffLevel> {
    const values = await this.values(directory, PICTURE_TAGS);
    const picture = pictureOf(values, this.header, this.limits);
    const options = { littleEndian: this.header.littleEndian, limits: this.limits };
    const index = new SegmentIndex(this.source, directory, picture, options);
    const level = { directory, picture, locate: index.locate.bind(index) };
    if (picture.compression !== COMPRESSION.oldJpeg) return level;
    const segments = await index.extent();
    const facts = { bands: picture.storedBands, photometric: picture.photometric, tiled: picture.grid.tiled, segments };
    const oldJpeg = await readOldJpeg(this.source, values, facts, this.limits);
    if (oldJpeg.kind === 'tables') {
      return { ...level, complete: (bytes, size) => completeOldJpeg(oldJpeg, bytes, size) };
    }
    return { directory, picture: asOneSegment(picture, this.limits), locate: () => oldJpeg.range };
  }
}

function asOneSegment(picture: TiffPicture, limits: Limits): TiffPicture {
  const { width, height } = picture;
  assertWithin(width * height, limits.maxSegmentPixels, 'Pixels of a strip or tile');
  return { ...picture, grid: { ...picture.grid, tileWidth: width, tileHeight: height, storedRows: height } };
}

const PICTURE_TAGS = tagsLoadedWith('picture');
