import { ImageError } from '../../errors.ts';
import { colorBandsOf, requireFloat, type Stage, type StageDefinition, type StepOf } from '../stage.ts';

/** Largest side of a kernel. */
export const MAX_KERNEL_SIDE = 31;

/**
 * out(x, y) = sum over i, j of weights[j side + i] in(x + i - border, y + j - border), divided by `divisor`, per color
 * band: correlation, the kernel is not turned around. Beyond the picture the edge pixel is repeated. The result may
 * leave 0..1. Bands after the color keep the value of the center.
 */
export const convolution: StageDefinition<'convolution'> = {
  outputShape(step, input) {
    const { side, weights, divisor } = step;
    if (!Number.isInteger(side) || side < 1 || side > MAX_KERNEL_SIDE || side % 2 === 0) {
      throw new ImageError('request', `A kernel's side is odd and at most ${MAX_KERNEL_SIDE}, not ${side}`);
    }
    if (weights.length !== side * side || divisor === 0) {
      throw new ImageError('request', `A kernel of side ${side} needs ${side * side} weights and a divisor`);
    }
    return requireFloat('convolution', input);
  },

  border: (step) => (step.side - 1) / 2,

  create(step, { bands }) {
    const colors = colorBandsOf(step, bands);
    if (step.side === 1) return scaling(step, bands, colors);
    const border = (step.side - 1) / 2;
    const weigh = step.side === 3 ? weigh3(step, bands) : weighAny(step, bands);
    return {
      kind: 'neighborhood',
      border,
      processRow(rows, output, width) {
        const sampleCount = width * bands;
        weigh(rows, output, sampleCount);
        if (colors === bands) return;
        const center = rows[border]!;
        for (let start = 0; start < sampleCount; start += bands) {
          for (let i = start + colors; i < start + bands; i++) output[i] = center[i + border * bands]!;
        }
      },
    };
  },
};

type Weigh = (rows: readonly Float32Array[], output: Float32Array, sampleCount: number) => void;

function scaling(step: StepOf<'convolution'>, bands: number, colors: number): Stage {
  const factor = step.weights[0]! / step.divisor;
  return {
    kind: 'point',
    process(input, output, pixelCount) {
      for (let start = 0; start < pixelCount * bands; start += bands) {
        for (let i = start; i < start + colors; i++) output[i] = input[i]! * factor;
        for (let i = start + colors; i < start + bands; i++) output[i] = input[i]!;
      }
    },
  };
}

function weigh3(step: StepOf<'convolution'>, bands: number): Weigh {
  const [a, b, c, d, e, f, g, h, i] = step.weights.map((weight) => weight / step.divisor) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return (rows, output, sampleCount) => {
    const above = rows[0]!;
    const middle = rows[1]!;
    const below = rows[2]!;
    for (let left = 0, center = bands, right = 2 * bands; left < sampleCount; left++, center++, right++) {
      output[left] =
        a * above[left]! +
        b * above[center]! +
        c * above[right]! +
        d * middle[left]! +
        e * middle[center]! +
        f * middle[right]! +
        g * below[left]! +
        h * below[center]! +
        i * below[right]!;
    }
  };
}

function weighAny(step: StepOf<'convolution'>, bands: number): Weigh {
  const { side } = step;
  const weights = Float64Array.from(step.weights, (weight) => weight / step.divisor);
  // A row of sums in double precision, grown with the widest row seen.
  let sums = new Float64Array(0);
  return (rows, output, sampleCount) => {
    if (sums.length < sampleCount) sums = new Float64Array(sampleCount);
    sums.fill(0, 0, sampleCount);
    for (let tap = 0; tap < weights.length; tap++) {
      const weight = weights[tap]!;
      if (weight === 0) continue;
      const row = rows[Math.floor(tap / side)]!;
      const shift = (tap % side) * bands;
      for (let i = 0; i < sampleCount; i++) sums[i]! += weight * row[i + shift]!;
    }
    for (let i = 0; i < sampleCount; i++) output[i] = sums[i]!;
  };
}
