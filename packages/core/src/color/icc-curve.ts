import type { ByteCursor } from '../bytes/byte-cursor.ts';
import { asciiOf } from '../bytes/text.ts';
import { ImageError } from '../errors.ts';
import { PARAMETER_COUNTS, type ToneCurve } from './tone-curve.ts';

// Kept points of a sampled curve: read with straight lines, 257 are within 1e-5 of any display's curve.
const MAX_CURVE_POINTS = 257;

/**
 * Reads the `curveType` or `parametricCurveType` (ICC.1:2022, clauses 10.6 and 10.18) at the cursor and stops behind
 * it; `undefined` for another type.
 */
export function readIccCurve(cursor: ByteCursor): ToneCurve | undefined {
  const name = asciiOf(cursor.take(4));
  cursor.skip(4);
  if (name === 'curv') return readSampledCurve(cursor);
  if (name !== 'para') return undefined;
  const type = cursor.uint16();
  if (type !== 0 && type !== 1 && type !== 2 && type !== 3 && type !== 4) {
    throw new ImageError('malformed', `An ICC profile has a parametric curve of type ${type}`);
  }
  cursor.skip(2);
  const parameters = Array.from({ length: PARAMETER_COUNTS[type] }, () => (cursor.uint32() | 0) / 65536);
  return { kind: 'parametric', type, parameters };
}

/** Nothing is the identity, one value is a gamma, more are samples. */
function readSampledCurve(cursor: ByteCursor): ToneCurve {
  const count = cursor.uint32();
  if (count === 0) return { kind: 'table', values: [] };
  if (count === 1) return { kind: 'parametric', type: 0, parameters: [cursor.uint16() / 256] };
  const start = cursor.position;
  cursor.skip(count * 2);
  const sampleAt = (index: number): number => {
    cursor.seek(start + index * 2);
    return cursor.uint16() / 65535;
  };
  if (count <= MAX_CURVE_POINTS) return { kind: 'table', values: Array.from({ length: count }, (_, i) => sampleAt(i)) };
  const values = Array.from({ length: MAX_CURVE_POINTS }, (_, i) => {
    const position = (i * (count - 1)) / (MAX_CURVE_POINTS - 1);
    const index = Math.min(count - 2, Math.floor(position));
    return sampleAt(index) + (sampleAt(index + 1) - sampleAt(index)) * (position - index);
  });
  cursor.seek(start + count * 2);
  return { kind: 'table', values };
}
