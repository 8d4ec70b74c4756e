import type { StageStep } from '../../packages/core/src/processing/stage-step.ts';
import { decodeLab, iccToRgb, labToRgb, namedColor } from './color.ts';
import { type Covered, overlayAt } from './overlay.ts';
import { rotated } from './rotation.ts';

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

/** How the naive executor rounds. */
export interface Rounding {
  /** The last step, if it is one that rounds, does not. */
  readonly exact?: boolean | undefined;
  /**
   * Values within `by` of where rounding changes its mind go down (-1) or up (1): what single precision may do to them.
   * `by` is for quantizing, in steps of 8 and of 16 bits; what is rounded in double precision leans by less than anybody
   * could see. `last`: the sign for the last band when quantizing, if it is another.
   */
  readonly lean?:
    | { readonly sign: -1 | 1; readonly last?: -1 | 1 | undefined; readonly by: Readonly<Record<8 | 16, number>> }
    | undefined;
}

/** Applies steps in order. */
export function referenceStages(picture: Picture, steps: readonly StageStep[], rounding: Rounding = {}): Picture {
  return steps.reduce((current, step, i) => {
    const isLast = i === steps.length - 1;
    return applyStep(current, step, { ...rounding, exact: rounding.exact === true && isLast });
  }, picture);
}

function applyStep(picture: Picture, step: StageStep, rounding: Rounding): Picture {
  const white = whiteOf(picture);
  const { exact = false, lean } = rounding;
  const tie = lean === undefined ? 1e-9 : lean.sign * 1e-6;
  /** For integers, whichever they are; floats stay. */
  const whole = (v: number): number =>
    picture.kind === 'float' || exact ? v : Math.min(white, Math.floor(v + 0.5 + tie));
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
      const lastBand = picture.pixels[0]!.length - 1;
      const quantized = mapSamples(picture, (v, band) => {
        // 16-bit integers count as v / 65535; as iipsrv has it, as their upper byte.
        const share = picture.kind !== 'uint16' ? v : step.truncate ? Math.floor(v / 256) / top : v / 65535;
        const scaled = Math.min(top, Math.max(0, (Number.isNaN(share) ? 0 : share) * top));
        if (exact) return scaled;
        const sign = band === lastBand ? (lean?.last ?? lean?.sign) : lean?.sign;
        const near = lean === undefined ? 0 : sign! * lean.by[step.bits];
        return Math.min(top, Math.max(0, Math.floor(scaled + near + (step.truncate ? 1e-9 : 0.5))));
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
      return mapColor(picture, step.colorBands, (v) => {
        if (step.lut.length === white + 1) return step.lut[v]!;
        // A table for 8 bits on 16: straight between the values that 8 bits can name.
        const [low, share] = [Math.floor(v / 257), (v % 257) / 257];
        const high = Math.min(255, low + 1);
        return Math.round(257 * (step.lut[low]! * (1 - share) + step.lut[high]! * share));
      });
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
          return [...labToRgb(lab, step.white ?? 'd50', step.space ?? 'srgb'), ...pixel.slice(3)];
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
        return [whole(luma), ...pixel.slice(3)];
      });
    case 'cmyk-to-rgb':
      return mapPixels(picture, ([c, m, y, k, ...extra]) => {
        const rgb = [c!, m!, y!].map((ink) => (1 - ink / white) * (1 - k! / white) * white);
        return [...rgb.map(whole), ...extra];
      });
    case 'flatten':
      return mapPixels(picture, (pixel) => {
        const alpha = pixel.at(-1)! / white;
        return pixel.slice(0, -1).map((v, band) => {
          return whole((step.associated ? v : v * alpha) + step.background[band]! * (1 - alpha));
        });
      });
    case 'unpremultiply':
      return mapPixels(picture, (pixel) => {
        const alpha = pixel.at(-1)!;
        const plain = pixel.slice(0, -1).map((v) => (alpha > 0 ? Math.min(white, (v * white) / alpha) : 0));
        return [...plain.map(whole), alpha];
      });
    case 'add-alpha':
      return mapPixels(picture, (pixel) => [...pixel, white]);
    case 'threshold':
      return mapColor(picture, step.colorBands, thresholding(picture, step));
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
    case 'icc-to-rgb': {
      const { conversion, space = 'srgb' } = step;
      const taken = 'table' in conversion ? conversion.table.inputCurves.length : conversion.curves.length;
      return mapPixels(picture, (pixel) => [
        ...iccToRgb(pixel.slice(0, taken), conversion, space),
        ...pixel.slice(taken),
      ]);
    }
    case 'rotate': {
      const { degrees, background } = step;
      const hasAlpha = colorsBeforeAlpha(picture, step.colorBands) < picture.pixels[0]!.length;
      return mapSamples(rotated(picture, degrees, { background, hasAlpha }), whole);
    }
    case 'watermark':
      return mapPlaces(picture, (x, y) => {
        const under = at(picture, x, y);
        const over = overlayAt(step, picture, x, y);
        const colors = colorsBeforeAlpha(picture, step.colorBands);
        return over === undefined || over.cover === 0 ? under : laidOver(under, over, { colors, white }).map(whole);
      });
  }
}

