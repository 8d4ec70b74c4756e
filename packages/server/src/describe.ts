import type { RenderWorker } from '@sectile/core/render';
import type { AnswerFacts } from './http/headers.ts';
import type { OpenImage } from './images/open-images.ts';
import { pageOfView } from './images/views.ts';
import type { DocumentRequest } from './parse-request.ts';
import type { Pictures } from './pictures.ts';
import type { Policy } from './policy.ts';
import { deepZoomDescriptor } from './protocols/deepzoom/descriptor.ts';
import { iiifInfo2 } from './protocols/iiif/info-v2.ts';
import { iiifInfo3 } from './protocols/iiif/info-v3.ts';
import { contextLink, infoMediaType } from './protocols/iiif/negotiate.ts';
import { objectsReply } from './protocols/iip/objects.ts';
import { zoomifyProperties } from './protocols/zoomify/properties.ts';
import { iipData } from './samples/iip-data.ts';

/** An answer about an image that is no picture, and what its headers say. */
export interface Description extends AnswerFacts {
  readonly body: string | Uint8Array;
  /** Headers beside the usual ones. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Default 200. */
  readonly status?: number | undefined;
}

/** What descriptions need beside the image. */
export interface DescribeContext {
  readonly policy: Policy;
  readonly pictures: Pictures;
  readonly worker: RenderWorker;
  /** What the public URL of an identifier begins with. */
  readonly base: string;
  /** The public URI of the image, where a proxy has stated it. */
  readonly id?: string | undefined;
  readonly accept: string | undefined;
  readonly signal: () => AbortSignal | undefined;
}

/** Answers what viewers ask before and beside pictures: documents about an image, its samples, several tiles at once. */
export async function describeImage(
  image: OpenImage,
  parsed: DocumentRequest['parsed'],
  context: DescribeContext,
): Promise<Description> {
  if (parsed.kind === 'describe') return document(image, parsed, context);
  const { worker, pictures, policy, signal } = context;
  return iipData(image.reader, parsed, {
    worker,
    limits: policy.plan.limits,
    signal: signal(),
    makePicture: async (request) => (await pictures.make(image, await pictures.plan(image, request), signal)).bytes,
  });
}

/** The object that tells what is shown as black and white. */
const RANGES = 'min-max-sample-values';

type Describe = Extract<DocumentRequest['parsed'], { readonly kind: 'describe' }>;

async function document(image: OpenImage, parsed: Describe, context: DescribeContext): Promise<Description> {
  const { info } = image.reader;
  const { descriptor, view } = parsed;
  const { policy, base, id = base + (parsed.identifier ?? parsed.image), accept } = context;
  const page = pageOfView(info, view, parsed.page ?? view?.horizontal ?? 0);
  switch (descriptor.kind) {
    case 'iiif-info': {
      const { version, negotiated } = descriptor;
      const service = { ...policy.service, id };
      const body = JSON.stringify(version === 2 ? iiifInfo2(info, service) : iiifInfo3(info, service));
      const mediaType = infoMediaType(version, accept);
      const link = mediaType === 'application/json' ? contextLink(version) : undefined;
      return { body, mediaType, link, vary: 'Accept', isPrivate: negotiated };
    }
    case 'deepzoom':
      return { body: deepZoomDescriptor(info, descriptor.format), mediaType: 'application/xml' };
    case 'zoomify':
      return { body: zoomifyProperties(info), mediaType: 'application/xml' };
    case 'iip-objects': {
      const { objects, turned, requestText } = descriptor;
      const { iipVersion } = policy.parse;
      const ranges = objects.includes(RANGES) ? await context.pictures.rangesOf(image, page) : info.ranges;
      return objectsReply(
        objects,
        { ...info, ranges },
        { turned, iipVersion, requestText, rights: policy.service.rights, views: info.views },
      );
    }
  }
}
