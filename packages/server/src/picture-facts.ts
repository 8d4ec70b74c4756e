import { MEDIA_TYPES } from '@sectile/core/codec';
import { resolveView } from '@sectile/core/render';
import type { AnswerFacts } from './http/headers.ts';
import { entityTag } from './http/validators.ts';
import type { OpenImage } from './images/open-images.ts';
import type { PictureRequest } from './parse-request.ts';
import type { PlannedPicture } from './pictures.ts';
import type { Policy } from './policy.ts';
import { canonicalIiifUri, iiifLinkHeader } from './protocols/iiif/canonical-uri.ts';
import { profileUri } from './protocols/iiif/compliance.ts';
import { contentDisposition, exportFileName } from './protocols/iip/file-name.ts';
import { VERSION } from './version.ts';

/** A picture that was asked for and planned. */
export interface RequestedPicture extends PictureRequest, PlannedPicture {
  readonly image: OpenImage;
  readonly policy: Policy;
}

/** What the headers say about a picture; known before a single pixel is. */
export function pictureFacts(picture: RequestedPicture): AnswerFacts & { readonly etag: string } {
  const { parsed, plan, key, image } = picture;
  const { format } = plan.kind === 'pixels' ? plan.output : plan;
  return {
    mediaType: MEDIA_TYPES[format],
    // Another version of the program may encode the same plan into other bytes.
    etag: entityTag(`${VERSION}\n${key}`),
    lastModified: image.lastModified,
    disposition: parsed.disposition && contentDisposition(parsed.disposition, fileName(picture)),
    link: parsed.iiifVersion && linkHeader(picture, parsed.iiifVersion),
  };
}

/** Named after the size before the picture is turned, as iipsrv does. */
function fileName({ parsed: { image, request }, plan }: RequestedPicture): string {
  const { size, format } = plan.kind === 'pixels' ? plan.output : plan;
  const isTurned = request.rotation.degrees % 180 === 90;
  return exportFileName(image, isTurned ? { width: size.height, height: size.width } : size, format);
}

function linkHeader({ parsed, base, image, policy }: RequestedPicture, version: 2 | 3): string {
  const { info } = image.reader;
  const { region, size } = resolveView(parsed.request, info, policy.plan);
  const id = base + (parsed.identifier ?? parsed.image);
  const canonical = canonicalIiifUri(parsed.request, { version, id, info, region, size });
  return iiifLinkHeader(canonical, profileUri(version, policy.service.formats));
}
