import type { Rect, Size } from '@sectile/core/geometry';
import type { ImageInfo } from '@sectile/core/pyramid';
import type { RenderRequest } from '@sectile/core/render';
import { formatDecimal } from './numeric.ts';
import { EXTRA_QUALITIES } from './quality-format.ts';

/** What came out of a request. */
export interface DeliveredPicture {
  readonly version: 2 | 3;
  /** Absolute base URI of the image, as the `id` of info.json. */
  readonly id: string;
  readonly info: Pick<ImageInfo, 'width' | 'height' | 'color'>;
  /** Pixels of the full size, clipped to the image. */
  readonly region: Rect;
  /** Size of the picture before it is turned. */
  readonly size: Size;
}

/**
 * The canonical URI of a picture (Image API 2.1, 4.7; 3.0, 4.8), or `undefined` when the request says more than a IIIF
 * URL can (IIP commands before it).
 */
export function canonicalIiifUri(request: RenderRequest, picture: DeliveredPicture): string | undefined {
  const quality = qualityName(request, picture.info.color);
  if (quality === undefined || request.layers !== undefined || request.output.quality !== undefined) return undefined;
  const rotation = `${request.rotation.mirror ? '!' : ''}${formatDecimal(request.rotation.degrees)}`;
  const size = picture.version === 3 ? sizeName3(request, picture) : sizeName2(request, picture);
  return `${picture.id}/${regionName(picture)}/${size}/${rotation}/${quality}.${request.output.format}`;
}

/** The Link header of a picture: its canonical URI, where it has one, and the compliance level. */
export function iiifLinkHeader(canonicalUri: string | undefined, profile: string): string {
  const level = `<${profile}>;rel="profile"`;
  return canonicalUri === undefined ? level : `<${canonicalUri}>;rel="canonical", ${level}`;
}

function regionName({ region: { x, y, width, height }, info }: DeliveredPicture): string {
  const isFull = x === 0 && y === 0 && width === info.width && height === info.height;
  return isFull ? 'full' : `${x},${y},${width},${height}`;
}

/** `max` or `^max` when asked for, or when it is the same; else width and height. */
function sizeName3({ size: wanted, upscale }: RenderRequest, { region, size }: DeliveredPicture): string {
  const { width, height } = size;
  if (width === region.width && height === region.height) return 'max';
  const caret = width > region.width || height > region.height ? '^' : '';
  if (wanted.kind === 'max') return upscale === 'allow' ? '^max' : 'max';
  return `${caret}${width},${height}`;
}

/** `full` for the size without scaling, `w,` where the height follows from the width, else width and height. */
function sizeName2({ size: wanted }: RenderRequest, { region, size: { width, height } }: DeliveredPicture): string {
  if (wanted.kind === 'max' || (width === region.width && height === region.height)) return 'full';
  const following = Math.max(1, Math.round((width * region.height) / region.width));
  return height === following ? `${width},` : `${width},${height}`;
}

function qualityName({ quality, adjustments }: RenderRequest, color: ImageInfo['color']): string | undefined {
  const [first, ...others] = adjustments;
  if (first !== undefined) {
    const extra = Object.keys(EXTRA_QUALITIES).find((name) => EXTRA_QUALITIES[name]?.kind === first.kind);
    return others.length > 0 || quality !== 'default' ? undefined : extra;
  }
  if (quality === 'color' || (quality === 'gray' && color === 'grayscale')) return 'default';
  return quality;
}
