import { html } from 'hono/html';

/** Escaped HTML, as Hono's templates make it. */
export type Html = ReturnType<typeof html>;

/** What every page has. */
export interface PageOptions {
  readonly title: string;
  /** Path of the server's root, without final slash. */
  readonly root: string;
  /** Names of scripts below `/assets/`. */
  readonly scripts?: readonly string[];
  readonly body: Html;
}

/** A whole document around a page's content. */
export function page({ title, root, scripts = [], body }: PageOptions): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="${root}/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${root}/assets/style.css">
${scripts.map((name) => html`<script defer src="${root}/assets/${name}"></script>\n`)}</head>
${body}
</html>
`;
}

/** Of the style sheet that OpenSeadragon 6 adds to the page: touch screens show no focus outline. */
const VIEWER_STYLE_HASH = 'sha256-9xTiqzfwFaL2SGb1rmr8gysEwVVjIvqWAgmZgqFqpEE=';

/** Headers of every page. Nothing from elsewhere is loaded, and no inline script runs. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-cache',
  'Content-Security-Policy':
    `default-src 'none'; script-src 'self'; style-src 'self' '${VIEWER_STYLE_HASH}'; ` +
    "img-src 'self' data: blob:; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};
