import { ImageError } from '@sectile/core/errors';
import type { RegionSpec } from '@sectile/core/render';
import { quoted } from '../percent.ts';
import { parseDecimal, parseInteger, parseList } from './numeric.ts';

/**
 * The region segment (Image API 2.1 and 3.0, 4.1): `full`, `square`, `x,y,w,h`, `pct:x,y,w,h`.
 * Whether the region meets the image is not known here.
 *
 * @throws ImageError `request` for anything else, and for an empty region.
 */
export function parseRegion(text: string): RegionSpec {
  if (text === 'full' || text === 'square') return { kind: text };
  const percent = text.startsWith('pct:');
  const numbers = percent ? parseList(text.slice(4), 4, parseDecimal) : parseList(text, 4, parseInteger);
  const [x, y, width, height] = numbers ?? [];
  if (x === undefined || y === undefined || !width || !height) {
    throw new ImageError('request', `${quoted(text)} is not a IIIF region`);
  }
  return { kind: percent ? 'percent' : 'pixels', x, y, width, height };
}
