import { ImageError } from '@sectile/core/errors';

/**
 * One request as the image handler sees it: no `Request`, no `URL`, no decoding. The Node adapter makes it straight
 * from an `IncomingMessage`, every other runtime from a `Request`.
 */
export interface Exchange {
  readonly method: string;
  /** Path and query as they came over the wire, percent-encoded. Starts with `basePath`. */
  readonly target: string;
  /** Where the server is mounted inside a larger application: `/img`, or empty. */
  readonly basePath: string;
  /** Scheme and authority of the request itself: `https://example.org`. */
  readonly origin: string;
  /** A request header by its lower-case name. */
  header(name: string): string | undefined;
  /** The body as text. Rejects with a `limit` error above `maxBytes`. */
  text(maxBytes: number): Promise<string>;
  /** Fires when the client leaves. Costs something on Node, so it is asked for only when there is work to cancel. */
  signal(): AbortSignal | undefined;
}

/** The answer to an {@link Exchange}. Header names are written as they go over the wire. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** `undefined`: no body (204, 304, HEAD). */
  readonly body?: Uint8Array | string | undefined;
}

/** Splits a request target into path and query; the query is empty when there is none. */
export function splitTarget(target: string): { path: string; query: string } {
  const mark = target.indexOf('?');
  return mark < 0 ? { path: target, query: '' } : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

/** Turns a web-standard request into an exchange. */
export function exchangeOf(request: Request, basePath = ''): Exchange {
  const { url, method } = request;
  // Cut as text: reading it through `URL` would cost more and re-encode the path.
  const slash = url.indexOf('/', url.indexOf('//') + 2);
  const fragment = url.indexOf('#', slash);
  return {
    method,
    target: url.slice(slash, fragment < 0 ? undefined : fragment),
    basePath,
    origin: url.slice(0, slash),
    header: (name) => request.headers.get(name) ?? undefined,
    text: (maxBytes) => readText(request.body, maxBytes),
    signal: () => request.signal,
  };
}

/** Turns a reply into a web-standard response. */
export function responseOf(reply: Reply): Response {
  // The DOM types forbid views of shared memory; answers never live there.
  return new Response(reply.body as BodyInit | undefined, { status: reply.status, headers: reply.headers });
}

async function readText(body: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<string> {
  if (!body) return '';
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let text = '';
  let byteLength = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    byteLength += value.byteLength;
    if (byteLength > maxBytes) {
      await reader.cancel();
      throw new ImageError('limit', `The body is longer than ${maxBytes} bytes`);
    }
    text += decoder.decode(value, { stream: true });
  }
}
