import type { IccProfile } from './icc-profile.ts';
import type { IccTable } from './icc-table.ts';
import { multiplyMatrices, type RgbSpace, XYZ_TO_LINEAR } from './rgb-space.ts';
import { decodeSrgb } from './srgb.ts';
import { type ToneCurve, toneAt } from './tone-curve.ts';

/** How a profile's samples 0..1 become colors, relative colorimetric. */
export type IccConversion = CurveConversion | TableConversion;

/** Curves, then a matrix. */
export interface CurveConversion {
  /** Three curves of RGB, or one of gray. */
  readonly curves: readonly ToneCurve[];
  /** Linear RGB of the profile to XYZ under D50, rows one after another. Left out for gray. */
  readonly matrix?: readonly number[] | undefined;
}

/** A grid of colors in the connection space. */
export interface TableConversion {
  readonly table: IccTable;
}

/** Color bands that a conversion takes; three come out, or one of one curve. */
export function conversionBands(conversion: IccConversion): number {
  return 'table' in conversion ? conversion.table.inputCurves.length : conversion.curves.length;
}

/**
 * The conversion that a profile describes: its table, else matrix and curves (RGB) or one curve (gray). `undefined`
 * when it has none of these for the samples of its color space.
 */
export function iccConversion(profile: IccProfile): IccConversion | undefined {
  const { curves, colorants, colorSpace, connectionSpace, table } = profile;
  if (table !== undefined && table.inputCurves.length === COLOR_SPACE_BANDS[colorSpace]) return { table };
  if (curves === undefined) return undefined;
  if (colorSpace === 'GRAY' && curves.length === 1) return { curves };
  if (colorSpace !== 'RGB' || connectionSpace !== 'XYZ' || colorants === undefined) return undefined;
  return { curves, matrix: colorants };
}

const COLOR_SPACE_BANDS: Readonly<Record<string, number>> = { GRAY: 1, RGB: 3, CMYK: 4 };

/** True when the conversion leaves every color within half an 8-bit step of this space: the profile is its, whatever its name. */
export function isProfileOf(space: RgbSpace, conversion: IccConversion): boolean {
  if ('table' in conversion) return false;
  const { curves, matrix } = conversion;
  const grays = Array.from({ length: 33 }, (_, i) => i / 32);
  const sameCurves = curves.every((curve) =>
    grays.every((v) => Math.abs(toneAt(curve, v) - decodeSrgb(v)) < 0.002 * (0.25 + v)),
  );
  const toSpace = matrix === undefined ? IDENTITY : multiplyMatrices(XYZ_TO_LINEAR[space].d50, matrix);
  return sameCurves && toSpace.every((weight, i) => Math.abs(weight - (IDENTITY[i] ?? 0)) < 0.002);
}

const IDENTITY = [1, 0, 0, 0, 1, 0, 0, 0, 1];
