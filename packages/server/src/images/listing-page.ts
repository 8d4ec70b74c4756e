import type { Listing, ListOptions } from './resolver.ts';

/** Cuts one page out of sorted folders and images; folders come first. */
export function pageOf(folders: readonly string[], images: readonly string[], { offset, limit }: ListOptions): Listing {
  const firstImage = Math.max(0, offset - folders.length);
  const shownFolders = folders.slice(offset, offset + limit);
  return {
    folders: shownFolders,
    images: images.slice(firstImage, firstImage + limit - shownFolders.length),
    total: folders.length + images.length,
  };
}
