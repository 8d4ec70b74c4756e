import { ImageError } from '../errors.ts';
import type { StepOf } from './stage.ts';

/** Kernels by name, row by row (IIP `CNV`). */
const NAMED: Readonly<Record<string, readonly number[]>> = {
  sobel: [-1, 0, 1, -2, 0, 2, -1, 0, 1],
  prewitt: [1, 0, -1, 1, 0, -1, 1, 0, -1],
  scharr: [-3, 0, 3, -10, 0, 10, -3, 0, 3],
  laplace: [-1, -1, -1, -1, 8, -1, -1, -1, -1],
  gaussian: [1, 2, 1, 2, 4, 2, 1, 2, 1],
  sharpen: [0, -1, 0, -1, 5, -1, 0, -1, 0],
  emboss: [-2, -1, 0, -1, 1, 1, 0, 1, 2],
};

/** Names that {@link convolutionStep} knows. */
export const CONVOLUTION_KERNEL_NAMES: readonly string[] = Object.keys(NAMED);

/**
 * A step from a kernel's name or from its weights, row by row: 1, 9 or 25 of them. The divisor is the sum of the
 * weights when that is above 0, else 1.
 * @throws ImageError `request` for an unknown name, another number of weights, or weights that are not finite.
 */
export function convolutionStep(kernel: string | readonly number[]): StepOf<'convolution'> {
  const weights = typeof kernel === 'string' ? namedWeights(kernel) : kernel;
  const side = Math.sqrt(weights.length);
  if (side !== 1 && side !== 3 && side !== 5) {
    throw new ImageError('request', `A kernel has 1, 9 or 25 weights, not ${weights.length}`);
  }
  if (!weights.every(Number.isFinite)) throw new ImageError('request', 'A kernel has weights that are not numbers');
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return { kind: 'convolution', weights, side, divisor: sum > 0 ? sum : 1 };
}

function namedWeights(name: string): readonly number[] {
  const weights = Object.hasOwn(NAMED, name) ? NAMED[name] : undefined;
  if (weights === undefined) throw new ImageError('request', 'There is no such convolution kernel');
  return weights;
}
