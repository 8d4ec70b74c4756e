import type { StageStep } from '../../packages/core/src/processing/stage-step.ts';

/**
 * The naive executor of processing steps: double precision, whole pictures, one step at a time, every sample through
 * a function. It shares nothing with the real one but the steps. Only for tests.
 */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Row by row; one array of samples a pixel. */
  readonly pixels: readonly (readonly number[])[];
  /** What the samples are kept as: decides rounding, white, and how Lab is read. */
  readonly kind: 'uint8' | 'int8' | 'uint16' | 'int16' | 'uint32' | 'int32' | 'float';
}

/** Applies steps in order. With `exact`, a final quantize scales and clamps but does not round. */
export function referenceStages(
  picture: Picture,
  steps: readonly StageStep[],
  options: { readonly exact?: boolean } = {},
): Picture {
  return steps.reduce((current, step, i) => {
    const round = !(options.exact === true && i === steps.length - 1);
    return applyStep(current, step, round);
  }, picture);
}

function applyStep(picture: Picture, step: StageStep, round: boolean): Picture {
  const white = whiteOf(picture);
  switch (step.kind) {
    case 'normalize':
      return {
        ...mapSamples(picture, (v, band) => {
          const { minimum, maximum } = step.ranges[band]!;
          if (!Number.isFinite(v)) return 0;
          return maximum === minimum ? Number(v > minimum) : (v - minimum) / (maximum - minimum);
        }),
        kind: 'float',
      };
    case 'quantize': {
      const top = 2 ** step.bits - 1;
      const quantized = mapSamples(picture, (v) => {
        const scaled = Math.min(top, Math.max(0, (Number.isNaN(v) ? 0 : v) * top));
        if (!round) return scaled;
        return step.truncate ? Math.floor(scaled) : Math.floor(scaled + 0.5);
      });
      return { ...quantized, kind: step.bits === 8 ? 'uint8' : 'uint16' };
    }
    case 'gamma':
      return mapColor(picture, step.colorBands, (v) => Math.max(0, v) ** step.exponent);
    case 'log':
      return mapColor(picture, step.colorBands, (v) => Math.log(1 + 255 * Math.max(0, v)) / Math.log(256));
    case 'invert':
      return mapColor(picture, step.colorBands, (v) => 1 - v);
    case 'contrast':
      return mapColor(picture, step.colorBands, (v) => v * step.gain);
    case 'equalize':
      return mapColor(picture, step.colorBands, (v) => step.lut[v]!);
    case 'select-bands':
      return mapPixels(picture, (pixel) => step.bands.map((band) => pixel[band]!));
    case 'color-twist':
      return mapPixels(picture, (pixel) => {
        const [color, extra] = split(pixel, step.colorBands);
        const twisted = step.matrix.map((row) => color.reduce((sum, v, j) => sum + v * (row[j] ?? 0), 0));
        return [...twisted, ...extra];
      });
    case 'colormap':
      return mapPixels(picture, (pixel) => {
        const [, extra] = split(pixel, step.colorBands);
        return [...namedColor(step.name, pixel[0]!), ...extra];
      });
    case 'hillshade':
      return mapPixels(picture, (pixel) => {
        const [, extra] = split(pixel, step.colorBands);
        return [shadeNormal(pixel, step.azimuthDegrees, step.altitudeDegrees), ...extra];
      });
    case 'cielab-to-rgb':
      return {
        ...mapPixels(picture, (pixel) => {
          const lab = picture.kind === 'float' ? pixel : decodeLab(pixel, step.encoding, step.bits);
          return [...labToSrgb(lab, step.white ?? 'd50'), ...pixel.slice(3)];
        }),
        kind: 'float',
      };
    case 'convolution':
      return mapPlaces(picture, (x, y) => {
        const reach = (step.side - 1) / 2;
        const sums = at(picture, x, y).map((_, band) => {
          let sum = 0;
          for (let j = 0; j < step.side; j++) {
            for (let i = 0; i < step.side; i++) {
              sum += step.weights[j * step.side + i]! * at(picture, x + i - reach, y + j - reach)[band]!;
            }
          }
          return sum / step.divisor;
        });
        const colors = step.colorBands ?? sums.length;
        return [...sums.slice(0, colors), ...at(picture, x, y).slice(colors)];
      });
    case 'grayscale':
      return mapPixels(picture, (pixel) => {
        if (pixel.length < 3) return pixel;
        const luma = (299 * pixel[0]! + 587 * pixel[1]! + 114 * pixel[2]!) / 1000;
        return [picture.kind === 'float' ? luma : Math.floor(luma + 0.5), ...pixel.slice(3)];
      });
    case 'cmyk-to-rgb':
      return mapPixels(picture, ([c, m, y, k, ...extra]) => {
        const rgb = [c!, m!, y!].map((ink) => (1 - ink / white) * (1 - k! / white) * white);
        return [...(picture.kind === 'float' ? rgb : rgb.map((v) => Math.floor(v + 0.5 + 1e-9))), ...extra];
      });
    case 'flatten':
      return mapPixels(picture, (pixel) => {
        const alpha = pixel.at(-1)! / white;
        return pixel.slice(0, -1).map((v, band) => {
          const out = (step.associated ? v : v * alpha) + step.background[band]! * (1 - alpha);
          return picture.kind === 'float' ? out : Math.min(white, Math.floor(out + 0.5 + 1e-9));
        });
      });
    case 'unpremultiply':
      return mapPixels(picture, (pixel) => {
        const alpha = pixel.at(-1)!;
        const plain = pixel.slice(0, -1).map((v) => (alpha > 0 ? Math.min(white, (v * white) / alpha) : 0));
        return [...(picture.kind === 'float' ? plain : plain.map((v) => Math.floor(v + 0.5))), alpha];
      });
    case 'add-alpha':
      return mapPixels(picture, (pixel) => [...pixel, white]);
    case 'threshold':
      if (step.value === 'otsu') throw new Error('The reference is given its thresholds');
      return mapColor(picture, step.colorBands, (v) => (v < Number(step.value) ? 0 : white));
    case 'elevation-hillshade':
      return {
        ...mapPlaces(picture, (x, y) => [shadeElevation((dx, dy) => at(picture, x + dx, y + dy)[0]!, step)]),
        kind: 'float',
      };
    case 'mirror':
      return mapPlaces(picture, (x, y) =>
        step.axis === 'horizontal' ? at(picture, picture.width - 1 - x, y) : at(picture, x, picture.height - 1 - y),
      );
    case 'turn': {
      const { width, height } = picture;
      if (step.degrees === 180) return mapPlaces(picture, (x, y) => at(picture, width - 1 - x, height - 1 - y));
      const turned = { ...picture, width: height, height: width };
      return mapPlaces(turned, (x, y) =>
        step.degrees === 90 ? at(picture, y, height - 1 - x) : at(picture, width - 1 - y, x),
      );
    }
    default:
      throw new Error(`The reference does not do ${step.kind}`);
  }
}

