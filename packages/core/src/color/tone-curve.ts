/**
 * A transfer function of an ICC profile, 0..1 to 0..1: equally spaced values, or one of the five functions of
 * `parametricCurveType` (ICC.1:2022, clause 10.18) with its parameters g, a, b, c, d, e, f as far as it has them.
 */
export type ToneCurve =
  | { readonly kind: 'table'; readonly values: readonly number[] }
  | { readonly kind: 'parametric'; readonly type: 0 | 1 | 2 | 3 | 4; readonly parameters: readonly number[] };

/** Parameters that each type of parametric curve has. */
export const PARAMETER_COUNTS = [1, 3, 4, 5, 7] as const;

/** The curve at `v`, both clipped to 0..1. A table is linear between its values; an empty one is the identity. */
export function toneAt(curve: ToneCurve, v: number): number {
  const x = v > 0 ? Math.min(1, v) : 0;
  const y = curve.kind === 'table' ? tableAt(curve.values, x) : parametricAt(curve.type, curve.parameters, x);
  return y > 0 ? Math.min(1, y) : 0;
}

function tableAt(values: readonly number[], x: number): number {
  if (values.length < 2) return values[0] ?? x;
  const position = x * (values.length - 1);
  const index = Math.min(values.length - 2, Math.floor(position));
  const low = values[index] ?? 0;
  return low + ((values[index + 1] ?? low) - low) * (position - index);
}

function parametricAt(type: 0 | 1 | 2 | 3 | 4, parameters: readonly number[], x: number): number {
  const [g = 1, a = 1, b = 0, c = 0, d = 0, e = 0, f = 0] = parameters;
  const power = (base: number): number => (base > 0 ? base ** g : 0);
  switch (type) {
    case 0:
      return power(x);
    case 1:
      return a * x + b >= 0 ? power(a * x + b) : 0;
    case 2:
      return a * x + b >= 0 ? power(a * x + b) + c : c;
    case 3:
      return x >= d ? power(a * x + b) : c * x;
    case 4:
      return x >= d ? power(a * x + b) + e : c * x + f;
  }
}
