import type { Rect } from '../geometry/rect.ts';
import { snapToWhole } from '../geometry/rounding.ts';
import type { Size } from '../geometry/size.ts';
import type { LevelInfo } from '../metadata/image-info.ts';

// Between two levels a factor of two apart, the nearer one in scale.
const NEAREST_SCALE = Math.SQRT2;

/**
 * The smallest level that still has as many pixels of `region` (full-size pixels) as the output, so that nothing is
 * enlarged that a larger level holds. A level may fall short by the part of a pixel that rounding took from its size
 * or added to the output's: a 45 pixel wide edge tile at half size is asked for as 23, where the level has 22.
 *
 * @returns Index into `levels`.
 */
export function selectLevel(levels: readonly LevelInfo[], region: Size, output: Size): number {
  const largestDownsample = Math.max(region.width / output.width, region.height / output.height) * NEAREST_SCALE;
  for (let index = levels.length - 1; index > 0; index--) {
    const level = levels[index];
    if (
      level !== undefined &&
      Math.max(level.downsampleX, level.downsampleY) <= largestDownsample &&
      Math.ceil(snapToWhole(region.width / level.downsampleX)) >= output.width &&
      Math.ceil(snapToWhole(region.height / level.downsampleY)) >= output.height
    ) {
      return index;
    }
  }
  return 0;
}

/**
 * A rectangle of full-size pixels in pixels of a level, edges possibly fractional. The far edges of the picture are
 * the far edges of the level, though rounding may have made the level a part of a pixel larger or smaller.
 */
export function toLevelRect(
  region: Rect,
  full: Size,
  level: Size & Pick<LevelInfo, 'downsampleX' | 'downsampleY'>,
): Rect {
  const [x, width] = toLevelSpan(region.x, region.width, full.width, level.width, level.downsampleX);
  const [y, height] = toLevelSpan(region.y, region.height, full.height, level.height, level.downsampleY);
  return { x, y, width, height };
}

function toLevelSpan(
  start: number,
  length: number,
  fullSide: number,
  levelSide: number,
  downsample: number,
): [number, number] {
  const end = start + length >= fullSide ? levelSide : Math.min(levelSide, snapToWhole((start + length) / downsample));
  // At least a sliver: a region in the last column may lie beyond a level that was rounded down.
  const sliver = Math.min(1, length / downsample, levelSide);
  const from = Math.max(0, Math.min(snapToWhole(start / downsample), end - sliver));
  return [from, end - from];
}
