import { ImageError } from '@sectile/core/errors';
import type { RenderRequest } from '@sectile/core/render';
import { quoted } from '../percent.ts';
import { parseDecimal } from './numeric.ts';

/**
 * The rotation segment (Image API 2.1 and 3.0, 4.3): degrees clockwise from 0 to 360, `!` before it to mirror first.
 *
 * @throws ImageError `request` for anything else.
 */
export function parseRotation(text: string): RenderRequest['rotation'] {
  const mirror = text.startsWith('!');
  const degrees = parseDecimal(mirror ? text.slice(1) : text);
  if (degrees === undefined || degrees > 360) {
    throw new ImageError('request', `${quoted(text)} is not a IIIF rotation`);
  }
  return { mirror, degrees: degrees === 360 ? 0 : degrees };
}
