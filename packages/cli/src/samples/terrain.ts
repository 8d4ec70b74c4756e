/**
 * An invented island: elevations from value noise in octaves, cut off by a smooth coast. The same on every machine.
 * Rows are drawn from top to bottom; a row costs one addition a pixel and octave.
 */
export interface Terrain {
  readonly width: number;
  readonly height: number;
  /** Fills `row` (one number a pixel, about -0.4 under the sea to 1 on the peak) with the elevations at `y`. */
  drawRow(y: number, row: Float32Array): void;
}

/** Octaves of noise: side of a lattice cell in pixels, and how much it counts. */
const OCTAVES = [
  { cell: 1024, weight: 0.42 },
  { cell: 512, weight: 0.26 },
  { cell: 256, weight: 0.15 },
  { cell: 128, weight: 0.085 },
  { cell: 64, weight: 0.045 },
  { cell: 32, weight: 0.023 },
  { cell: 16, weight: 0.012 },
  { cell: 8, weight: 0.005 },
] as const;

/** The island at a size in pixels. */
export function createTerrain(width: number, height: number): Terrain {
  return {
    width,
    height,
    drawRow(y, row) {
      row.fill(0);
      for (const [octave, { cell, weight }] of OCTAVES.entries()) addNoiseRow(row, { y, cell, weight, octave });
      const dy = (2 * y) / height - 1;
      for (let x = 0; x < width; x++) {
        const dx = (2 * x) / width - 1;
        const distance = dx * dx * 0.9 + dy * dy * 1.1;
        row[x] = row[x]! * 1.5 - 0.22 - 0.75 * distance * distance;
      }
    },
  };
}

function addNoiseRow(
  row: Float32Array,
  { y, cell, weight, octave }: { y: number; cell: number; weight: number; octave: number },
): void {
  const top = Math.floor(y / cell);
  const fy = smooth((y - top * cell) / cell);
  for (let left = 0, x = 0; x < row.length; left++) {
    const a = mix(hash(left, top, octave), hash(left, top + 1, octave), fy);
    const b = mix(hash(left + 1, top, octave), hash(left + 1, top + 1, octave), fy);
    const end = Math.min(row.length, x + cell);
    for (let step = 0; x < end; step++, x++) row[x]! += weight * mix(a, b, smooth(step / cell));
  }
}

function mix(a: number, b: number, t: number): number {
  return a + (b - a) * t;
}

function smooth(t: number): number {
  return t * t * (3 - 2 * t);
}

/** A number in 0..1 from three whole numbers (integer mixing by multiply and shift). */
function hash(x: number, y: number, z: number): number {
  let h = Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1) ^ Math.imul(z + 1, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 0xffffffff;
}
