import type { ImageInfo } from '@sectile/core/pyramid';
import { html } from 'hono/html';
import { breadcrumbs } from './gallery.ts';
import { imageUrls } from './image-urls.ts';
import { type Html, page } from './page.ts';

/** An image to look at. */
export interface ViewerOptions {
  readonly root: string;
  readonly id: string;
  readonly info: ImageInfo;
}

/** A zoomable image with a choice of protocols and what is known of the file. */
export function viewerPage({ root, id, info }: ViewerOptions): Html {
  const urls = imageUrls(root, id);
  const choices: readonly (readonly [value: string, label: string, url: string])[] = [
    ['iiif3', 'IIIF 3', urls.iiif3],
    ['iiif2', 'IIIF 2', urls.iiif2],
    ['deepzoom', 'Deep Zoom', urls.deepzoom],
    ['zoomify', 'Zoomify', urls.zoomify],
    ['iip', 'IIP', `${urls.iip}&obj=IIP,1.0&obj=Max-size&obj=Tile-size&obj=Resolution-number`],
  ];
  const body = html`<body class="viewing">
<header>${breadcrumbs(root, id)}</header>
<main>
<div id="viewer" role="application" aria-label="${id}" data-root="${root}" data-image="${encodeURIComponent(id)}" data-iiif3="${urls.iiif3}" data-iiif2="${urls.iiif2}" data-deepzoom="${urls.deepzoom}" data-zoomify="${urls.zoomify.slice(0, -'ImageProperties.xml'.length)}" data-width="${info.width}" data-height="${info.height}" data-tile-size="${info.tileSize.width}"><noscript>This viewer needs JavaScript.</noscript></div>
<aside aria-label="About this image">
<fieldset><legend>Protocol</legend>
${choices.map(([value, label], index) => html`<label><input type="radio" name="protocol" value="${value}"${index === 0 ? html` checked` : ''}> ${label}</label>\n`)}</fieldset>
<p id="failure" role="status" hidden></p>
<dl>${facts(info).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
<h2>Addresses</h2>
<ul class="links">${choices.map(([, label, url]) => html`<li><a href="${url}">${label}</a></li>`)}</ul>
</aside>
</main></body>`;
  return page({ title: id, root, scripts: ['openseadragon/openseadragon.min.js', 'viewer.js'], body });
}

function facts(info: ImageInfo): readonly (readonly [string, string])[] {
  const { storage, metadata } = info;
  const texts = Object.entries(metadata.text).filter(([, value]) => value !== '' && value.length <= 500);
  const leading = LEADING_TEXTS.flatMap((key) => texts.filter(([name]) => name === key));
  const density = metadata.density && metadata.density.unit !== 'none' ? metadata.density : undefined;
  return [
    ...leading.map(labelled),
    ['Size', `${info.width} × ${info.height} pixels`],
    ['Samples', `${info.bands} × ${info.bitsPerSample} bits, ${info.color === 'rgb' ? 'RGB' : info.color}`],
    ['Format', [formatName(info), storage.compression].filter((word) => word !== '').join(', ')],
    ['Levels', levelsText(info)],
    ['Tiles', `${info.tileSize.width} × ${info.tileSize.height}`],
    ...(info.pages.length > 1 ? [['Pages', String(info.pages.length)] as const] : []),
    ...(density ? [['Density', `${density.x} per ${density.unit}`] as const] : []),
    ...texts.filter((text) => !leading.includes(text)).map(labelled),
  ];
}

/** What people want to know first. */
const LEADING_TEXTS = ['title', 'description', 'creator', 'date', 'rights'];

function labelled([key, value]: readonly [string, string]): readonly [string, string] {
  return [key.charAt(0).toUpperCase() + key.slice(1), value];
}

function formatName({ format }: ImageInfo): string {
  return format === 'jpeg2000' ? 'JPEG 2000' : format === 'webp' ? 'WebP' : format.toUpperCase();
}

function levelsText({ levels }: ImageInfo): string {
  const stored = levels.filter((level) => level.stored).length;
  return stored === levels.length ? String(stored) : `${stored} stored, ${levels.length - stored} made when asked for`;
}
