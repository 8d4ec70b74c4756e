import { isImageError } from '@sectile/core/errors';
import { type HttpSourceOptions, httpSource, withBlockCache } from '@sectile/core/source';
import { identifierPath } from '../http/identifier-path.ts';
import { type FoundImage, type ImageResolver, safeSegments } from './resolver.ts';

/** Where an HTTP resolver looks. */
export interface HttpImagesOptions extends Pick<HttpSourceOptions, 'fetch' | 'headers'> {
  /** URL that identifiers are put behind. Nothing outside it is asked for, redirects are not followed. */
  readonly baseUrl: string;
  /** Put behind every identifier. Default empty. */
  readonly suffix?: string | undefined;
}

/**
 * Serves images of a web server or object store that answers range requests. Every look-up is a request of one byte:
 * set `revalidateSeconds` to a minute or more.
 */
export function httpImages({ baseUrl, suffix = '', headers, ...options }: HttpImagesOptions): ImageResolver {
  const base = baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`;
  const send = options.fetch ?? ((url: string, init: RequestInit) => globalThis.fetch(url, init));
  const fetch = (url: string, init: RequestInit) => send(url, { ...init, redirect: 'error' });

  return {
    async find(id): Promise<FoundImage | undefined> {
      const segments = safeSegments(id + suffix);
      if (!segments || segments.length === 0) return undefined;
      const url = base + identifierPath(segments.join('/'));
      const source = await httpSource(url, { fetch, headers }).catch((error) => {
        if (isImageError(error, 'not-found')) return undefined;
        throw error;
      });
      if (!source) return undefined;
      const { revision, lastModified } = source;
      return { revision, lastModified, open: async () => withBlockCache(source) };
    },
  };
}