/** A pixel; beyond the edge, the nearest one. */
function at({ width, height, pixels }: Picture, x: number, y: number): readonly number[] {
  const column = Math.min(width - 1, Math.max(0, x));
  const row = Math.min(height - 1, Math.max(0, y));
  return pixels[row * width + column]!;
}

function mapPlaces(picture: Picture, map: (x: number, y: number) => readonly number[]): Picture {
  const pixels = Array.from({ length: picture.width * picture.height }, (_, i) =>
    map(i % picture.width, Math.floor(i / picture.width)),
  );
  return { ...picture, pixels };
}

function mapPixels(picture: Picture, map: (pixel: readonly number[]) => readonly number[]): Picture {
  return { ...picture, pixels: picture.pixels.map(map) };
}

function mapSamples(picture: Picture, map: (v: number, band: number) => number): Picture {
  return mapPixels(picture, (pixel) => pixel.map(map));
}

function mapColor(picture: Picture, colorBands: number | undefined, map: (v: number) => number): Picture {
  return mapSamples(picture, (v, band) => (band < (colorBands ?? Number.POSITIVE_INFINITY) ? map(v) : v));
}

function split(pixel: readonly number[], colorBands: number | undefined): [readonly number[], readonly number[]] {
  return [pixel.slice(0, colorBands ?? pixel.length), pixel.slice(colorBands ?? pixel.length)];
}

function whiteOf({ kind }: Picture): number {
  return { uint8: 255, int8: 127, uint16: 65535, int16: 32767, uint32: 4294967295, int32: 2147483647, float: 1 }[kind];
}

/** The formulas of the IIP color maps, piece by piece. */
export function namedColor(name: string, value: number): readonly number[] {
  const v = Math.min(1, Math.max(0, value));
  switch (name) {
    case 'hot':
      if (v < 1 / 3) return [3 * v, 0, 0];
      return v < 2 / 3 ? [1, 3 * v - 1, 0] : [1, 1, 3 * v - 2];
    case 'cold':
      if (v < 1 / 3) return [0, 0, 3 * v];
      return v < 2 / 3 ? [0, 3 * v - 1, 1] : [3 * v - 2, 1, 1];
    case 'jet':
      if (value < 0) return [0, 0, 0];
      if (v < 1 / 8) return [0, 0, 4 * v + 0.5];
      if (v < 3 / 8) return [0, 4 * v - 0.5, 1];
      if (v < 5 / 8) return [4 * v - 1.5, 1, 2.5 - 4 * v];
      return v < 7 / 8 ? [1, 3.5 - 4 * v, 0] : [4.5 - 4 * v, 0, 0];
    case 'red':
      return [v, 0, 0];
    case 'green':
      return [0, v, 0];
    case 'blue':
      return [0, 0, v];
    case 'gray':
      return [v, v, v];
    default:
      throw new Error(`The reference has no map ${name}`);
  }
}

