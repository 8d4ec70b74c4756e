import type { OutputFormat } from '@sectile/core/codec';
import type { ImageInfo } from '@sectile/core/pyramid';

/** The `.dzi` document: full size and tile size. Deep Zoom tiles are square; ours do not overlap. */
export function deepZoomDescriptor(
  info: Pick<ImageInfo, 'width' | 'height' | 'tileSize'>,
  format: OutputFormat,
): string {
  return (
    `<Image xmlns="http://schemas.microsoft.com/deepzoom/2008" TileSize="${info.tileSize.width}" Overlap="0" ` +
    `Format="${format}"><Size Width="${info.width}" Height="${info.height}"/></Image>`
  );
}
