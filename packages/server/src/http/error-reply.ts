import { type ErrorKind, type ImageError, isImageError } from '@sectile/core/errors';
import type { Reply } from './exchange.ts';
import type { Replies } from './headers.ts';
import type { LogLevel } from './log.ts';

/**
 * Status of each kind of failure. What a client may not see is `not-found` too, so that nobody can probe for files.
 * 499 is nginx's number for a client that left: nobody reads it but the log.
 */
export const STATUS_OF_KIND: Readonly<Record<ErrorKind, number>> = {
  request: 400,
  'not-found': 404,
  limit: 413,
  malformed: 422,
  aborted: 499,
  codec: 500,
  unsupported: 501,
  source: 502,
};

/** Turns a failure into a reply: its status, and its message when that is meant for clients. */
export function errorReply(replies: Replies, error: unknown): Reply {
  if (!isImageError(error)) return replies.text(500, 'Internal error\n');
  if (error.kind === 'aborted') return { status: 499, headers: {} };
  if (error.details['busy'] === true) return replies.text(503, `${error.message}\n`, { 'Retry-After': '1' });
  return replies.text(STATUS_OF_KIND[error.kind], `${error.message}\n`);
}

/** Files that cannot be shown and load that cannot be borne are no failures of the server's own. */
export function levelOf(status: number): LogLevel {
  if (status < 500) return 'detail';
  return status === STATUS_OF_KIND.unsupported || status === 503 ? 'warn' : 'error';
}

/** What an operator wants to know of a failure and a client must not: kind, details and causes. */
export function describeFailure(error: unknown): Record<string, unknown> {
  if (isImageError(error)) {
    const { kind, message, details } = error satisfies ImageError;
    return { kind, error: message, ...details, ...(error.cause === undefined ? {} : { cause: reasonOf(error.cause) }) };
  }
  return { kind: 'internal', error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
