import type { WatermarkStep } from '../../packages/core/src/processing/stage-step.ts';

/** What the overlay shows at a place of the picture. */
export interface Covered {
  /** Red, green, blue, 0..1. */
  readonly color: readonly [number, number, number];
  /** Alpha times opacity, 0..1. */
  readonly cover: number;
}

/** The overlay at pixel (x, y) of a picture of `width` x `height`, if it lies there. Place by place, nothing is kept. */
export function overlayAt(
  step: WatermarkStep,
  { width, height }: { readonly width: number; readonly height: number },
  x: number,
  y: number,
): Covered | undefined {
  const { overlay, placement = 'random', shift = { x: 0, y: 0 } } = step;
  if (placement === 'repeat') {
    return coveredBy(step, (x + shift.x) % overlay.width, (y + shift.y) % overlay.height);
  }
  const side = step.blockSide;
  const [column, row] = [Math.floor(x / side), Math.floor(y / side)];
  const block = row * Math.ceil(width / side) + column;
  if (uniform(step.seed, 3 * block) >= step.probability) return undefined;
  const roomX = Math.max(0, Math.min(side, width - column * side) - overlay.width);
  const roomY = Math.max(0, Math.min(side, height - row * side) - overlay.height);
  const shares = {
    random: [uniform(step.seed, 3 * block + 1), uniform(step.seed, 3 * block + 2)],
    center: [1 / 2, 1 / 2],
    'top-left': [0, 0],
    'top-right': [1, 0],
    'bottom-left': [0, 1],
    'bottom-right': [1, 1],
  }[placement];
  const left = column * side + Math.floor(shares[0]! * roomX);
  const top = row * side + Math.floor(shares[1]! * roomY);
  if (x < left || y < top || x >= left + overlay.width || y >= top + overlay.height) return undefined;
  return coveredBy(step, x - left, y - top);
}

function coveredBy({ overlay, opacity }: WatermarkStep, x: number, y: number): Covered {
  const [r, g, b, a] = overlay.data.slice((y * overlay.width + x) * 4, (y * overlay.width + x) * 4 + 4);
  return { color: [r! / 255, g! / 255, b! / 255], cover: (a! / 255) * opacity };
}

/** Number `index` of the Mulberry32 sequence of a seed, in whole numbers of any length. */
function uniform(seed: number, index: number): number {
  const word = (v: bigint): bigint => BigInt.asUintN(32, v);
  const state = word(BigInt(seed) + BigInt(index + 1) * 0x6d2b79f5n);
  let t = word((state ^ (state >> 15n)) * (state | 1n));
  t = word(t ^ (t + word((t ^ (t >> 7n)) * (t | 61n))));
  return Number(t ^ (t >> 14n)) / 2 ** 32;
}
