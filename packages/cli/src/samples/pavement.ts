/** A floor of cut stone (opus sectile) that repeats every {@link PAVEMENT_PERIOD} pixels, drawn at any level. */
export const PAVEMENT_PERIOD = 2048;

type Stone = readonly [number, number, number];

const PORPHYRY: Stone = [122, 44, 52];
const SERPENTINE: Stone = [58, 92, 74];
const GIALLO: Stone = [206, 164, 92];
const MARBLE: Stone = [228, 222, 210];
const SLATE: Stone = [62, 66, 74];

/** Draws one pixel of the floor at full size; `x` and `y` wrap at the period. Writes three samples at `at`. */
export function drawPavement(x: number, y: number, out: Uint8Array, at: number): void {
  const stone = stoneAt(x & (PAVEMENT_PERIOD - 1), y & (PAVEMENT_PERIOD - 1));
  const vein = veinAt(x & (PAVEMENT_PERIOD - 1), y & (PAVEMENT_PERIOD - 1));
  out[at] = Math.max(0, Math.min(255, stone[0] + vein));
  out[at + 1] = Math.max(0, Math.min(255, stone[1] + vein));
  out[at + 2] = Math.max(0, Math.min(255, stone[2] + vein));
}

/** Roundels in squares, bands of lozenges between them, joints of mortar. */
function stoneAt(x: number, y: number): Stone {
  const u = (x % 1024) - 512;
  const v = (y % 1024) - 512;
  const square = (x >> 10) ^ (y >> 10);
  const border = 512 - Math.max(Math.abs(u), Math.abs(v));
  if (border < 6) return SLATE;
  if (border < 110) return lozenge(u, v);
  if (border < 118) return SLATE;
  const radius = Math.hypot(u, v);
  if (Math.abs(radius - 300) < 5) return SLATE;
  if (radius < 300) return square ? star(u, v, PORPHYRY, GIALLO) : star(u, v, SERPENTINE, MARBLE);
  return square ? MARBLE : GIALLO;
}

function lozenge(u: number, v: number): Stone {
  const along = Math.abs(u) > Math.abs(v) ? v : u;
  const across = 461 - Math.max(Math.abs(u), Math.abs(v));
  const phase = (((along + 4096) % 104) + 104) % 104;
  return Math.abs(phase - 52) + Math.abs(across) < 48 ? PORPHYRY : MARBLE;
}

/** Eight rays that alternate between two stones around a disk. */
function star(u: number, v: number, first: Stone, second: Stone): Stone {
  const radius = Math.hypot(u, v);
  if (radius < 70) return first;
  if (radius < 78) return SLATE;
  const turn = (Math.atan2(v, u) / (2 * Math.PI) + 1) * 16;
  return Math.floor(turn) % 2 === 0 ? second : first;
}

/** Veins and grain of the stones, -18 to 18. */
function veinAt(x: number, y: number): number {
  const a = Math.sin(
    (2 * Math.PI * (x * 3 + y)) / PAVEMENT_PERIOD + 2.2 * Math.sin((2 * Math.PI * y * 5) / PAVEMENT_PERIOD),
  );
  const b = Math.sin((2 * Math.PI * (x * 17 - y * 9)) / PAVEMENT_PERIOD + 3 * a);
  let grain = Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1);
  grain = Math.imul(grain ^ (grain >>> 15), 0x85ebca6b);
  return a * 5 + b * 7 + ((grain >>> 16) & 15) - 7.5;
}
