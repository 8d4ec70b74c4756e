import type { Config } from '../config/config.ts';
import { ConfigError } from '../config/value-kinds.ts';
import type { ProtocolName } from '../protocols/protocol.ts';

/** A path below which one protocol is spoken. */
export interface Mount {
  /** With leading and without final slash; empty: whatever no other mount takes. */
  readonly prefix: string;
  readonly protocol: ProtocolName;
  /** IIIF version that the path itself names. */
  readonly iiifVersion?: 2 | 3 | undefined;
}

/** A mount and what follows it in a path, without the slash between. */
export interface MountMatch {
  readonly mount: Mount;
  readonly rest: string;
}

/** Paths that are always served; a `uriMap` adds to them. */
const STANDARD_MOUNTS: readonly Mount[] = [
  { prefix: '/iiif/3', protocol: 'iiif', iiifVersion: 3 },
  { prefix: '/iiif/2', protocol: 'iiif', iiifVersion: 2 },
  { prefix: '/iiif', protocol: 'iiif' },
  { prefix: '/deepzoom', protocol: 'deepzoom' },
  { prefix: '/zoomify', protocol: 'zoomify' },
  { prefix: '/iip', protocol: 'iip' },
  { prefix: '/fcgi-bin/iipsrv.fcgi', protocol: 'iip' },
];

const PROTOCOLS: readonly ProtocolName[] = ['iip', 'iiif', 'deepzoom', 'zoomify'];

/**
 * The mounts of a configuration, longest prefix first. `uriMap` holds `prefix=>protocol` pairs separated by commas, as
 * iipsrv's `URI_MAP` but any number of them, and wins over a standard mount of the same path.
 *
 * @throws ConfigError for a pair that names no protocol.
 */
export function createMounts({ uriMap }: Pick<Config, 'uriMap'>): readonly Mount[] {
  const mapped = uriMap.split(',').flatMap((pair) => (pair.trim() === '' ? [] : [parseMapping(pair)]));
  const standard = STANDARD_MOUNTS.filter(({ prefix }) => !mapped.some((mount) => mount.prefix === prefix));
  return [...mapped, ...standard].sort((a, b) => b.prefix.length - a.prefix.length);
}

function parseMapping(pair: string): Mount {
  const arrow = pair.indexOf('=>');
  const name = pair
    .slice(arrow + 2)
    .trim()
    .toLowerCase();
  const protocol = PROTOCOLS.find((known) => known === name);
  if (arrow < 0 || !protocol) {
    throw new ConfigError(
      `URI_MAP: ${JSON.stringify(pair.trim())} is not prefix=>protocol with one of ${PROTOCOLS.join(', ')}`,
    );
  }
  const prefix = pair
    .slice(0, arrow)
    .trim()
    .replace(/^\/+|\/+$/g, '');
  return { prefix: prefix === '' ? '' : `/${prefix}`, protocol };
}

/** Finds the mount of a path (without the base path). A prefix ends at a slash or at the end of the path. */
export function matchMount(mounts: readonly Mount[], path: string): MountMatch | undefined {
  for (const mount of mounts) {
    const { length } = mount.prefix;
    if (!path.startsWith(mount.prefix)) continue;
    if (path.length === length) return { mount, rest: '' };
    if (path.charCodeAt(length) === SLASH) return { mount, rest: path.slice(length + 1) };
  }
  return undefined;
}

const SLASH = 0x2f;