function shadeNormal(pixel: readonly number[], azimuth: number, altitude: number): number {
  if (pixel[0] === 0 && pixel[1] === 0 && pixel[2] === 0) return 0;
  const h = (azimuth * Math.PI) / 180;
  const light = [Math.sin(h), Math.cos(h), -Math.sin((altitude * Math.PI) / 180)];
  const length = Math.sqrt(light.reduce((sum, v) => sum + v * v, 0));
  const dot = light.reduce((sum, v, i) => sum + (v / length) * -2 * (pixel[i]! - 0.5), 0);
  return Math.min(1, Math.max(0, dot / 2));
}

/** Horn's slopes and the cosine of the angle between ground and light; ground without an elevation is level, or black. */
function shadeElevation(
  elevationAt: (dx: number, dy: number) => number,
  step: Extract<StageStep, { kind: 'elevation-hillshade' }>,
): number {
  const exists = (v: number): boolean => Number.isFinite(v) && v !== step.noData;
  const center = elevationAt(0, 0);
  if (!exists(center)) return 0;
  const z = (dx: number, dy: number): number => (exists(elevationAt(dx, dy)) ? elevationAt(dx, dy) : center);
  const side = (place: (along: number) => number): number => place(-1) + 2 * place(0) + place(1);
  const slope = step.verticalExaggeration / (8 * step.cellSize);
  const east = slope * (side((dy) => z(1, dy)) - side((dy) => z(-1, dy)));
  const south = slope * (side((dx) => z(dx, 1)) - side((dx) => z(dx, -1)));
  const [a, e] = [(step.azimuthDegrees * Math.PI) / 180, (step.altitudeDegrees * Math.PI) / 180];
  const light = [Math.sin(a) * Math.cos(e), -Math.cos(a) * Math.cos(e), Math.sin(e)];
  const cosine = (light[2]! - east * light[0]! - south * light[1]!) / Math.hypot(east, south, 1);
  return Math.max(0, cosine);
}

/** Stored samples to L*, a*, b*: TIFF Technical Note 4 and ICC.1 Lab encodings, for 8 and 16 bits. */
export function decodeLab(stored: readonly number[], encoding: 'cielab' | 'icclab', bits: number): number[] {
  const [l, a, b] = [stored[0]!, stored[1]!, stored[2]!];
  const signed = (v: number): number => (v >= 2 ** (bits - 1) ? v - 2 ** bits : v);
  if (encoding === 'cielab') {
    const unit = 2 ** (bits - 8);
    // Files that call all their samples signed mean L* unsigned nevertheless.
    return [((l < 0 ? l + 2 ** bits : l) / (2 ** bits - 1)) * 100, signed(a) / unit, signed(b) / unit];
  }
  return bits === 8 ? [l / 2.55, a - 128, b - 128] : [(l / 0xff00) * 100, a / 256 - 128, b / 256 - 128];
}

/** By CIE's epsilon and kappa, a von Kries adaptation in Bradford's cones, and the sRGB matrix of B. Lindbloom. */
export function labToSrgb(lab: readonly number[], white: 'd50' | 'd65'): number[] {
  const fy = (lab[0]! + 16) / 116;
  const cube = (f: number): number => (f ** 3 > 216 / 24389 ? f ** 3 : (116 * f - 16) / (24389 / 27));
  const reference = white === 'd50' ? [0.9642, 1, 0.8249] : [0.95047, 1, 1.08883];
  let xyz = [fy + lab[1]! / 500, fy, fy - lab[2]! / 200].map((f, i) => cube(f) * reference[i]!);
  if (white === 'd50') {
    const cones = [
      [0.8951, 0.2664, -0.1614],
      [-0.7502, 1.7135, 0.0367],
      [0.0389, -0.0685, 1.0296],
    ];
    const back = [
      [0.9869929, -0.1470543, 0.1599627],
      [0.4323053, 0.5183603, 0.0492912],
      [-0.0085287, 0.0400428, 0.9684867],
    ];
    const from = times(cones, reference);
    const to = times(cones, [0.95047, 1, 1.08883]);
    xyz = times(
      back,
      times(cones, xyz).map((v, i) => (v * to[i]!) / from[i]!),
    );
  }
  const linear = times(
    [
      [3.2404542, -1.5371385, -0.4985314],
      [-0.969266, 1.8760108, 0.041556],
      [0.0556434, -0.2040259, 1.0572252],
    ],
    xyz,
  );
  return linear.map((v) => {
    const clipped = Math.min(1, Math.max(0, v));
    return clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055;
  });
}

function times(matrix: readonly (readonly number[])[], vector: readonly number[]): number[] {
  return matrix.map((row) => row.reduce((sum, weight, i) => sum + weight * vector[i]!, 0));
}
