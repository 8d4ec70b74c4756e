import type { Rect } from '../geometry/rect.ts';
import type { PixelBuffer } from '../pixels/pixel-buffer.ts';
import type { ElevationLight } from './kernels.ts';

/** Three rows of elevations, each with a pixel more at either end. */
export type PaddedRows = readonly [above: Float32Array, middle: Float32Array, below: Float32Array];

/** Light on elevations as 8-bit samples: the TypeScript twin of `Kernels.shadeElevations`. */
export function shadeElevationPixels(
  input: PixelBuffer,
  light: ElevationLight,
  part: Rect = { x: 0, y: 0, width: input.width, height: input.height },
): PixelBuffer {
  const { width, height } = part;
  const data = new Uint8Array(width * height);
  const ring = [0, 1, 2].map(() => new Float32Array(input.width + 2)) as unknown as PaddedRows;
  const shades = new Float32Array(input.width);
  let loaded = Math.max(0, part.y - 1);
  for (let y = part.y, out = 0; y < part.y + height; y++) {
    for (const needed = Math.min(input.height, y + 2); loaded < needed; loaded++) {
      loadRow(input, loaded, ring[loaded % 3] ?? shades);
    }
    const above = ring[Math.max(0, y - 1) % 3]!;
    const middle = ring[y % 3]!;
    const below = ring[Math.min(input.height - 1, y + 1) % 3]!;
    shadeElevationRow([above, middle, below], light, shades);
    for (let x = part.x; x < part.x + width; x++) data[out++] = shades[x]! * 255 + 0.5;
  }
  return { width, height, bands: 1, dtype: 'uint8', data };
}

function loadRow({ data, width, bands }: PixelBuffer, row: number, target: Float32Array): void {
  for (let x = 0, i = row * width * bands; x < width; x++, i += bands) target[x + 1] = data[i]!;
  target[0] = target[1]!;
  target[width + 1] = target[width]!;
}

/**
 * One row of shades 0..1 from three padded rows of `bands` samples a pixel, of which the first is the elevation. What is
 * not there is level with the center; where the center is not, the shade is 0.
 */
export function shadeElevationRow(
  [above, middle, below]: PaddedRows,
  { x: lightX, y: lightY, z: lightZ, scale, noData }: ElevationLight,
  output: Float32Array,
  bands = 1,
): void {
  // Equal to nothing.
  const missing = noData === undefined ? Number.NaN : Math.fround(noData);
  const width = middle.length / bands - 2;
  for (let x = 0, left = 0; x < width; x++, left += bands) {
    const center = left + bands;
    const right = center + bands;
    const e = middle[center]!;
    if (e - e !== 0 || e === missing) {
      output[x] = 0;
      continue;
    }
    const a = elevationOr(above[left]!, e, missing);
    const b = elevationOr(above[center]!, e, missing);
    const c = elevationOr(above[right]!, e, missing);
    const d = elevationOr(middle[left]!, e, missing);
    const f = elevationOr(middle[right]!, e, missing);
    const g = elevationOr(below[left]!, e, missing);
    const h = elevationOr(below[center]!, e, missing);
    const i = elevationOr(below[right]!, e, missing);
    const p = (c + 2 * f + i - (a + 2 * d + g)) * scale;
    const q = (g + 2 * h + i - (a + 2 * b + c)) * scale;
    const shade = (lightZ - p * lightX - q * lightY) / Math.sqrt(1 + p * p + q * q);
    output[x] = shade > 0 ? Math.min(shade, 1) : 0;
  }
}

function elevationOr(elevation: number, otherwise: number, missing: number): number {
  return elevation - elevation === 0 && elevation !== missing ? elevation : otherwise;
}
