import { complianceLevel } from './compliance.ts';
import { contextUri } from './negotiate.ts';
import { EXTRA_QUALITIES } from './quality-format.ts';
import {
  type IiifImage,
  type IiifService,
  isWebAddress,
  physicalDimensions,
  preferredSizes,
  qualitiesOf,
  rightsOf,
  sizeLimits,
  tileSets,
  withExtraInfo,
} from './service.ts';

/** info.json of Image API 3.0 (section 5), ready for `JSON.stringify`. */
export function iiifInfo3(info: IiifImage, service: IiifService): Record<string, unknown> {
  const { formats } = service;
  const limits = sizeLimits(service);
  const profile = complianceLevel(formats);
  const sizes = preferredSizes(info, service);
  const extraFormats = formats.filter((format) => format !== 'jpg' && !(profile === 'level2' && format === 'png'));
  const rights = rightsOf(info, service);
  const document = {
    '@context': contextUri(3),
    id: service.id,
    type: 'ImageService3',
    protocol: 'http://iiif.io/api/image',
    profile,
    width: info.width,
    height: info.height,
    ...limits,
    ...(sizes.length > 0 ? { sizes } : {}),
    tiles: tileSets(info, service),
    preferredFormats: preferredFormats(info, service),
    extraQualities: qualitiesOf(info, service, Object.keys(EXTRA_QUALITIES)),
    ...(extraFormats.length > 0 ? { extraFormats } : {}),
    extraFeatures: [
      ...(profile === 'level2' ? [] : LEVEL_2_ONLY),
      'canonicalLinkHeader',
      'mirroring',
      'profileLinkHeader',
      'rotationArbitrary',
      // 5.7: whoever upscales has to state a limit.
      ...(service.allowUpscaling && (limits.maxWidth ?? limits.maxArea) !== undefined ? ['sizeUpscaling'] : []),
    ],
    ...(rights !== undefined && isWebAddress(rights) ? { rights } : {}),
  };
  return withExtraInfo(document, physicalDimensions(info), service.extraInfo);
}

/** Features that level 2 has and level 1 lacks (compliance document, section 3). */
const LEVEL_2_ONLY = ['regionByPct', 'rotationBy90s', 'sizeByConfinedWh', 'sizeByPct', 'sizeByWh'];

/** The format of the stored tiles first: those can be sent without decoding. Then the default. */
function preferredFormats(info: IiifImage, { formats, defaultFormat }: IiifService): readonly string[] {
  const stored = info.levels[0]?.passThrough?.format;
  const wanted = stored === undefined || stored === defaultFormat ? [defaultFormat] : [stored, defaultFormat];
  return wanted.filter((format) => formats.includes(format));
}
