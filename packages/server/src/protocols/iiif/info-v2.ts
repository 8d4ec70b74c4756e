import { profileUri } from './compliance.ts';
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

/** Feature names of Image API 2.1 (5.3), without `sizeAboveFull`. */
const FEATURES = [
  'baseUriRedirect',
  'canonicalLinkHeader',
  'cors',
  'jsonldMediaType',
  'mirroring',
  'profileLinkHeader',
  'regionByPct',
  'regionByPx',
  'regionSquare',
  'rotationArbitrary',
  'rotationBy90s',
  'sizeByConfinedWh',
  'sizeByDistortedWh',
  'sizeByH',
  'sizeByPct',
  'sizeByW',
  'sizeByWh',
];

/** info.json of Image API 2.1 (section 5), ready for `JSON.stringify`. */
export function iiifInfo2(info: IiifImage, service: IiifService): Record<string, unknown> {
  const sizes = preferredSizes(info, service);
  const rights = rightsOf(info, service);
  const document = {
    '@context': contextUri(2),
    '@id': service.id,
    protocol: 'http://iiif.io/api/image',
    width: info.width,
    height: info.height,
    ...(sizes.length > 0 ? { sizes } : {}),
    tiles: tileSets(info, service),
    profile: [
      profileUri(2, service.formats),
      {
        formats: service.formats,
        qualities: ['default', ...qualitiesOf(info, service, Object.keys(EXTRA_QUALITIES))],
        supports: service.allowUpscaling ? [...FEATURES, 'sizeAboveFull'] : FEATURES,
        ...sizeLimits(service),
      },
    ],
    ...(rights === undefined ? {} : isWebAddress(rights) ? { license: rights } : { attribution: rights }),
  };
  return withExtraInfo(document, physicalDimensions(info), service.extraInfo);
}
