import { ImageError } from '@sectile/core/errors';
import type { ImageInfo } from '@sectile/core/pyramid';
import type { AnswerFacts } from './http/headers.ts';
import type { DocumentRequest } from './parse-request.ts';
import { deepZoomDescriptor } from './protocols/deepzoom/descriptor.ts';
import { iiifInfo2 } from './protocols/iiif/info-v2.ts';
import { iiifInfo3 } from './protocols/iiif/info-v3.ts';
import { infoMediaType } from './protocols/iiif/negotiate.ts';
import type { IiifService } from './protocols/iiif/service.ts';
import { zoomifyProperties } from './protocols/zoomify/properties.ts';

/** A document about an image, and what its headers say. */
export interface Description extends AnswerFacts {
  readonly body: string;
}

/** What descriptions need beside the image. */
export interface DescribeContext {
  readonly service: Omit<IiifService, 'id'>;
  /** What the public URL of an identifier begins with. */
  readonly base: string;
  readonly accept: string | undefined;
}

/** Writes the document that a protocol's viewers read before they ask for pictures. */
export function describeImage(
  info: ImageInfo,
  parsed: DocumentRequest['parsed'],
  context: DescribeContext,
): Description {
  if (parsed.kind !== 'describe') throw new ImageError('unsupported', 'Not answered yet');
  const { descriptor } = parsed;
  switch (descriptor.kind) {
    case 'iiif-info': {
      const { version, negotiated } = descriptor;
      const service = { ...context.service, id: context.base + (parsed.identifier ?? parsed.image) };
      const document = version === 2 ? iiifInfo2(info, service) : iiifInfo3(info, service);
      return {
        body: JSON.stringify(document),
        mediaType: infoMediaType(version, context.accept),
        vary: 'Accept',
        isPrivate: negotiated,
      };
    }
    case 'deepzoom':
      return { body: deepZoomDescriptor(info, descriptor.format), mediaType: 'application/xml' };
    case 'zoomify':
      return { body: zoomifyProperties(info), mediaType: 'application/xml' };
    case 'iip-objects':
      throw new ImageError('unsupported', 'IIP objects are not described yet');
  }
}
