import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Size of the generated picture in pixels; levels halve until one tile remains. */
export const PICTURE = { width: 7168, height: 5120, tile: 256 } as const;

/** The pyramids that the tile benchmarks read. */
export const PYRAMIDS = {
  jpeg: ['--compression', 'jpeg', '--Q', '75'],
  deflate: ['--compression', 'deflate', '--predictor', 'horizontal'],
  sixteen: ['--compression', 'deflate', '--predictor', 'horizontal'],
} as const;

/**
 * Makes the benchmark pyramids with libvips (Debian's libvips-tools) unless they are there already.
 * The picture has what compression is sensitive to: smooth shading, edges at many scales, and grain.
 */
export function makePictures(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const base = join(folder, 'picture.ppm');
  for (const name of Object.keys(PYRAMIDS) as (keyof typeof PYRAMIDS)[]) {
    const target = join(folder, `${name}.tif`);
    if (existsSync(target)) continue;
    if (!existsSync(base)) writeFileSync(base, drawPicture());
    const wide = join(folder, 'wide.v');
    if (name === 'sixteen') vips('colourspace', base, wide, 'rgb16');
    const layout = ['--tile', '--pyramid', '--tile-width', '256', '--tile-height', '256'];
    vips('tiffsave', name === 'sixteen' ? wide : base, target, ...layout, ...PYRAMIDS[name]);
  }
  for (const leftover of ['picture.ppm', 'wide.v']) rmSync(join(folder, leftover), { force: true });
}

function vips(...args: string[]): void {
  execFileSync('vips', args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** A binary PPM: value noise in eight octaves, hard-edged disks, fine grain. The same bytes on every machine. */
export function drawPicture(): Uint8Array {
  const { width, height } = PICTURE;
  const header = new TextEncoder().encode(`P6\n${width} ${height}\n255\n`);
  const bytes = new Uint8Array(header.length + width * height * 3);
  bytes.set(header);
  let at = header.length;
  let grain = 12345;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let value = 0;
      for (let octave = 0; octave < 8; octave++) value += lattice(x, y, 9 - octave) * 0.72 ** octave;
      const disk =
        ((x % 900) - 450) ** 2 + ((y % 700) - 350) ** 2 < (60 + ((x ^ y) & 3) + lattice(x, y, 10) * 200) ** 2;
      grain = (Math.imul(grain, 1103515245) + 12345) >>> 0;
      const noise = (grain >>> 24) / 16 - 8;
      const shade = value * 75 - 40 + (disk ? 60 : 0) + noise;
      bytes[at++] = clamp(shade + lattice(x, y, 8) * 40);
      bytes[at++] = clamp(shade);
      bytes[at++] = clamp(shade * 0.8 + (1 - lattice(x + 5000, y, 9)) * 50);
    }
  }
  return bytes;
}

function clamp(value: number): number {
  return Math.min(255, Math.max(0, value));
}

/** Value noise 0..1 on a lattice of 2^shift pixels. */
function lattice(x: number, y: number, shift: number): number {
  const cell = 1 << shift;
  const left = x >> shift;
  const top = y >> shift;
  const fx = smooth((x & (cell - 1)) / cell);
  const fy = smooth((y & (cell - 1)) / cell);
  const upper = hash(left, top) * (1 - fx) + hash(left + 1, top) * fx;
  const lower = hash(left, top + 1) * (1 - fx) + hash(left + 1, top + 1) * fx;
  return upper * (1 - fy) + lower * fy;
}

function smooth(t: number): number {
  return t * t * (3 - 2 * t);
}

function hash(x: number, y: number): number {
  let mixed = Math.imul(x, 374761393) + Math.imul(y, 668265263);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 1274126177);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 4294967295;
}
