import type { EncodeOptions, OutputMetadata } from '../codec/codec.ts';
import { DISPLAY_P3_PROFILE } from '../color/display-p3-profile.ts';
import type { BandRange, ImageInfo } from '../metadata/image-info.ts';
import { bytesPerSample, type DType, isFloat } from '../pixels/dtype.ts';
import type { PlanOptions } from './plan-options.ts';
import { tiffCompression } from './plan-samples.ts';
import type { StagePlan } from './plan-stages.ts';
import type { RenderRequest } from './request.ts';
import type { ResolvedView } from './resolved-view.ts';

/** What the settings of an encoder follow from, beside the request. */
export interface EncodingFacts {
  readonly info: ImageInfo;
  readonly stages: StagePlan;
  readonly metadata: OutputMetadata | undefined;
  readonly isExport: boolean;
}

/** Settings of the encoder for one answer: only those that its format knows. */
export function planEncoding(request: RenderRequest, options: PlanOptions, facts: EncodingFacts): EncodeOptions {
  const { format } = request.output;
  const compression = tiffCompression(request, options);
  return {
    quality: clampQuality(request.output.quality ?? defaultQuality(format, compression, options), format, compression),
    ...(compression === undefined ? {} : { compression }),
    ...(format === 'jpg' ? jpegCoding(request, options, facts.isExport) : { alpha: facts.stages.alpha }),
    ...(format === 'tif' ? sampleMeaning(facts) : {}),
    ...(facts.metadata === undefined ? {} : { metadata: facts.metadata }),
  };
}

/** What stored samples mean where they are handed on; else they are what is shown. */
function sampleMeaning({ info, stages: { storedRanges } }: EncodingFacts): Pick<EncodeOptions, 'ranges' | 'noData'> {
  if (storedRanges === undefined) return {};
  const full = typeRange(info.dtype);
  const isFull = storedRanges.every(({ minimum, maximum }) => minimum === full?.minimum && maximum === full.maximum);
  // Ranges of floats that the file does not state are a guess.
  const isMeant = full === undefined ? info.statesRanges === true : !isFull;
  return {
    ...(isMeant ? { ranges: storedRanges } : {}),
    ...(info.noData === undefined ? {} : { noData: info.noData }),
  };
}

/** What integers of a type can hold. */
function typeRange(dtype: DType): BandRange | undefined {
  if (isFloat(dtype)) return undefined;
  const bits = bytesPerSample(dtype) * 8;
  const minimum = dtype.startsWith('int') ? -(2 ** (bits - 1)) : 0;
  return { minimum, maximum: minimum + 2 ** bits - 1 };
}

/** Tiles are made while somebody waits: what is configured holds for exports. */
function jpegCoding(
  { output }: RenderRequest,
  { jpegExports }: PlanOptions,
  isExport: boolean,
): Pick<EncodeOptions, 'optimize' | 'progressive'> {
  const optimize = output.optimize ?? (isExport && jpegExports.optimize);
  const progressive = output.progressive ?? (isExport && jpegExports.progressive);
  return { ...(optimize ? { optimize } : {}), ...(progressive ? { progressive } : {}) };
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
      return clamp(quality, 0, compression === 'deflate' ? 9 : 100);
  }
}

function clamp(value: number, minimum: number, maximum: number): number {
  return Math.min(maximum, Math.max(minimum, Math.round(value)));
}

/** The profile that describes the answer's colors and is small enough to travel along: Display P3 or the image's own. */
export function profileOf(info: ImageInfo, stages: StagePlan, options: PlanOptions): Uint8Array | undefined {
  if (stages.stages.some((step) => 'space' in step && step.space === 'display-p3')) return DISPLAY_P3_PROFILE;
  return embedsIcc(info, stages, options) ? info.metadata.icc : undefined;
}

/** True when the image's own profile describes the answer's colors and is small enough to travel along. */
export function embedsIcc(info: ImageInfo, stages: StagePlan, options: PlanOptions): boolean {
  const { icc } = info.metadata;
  if (icc === undefined || stages.recolored) return false;
  if (stages.stages.some(({ kind }) => kind === 'icc-to-rgb')) return false;
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
  { icc, rights }: { readonly icc: Uint8Array | undefined; readonly rights?: string | undefined },
): OutputMetadata | undefined {
  const metadata: OutputMetadata = {
    ...(icc === undefined ? {} : { icc }),
    ...(isExport(request, info, view) ? exportMetadata(info, view, rights) : {}),
  };
  return isEmpty(metadata) ? undefined : metadata;
}

function exportMetadata({ metadata }: ImageInfo, view: ResolvedView, rights: string | undefined): OutputMetadata {
  const { exif, density } = metadata;
  const adds = rights !== undefined && !metadata.text['rights'];
  const text = adds ? { ...metadata.text, rights } : metadata.text;
  const xmp = metadata.xmp ?? (adds ? rightsPacket(rights) : undefined);
  return {
    ...(xmp === undefined ? {} : { xmp }),
    ...(exif === undefined ? {} : { exif }),
    ...(isEmpty(text) ? {} : { text }),
    ...(density === undefined || density.unit === 'none'
      ? {}
      : {
          density: {
            x: (density.x * view.size.width) / view.region.width,
            y: (density.y * view.size.height) / view.region.height,
            unit: density.unit,
          },
        }),
  };
}

/** True for answers that are no tiles, whatever they are asked for as. */
export function isExport(request: RenderRequest, info: ImageInfo, view: ResolvedView): boolean {
  return request.output.metadata === 'export' && !isTileLike(request, info, view);
}

/** A part no larger than a tile, by its pixels: what viewers ask IIIF for, many times over. */
function isTileLike({ region, overLimit }: RenderRequest, { tileSize }: ImageInfo, { size }: ResolvedView): boolean {
  const isPart = region.kind === 'pixels' && overLimit !== 'clamp';
  return isPart && size.width <= tileSize.width && size.height <= tileSize.height;
}

function isEmpty(values: object): boolean {
  return Object.keys(values).length === 0;
}

/** An XMP packet that states the rights (Dublin Core), for images without XMP of their own. */
function rightsPacket(rights: string): Uint8Array {
  const escaped = rights.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  return new TextEncoder().encode(
    '<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>' +
      '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
      '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">' +
      `<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">${escaped}</rdf:li></rdf:Alt></dc:rights>` +
      '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>',
  );
}
