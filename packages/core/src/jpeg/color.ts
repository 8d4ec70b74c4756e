import { asciiOf } from '../bytes/text.ts';
import type { FrameHeader } from './frame-header.ts';
import type { MarkerSegment } from './marker-segment.ts';
import { APP0, APP14 } from './markers.ts';

/** What the components of a JPEG file mean. */
export type JpegColor = 'grayscale' | 'ycbcr' | 'rgb' | 'cmyk' | 'ycck' | 'unknown';

/** The markers that say something about color. */
export interface ColorMarkers {
  /** A JFIF segment is there: gray or YCbCr. */
  readonly jfif: boolean;
  /** Transform of an Adobe APP14 segment: 0 none, 1 YCbCr, 2 YCCK. `undefined`: no such segment. */
  readonly adobeTransform: number | undefined;
}

/** Color markers after one more segment. */
export function noteColorMarkers(known: ColorMarkers, { marker, payload }: MarkerSegment): ColorMarkers {
  if (marker === APP0 && asciiOf(payload.subarray(0, 5)) === 'JFIF\0') return { ...known, jfif: true };
  if (marker === APP14 && payload.length >= 12 && asciiOf(payload.subarray(0, 5)) === 'Adobe') {
    return { ...known, adobeTransform: payload[11]! };
  }
  return known;
}

/** ASCII codes of R, G, B as component identifiers. */
const RGB_IDS = '82,71,66';

/**
 * Color by number of components and markers. Three components without any marker are YCbCr, unless they are named
 * R, G and B: the rule that libjpeg set.
 */
export function jpegColor({ components }: FrameHeader, { jfif, adobeTransform }: ColorMarkers): JpegColor {
  switch (components.length) {
    case 1:
      return 'grayscale';
    case 3:
      if (jfif) return 'ycbcr';
      if (adobeTransform !== undefined) return adobeTransform === 0 ? 'rgb' : 'ycbcr';
      return components.map(({ id }) => id).join() === RGB_IDS ? 'rgb' : 'ycbcr';
    case 4:
      return adobeTransform === 2 ? 'ycck' : 'cmyk';
    default:
      return 'unknown';
  }
}
