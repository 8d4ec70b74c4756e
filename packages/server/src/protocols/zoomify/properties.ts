import type { ImageInfo } from '@sectile/core/pyramid';

/** The `ImageProperties.xml` document. Zoomify tiles are square. */
export function zoomifyProperties(info: Pick<ImageInfo, 'width' | 'height' | 'tileSize'>): string {
  const { width, height } = info;
  const side = info.tileSize.width;
  return (
    `<IMAGE_PROPERTIES WIDTH="${width}" HEIGHT="${height}" NUMTILES="${countTiles(width, height, side)}" ` +
    `NUMIMAGES="1" VERSION="1.8" TILESIZE="${side}"/>`
  );
}

/** Tiles of all tiers: from full size, halving and rounding down, to the first that fits into one tile. */
function countTiles(width: number, height: number, side: number): number {
  let count = 0;
  let [w, h] = [width, height];
  while (w > side || h > side) {
    count += Math.ceil(w / side) * Math.ceil(h / side);
    w = Math.max(1, Math.floor(w / 2));
    h = Math.max(1, Math.floor(h / 2));
  }
  return count + 1;
}
