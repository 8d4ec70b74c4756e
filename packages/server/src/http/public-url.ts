import type { Config } from '../config/config.ts';
import type { ProtocolName } from '../protocols/protocol.ts';
import type { Exchange } from './exchange.ts';
import type { Mount } from './mounts.ts';

/** The settings that decide what public URLs look like. */
export type UrlConfig = Pick<Config, 'publicUrl' | 'baseUrl' | 'trustProxy'>;

/** The server's root as clients see it, without a final slash: configured, or from the request. */
export function publicRoot(exchange: Exchange, { publicUrl, trustProxy }: UrlConfig): string {
  if (publicUrl !== '') return publicUrl.replace(/\/+$/, '');
  return (trustProxy ? forwardedOrigin(exchange) : exchange.origin) + exchange.basePath;
}

/** What a URL below a mount begins with, and what it is about. */
export interface PublicPlace {
  readonly mount: Mount;
  /** The protocol spoken, which a query form may have chosen (`/iip?IIIF=`). */
  readonly protocol: ProtocolName;
}

/**
 * The URL that an identifier is put behind to make it public: `https://example.org/iiif/3/`. `baseUrl` (iipsrv
 * `BASE_URL`) stands for IIIF mounts without a version in their path, and for the query form.
 */
export function publicBase(exchange: Exchange, { mount, protocol }: PublicPlace, config: UrlConfig): string {
  if (config.baseUrl !== '' && protocol === 'iiif' && mount.iiifVersion === undefined) return config.baseUrl;
  const url = publicRoot(exchange, config) + mount.prefix;
  return mount.protocol === 'iip' && protocol === 'iiif' ? `${url}?IIIF=` : `${url}/`;
}

/** Where a redirect leads. A `location` that begins with `?` is relative to the request itself, others to the mount. */
export function redirectTarget(exchange: Exchange, mount: Mount, location: string, config: UrlConfig): string {
  if (location.startsWith('?')) return publicRoot(exchange, config) + mount.prefix + location;
  return publicBase(exchange, { mount, protocol: mount.protocol }, config) + location;
}

/** The public URI of the image as the proxy states it (`X-IIIF-Id`, as iipsrv reads it), where proxies are trusted. */
export function forwardedId(exchange: Exchange, { trustProxy }: UrlConfig): string | undefined {
  const id = trustProxy ? exchange.header('x-iiif-id')?.trim() : undefined;
  return id !== undefined && /^https?:\/\/[^\s"<>\\^`{|}]+$/.test(id) ? id : undefined;
}

/** Whether URLs in answers depend on the host that the client asked. */
export function dependsOnOrigin({ publicUrl }: UrlConfig): boolean {
  return publicUrl === '';
}

function forwardedOrigin(exchange: Exchange): string {
  const mark = exchange.origin.indexOf('://');
  const scheme = firstOf(exchange.header('x-forwarded-proto')) ?? exchange.origin.slice(0, mark);
  const host = firstOf(exchange.header('x-forwarded-host')) ?? exchange.origin.slice(mark + 3);
  return `${scheme}://${host}`;
}

/** The first of a list: what the proxy nearest to the client has seen. Anything that is no name is not believed. */
function firstOf(list: string | undefined): string | undefined {
  const first = list?.split(',')[0]?.trim();
  return first && /^[\w.:[\]-]+$/.test(first) ? first : undefined;
}
