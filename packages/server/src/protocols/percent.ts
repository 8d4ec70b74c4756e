import { ImageError } from '@sectile/core/errors';

/**
 * Percent-decodes once (RFC 3986, UTF-8). A `%` that starts no escape stands for itself, as in iipsrv: file names have
 * them and clients forget to escape them.
 *
 * @throws ImageError `request` when the result is no well-formed text, or holds NUL.
 */
export function percentDecode(text: string): string {
  let decoded = text;
  if (text.includes('%')) {
    try {
      decoded = decodeURIComponent(text.replace(/%(?![0-9a-f]{2})/gi, '%25'));
    } catch (cause) {
      throw new ImageError('request', 'The URL is not percent-encoded UTF-8', { cause });
    }
  }
  if (/[\0\p{Surrogate}]/u.test(decoded)) {
    throw new ImageError('request', 'The URL holds a character that no name can have');
  }
  return decoded;
}

/** Decodes the value of a query parameter once: as {@link percentDecode}, and `+` is a space. */
export function queryDecode(text: string): string {
  return percentDecode(text.replaceAll('+', ' '));
}

/**
 * Encodes one path segment so that it survives proxies and parsers alike: everything but unreserved characters and
 * `: , ; =` is escaped, the slash too.
 */
export function encodeSegment(text: string): string {
  return encodeURIComponent(text).replace(/%(3A|2C|3B|3D)/g, decodeURIComponent);
}

/** Decodes and re-encodes every segment of a raw path: one spelling for each path; `/` and `%2F` stay what they are. */
export function canonicalPath(rawPath: string): string {
  return rawPath
    .split('/')
    .map((segment) => encodeSegment(percentDecode(segment)))
    .join('/');
}

/** A piece of the request for an error message: cut, and without control characters. */
export function quoted(text: string): string {
  const shown = text.length > 60 ? `${text.slice(0, 57)}...` : text;
  return `"${shown.replace(/\p{Cc}/gu, '?')}"`;
}
