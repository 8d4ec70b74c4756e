import type { IncomingMessage, ServerResponse } from 'node:http';
import { ImageError } from '@sectile/core/errors';
import type { Exchange, Reply } from '../http/exchange.ts';

/** Makes an exchange of a Node request, without a `Request`: that is what keeps answers from memory cheap. */
export function nodeExchange(request: IncomingMessage, response: ServerResponse): Exchange {
  return {
    method: request.method ?? 'GET',
    target: targetOf(request.url ?? '/'),
    basePath: '',
    get origin() {
      const isSecure = 'encrypted' in request.socket && request.socket.encrypted === true;
      return `${isSecure ? 'https' : 'http'}://${request.headers.host ?? 'localhost'}`;
    },
    header(name) {
      const value = request.headers[name];
      return typeof value === 'object' ? value.join(', ') : value;
    },
    text: (maxBytes) => readText(request, response, maxBytes),
    signal: () => leavingSignal(response),
  };
}

/** Writes a reply. */
export function sendReply(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, headers);
  response.end(body);
}

/** Proxies may send absolute URLs, and `OPTIONS` a lone asterisk. */
function targetOf(url: string): string {
  if (url.startsWith('/')) return url;
  const slash = url.indexOf('/', url.indexOf('://') + 3);
  return slash < 0 ? '/' : url.slice(slash);
}

function leavingSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort();
  });
  if (response.destroyed) controller.abort();
  return controller.signal;
}

function readText(request: IncomingMessage, response: ServerResponse, maxBytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let byteLength = 0;
    const take = (chunk: Uint8Array): void => {
      byteLength += chunk.byteLength;
      if (byteLength <= maxBytes) {
        chunks.push(chunk);
        return;
      }
      // The rest is read and dropped until the answer is out, then the connection ends: it cannot be used again.
      request.off('data', take);
      request.resume();
      response.setHeader('Connection', 'close');
      reject(new ImageError('limit', `The body is longer than ${maxBytes} bytes`));
    };
    request.on('data', take);
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.on('close', () => reject(new ImageError('aborted', 'The request was cancelled')));
  });
}
