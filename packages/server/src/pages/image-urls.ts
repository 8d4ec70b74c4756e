import { identifierPath } from '../http/identifier-path.ts';

/** Where the protocols serve an image. */
export interface ImageUrls {
  readonly iiif3: string;
  readonly iiif2: string;
  readonly deepzoom: string;
  readonly zoomify: string;
  /** Without a command: `&JTL=0,0` and the like follow. */
  readonly iip: string;
}

/** The URLs that each protocol's viewers are given, below `root`. */
export function imageUrls(root: string, id: string): ImageUrls {
  const path = identifierPath(id);
  return {
    iiif3: `${root}/iiif/3/${path}/info.json`,
    iiif2: `${root}/iiif/2/${path}/info.json`,
    deepzoom: `${root}/deepzoom/${path}.dzi`,
    zoomify: `${root}/zoomify/${path}/ImageProperties.xml`,
    iip: `${root}/iip?FIF=${encodeURIComponent(id)}`,
  };
}

/** A small picture that fits into a square of `side` pixels. */
export function thumbnailUrl(root: string, id: string, side: number): string {
  return `${root}/iiif/3/${identifierPath(id)}/full/!${side},${side}/0/default.jpg`;
}
