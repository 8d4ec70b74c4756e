import { ImageError, isImageError, throwIfAborted } from '../errors.ts';
import { checkRead, closedError } from './check-range.ts';
import type { RangeSource, ReadOptions } from './range-source.ts';

/** Settings of {@link httpSource}. */
export interface HttpSourceOptions extends ReadOptions {
  /** Sends requests; a signing client's `fetch` for private stores. Default: the global one. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Headers of every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * A server that ignores ranges sends the whole file each time. Up to this many bytes it is kept and served from
   * memory; longer ones are refused. Default 16 MiB.
   */
  readonly maxWholeBytes?: number;
}

/** What the first answer tells, and the file itself when the server sent all of it. */
interface RemoteFile {
  readonly byteLength: number;
  readonly etag: string | undefined;
  /** As the server wrote it; `undefined` where it is no date. */
  readonly lastModified: string | undefined;
  readonly whole: Uint8Array | undefined;
}

/**
 * Opens a file behind a URL by one small ranged GET, whose Content-Range tells the size: HEAD is often refused, and
 * compressed answers would shift offsets. A strong ETag is sent with every read, so that a file that was replaced ends
 * in a `source` error, not in mixed bytes; without one the size and the date of every answer are compared. Retries are
 * the caller's.
 *
 * @throws ImageError `not-found` for 404 and 410, `limit` for a whole file above `maxWholeBytes`, else `source`.
 */
export async function httpSource(url: string, options: HttpSourceOptions = {}): Promise<RangeSource> {
  const { fetch = (input: string, init: RequestInit) => globalThis.fetch(input, init), headers = {} } = options;
  const maxWholeBytes = options.maxWholeBytes ?? 2 ** 24;
  const request = (extra: Record<string, string>, signal: AbortSignal | undefined) =>
    send(
      () => fetch(url, { headers: { ...headers, 'accept-encoding': 'identity', ...extra }, signal: signal ?? null }),
      signal,
    );
  const file = await remoteFile(await request({ range: 'bytes=0-0' }, options.signal), maxWholeBytes);
  const { byteLength, etag, lastModified, whole } = file;
  let closed = false;
  return {
    id: url,
    byteLength,
    revision: etag ?? `${byteLength}-${lastModified ?? ''}`,
    lastModified: lastModified === undefined ? undefined : new Date(lastModified),
    async read(byteOffset, count, readOptions) {
      if (closed) throw closedError();
      checkRead({ byteLength }, byteOffset, count, readOptions);
      if (count === 0) return new Uint8Array(0);
      if (whole) return whole.subarray(byteOffset, byteOffset + count);
      const range = `bytes=${byteOffset}-${byteOffset + count - 1}`;
      const response = await request(etag ? { range, 'if-match': etag } : { range }, readOptions?.signal);
      return rangeOf(response, { byteOffset, byteLength: count, file }, readOptions?.signal);
    },
    async close() {
      closed = true;
    },
  };
}

/** Turns every failure to get an answer into an error of a known kind. */
async function send(request: () => Promise<Response>, signal: AbortSignal | undefined): Promise<Response> {
  throwIfAborted(signal);
  try {
    return await request();
  } catch (cause) {
    throwIfAborted(signal);
    if (isImageError(cause)) throw cause;
    throw new ImageError('source', 'The server of the image cannot be reached', { cause });
  }
}

async function remoteFile(response: Response, maxWholeBytes: number): Promise<RemoteFile> {
  const etag = strongEtag(response);
  const lastModified = dateOf(response);
  if (response.status === 206) {
    const byteLength = totalOf(response);
    await response.body?.cancel();
    if (!Number.isSafeInteger(byteLength))
      throw new ImageError('source', 'The server does not tell the size of the file');
    return { byteLength, etag, lastModified, whole: undefined };
  }
  if (response.status === 200) {
    const whole = await wholeBody(response, maxWholeBytes);
    return { byteLength: whole.length, etag, lastModified, whole };
  }
  // A range of an empty file cannot be satisfied.
  if (response.status === 416 && response.headers.get('content-range')?.endsWith('/0')) {
    await response.body?.cancel();
    return { byteLength: 0, etag, lastModified, whole: new Uint8Array(0) };
  }
  return refuse(response);
}

