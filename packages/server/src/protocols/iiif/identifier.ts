import { canonicalPath, percentDecode } from '../percent.ts';

/** An identifier out of a URL. */
export interface IiifIdentifier {
  /** Decoded, without the page selector. */
  readonly image: string;
  /** 0-based. */
  readonly page: number;
  /** As it belongs into URLs: percent-encoded in one spelling, page selector included. */
  readonly identifier: string;
}

/**
 * Reads the identifier part of a path, decoding it exactly once. With a page delimiter, digits after its last
 * occurrence select a page: `stack.tif;3`; anything else there is part of the name.
 *
 * @throws ImageError `request` when the text is not percent-encoded UTF-8.
 */
export function parseIdentifier(rawPath: string, pageDelimiter: string): IiifIdentifier {
  const decoded = percentDecode(rawPath);
  const identifier = canonicalPath(rawPath);
  const cut = pageDelimiter === '' ? -1 : decoded.lastIndexOf(pageDelimiter);
  const selector = cut < 0 ? '' : decoded.slice(cut + pageDelimiter.length);
  if (cut <= 0 || !/^\d{1,9}$/.test(selector)) return { image: decoded, page: 0, identifier };
  return { image: decoded.slice(0, cut), page: Number(selector), identifier };
}
