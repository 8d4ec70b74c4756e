import { ImageError, isImageError } from '@sectile/core/errors';
import { percentDecode } from '../percent.ts';
import type { ParsedRequest, ParseOptions, ProtocolInput } from '../protocol.ts';
import { type IiifIdentifier, parseIdentifier } from './identifier.ts';
import { negotiateVersion } from './negotiate.ts';
import { withProcessing } from './processing-query.ts';
import { parseQualityFormat } from './quality-format.ts';
import { parseRegion } from './region.ts';
import { parseRotation } from './rotation.ts';
import { parseSize } from './size.ts';

/**
 * IIIF Image API 2.1 and 3.0. Segments are read from the right, so identifiers may hold slashes, encoded or not.
 *
 * A mount point with a version in its path passes it as `mountVersion`; others speak `options.iiifVersion`, follow the
 * client's Accept header for info.json, and take the spellings of all versions that iipsrv takes (`full`, `native`).
 *
 * @throws ImageError `request` when the path asks for a picture in a syntax that is not IIIF's.
 */
export function parseIiif(input: ProtocolInput, options: ParseOptions, mountVersion?: 2 | 3): ParsedRequest {
  const segments = input.path.split('/');
  const closed = segments.at(-1) === '';
  if (closed) segments.pop();
  if (segments.length === 0 || segments.every((segment) => segment === '')) return { kind: 'no-match' };

  const isInfo = segments.length > 1 && percentDecode(segments.at(-1) ?? '').toLowerCase() === 'info.json';
  const parameters = segments.slice(-4).map((segment) => percentDecode(segment).toLowerCase());
  const isPicture = segments.length > 4 && looksLikePicture(parameters);
  if (closed && (isInfo || isPicture)) throw new ImageError('request', 'A IIIF URL of a file ends without a slash');
  if (isInfo) return parseInfo(segments.slice(0, -1).join('/'), input, { options, mountVersion });
  if (isPicture) {
    const address = parseIdentifier(segments.slice(0, -4).join('/'), options.pageDelimiter);
    return withProcessing(parsePicture(address, parameters, { options, mountVersion }), input.query, options);
  }
  if (isCutShort(parameters, segments.length)) {
    throw new ImageError('request', 'A IIIF image URL ends in region/size/rotation/quality.format');
  }
  const { identifier } = parseIdentifier(segments.join('/'), options.pageDelimiter);
  return { kind: 'redirect', location: `${identifier}/info.json` };
}

interface Mount {
  readonly options: ParseOptions;
  readonly mountVersion: 2 | 3 | undefined;
}

function parseInfo(rawIdentifier: string, input: ProtocolInput, { options, mountVersion }: Mount): ParsedRequest {
  const { image, page, identifier } = parseIdentifier(rawIdentifier, options.pageDelimiter);
  if (image === '') return { kind: 'no-match' };
  const wanted = mountVersion === undefined ? negotiateVersion(input.header('accept')) : undefined;
  const version = mountVersion ?? wanted ?? options.iiifVersion;
  const negotiated = wanted !== undefined && wanted !== options.iiifVersion;
  const descriptor = { kind: 'iiif-info', version, negotiated } as const;
  return { kind: 'describe', protocol: 'iiif', image, page, identifier, descriptor };
}

function parsePicture(
  { image, page, identifier }: IiifIdentifier,
  parameters: readonly string[],
  { options, mountVersion }: Mount,
): ParsedRequest {
  if (image === '') return { kind: 'no-match' };
  const version = mountVersion ?? options.iiifVersion;
  const lenient = mountVersion === undefined;
  const [region = '', size = '', rotation = '', qualityFormat = ''] = parameters;
  const sizeRules = { version, allowUpscaling: options.allowUpscaling, acceptFull: lenient };
  const { quality, adjustments, format } = parseQualityFormat(qualityFormat, { ...options, acceptOld: lenient });
  return {
    kind: 'render',
    protocol: 'iiif',
    image,
    identifier,
    iiifVersion: version,
    request: {
      page,
      region: parseRegion(region),
      ...parseSize(size, sizeRules),
      rotation: parseRotation(rotation),
      quality,
      adjustments,
      output: { format, metadata: 'export' },
    },
  };
}

/** Reads any size that some version has; serves to tell pictures from identifiers. */
const ANY_SIZE = { version: 3, allowUpscaling: true, acceptFull: true } as const;

const PARAMETER_READERS: readonly ((text: string) => unknown)[] = [
  parseRegion,
  (text) => parseSize(text, ANY_SIZE),
  parseRotation,
  parseQualityName,
];

/** Any format will do, but not any name: identifiers end in `.jpg` as well. */
function parseQualityName(text: string): void {
  if (!/^(?:default|color|gr[ae]y|bitonal|native)(?:\.|$)/.test(text)) throw new ImageError('request', 'Not a quality');
}

/**
 * Tells an image request with a mistake in it (answered with an error) from the base URI of an identifier with
 * slashes (answered with a redirect): two of the four segments have to be right.
 */
function looksLikePicture(parameters: readonly string[]): boolean {
  return parameters.filter((text, index) => parses(PARAMETER_READERS[index], text)).length >= 2;
}

/** True when the path ends in the first parameters of an image request, or has all four and no identifier. */
function isCutShort(tail: readonly string[], segmentCount: number): boolean {
  return [1, 2, 3, 4].some((count) => {
    const complete = count === PARAMETER_READERS.length;
    if (tail.length < count || (segmentCount === count && !complete)) return false;
    return tail.slice(-count).every((text, index) => parses(PARAMETER_READERS[index], text));
  });
}

function parses(read: ((text: string) => unknown) | undefined, text: string): boolean {
  try {
    read?.(text);
    return true;
  } catch (error) {
    if (isImageError(error)) return false;
    throw error;
  }
}
