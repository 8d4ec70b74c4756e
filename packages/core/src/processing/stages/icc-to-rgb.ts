import { conversionBands } from '../../color/icc-conversion.ts';
import { type IccTable, iccTableReader } from '../../color/icc-table.ts';
import { multiplyMatrices, type RgbSpace, XYZ_TO_LINEAR } from '../../color/rgb-space.ts';
import { readSrgbCurve, srgbCurve } from '../../color/srgb.ts';
import { type ToneCurve, toneAt } from '../../color/tone-curve.ts';
import { ImageError } from '../../errors.ts';
import { type PointStage, requireBands, requireFloat, type StageDefinition } from '../stage.ts';

// Intervals of the curves that pixels are read through; between them straight lines, within 1e-6 of a gamma curve.
const INTERVALS = 4096;

/**
 * From the color space of an ICC profile to sRGB or Display P3, relative colorimetric, on normalized samples, clipped to
 * 0..1. Either each band through its curve to linear light and by the matrix to XYZ, or one to four bands through a table
 * to XYZ; from there to linear RGB of the space and through the curve that both spaces share. Gray profiles (one curve) act on band 0 alone. Bands
 * after the color follow. See `iccConversion`.
 */
export const iccToRgb: StageDefinition<'icc-to-rgb'> = {
  outputShape(step, input) {
    const { conversion } = step;
    const taken = conversionBands(conversion);
    const shape = requireFloat('icc-to-rgb', requireBands('icc-to-rgb', input, taken));
    if ('table' in conversion) return { ...shape, bands: input.bands - taken + 3 };
    const isRgb = taken === 3 && conversion.matrix?.length === 9;
    if (!isRgb && taken !== 1) throw new ImageError('request', 'A conversion by a profile has 1 or 3 curves');
    return shape;
  },

  create(step, { bands }) {
    const { space = 'srgb' } = step;
    if ('table' in step.conversion) return throughTable(step.conversion.table, space, bands);
    const { curves, matrix } = step.conversion;
    const tables = curves.map(sampled);
    if (matrix === undefined) return gray(tables, bands);
    return rgb(tables, Float64Array.from(multiplyMatrices(XYZ_TO_LINEAR[space].d50, matrix)), bands);
  },
};

function gray(tables: readonly Float64Array[], bands: number): PointStage {
  const table = tables[0]!;
  const encode = srgbCurve();
  return {
    kind: 'point',
    process(input, output, pixelCount) {
      for (let start = 0; start < pixelCount * bands; start += bands) {
        output[start] = readSrgbCurve(encode, read(table, input[start]!));
        for (let i = start + 1; i < start + bands; i++) output[i] = input[i]!;
      }
    },
  };
}

function rgb(tables: readonly Float64Array[], m: Float64Array, bands: number): PointStage {
  const [red, green, blue] = [tables[0]!, tables[1]!, tables[2]!];
  const encode = srgbCurve();
  return {
    kind: 'point',
    process(input, output, pixelCount) {
      for (let start = 0; start < pixelCount * bands; start += bands) {
        const r = read(red, input[start]!);
        const g = read(green, input[start + 1]!);
        const b = read(blue, input[start + 2]!);
        output[start] = readSrgbCurve(encode, m[0]! * r + m[1]! * g + m[2]! * b);
        output[start + 1] = readSrgbCurve(encode, m[3]! * r + m[4]! * g + m[5]! * b);
        output[start + 2] = readSrgbCurve(encode, m[6]! * r + m[7]! * g + m[8]! * b);
        for (let i = start + 3; i < start + bands; i++) output[i] = input[i]!;
      }
    },
  };
}

function throughTable(table: IccTable, space: RgbSpace, bands: number): PointStage {
  const readXyz = iccTableReader(table);
  const taken = table.inputCurves.length;
  const m = Float64Array.from(XYZ_TO_LINEAR[space].d50);
  const encode = srgbCurve();
  const xyz = new Float64Array(3);
  return {
    kind: 'point',
    process(input, output, pixelCount) {
      for (let pixel = 0, start = 0, out = 0; pixel < pixelCount; pixel++, start += bands) {
        readXyz(input, start, xyz);
        for (let row = 0; row < 9; row += 3) {
          output[out++] = readSrgbCurve(encode, m[row]! * xyz[0]! + m[row + 1]! * xyz[1]! + m[row + 2]! * xyz[2]!);
        }
        for (let i = start + taken; i < start + bands; i++) output[out++] = input[i]!;
      }
    },
  };
}

function sampled(curve: ToneCurve): Float64Array {
  return Float64Array.from({ length: INTERVALS + 1 }, (_, i) => toneAt(curve, i / INTERVALS));
}

function read(table: Float64Array, v: number): number {
  if (!(v > 0)) return table[0]!;
  if (v >= 1) return table[INTERVALS]!;
  const position = v * INTERVALS;
  const index = position | 0;
  return table[index]! + (table[index + 1]! - table[index]!) * (position - index);
}
