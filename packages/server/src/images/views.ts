import { ImageError } from '@sectile/core/errors';
import type { ImageInfo } from '@sectile/core/pyramid';
import type { View } from '../protocols/protocol.ts';

/** The vertical view that is meant where none is named. */
const LEVEL_VIEW = 90;

/**
 * The page that a request means: of a sequence the file of these views, by the numbers in its name; of a stack the page
 * itself.
 *
 * @param page What a protocol without views says: a page, or the horizontal view.
 * @throws ImageError `not-found` when there is no such page or view.
 */
export function pageOfView({ views, pages }: ImageInfo, view: View | undefined, page: number): number {
  if (views === undefined) {
    if (!pages[page]) throw new ImageError('not-found', 'There is no such page');
    return page;
  }
  const row = views.vertical.indexOf(view?.vertical ?? LEVEL_VIEW);
  const column = views.horizontal.indexOf(view?.horizontal ?? page);
  if (row < 0 || column < 0) throw new ImageError('not-found', 'The sequence has no such view');
  return row * views.horizontal.length + column;
}

/** The pages that a profile or a spectrum runs through: all of a stack, the horizontal views of a sequence. */
export function pagesThrough({ views, pages }: ImageInfo, view: View | undefined): readonly number[] {
  if (views === undefined) return [...pages.keys()];
  const row = views.vertical.indexOf(view?.vertical ?? LEVEL_VIEW);
  if (row < 0) throw new ImageError('not-found', 'The sequence has no such view');
  return views.horizontal.map((_, column) => row * views.horizontal.length + column);
}
