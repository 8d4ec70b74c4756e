import type { RegionSpec } from '@sectile/core/render';
import { UsageError } from '../command.ts';

/** `full`, `square`, `x,y,width,height` in pixels of the full size, or `pct:x,y,width,height`. */
export function parseRegion(text: string): RegionSpec {
  if (text === 'full' || text === 'square') return { kind: text };
  const percent = text.startsWith('pct:');
  const numbers = text.slice(percent ? 4 : 0).split(',');
  const number = percent ? /^\d+(\.\d+)?$/ : /^\d+$/;
  const [x, y, width, height] = numbers.map(Number);
  if (numbers.length !== 4 || !numbers.every((part) => number.test(part)) || !width || !height) {
    throw new UsageError(`--region takes full, square, x,y,w,h or pct:x,y,w,h, not "${text}"`);
  }
  return { kind: percent ? 'percent' : 'pixels', x: x ?? 0, y: y ?? 0, width, height };
}
