import type { IccProfile } from './icc-profile.ts';
import { decodeSrgb, XYZ_D50_TO_LINEAR_SRGB } from './srgb.ts';
import { type ToneCurve, toneAt } from './tone-curve.ts';

/** Conversion of a profile's samples 0..1 to sRGB, relative colorimetric: curves, then a matrix, then the sRGB curve. */
export interface IccConversion {
  /** Three curves of RGB, or one of gray. */
  readonly curves: readonly ToneCurve[];
  /** Linear RGB of the profile to linear sRGB, rows one after another. Left out for gray. */
  readonly matrix?: readonly number[] | undefined;
}

/**
 * The conversion that a profile describes. `undefined` when it is none of matrix and curves (RGB) or one curve (gray):
 * profiles of printers and scanners with tables are not evaluated.
 */
export function iccConversion(profile: IccProfile): IccConversion | undefined {
  const { curves, colorants, colorSpace, connectionSpace } = profile;
  if (curves === undefined) return undefined;
  if (colorSpace === 'GRAY' && curves.length === 1) return { curves };
  if (colorSpace !== 'RGB' || connectionSpace !== 'XYZ' || colorants === undefined) return undefined;
  return { curves, matrix: multiply(XYZ_D50_TO_LINEAR_SRGB, colorants) };
}

/** True when the conversion leaves every color within half an 8-bit step: the profile is sRGB, whatever its name. */
export function isSrgb({ curves, matrix }: IccConversion): boolean {
  const grays = Array.from({ length: 33 }, (_, i) => i / 32);
  const sameCurves = curves.every((curve) =>
    grays.every((v) => Math.abs(toneAt(curve, v) - decodeSrgb(v)) < 0.002 * (0.25 + v)),
  );
  const sameMatrix = (matrix ?? IDENTITY).every((weight, i) => Math.abs(weight - (IDENTITY[i] ?? 0)) < 0.002);
  return sameCurves && sameMatrix;
}

const IDENTITY = [1, 0, 0, 0, 1, 0, 0, 0, 1];

function multiply(a: readonly number[], b: readonly number[]): number[] {
  return Array.from({ length: 9 }, (_, i) => {
    const row = Math.floor(i / 3) * 3;
    const column = i % 3;
    return [0, 1, 2].reduce((sum, k) => sum + (a[row + k] ?? 0) * (b[k * 3 + column] ?? 0), 0);
  });
}
