import type { BufferStage, PixelShape } from './stage.ts';
import type { StageStep } from './stage-step.ts';
import { outputShape } from './stage-table.ts';
import { lightOnElevations } from './stages/elevation-hillshade.ts';

/**
 * Light on elevations straight to 8 bits, without floats in between, where the next step only quantizes. `undefined` where
 * it does not, or rounds as iipsrv does.
 */
export function elevationRun(
  [shade, quantize]: readonly StageStep[],
  input: PixelShape,
): { readonly stage: BufferStage; readonly count: number; readonly output: PixelShape } | undefined {
  if (shade?.kind !== 'elevation-hillshade' || quantize?.kind !== 'quantize') return undefined;
  if (quantize.bits !== 8 || quantize.truncate) return undefined;
  const output = outputShape(quantize, outputShape(shade, input));
  const light = lightOnElevations(shade);
  return {
    stage: {
      kind: 'buffer',
      apply: (pixels, kernels) => kernels.shadeElevations(pixels, light),
      applyToPart: (pixels, kernels, part) => kernels.shadeElevations(pixels, light, part),
    },
    count: 2,
    output,
  };
}
