import type { Rect } from '../geometry/rect.ts';
import type { PixelsPlan } from './plan-types.ts';

type Windowed = Pick<PixelsPlan, 'window' | 'shrink' | 'tileWidth' | 'tileHeight'>;

/**
 * Cuts a window into blocks of about `maxPixels` and `maxSegments` at most, in reading order. Cuts lie at segment
 * edges as far as whole boxes of `shrink` allow, so that few segments are decoded twice, and bands of full width are
 * preferred, so that reads are long.
 */
export function splitWindow(plan: Windowed, maxPixels: number, maxSegments: number): readonly Rect[] {
  const { window, shrink, tileWidth, tileHeight } = plan;
  const segmentPixels = tileWidth * tileHeight;
  const segments = Math.max(1, Math.min(maxSegments, Math.floor(maxPixels / segmentPixels)));
  const columns = Math.min(segments, Math.ceil(window.width / tileWidth) + 1);
  const rows = Math.max(1, Math.floor(segments / columns));
  const xCuts = cutsOf(window.x, window.width, columns * tileWidth, shrink);
  const yCuts = cutsOf(window.y, window.height, rows * tileHeight, shrink);
  const blocks: Rect[] = [];
  for (const [y, height] of yCuts) {
    for (const [x, width] of xCuts) blocks.push({ x, y, width, height });
  }
  return blocks;
}

/** Spans of about `step` pixels that end at multiples of it, moved to the box grid, which begins at `start`. */
function cutsOf(start: number, length: number, step: number, shrink: number): readonly [at: number, length: number][] {
  const end = start + length;
  const spans: [number, number][] = [];
  for (let at = start; at < end; ) {
    const edge = (Math.floor(at / step) + 1) * step;
    const boxes = Math.max(1, Math.floor((edge - start) / shrink) - (at - start) / shrink);
    const next = Math.min(end, at + boxes * shrink);
    spans.push([at, next - at]);
    at = next;
  }
  return spans;
}
