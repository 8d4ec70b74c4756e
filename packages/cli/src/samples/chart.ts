import type { Terrain } from './terrain.ts';

/** Draws rows of a survey map from elevations: layer tints, shading from the north-west, contour lines, a grid. */
export interface Chart {
  /** Fills `out` (RGB, 8 bit) with row `y`. Rows have to be asked for in order. */
  drawRow(y: number, out: Uint8Array): void;
}

/** Elevation where a tint begins, and its color. Between two the color is mixed. */
const TINTS: readonly (readonly [number, number, number, number])[] = [
  [-4, 24, 56, 96],
  [-0.6, 52, 96, 140],
  [-0.1, 92, 150, 190],
  [-0.004, 168, 208, 220],
  [0, 222, 214, 178],
  [0.03, 142, 172, 112],
  [0.18, 186, 190, 122],
  [0.36, 196, 158, 102],
  [0.55, 150, 118, 92],
  [0.72, 236, 236, 232],
  [2, 255, 255, 255],
];

const CONTOUR_INTERVAL = 0.04;
const GRID_PIXELS = 1000;

/** A map of the terrain, one map pixel for each of its pixels. */
export function createChart(terrain: Terrain): Chart {
  const { width, height } = terrain;
  let above = new Float32Array(width);
  let current = new Float32Array(width);
  let below = new Float32Array(width);
  terrain.drawRow(0, current);
  above.set(current);
  terrain.drawRow(Math.min(1, height - 1), below);
  return {
    drawRow(y, out) {
      for (let x = 0; x < width; x++) drawPixel({ above, current, below }, { x, y }, out);
      [above, current, below] = [current, below, above];
      terrain.drawRow(Math.min(y + 2, height - 1), below);
    },
  };
}

interface Rows {
  readonly above: Float32Array;
  readonly current: Float32Array;
  readonly below: Float32Array;
}

function drawPixel({ above, current, below }: Rows, { x, y }: { x: number; y: number }, out: Uint8Array): void {
  const here = current[x]!;
  const right = current[Math.min(x + 1, current.length - 1)]!;
  const slopeX = right - current[Math.max(x - 1, 0)]!;
  const slopeY = below[x]! - above[x]!;
  const land = here >= 0;
  // Light from the north-west; the sea floor shows through faintly.
  let shade = 1 + (land ? 60 : 20) * (slopeX + slopeY);
  shade = Math.min(1.45, Math.max(0.45, shade));
  const level = Math.floor(here / CONTOUR_INTERVAL);
  const crosses = Math.floor(right / CONTOUR_INTERVAL) !== level || Math.floor(below[x]! / CONTOUR_INTERVAL) !== level;
  if (crosses && land) shade *= level % 5 === 0 ? 0.62 : 0.84;
  if (x % GRID_PIXELS < 2 || y % GRID_PIXELS < 2) shade *= 0.8;
  const tint = TINTS.findIndex(([from]) => here < from);
  const [to, r1, g1, b1] = TINTS[Math.max(1, tint)]!;
  const [from, r0, g0, b0] = TINTS[Math.max(1, tint) - 1]!;
  const t = (here - from) / (to - from);
  out[x * 3] = Math.min(255, (r0 + (r1 - r0) * t) * shade);
  out[x * 3 + 1] = Math.min(255, (g0 + (g1 - g0) * t) * shade);
  out[x * 3 + 2] = Math.min(255, (b0 + (b1 - b0) * t) * shade);
}
