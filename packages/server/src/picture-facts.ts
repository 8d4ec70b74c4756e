import { MEDIA_TYPES } from '@sectile/core/codec';
import type { RenderPlan } from '@sectile/core/render';
import type { AnswerFacts } from './http/headers.ts';
import { entityTag } from './http/validators.ts';
import type { PictureRequest } from './parse-request.ts';
import { contentDisposition, exportFileName } from './protocols/iip/file-name.ts';
import { VERSION } from './version.ts';

/** A planned picture. */
export interface PlannedPicture extends PictureRequest {
  readonly plan: RenderPlan;
  /** Image, revision and plan: what the bytes depend on. */
  readonly key: string;
  readonly lastModified: Date | undefined;
}

/** What the headers say about a picture; known before a single pixel is. */
export function pictureFacts({ parsed, plan, key, lastModified }: PlannedPicture): AnswerFacts & { etag: string } {
  const { format, size } = plan.kind === 'pixels' ? plan.output : plan;
  const { disposition, image, request } = parsed;
  const isTurned = request.rotation.degrees % 180 === 90;
  const upright = isTurned ? { width: size.height, height: size.width } : size;
  return {
    mediaType: MEDIA_TYPES[format],
    // Another version of the program may encode the same plan into other bytes.
    etag: entityTag(`${VERSION}\n${key}`),
    lastModified,
    disposition: disposition && contentDisposition(disposition, exportFileName(image, upright, format)),
  };
}
