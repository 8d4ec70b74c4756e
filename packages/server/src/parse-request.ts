import { type Exchange, splitTarget } from './http/exchange.ts';
import type { Mount, MountMatch } from './http/mounts.ts';
import { parseDeepZoom } from './protocols/deepzoom/parse.ts';
import { parseIiif } from './protocols/iiif/parse.ts';
import { parseIip } from './protocols/iip/parse.ts';
import type { ParsedRequest, ParseOptions, ProtocolInput } from './protocols/protocol.ts';
import { parseZoomify } from './protocols/zoomify/parse.ts';

/** A request for something that an image has to be opened for. */
export type ImageRequest = Extract<ParsedRequest, { readonly image: string }>;

/** A request for a document about an image, and what the public URL of its identifier begins with. */
export interface DocumentRequest {
  readonly parsed: Exclude<ImageRequest, { readonly kind: 'render' }>;
  readonly base: string;
}

/** A request for a picture, and what the public URL of its identifier begins with. */
export interface PictureRequest {
  readonly parsed: Extract<ParsedRequest, { readonly kind: 'render' }>;
  readonly base: string;
}

/** Bytes of a posted query. */
const MAX_BODY_BYTES = 65536;

/** Hands a request to the parser of its mount. */
export async function parseRequest(
  exchange: Exchange,
  { mount, rest }: MountMatch,
  options: ParseOptions,
): Promise<ParsedRequest> {
  const input: ProtocolInput = {
    path: rest,
    query: splitTarget(exchange.target).query,
    method: exchange.method === 'POST' || exchange.method === 'HEAD' ? exchange.method : 'GET',
    body: exchange.method === 'POST' ? await exchange.text(MAX_BODY_BYTES) : undefined,
    header: exchange.header,
  };
  return parse(mount, input, options);
}

function parse(mount: Mount, input: ProtocolInput, options: ParseOptions): ParsedRequest {
  switch (mount.protocol) {
    case 'iiif':
      return parseIiif(input, options, mount.iiifVersion);
    case 'iip':
      return parseIip(input, options);
    case 'deepzoom':
      return parseDeepZoom(input, options);
    case 'zoomify':
      return parseZoomify(input, options);
  }
}