async function rangeOf(
  response: Response,
  wanted: { readonly byteOffset: number; readonly byteLength: number; readonly file: RemoteFile },
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const { byteOffset, byteLength, file } = wanted;
  if (response.status === 412) {
    await response.body?.cancel();
    throw new ImageError('source', 'The file was replaced while it was read');
  }
  if (response.status !== 206) return refuse(response);
  const start = Number(/^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1] ?? Number.NaN);
  const replaced = isOther(response, file);
  if (replaced || start !== byteOffset) {
    await response.body?.cancel();
    const reason = replaced ? 'The file was replaced while it was read' : 'The server sent another range';
    throw new ImageError('source', reason);
  }
  const bytes = await bodyOf(response, byteLength, signal);
  if (bytes.length !== byteLength) {
    throw new ImageError('source', `The server sent ${bytes.length} of ${byteLength} bytes`);
  }
  return bytes;
}

/** Whether an answer is of another file than the first one, as far as both tell. */
function isOther(response: Response, { etag, lastModified, byteLength }: RemoteFile): boolean {
  const answeredTag = strongEtag(response);
  if (etag !== undefined && answeredTag !== undefined) return answeredTag !== etag;
  const total = totalOf(response);
  const date = dateOf(response);
  return (
    (Number.isFinite(total) && total !== byteLength) ||
    (date !== undefined && lastModified !== undefined && date !== lastModified)
  );
}

/** Size of the whole file by Content-Range; NaN where it does not tell. */
function totalOf(response: Response): number {
  return Number(/\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1] ?? Number.NaN);
}

function dateOf(response: Response): string | undefined {
  const text = response.headers.get('last-modified');
  return text !== null && Number.isFinite(Date.parse(text)) ? text : undefined;
}

async function wholeBody(response: Response, maxWholeBytes: number): Promise<Uint8Array> {
  const declared = Number(response.headers.get('content-length') ?? 0);
  if (declared > maxWholeBytes) {
    await response.body?.cancel();
    throw new ImageError('limit', `The server cannot send ranges and the file has ${declared} bytes`);
  }
  const bytes = await bodyOf(response, maxWholeBytes, undefined);
  if (bytes.length > maxWholeBytes) {
    throw new ImageError('limit', `The server cannot send ranges and the file has more than ${maxWholeBytes} bytes`);
  }
  return bytes;
}

/** The body, read no further than one chunk beyond `maxBytes`. */
async function bodyOf(response: Response, maxBytes: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
  if (!response.body) return new Uint8Array(0);
  const chunks: Uint8Array[] = [];
  let byteLength = 0;
  const reader = response.body.getReader();
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      chunks.push(step.value);
      byteLength += step.value.length;
      if (byteLength > maxBytes) {
        await reader.cancel();
        break;
      }
    }
  } catch (cause) {
    throwIfAborted(signal);
    throw new ImageError('source', 'The connection to the server of the image broke', { cause });
  }
  const [only] = chunks;
  if (chunks.length === 1 && only) return only;
  const joined = new Uint8Array(byteLength);
  let position = 0;
  for (const chunk of chunks) {
    joined.set(chunk, position);
    position += chunk.length;
  }
  return joined;
}

async function refuse(response: Response): Promise<never> {
  await response.body?.cancel();
  const { status } = response;
  if (status === 404 || status === 410) throw new ImageError('not-found', 'The server has no such file');
  throw new ImageError('source', `The server of the image answered ${status}`);
}

/** Weak ETags do not promise equal bytes and are never matched by If-Match. */
function strongEtag(response: Response): string | undefined {
  const etag = response.headers.get('etag');
  return etag && !etag.startsWith('W/') ? etag : undefined;
}
