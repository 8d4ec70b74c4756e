import type { EncodeOptions, OutputMetadata } from '../codec/codec.ts';
import type { ImageInfo } from '../metadata/image-info.ts';
import type { PlanOptions } from './plan-options.ts';
import type { StagePlan } from './plan-stages.ts';
import type { RenderRequest } from './request.ts';
import type { ResolvedView } from './resolved-view.ts';

/** Settings of the encoder for one answer: only those that its format knows. */
export function planEncoding(
  request: RenderRequest,
  options: PlanOptions,
  facts: { readonly alpha: boolean; readonly metadata: OutputMetadata | undefined },
): EncodeOptions {
  const { format } = request.output;
  const compression = format === 'tif' ? (request.output.compression ?? options.tiffCompression) : undefined;
  return {
    quality: clampQuality(request.output.quality ?? defaultQuality(format, compression, options), format, compression),
    ...(compression === undefined ? {} : { compression }),
    ...(format === 'jpg' ? {} : { alpha: facts.alpha }),
    ...(facts.metadata === undefined ? {} : { metadata: facts.metadata }),
  };
}

type Format = RenderRequest['output']['format'];
type Compression = EncodeOptions['compression'];

function defaultQuality(format: Format, compression: Compression, options: PlanOptions): number {
  // A deflate level says nothing about JPEG or WebP inside TIFF.
  if (compression === 'jpeg') return options.qualities.jpg;
  if (compression === 'webp') return options.qualities.webp;
  return options.qualities[format];
}

function clampQuality(quality: number, format: Format, compression: Compression): number {
  switch (format) {
    case 'jpg':
      return clamp(quality, 1, 100);
    case 'png':
      return clamp(quality, 0, 9);
    case 'webp':
      // 0 asks for the best there is, as in iipsrv's QLT.
      return quality < 1 ? -1 : clamp(quality, 1, 100);
    case 'avif':
      return clamp(quality, -1, 100);
    case 'tif':
      return clamp(quality, 0, compression === 'deflate' ? 9 : compression === 'zstd' ? 19 : 100);
  }
}

function clamp(value: number, minimum: number, maximum: number): number {
  return Math.min(maximum, Math.max(minimum, Math.round(value)));
}

/** True when the image's profile describes the answer's colors and is small enough to travel along. */
export function embedsIcc(info: ImageInfo, stages: StagePlan, options: PlanOptions): boolean {
  const { icc } = info.metadata;
  if (icc === undefined || stages.recolored) return false;
  if (stages.stages.some(({ kind }) => kind === 'icc-to-srgb')) return false;
  if (options.maxIccBytes >= 0 && icc.length >= options.maxIccBytes) return false;
  const space = colorSpaceOf(icc);
  if (space === 'GRAY') return stages.colors === 1;
  return stages.colors >= 3 && space !== 'CMYK' && space !== 'Lab ';
}

/** Color space of the data, ICC.1:2022 table 19: four characters at byte 16 of the header. */
function colorSpaceOf(icc: Uint8Array): string {
  return String.fromCharCode(...icc.subarray(16, 20));
}

/** What travels with the pixels: the profile, and for exports also XMP, EXIF, text and the density of the answer. */
export function planMetadata(
  request: RenderRequest,
  info: ImageInfo,
  view: ResolvedView,
  withIcc: boolean,
): OutputMetadata | undefined {
  const { icc, xmp, exif, density, text } = info.metadata;
  const metadata: OutputMetadata = {
    ...(withIcc && icc !== undefined ? { icc } : {}),
    ...(request.output.metadata === 'export'
      ? {
          ...(xmp === undefined ? {} : { xmp }),
          ...(exif === undefined ? {} : { exif }),
          ...(Object.keys(text).length === 0 ? {} : { text }),
          ...(density === undefined || density.unit === 'none'
            ? {}
            : {
                density: {
                  x: (density.x * view.size.width) / view.region.width,
                  y: (density.y * view.size.height) / view.region.height,
                  unit: density.unit,
                },
              }),
        }
      : {}),
  };
  return Object.keys(metadata).length === 0 ? undefined : metadata;
}
