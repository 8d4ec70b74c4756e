import { memorySource } from '@sectile/core/source';
import { pageOf } from './listing-page.ts';
import { type ImageResolver, looksLikeImage } from './resolver.ts';

/** An image held in memory. */
export interface MemoryImage {
  readonly bytes: Uint8Array;
  /** Must change with the bytes. Default: their length. */
  readonly revision?: string | undefined;
  readonly lastModified?: Date | undefined;
}

/** Serves images from a map: in a browser page, in tests, as samples. The map may change while it is served. */
export function memoryImages(images: ReadonlyMap<string, MemoryImage>): ImageResolver {
  return {
    async find(id) {
      const image = images.get(id);
      if (!image) return undefined;
      const revision = image.revision ?? `${image.bytes.byteLength}`;
      return {
        revision,
        lastModified: image.lastModified,
        open: async () => memorySource(image.bytes, { id: `memory:${id}`, revision, lastModified: image.lastModified }),
      };
    },
    async list(folder, { offset, limit }) {
      const prefix = folder === '' ? '' : `${folder}/`;
      const below = [...images.keys()].filter((id) => id.startsWith(prefix)).map((id) => id.slice(prefix.length));
      const folders = [...new Set(below.filter((rest) => rest.includes('/')).map((rest) => rest.split('/')[0] ?? ''))];
      const names = below.filter((rest) => !rest.includes('/') && looksLikeImage(rest));
      if (folder !== '' && below.length === 0) return undefined;
      return pageOf(folders.sort(), names.sort(), { offset, limit });
    },
  };
}
