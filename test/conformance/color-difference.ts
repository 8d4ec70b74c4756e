/** A color as L*, a*, b*. */
export type Lab = readonly [l: number, a: number, b: number];

/** Mean and largest CIE 1976 difference, and how many pixels were compared. */
export interface Differences {
  readonly mean: number;
  readonly largest: number;
  /** Largest of all but the farthest hundredth. */
  readonly most: number;
  readonly count: number;
}

type Space = 'srgb' | 'display-p3';

/** Linear RGB to XYZ relative to D65: IEC 61966-2-1 and SMPTE EG 432-1, rounded as published. */
const TO_XYZ: Readonly<Record<Space, readonly (readonly number[])[]>> = {
  srgb: [
    [0.4124564, 0.3575761, 0.1804375],
    [0.2126729, 0.7151522, 0.072175],
    [0.0193339, 0.119192, 0.9503041],
  ],
  'display-p3': [
    [0.4865709, 0.2656677, 0.1982173],
    [0.2289746, 0.6917385, 0.0792869],
    [0, 0.0451134, 1.0439444],
  ],
};

/** Encoded RGB 0..1 to CIELAB under D65. */
export function labOf(rgb: readonly number[], space: Space = 'srgb'): Lab {
  const linear = rgb.map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  const [x = 0, y = 0, z = 0] = TO_XYZ[space].map((row) =>
    row.reduce((sum, weight, i) => sum + weight * (linear[i] ?? 0), 0),
  );
  const f = (t: number): number => (t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27 / 116) * t + 16 / 116);
  const [fx, fy, fz] = [f(x / 0.95047), f(y), f(z / 1.08883)];
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)];
}

/** CIE 1976. */
export function distance(a: Lab, b: Lab): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

interface Samples {
  readonly data: ArrayLike<number>;
  readonly bands: number;
  readonly dtype: string;
}

/** How far two pictures of the same size lie apart, pixel by pixel where `counts` says so. */
export function differencesOf(
  a: Samples,
  b: Samples,
  options: { readonly space?: Space; readonly counts?: (pixel: number) => boolean } = {},
): Differences {
  const { space = 'srgb', counts = () => true } = options;
  const found: number[] = [];
  for (let pixel = 0; pixel < a.data.length / a.bands; pixel++) {
    if (counts(pixel)) found.push(distance(labAt(a, pixel, space), labAt(b, pixel, space)));
  }
  found.sort((x, y) => x - y);
  return {
    mean: found.reduce((sum, v) => sum + v, 0) / found.length,
    largest: found.at(-1) ?? 0,
    most: found[Math.floor(found.length * 0.99)] ?? 0,
    count: found.length,
  };
}

function labAt({ data, bands, dtype }: Samples, pixel: number, space: Space): Lab {
  const white = dtype === 'uint16' ? 65535 : 255;
  return labOf(
    [0, 1, 2].map((band) => (data[pixel * bands + band] ?? 0) / white),
    space,
  );
}

/** One line for the log of a test run. */
export function report(what: string, { mean, most, largest, count }: Differences): void {
  const text = [mean, most, largest].map((v) => v.toFixed(3));
  console.log(`${what}: dE76 mean ${text[0]}, 99 % ${text[1]}, largest ${text[2]} of ${count} colors`);
}
