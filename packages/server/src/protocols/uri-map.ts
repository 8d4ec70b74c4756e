import { ImageError } from '@sectile/core/errors';
import type { ProtocolName } from './protocol.ts';

/** Paths below `/prefix/` speak `protocol`. */
export interface UriMapping {
  /** Without slashes at its ends; empty for all paths. */
  readonly prefix: string;
  readonly protocol: ProtocolName;
}

const PROTOCOLS: ReadonlyMap<string, ProtocolName> = new Map([
  ['iip', 'iip'],
  ['iiif', 'iiif'],
  ['deepzoom', 'deepzoom'],
  ['zoomify', 'zoomify'],
]);

/**
 * Reads iipsrv's URI_MAP, `prefix=>protocol`; several are parted by commas, semicolons or spaces.
 *
 * @throws ImageError `request` for what is not a mapping, and for unknown protocols.
 */
export function parseUriMap(text: string): readonly UriMapping[] {
  return text
    .trim()
    .replace(/\s*=>\s*/g, '=>')
    .split(/[\s,;]+/)
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [prefix = '', name = '', ...rest] = entry.split('=>');
      const protocol = PROTOCOLS.get(name.toLowerCase());
      if (protocol === undefined || rest.length > 0) {
        throw new ImageError(
          'request',
          `URI_MAP wants prefix=>protocol with IIP, IIIF, DeepZoom or Zoomify, not ${entry}`,
        );
      }
      return { prefix: prefix.replace(/^\/+|\/+$/g, ''), protocol };
    });
}

/**
 * Finds the mapping with the longest prefix that ends where a segment of `path` does (`/iiif` and `/iiif/a` match
 * `iiif`, `/iiifX` does not), and the rest of the path behind it, without the leading slash.
 */
export function matchUriMap(
  mappings: readonly UriMapping[],
  path: string,
): { readonly protocol: ProtocolName; readonly path: string } | undefined {
  let best: UriMapping | undefined;
  for (const mapping of mappings) {
    const matches = mapping.prefix === '' || `${path}/`.startsWith(`/${mapping.prefix}/`);
    if (matches && (best === undefined || mapping.prefix.length > best.prefix.length)) best = mapping;
  }
  if (best === undefined) return undefined;
  const taken = best.prefix === '' ? 1 : best.prefix.length + 2;
  return { protocol: best.protocol, path: path.slice(taken) };
}
