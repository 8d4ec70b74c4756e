import type { Size } from '../geometry/size.ts';
import type { WatermarkStep } from '../processing/stage-step.ts';
import type { WatermarkOptions } from './plan-options.ts';
import type { ResolvedView } from './resolved-view.ts';

/**
 * The overlay for one answer. Tiles are one block; larger answers are cut into blocks of twice the tile size, as by
 * iipsrv. Places follow from the image and the part of it alone, so that copies in caches stay true.
 */
export function watermarkStep(
  { overlay, opacity, probability, placement, seed }: WatermarkOptions,
  { level, source, size }: ResolvedView,
  tile: Size,
): Omit<WatermarkStep, 'colorBands'> {
  const scaleX = size.width / source.width;
  const scaleY = size.height / source.height;
  const shift = { x: Math.round(source.x * scaleX) % overlay.width, y: Math.round(source.y * scaleY) % overlay.height };
  const place = [level, source.x, source.y, source.width, source.height];
  return {
    kind: 'watermark',
    overlay,
    opacity,
    probability,
    placement,
    ...(placement === 'repeat' ? { shift } : {}),
    blockSide: 2 * Math.max(tile.width, tile.height),
    seed: placement === 'repeat' ? 0 : place.reduce(mix, seed >>> 0),
  };
}

/** One round of multiply and xor of MurmurHash3. */
function mix(hash: number, value: number): number {
  const word = Math.imul(Math.round(value * 256), 0xcc9e2d51);
  const mixed = hash ^ Math.imul((word << 15) | (word >>> 17), 0x1b873593);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) >>> 0;
}
