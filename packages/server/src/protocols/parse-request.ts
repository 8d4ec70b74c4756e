import { parseDeepZoom } from './deepzoom/parse.ts';
import { parseIiif } from './iiif/parse.ts';
import { parseIip } from './iip/parse.ts';
import type { ParsedRequest, ParseOptions, ProtocolInput, ProtocolName } from './protocol.ts';
import { parseZoomify } from './zoomify/parse.ts';

/** The protocol spoken at a mount point. */
export interface ProtocolMount {
  readonly protocol: ProtocolName;
  /** IIIF mount points with a version in their path. */
  readonly iiifVersion?: 2 | 3 | undefined;
}

/**
 * Reads a request by the protocol of its mount point.
 *
 * @throws ImageError `request` for what the protocol does not allow; nothing else.
 */
export function parseRequest(mount: ProtocolMount, input: ProtocolInput, options: ParseOptions): ParsedRequest {
  switch (mount.protocol) {
    case 'iip':
      return parseIip(input, options);
    case 'iiif':
      return parseIiif(input, options, mount.iiifVersion);
    case 'deepzoom':
      return parseDeepZoom(input, options);
    case 'zoomify':
      return parseZoomify(input, options);
  }
}
