import { ImageError } from '@sectile/core/errors';
import type { ImageInfo, ImageReader, ReadSegmentsOptions, SegmentRef } from '@sectile/core/pyramid';
import type { RangeSource, ReadOptions } from '@sectile/core/source';
import type { FoundSequence } from './resolver.ts';

/** Members kept open at a time. */
const MAX_OPEN = 64;

/** An opened file of a sequence, closed when it is dropped and nobody reads from it. */
interface Member {
  readonly reader: Promise<ImageReader>;
  users: number;
  dropped: boolean;
}

/**
 * Opens the files of a sequence as one stack: a page for each pair of views (see `ImageInfo.views`). The first member
 * tells size and type, which all share; the others are opened when they are asked for.
 *
 * @throws ImageError what opening the first member throws.
 */
export async function openSequence(
  sequence: FoundSequence,
  open: (source: RangeSource) => Promise<ImageReader>,
): Promise<ImageReader> {
  const source = await sequence.open({ horizontal: 0, vertical: 90 });
  return source ? new SequenceReader(await open(source), sequence, open) : Promise.reject(noSuchView());
}

class SequenceReader implements ImageReader {
  readonly info: ImageInfo;
  readonly revision: string;
  readonly #sequence: FoundSequence;
  readonly #open: (source: RangeSource) => Promise<ImageReader>;
  readonly #first: ImageReader;
  /** By page; the one used longest ago first. */
  readonly #members = new Map<number, Member>();

  constructor(first: ImageReader, sequence: FoundSequence, open: (source: RangeSource) => Promise<ImageReader>) {
    const { horizontal, vertical } = sequence;
    const pages = vertical.flatMap(() => horizontal.map((view) => ({ name: String(view), scale: 1 })));
    this.info = { ...first.info, pages, views: { horizontal, vertical } };
    this.revision = first.revision;
    this.#first = first;
    this.#sequence = sequence;
    this.#open = open;
  }

  async readSegments(
    refs: readonly SegmentRef[],
    options: ReadSegmentsOptions = {},
  ): ReturnType<ImageReader['readSegments']> {
    const pages = [...new Set(refs.map(({ page }) => page))];
    const found = new Map<SegmentRef, Awaited<ReturnType<ImageReader['readSegments']>>[number]>();
    for (const page of pages) {
      const wanted = refs.filter((ref) => ref.page === page);
      const own = wanted.map((ref) => ({ ...ref, page: 0 }));
      // Reads are not deferred: the member may be closed by then.
      const read = await this.#use(page, (reader) => reader.readSegments(own, { ...options, deferReads: false }));
      for (const [index, ref] of wanted.entries()) found.set(ref, read[index]);
    }
    return refs.map((ref) => found.get(ref));
  }

  readStoredTile(ref: SegmentRef, options?: ReadOptions): Promise<Uint8Array | undefined> {
    return this.#use(ref.page, (reader) => reader.readStoredTile({ ...ref, page: 0 }, options));
  }

  async close(): Promise<void> {
    for (const page of [...this.#members.keys()]) this.#drop(page);
    await this.#first.close();
  }

  async #use<T>(page: number, task: (reader: ImageReader) => Promise<T>): Promise<T> {
    const { horizontal, vertical } = this.#viewsOf(page);
    if (horizontal === 0 && vertical === 90) return task(this.#first);
    const member = this.#members.get(page) ?? { reader: this.#openMember(page), users: 0, dropped: false };
    this.#members.delete(page);
    this.#members.set(page, member);
    member.users += 1;
    try {
      return await task(await member.reader);
    } catch (error) {
      // A file that was not there may come.
      if (this.#members.get(page) === member) this.#drop(page);
      throw error;
    } finally {
      member.users -= 1;
      if (member.dropped && member.users === 0) closeQuietly(member);
      for (const oldest of this.#members.keys()) {
        if (this.#members.size <= MAX_OPEN) break;
        this.#drop(oldest);
      }
    }
  }

  #drop(page: number): void {
    const member = this.#members.get(page);
    this.#members.delete(page);
    if (!member) return;
    member.dropped = true;
    if (member.users === 0) closeQuietly(member);
  }

  async #openMember(page: number): Promise<ImageReader> {
    const source = await this.#sequence.open(this.#viewsOf(page));
    if (!source) throw noSuchView();
    const reader = await this.#open(source);
    if (isAlike(reader.info, this.info)) return reader;
    await reader.close();
    throw new ImageError('unsupported', 'The files of this sequence differ in size or type of samples');
  }

  #viewsOf(page: number): { readonly horizontal: number; readonly vertical: number } {
    const { horizontal, vertical } = this.#sequence;
    const views = {
      horizontal: horizontal[page % horizontal.length],
      vertical: vertical[Math.floor(page / horizontal.length)],
    };
    if (views.horizontal === undefined || views.vertical === undefined) throw noSuchView();
    return { horizontal: views.horizontal, vertical: views.vertical };
  }
}

function noSuchView(): ImageError {
  return new ImageError('not-found', 'The sequence has no such view');
}

function closeQuietly({ reader }: Member): void {
  reader.then((opened) => opened.close()).catch(() => {});
}

/** Decodes to the same pixels, level by level, tile by tile. */
function isAlike(a: ImageInfo, b: ImageInfo): boolean {
  return (
    a.bands === b.bands &&
    a.dtype === b.dtype &&
    a.color === b.color &&
    a.levels.length === b.levels.length &&
    a.levels.every((level, index) => {
      const other = b.levels[index];
      return (
        level.width === other?.width &&
        level.height === other.height &&
        level.tileWidth === other.tileWidth &&
        level.tileHeight === other.tileHeight
      );
    })
  );
}
