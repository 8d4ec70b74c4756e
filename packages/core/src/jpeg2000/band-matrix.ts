import type { Jpeg2000Matrix } from '../codec/jpeg2000-color.ts';

/** A matrix by its number, with a name for people. */
interface KnownMatrix {
  readonly name: string;
  readonly weights: readonly number[];
}

const BT_601: KnownMatrix = { name: 'YCbCr BT.601', weights: fromLuma(0.299, 0.114) };

/**
 * What undoes MatrixCoefficients of H.273, table 4, without those that need linear light (10, 14) or the primaries (12, 13).
 * 0 has no chromas: the bands are red, green and blue already.
 */
const MATRICES: Readonly<Record<number, KnownMatrix>> = {
  0: { name: 'RGB', weights: [1, 0, 0, 0, 1, 0, 0, 0, 1] },
  1: { name: 'YCbCr BT.709', weights: fromLuma(0.2126, 0.0722) },
  4: { name: 'YCbCr FCC', weights: fromLuma(0.3, 0.11) },
  5: BT_601,
  6: BT_601,
  7: { name: 'YCbCr SMPTE 240M', weights: fromLuma(0.212, 0.087) },
  8: { name: 'YCgCo', weights: [1, -1, 1, 1, 1, 0, 1, -1, -1] },
  9: { name: 'YCbCr BT.2020', weights: fromLuma(0.2627, 0.0593) },
};

/** Y = Kr R + (1 - Kr - Kb) G + Kb B, Cb = (B - Y) / (2 (1 - Kb)), Cr = (R - Y) / (2 (1 - Kr)), solved for R, G, B. */
function fromLuma(kr: number, kb: number): readonly number[] {
  const kg = 1 - kr - kb;
  const [red, blue] = [2 * (1 - kr), 2 * (1 - kb)];
  return [1, 0, red, 1, (-kb * blue) / kg, (-kr * red) / kg, 1, blue, 0];
}

/** Luma and chromas of BT.601 in the full range: sYCC, and what JPEG has. */
export const SYCC: Jpeg2000Matrix = {
  kind: 'matrix',
  weights: BT_601.weights,
  hasChromas: true,
  fullRange: true,
};

/** What a matrix by its number in H.273 is called and how it is undone; `undefined` for those that are not known here. */
export function bandMatrix(
  number: number,
  fullRange: boolean,
): { readonly name: string; readonly convert: Jpeg2000Matrix } | undefined {
  const known = MATRICES[number];
  if (known === undefined) return undefined;
  const name = fullRange ? known.name : `${known.name}, video range`;
  return { name, convert: { kind: 'matrix', weights: known.weights, hasChromas: number !== 0, fullRange } };
}

/** Luma and chromas of BT.601, in the range of video. */
export const VIDEO_BT_601: Jpeg2000Matrix = { ...SYCC, fullRange: false };

/** Luma and chromas of BT.709, in the range of video. */
export const VIDEO_BT_709: Jpeg2000Matrix = { ...VIDEO_BT_601, weights: MATRICES[1]!.weights };

/** Gray in the range of video. */
export const VIDEO_GRAY: Jpeg2000Matrix = { kind: 'matrix', weights: [1], hasChromas: false, fullRange: false };
