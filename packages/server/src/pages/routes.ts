import { ImageError } from '@sectile/core/errors';
import type { Context, Hono } from 'hono';
import { baseRoutePath } from 'hono/route';
import type { Config } from '../config/config.ts';
import type { OpenImages } from '../images/open-images.ts';
import type { ImageResolver } from '../images/resolver.ts';
import { percentDecode } from '../protocols/percent.ts';
import type { AssetLoader } from './asset.ts';
import { GALLERY_PAGE_SIZE, galleryPage } from './gallery.ts';
import { type Html, PAGE_HEADERS } from './page.ts';
import { viewerPage } from './viewer.ts';

/** What the pages show. */
export interface PageParts {
  readonly config: Pick<Config, 'publicUrl'>;
  readonly resolver: ImageResolver;
  readonly images: OpenImages;
  readonly assets?: AssetLoader | undefined;
}

/** Adds the gallery at `/`, the viewer at `/view/` and the files they need at `/assets/`. */
export function addPages(app: Hono, { config, resolver, images, assets }: PageParts): void {
  // Not `/`: below a mount point that would be the path without the final slash only.
  app.get('*', async (c, next) => {
    const path = pathAfter(c, '');
    if (path !== '' && path !== '/') return next();
    const folder = c.req.query('folder') ?? '';
    const pageNumber = Math.max(1, Number.parseInt(c.req.query('page') ?? '1', 10) || 1);
    const offset = (pageNumber - 1) * GALLERY_PAGE_SIZE;
    const listing = (await resolver.list?.(folder, { offset, limit: GALLERY_PAGE_SIZE })) ?? notListed(folder);
    return send(c, galleryPage({ root: rootOf(c, config), folder, listing, pageNumber }));
  });

  app.get('/view/*', async (c) => {
    const root = rootOf(c, config);
    const id = percentDecode(pathAfter(c, '/view/'));
    return images.use(id, async ({ reader }) => send(c, viewerPage({ root, id, info: reader.info })));
  });

  app.get('/assets/*', async (c) => {
    const asset = await assets?.(percentDecode(pathAfter(c, '/assets/')));
    if (!asset) throw new ImageError('not-found', 'No such file');
    const headers = {
      'Content-Type': asset.mediaType,
      'Content-Length': String(asset.bytes.byteLength),
      'Cache-Control': 'max-age=3600',
      'X-Content-Type-Options': 'nosniff',
    };
    return c.body(asset.bytes as Uint8Array<ArrayBuffer>, 200, headers);
  });
}

/** A store that cannot list has an empty gallery; a folder that does not exist is an error. */
function notListed(folder: string): { folders: []; images: []; total: 0 } {
  if (folder !== '') throw new ImageError('not-found', 'No such folder');
  return { folders: [], images: [], total: 0 };
}

async function send(c: Context, document: Html): Promise<Response> {
  return c.html(document, 200, PAGE_HEADERS);
}

/** Path of the server's root as the browser sees it, without final slash. */
function rootOf(c: Context, { publicUrl }: Pick<Config, 'publicUrl'>): string {
  const path = publicUrl === '' ? baseRoutePath(c) : new URL(publicUrl).pathname;
  return path.replace(/\/+$/, '');
}

/** What follows a route in the path, still encoded: Hono's own `path` decodes early. */
function pathAfter(c: Context, route: string): string {
  const { url } = c.req.raw;
  const start = url.indexOf('/', url.indexOf('//') + 2) + baseRoutePath(c).replace(/\/$/, '').length + route.length;
  const end = url.search(/[?#]/);
  return url.slice(start, end < 0 ? undefined : end);
}
