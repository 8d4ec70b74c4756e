import { html } from 'hono/html';
import { identifierPath } from '../http/identifier-path.ts';
import type { Listing } from '../images/resolver.ts';
import { thumbnailUrl } from './image-urls.ts';
import { type Html, page } from './page.ts';

/** Folders and images on one page of the gallery. */
export const GALLERY_PAGE_SIZE = 60;

/** Pixels of a thumbnail's longer side; twice what is shown, for sharp displays. */
const THUMBNAIL_SIDE = 400;

/** One page of a folder. */
export interface GalleryOptions {
  readonly root: string;
  /** Identifier of the folder; empty for the topmost. */
  readonly folder: string;
  readonly listing: Listing;
  /** 1-based. */
  readonly pageNumber: number;
}

/** The images of a folder as thumbnails, its folders as links. */
export function galleryPage({ root, folder, listing, pageNumber }: GalleryOptions): Html {
  const prefix = folder === '' ? '' : `${folder}/`;
  const pageCount = Math.max(1, Math.ceil(listing.total / GALLERY_PAGE_SIZE));
  const body = html`<body>
<header>${breadcrumbs(root, folder)}<p class="count">${count(listing.total)}</p></header>
<main>
${listing.total === 0 ? html`<p class="empty">Nothing to show here. Put TIFF, JPEG 2000, JPEG, PNG or WebP files into this folder and load the page again.</p>` : ''}
<ul class="grid">
${listing.folders.map((name) => folderCard(root, prefix + name, name))}${listing.images.map((name) => imageCard(root, prefix + name, name))}</ul>
</main>
${pageCount > 1 ? pager({ root, folder, pageNumber, pageCount }) : ''}</body>`;
  return page({ title: folder === '' ? 'Images' : folder, root, body });
}

function folderCard(root: string, id: string, name: string): Html {
  return html`<li><a class="card folder" href="${root}/?folder=${encodeURIComponent(id)}"><span class="picture" aria-hidden="true"></span><span class="name">${name}/</span></a></li>
`;
}

function imageCard(root: string, id: string, name: string): Html {
  return html`<li><a class="card" href="${root}/view/${identifierPath(id)}"><span class="picture"><img src="${thumbnailUrl(root, id, THUMBNAIL_SIDE)}" alt="" loading="lazy" decoding="async"></span><span class="name">${name}</span></a></li>
`;
}

/** Links to the folders above, down to `here`. */
export function breadcrumbs(root: string, here: string): Html {
  const names = here.split('/').filter((name) => name !== '');
  const crumbs = names.map((name, index) => {
    if (index === names.length - 1) return html`<li aria-current="page">${name}</li>`;
    return html`<li><a href="${root}/?folder=${encodeURIComponent(names.slice(0, index + 1).join('/'))}">${name}</a></li>`;
  });
  const top =
    names.length === 0 ? html`<li aria-current="page">Images</li>` : html`<li><a href="${root}/">Images</a></li>`;
  return html`<nav aria-label="Folders"><ol class="crumbs">${top}${crumbs}</ol></nav>`;
}

interface Pager {
  readonly root: string;
  readonly folder: string;
  readonly pageNumber: number;
  readonly pageCount: number;
}

function pager({ root, folder, pageNumber, pageCount }: Pager): Html {
  const link = (target: number, text: string, rel: string): Html =>
    target < 1 || target > pageCount
      ? html`<span></span>`
      : html`<a rel="${rel}" href="${root}/?folder=${encodeURIComponent(folder)}&amp;page=${target}">${text}</a>`;
  return html`<nav class="pager" aria-label="Pages">${link(pageNumber - 1, '← Previous', 'prev')}<span>Page ${pageNumber} of ${pageCount}</span>${link(pageNumber + 1, 'Next →', 'next')}</nav>
`;
}

function count(total: number): string {
  return total === 1 ? '1 entry' : `${total} entries`;
}
