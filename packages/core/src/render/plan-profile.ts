import { DISPLAY_P3_PROFILE } from '../color/display-p3-profile.ts';
import { conversionBands, type IccConversion, iccConversion, isProfileOf } from '../color/icc-conversion.ts';
import { parseIccProfile } from '../color/icc-profile.ts';
import type { RgbSpace } from '../color/rgb-space.ts';
import { isImageError } from '../errors.ts';
import type { ColorModel, ImageInfo } from '../metadata/image-info.ts';
import { isGray } from './plan-bands.ts';
import type { PlanOptions } from './plan-options.ts';
import type { Adjustment, RenderRequest } from './request.ts';

/** What an image's profile says of its samples. */
interface KnownProfile {
  readonly conversion: IccConversion;
  /** The space that the profile is of, if it is one that answers can be in. */
  readonly space: RgbSpace | undefined;
}

/** Profiles are parsed once an image, not once a request. */
const known = new WeakMap<Uint8Array, KnownProfile | undefined>();

/**
 * How the image's samples become colors of `space` by its profile. `undefined` where there is nothing to do: no profile,
 * one of sRGB or of `space` itself, a broken one, or one for other colors than the image has.
 */
export function profileConversion({ color, metadata }: ImageInfo, space: RgbSpace): IccConversion | undefined {
  const { icc } = metadata;
  const bands = COLOR_BANDS[color];
  if (icc === undefined || bands === undefined) return undefined;
  if (!known.has(icc)) known.set(icc, readProfile(icc));
  const profile = known.get(icc);
  if (profile === undefined || profile.space === 'srgb' || profile.space === space) return undefined;
  return conversionBands(profile.conversion) === bands ? profile.conversion : undefined;
}

const COLOR_BANDS: Readonly<Partial<Record<ColorModel, number>>> = { grayscale: 1, rgb: 3, cmyk: 4 };

function readProfile(icc: Uint8Array): KnownProfile | undefined {
  try {
    const conversion = iccConversion(parseIccProfile(icc));
    return conversion && { conversion, space: SPACES.find((space) => isProfileOf(space, conversion)) };
  } catch (error) {
    // A broken profile says nothing about the colors; the picture is still there.
    if (isImageError(error)) return undefined;
    throw error;
  }
}

const SPACES: readonly RgbSpace[] = ['srgb', 'display-p3'];

/**
 * The space of an answer whose colors are converted. Display P3 needs its profile beside the pixels: where that may not be
 * embedded, or the request puts other colors in place of the picture's, it is sRGB, which answers without a profile are in.
 */
export function outputSpace(request: RenderRequest, { profiles, maxIccBytes }: PlanOptions): RgbSpace {
  const isLabeled = maxIccBytes < 0 || DISPLAY_P3_PROFILE.length < maxIccBytes;
  const isPlain = !replacesColors(request.adjustments) && !isGray(request);
  return profiles === 'display-p3' && isLabeled && isPlain ? 'display-p3' : 'srgb';
}

/** True for adjustments after which an ICC profile no longer describes the colors. */
export function replacesColors(adjustments: readonly Adjustment[]): boolean {
  return adjustments.some(({ kind }) => kind === 'colormap' || kind === 'hillshade' || kind === 'color-twist');
}
