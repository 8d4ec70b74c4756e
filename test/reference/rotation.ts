import type { Picture } from './stages.ts';

type Place = readonly [x: number, y: number];

/**
 * A picture turned clockwise about its center, not rounded: every pixel of the canvas looks back at the picture and
 * takes each of its pixels by how much of a tent of one pixel's width stands on it.
 *
 * @param hasAlpha The last band says how much the others count, and what is not covered is transparent.
 */
export function rotated(
  picture: Picture,
  degrees: number,
  { background, hasAlpha }: { readonly background: readonly number[]; readonly hasAlpha: boolean },
): Picture {
  const { width, height } = picture;
  const radians = (degrees * Math.PI) / 180;
  const turn = ([x, y]: Place, angle: number): Place => [
    x * Math.cos(angle) - y * Math.sin(angle),
    x * Math.sin(angle) + y * Math.cos(angle),
  ];
  const corners = [0, 1, 2, 3].map((i) => turn([i % 2 ? width : 0, i > 1 ? height : 0], radians));
  const extent = (axis: 0 | 1): number => {
    const along = corners.map((corner) => corner[axis]);
    // What is whole on paper stays whole.
    return Math.max(1, Math.ceil(Math.max(...along) - Math.min(...along) - 1e-6));
  };
  const size = { width: extent(0), height: extent(1) };
  const pixels = Array.from({ length: size.width * size.height }, (_, i) => {
    const [x, y] = [(i % size.width) + 0.5 - size.width / 2, Math.floor(i / size.width) + 0.5 - size.height / 2];
    const [dx, dy] = turn([x, y], -radians);
    return pixelAt(picture, [dx + width / 2 - 0.5, dy + height / 2 - 0.5], { background, hasAlpha });
  });
  return { ...picture, ...size, pixels };
}

function pixelAt(
  { width, height, pixels }: Picture,
  [fromX, fromY]: Place,
  { background, hasAlpha }: { readonly background: readonly number[]; readonly hasAlpha: boolean },
): number[] {
  const tent = (distance: number): number => Math.max(0, 1 - Math.abs(distance));
  const bands = pixels[0]!.length;
  const sums = new Array<number>(bands).fill(0);
  let covered = 0;
  for (let y = Math.max(0, Math.round(fromY) - 1); y <= Math.min(height - 1, Math.round(fromY) + 1); y++) {
    for (let x = Math.max(0, Math.round(fromX) - 1); x <= Math.min(width - 1, Math.round(fromX) + 1); x++) {
      const pixel = pixels[y * width + x]!;
      const weight = tent(x - fromX) * tent(y - fromY);
      covered += weight;
      pixel.forEach((v, band) => {
        sums[band]! += weight * v * (hasAlpha && band < bands - 1 ? pixel[bands - 1]! : 1);
      });
    }
  }
  if (!hasAlpha) return sums.map((sum, band) => sum + (1 - covered) * (background[band] ?? 0));
  const alpha = sums[bands - 1]!;
  // The last digits of a sine do not make a pixel visible.
  const isVisible = alpha > 1e-9;
  return sums.map((sum, band) => (band === bands - 1 ? sum : isVisible ? sum / alpha : (background[band] ?? 0)));
}
