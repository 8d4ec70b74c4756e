import { conversionBands, type IccConversion, iccConversion, isSrgb } from '../color/icc-conversion.ts';
import { parseIccProfile } from '../color/icc-profile.ts';
import { isImageError } from '../errors.ts';
import type { ColorModel, ImageInfo } from '../metadata/image-info.ts';

/** Profiles are parsed once an image, not once a request. */
const known = new WeakMap<Uint8Array, IccConversion | undefined>();

/**
 * How the image's samples become sRGB by its profile. `undefined` where there is nothing to do: no profile, one that
 * is sRGB already, a broken one, or one for other colors than the image has.
 */
export function srgbConversion({ color, metadata }: ImageInfo): IccConversion | undefined {
  const { icc } = metadata;
  const bands = COLOR_BANDS[color];
  if (icc === undefined || bands === undefined) return undefined;
  if (!known.has(icc)) known.set(icc, readConversion(icc));
  const conversion = known.get(icc);
  return conversion !== undefined && conversionBands(conversion) === bands ? conversion : undefined;
}

const COLOR_BANDS: Readonly<Partial<Record<ColorModel, number>>> = { grayscale: 1, rgb: 3, cmyk: 4 };

function readConversion(icc: Uint8Array): IccConversion | undefined {
  try {
    const conversion = iccConversion(parseIccProfile(icc));
    return conversion === undefined || isSrgb(conversion) ? undefined : conversion;
  } catch (error) {
    // A broken profile says nothing about the colors; the picture is still there.
    if (isImageError(error)) return undefined;
    throw error;
  }
}
