import type { OutputFormat } from '@sectile/core/codec';
import type { Size } from '@sectile/core/geometry';
import type { ImageInfo } from '@sectile/core/pyramid';

/** What info.json tells about the server rather than the image. */
export interface IiifService {
  /** Absolute base URI of the image, percent-encoded, without a trailing slash. */
  readonly id: string;
  readonly formats: readonly OutputFormat[];
  readonly defaultFormat: OutputFormat;
  readonly allowUpscaling: boolean;
  /** The qualities `negative`, `stretch`, `equalization` and `log` are served. */
  readonly extraQualities: boolean;
  /** Longest side and most pixels of an output; `Infinity` for no limit. */
  readonly maxOutputSide: number;
  readonly maxOutputPixels: number;
  /** Rights of images that do not state their own. */
  readonly rights?: string | undefined;
  /** Members to add. Those that the document has already are kept; `service` entries are joined. */
  readonly extraInfo?: Readonly<Record<string, unknown>> | undefined;
}

/** Facts of an image that info.json needs. */
export type IiifImage = Pick<
  ImageInfo,
  'width' | 'height' | 'levels' | 'tileSize' | 'bands' | 'color' | 'extraSamples' | 'metadata'
>;

/** Size limits as both versions name them; absent where there are none. */
export interface SizeLimits {
  readonly maxWidth?: number;
  readonly maxHeight?: number;
  readonly maxArea?: number;
}

/** The limits of the service, in the terms of Image API 2.1 (5.3) and 3.0 (5.2). */
export function sizeLimits({ maxOutputSide, maxOutputPixels }: IiifService): SizeLimits {
  return {
    ...(Number.isFinite(maxOutputSide) ? { maxWidth: maxOutputSide, maxHeight: maxOutputSide } : {}),
    ...(Number.isFinite(maxOutputPixels) && maxOutputPixels < maxOutputSide ** 2 ? { maxArea: maxOutputPixels } : {}),
  };
}

/** Sizes of the levels that may be delivered whole, smallest first. */
export function preferredSizes(info: IiifImage, { maxOutputSide, maxOutputPixels }: IiifService): readonly Size[] {
  return info.levels
    .filter(({ width, height }) => Math.max(width, height) <= maxOutputSide && width * height <= maxOutputPixels)
    .map(({ width, height }) => ({ width, height }))
    .reverse();
}

/** The tile grid: scale factors are the powers of two from full size to the first where the image is one tile. */
export function tileSets(
  info: IiifImage,
  { maxOutputSide }: IiifService,
): readonly (Size & { readonly scaleFactors: readonly number[] })[] {
  const width = Math.min(info.tileSize.width, maxOutputSide);
  const height = Math.min(info.tileSize.height, maxOutputSide);
  const scaleFactors = [1];
  for (let factor = 1; info.width > width * factor || info.height > height * factor; ) {
    factor *= 2;
    scaleFactors.push(factor);
  }
  return [{ width, height, scaleFactors }];
}

/** Qualities beside `default`. `color` only where there is any. */
export function qualitiesOf(info: IiifImage, service: IiifService, extra: readonly string[]): readonly string[] {
  const color = info.color === 'grayscale' ? [] : ['color'];
  return [...color, 'gray', 'bitonal', ...(service.extraQualities ? extra : [])];
}

/** Statement of the image, or the server's for images without one. */
export function rightsOf(info: IiifImage, service: IiifService): string | undefined {
  return info.metadata.text['rights'] || service.rights || undefined;
}

/** True for an absolute web address: what `rights` and `license` have to be. */
export function isWebAddress(text: string): boolean {
  return /^https?:\/\/[^\s"<>]+$/i.test(text);
}

/** The physical dimensions service (IIIF annex): the size of one pixel. None where density or unit are unknown. */
export function physicalDimensions(info: IiifImage): readonly Readonly<Record<string, unknown>>[] {
  const density = info.metadata.density;
  if (density === undefined || density.unit === 'none' || !(density.x > 0) || !Number.isFinite(density.x)) return [];
  return [
    {
      '@context': 'http://iiif.io/api/annex/services/physdim/1/context.json',
      profile: 'http://iiif.io/api/annex/services/physdim',
      physicalScale: Number((1 / density.x).toPrecision(9)),
      physicalUnits: density.unit === 'inch' ? 'in' : 'cm',
    },
  ];
}

/** The document with the configured members behind its own. */
export function withExtraInfo(
  document: Readonly<Record<string, unknown>>,
  services: readonly unknown[],
  extraInfo: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const { service: extraService = [], ...extra } = extraInfo;
  const joined = [...services, ...(Array.isArray(extraService) ? extraService : [extraService])];
  const own = Object.entries(extra).filter(([key]) => !Object.hasOwn(document, key));
  return { ...document, ...Object.fromEntries(own), ...(joined.length > 0 ? { service: joined } : {}) };
}
