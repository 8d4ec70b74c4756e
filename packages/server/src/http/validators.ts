import { hashBytes, hashText } from './hash.ts';

/** A strong entity tag, quotes included. Equal identities give equal bytes, so `identity` must name all that matters. */
export function entityTag(identity: string | Uint8Array): string {
  return `"${typeof identity === 'string' ? hashText(identity) : hashBytes(identity)}"`;
}

/** What conditional requests are answered from. */
export interface Validators {
  readonly etag?: string | undefined;
  readonly lastModified?: Date | undefined;
}

/**
 * Whether the client's copy is still good (RFC 9110 section 13.2.2). `If-None-Match` is compared weakly and silences
 * `If-Modified-Since`, which is met by any date that is not before the modification, whole seconds counting.
 */
export function isNotModified(header: (name: string) => string | undefined, validators: Validators): boolean {
  const tags = header('if-none-match');
  if (tags !== undefined) return validators.etag !== undefined && listsTag(tags, validators.etag);
  const since = header('if-modified-since');
  return since !== undefined && isUnmodifiedSince(since, validators.lastModified);
}

/** True when `lastModified` is not after the HTTP date `since`. An unreadable date is no condition. */
export function isUnmodifiedSince(since: string, lastModified: Date | undefined): boolean {
  if (!lastModified) return false;
  const date = Date.parse(since);
  return Number.isFinite(date) && Math.floor(lastModified.getTime() / 1000) * 1000 <= date;
}

function listsTag(list: string, etag: string): boolean {
  if (list === etag || list.trim() === '*') return true;
  return list.split(',').some((entry) => entry.trim().replace(/^W\//, '') === etag);
}