/** Leading bands that are color; not said, the last of two or four is alpha. */
function colorsBeforeAlpha({ pixels }: Picture, colorBands: number | undefined): number {
  const bands = pixels[0]!.length;
  return colorBands ?? (bands % 2 === 0 && bands <= 4 ? bands - 1 : bands);
}

/** One pixel over another, by Porter and Duff; grays and other colors than three get the luma. */
function laidOver(
  under: readonly number[],
  { color, cover }: Covered,
  { colors, white }: { readonly colors: number; readonly white: number },
): readonly number[] {
  const luma = 0.299 * color[0] + 0.587 * color[1] + 0.114 * color[2];
  const below = colors < under.length ? (under[colors]! / white) * (1 - cover) : 1 - cover;
  const mixed = under.slice(0, colors).map((v, band) => {
    const own = (colors === 3 ? color[band]! : luma) * white;
    return (own * cover + v * below) / (cover + below);
  });
  return colors < under.length ? [...mixed, (cover + below) * white] : mixed;
}

/** Black below the value, else white; Otsu's value is found by trying all. */
function thresholding(
  { pixels, kind }: Picture,
  step: Extract<StageStep, { kind: 'threshold' }>,
): (v: number) => number {
  const white = whiteOf({ kind });
  if (step.value !== 'otsu') return (v) => (v < Number(step.value) ? 0 : white);
  const bins = pixels.map((pixel) => {
    const colors = pixel.slice(0, step.colorBands);
    const mean = colors.reduce((sum, v) => sum + v, 0) / colors.length / white;
    return Math.floor(Math.min(1, Math.max(0, mean)) * 255 + 0.5);
  });
  const spread = (limit: number): number => {
    const [dark, light] = [bins.filter((bin) => bin < limit), bins.filter((bin) => bin >= limit)];
    const mean = (of: readonly number[]): number => of.reduce((sum, v) => sum + v, 0) / of.length;
    return dark.length === 0 || light.length === 0 ? 0 : dark.length * light.length * (mean(dark) - mean(light)) ** 2;
  };
  let best = 0;
  for (let limit = 1; limit < 256; limit++) if (spread(limit) > spread(best) * (1 + 1e-12)) best = limit;
  // Bins are rounded: that of the limit begins half a bin below it.
  const limit = kind === 'uint8' ? best : ((best - 0.5) / 255) * white;
  return (v) => (v < limit ? 0 : white);
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

function whiteOf({ kind }: Pick<Picture, 'kind'>): number {
  return { uint8: 255, int8: 127, uint16: 65535, int16: 32767, uint32: 4294967295, int32: 2147483647, float: 1 }[kind];
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
