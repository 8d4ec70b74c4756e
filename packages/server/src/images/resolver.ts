import type { RangeSource } from '@sectile/core/source';

/** An image that exists, not yet opened. */
export interface FoundImage {
  /** Changes when the bytes change. Part of every cache key. */
  readonly revision: string;
  readonly lastModified?: Date | undefined;
  /** Opens the bytes. Rejects with a `source` or `not-found` error. */
  open(): Promise<RangeSource>;
  /** The image is a sequence of files; `open` gives the first of them. */
  readonly sequence?: FoundSequence | undefined;
}

/** The files of a sequence, told apart by the numbers of two views, both sorted. */
export interface FoundSequence {
  /** 0 is among them. */
  readonly horizontal: readonly number[];
  /** 90 is among them. */
  readonly vertical: readonly number[];
  /** The bytes of one file; `undefined` when it is not there. */
  open(views: { readonly horizontal: number; readonly vertical: number }): Promise<RangeSource | undefined>;
}

/** One page of a folder's content, for the gallery. Names are relative to the folder. */
export interface Listing {
  readonly folders: readonly string[];
  readonly images: readonly string[];
  /** Folders and images together, over all pages. */
  readonly total: number;
}

/** Which part of a folder to list. Folders come before images; both are sorted by name. */
export interface ListOptions {
  readonly offset: number;
  readonly limit: number;
}

/** Where images come from: turns identifiers into bytes, and decides what a client may reach at all. */
export interface ImageResolver {
  /**
   * Looks an image up, cheaply: called again each time a change of the bytes should be noticed.
   *
   * @param id Decoded identifier as it stands in URLs. Hostile: resolvers check it.
   * @returns `undefined` when there is no such image, or none that a client may see.
   * @throws ImageError `source` when the store does not answer.
   */
  find(id: string): Promise<FoundImage | undefined>;
  /**
   * Lists a folder; `''` is the root. Resolvers that cannot list leave this out.
   *
   * @returns `undefined` when there is no such folder.
   */
  list?(folder: string, options: ListOptions): Promise<Listing | undefined>;
}

/**
 * Cuts an identifier into the segments of a path below a root, or gives `undefined` when it must not be followed: a
 * segment that begins with a dot (parent folders, hidden files), a backslash or a control character. Leading and
 * doubled slashes mean nothing. What still looks percent-encoded is taken literally: decoding is over by now.
 */
export function safeSegments(id: string): readonly string[] | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (/[\\\u0000-\u001f\u007f]/.test(id)) return undefined;
  const segments = id.split('/').filter((segment) => segment !== '');
  return segments.some((segment) => segment.startsWith('.')) ? undefined : segments;
}

const IMAGE_NAME = /\.(?:tiff?|ptiff?|ptif|btf|tf[28]|svs|ndpi|scn|bif|jpe?g|jp2|jpx|j2k|j2c|jpf|jph|jhc|png|webp)$/i;

/** Whether a file name looks like a picture that could be opened: what galleries show. */
export function looksLikeImage(name: string): boolean {
  return IMAGE_NAME.test(name);
}
