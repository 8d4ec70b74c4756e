/**
 * What went wrong, in one word. A server maps the kind to a status, a command line to a sentence.
 *
 * - `malformed`: the file breaks its format's rules.
 * - `unsupported`: the file or the request is valid, but this build cannot do it.
 * - `limit`: a refusal by policy; see {@link Limits}.
 * - `source`: bytes could not be read (missing, short, refused, network).
 * - `codec`: a decoder or encoder failed on data that looked right.
 * - `request`: the caller asked for something that does not make sense.
 * - `not-found`: the request names an image, page, level or tile that does not exist.
 * - `aborted`: the caller no longer wants the answer.
 */
export type ErrorKind =
  | 'malformed'
  | 'unsupported'
  | 'limit'
  | 'source'
  | 'codec'
  | 'request'
  | 'not-found'
  | 'aborted';

/**
 * The only error type that Sectile throws on purpose.
 *
 * `message` is safe to show to a client: it never holds a path of the server. `details` may hold anything
 * that helps an operator and goes to the log only.
 */
export class ImageError extends Error {
  override readonly name = 'ImageError';
  readonly kind: ErrorKind;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(kind: ErrorKind, message: string, options: { cause?: unknown; details?: Record<string, unknown> } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.details = options.details ?? {};
  }
}

/** True for an {@link ImageError}, also one that crossed a realm or came from a second copy of this package. */
export function isImageError(error: unknown, kind?: ErrorKind): error is ImageError {
  if (!(error instanceof Error) || error.name !== 'ImageError' || !('kind' in error)) return false;
  return kind === undefined || error.kind === kind;
}

/** Throws an `aborted` error when the signal has fired. Call it between steps of long work. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new ImageError('aborted', 'The request was cancelled', { cause: signal.reason });
}
