import type { TiffWriter } from '@sectile/core/tiff';
import { writeDeflated } from './deflate-tiles.ts';
import { titleFields } from './title-fields.ts';

const SIDE = 1024;

/** A seal in wax as its surface normals, for light from any side (IIP `SHD`). */
export function drawSealNormals(writer: TiffWriter, progress: (done: number) => void): void {
  let [above, current, below] = [heightRow(-1), heightRow(0), heightRow(1)];
  writeDeflated(
    writer,
    {
      width: SIDE,
      height: SIDE,
      bands: 3,
      dtype: 'uint8',
      photometric: 2,
      drawRow(y, row) {
        for (let x = 0; x < SIDE; x++) {
          const slopeX = current[x + 2]! - current[x]!;
          const slopeY = below[x + 1]! - above[x + 1]!;
          const length = Math.hypot(slopeX / 2, slopeY / 2, 1);
          // A sample of 0 faces right and up, as SHD reads them; the normal is (-slope, 1).
          row[x * 3] = toSample(slopeX / 2 / length);
          row[x * 3 + 1] = toSample(-slopeY / 2 / length);
          row[x * 3 + 2] = toSample(1 / length);
        }
        [above, current, below] = [current, below, heightRow(y + 2)];
      },
      firstFields: titleFields('A seal', 'Surface normals: try SHD=315,30. Drawn by Sectile. Public domain.'),
    },
    progress,
  );
}

/** A row of heights, from one pixel before the picture to one behind it. */
function heightRow(y: number): Float64Array {
  return Float64Array.from({ length: SIDE + 2 }, (_, i) => heightAt(i - 1, y));
}

function toSample(component: number): number {
  return Math.round(255 * (0.5 + component / 2));
}

/** Height of the wax in pixels: a disk with a raised rim, two rings, a ship under stars. */
function heightAt(x: number, y: number): number {
  const u = x - SIDE / 2;
  const v = y - SIDE / 2;
  const radius = Math.hypot(u, v);
  const disk = 26 * step(460 - radius, 24);
  const rim = 14 * bump(radius - 425, 22);
  const rings = 5 * bump(radius - 375, 6) + 5 * bump(radius - 260, 6);
  return disk + rim + rings + letters(u, v, radius) + ship(u, v) + stars(u, v) + grain(x, y);
}

/** Strokes around the seal, like letters that time has worn. */
function letters(u: number, v: number, radius: number): number {
  const place = ((Math.atan2(v, u) / (2 * Math.PI) + 1) % 1) * 40;
  const stroke = Math.floor(place);
  const within = (place - stroke - 0.5) * 2 * Math.PI * 8;
  const middle = radius - 317;
  const upright = bump(within + (stroke % 3) * 4 - 4, 4) * step(34 - Math.abs(middle), 6);
  const crossbar = bump(middle - ((stroke * 7) % 5) * 10 + 20, 4) * step(11 - Math.abs(within), 4);
  return 6 * Math.max(upright, stroke % 4 === 3 ? 0 : crossbar);
}

function ship(u: number, v: number): number {
  const hull = step(150 - Math.abs(u) + v * 0.4, 14) * step(52 - Math.abs(v - 100), 14);
  const planks = hull * Math.sin(v / 4.2) * 1.4;
  const mast = bump(u, 7) * step(125 - Math.abs(v + 50), 6);
  const billow = 95 + 0.002 * (v + 60) ** 2;
  const sail = step(billow - Math.abs(u), 30) * step(70 - Math.abs(v + 70), 14);
  const waves = 4 * bump(v - 165 - 6 * Math.sin(u / 14), 8) * step(200 - Math.abs(u), 30);
  return 13 * hull + planks + 7 * mast + sail * (9 - Math.abs(u) * 0.04) + waves;
}

function stars(u: number, v: number): number {
  let height = 0;
  for (const [cx, cy] of [
    [-150, -140],
    [150, -140],
    [-185, 30],
    [185, 30],
  ] as const) {
    const radius = Math.hypot(u - cx, v - cy);
    const turn = Math.atan2(v - cy, u - cx);
    height += 8 * step(16 + 12 * Math.cos(turn * 6) - radius, 8);
  }
  return height;
}

/** 0 below, 1 above, smooth over `width`. */
function step(distance: number, width: number): number {
  const t = Math.min(1, Math.max(0, distance / width));
  return t * t * (3 - 2 * t);
}

/** A round ridge of that half width. */
function bump(distance: number, width: number): number {
  const t = 1 - (distance / width) ** 2;
  return t > 0 ? t * t : 0;
}

/** The wax is not quite smooth. */
function grain(x: number, y: number): number {
  return Math.sin(x * 0.31 + Math.sin(y * 0.17) * 2) * Math.sin(y * 0.23 + Math.sin(x * 0.11) * 2) * 0.35;
}
