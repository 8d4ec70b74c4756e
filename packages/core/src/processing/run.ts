import type { Rect } from '../geometry/rect.ts';
import type { Kernels } from '../kernels/kernels.ts';
import { cropPixels } from '../pixels/blit.ts';
import { type PixelBuffer, recycleUnless } from '../pixels/pixel-buffer.ts';
import { applyTables } from './band-tables.ts';
import { compileStages, type Pass } from './compile.ts';
import { shapeOf } from './stage.ts';
import type { StageStep } from './stage-step.ts';
import { isByRow, runStream } from './stream.ts';

/**
 * Applies steps in order. The input is not written to; it is the result when there is nothing to do.
 *
 * Neighborhood steps keep the size: beyond the edge of `pixels` they see the edge pixel repeated, which is right
 * where the picture ends. A caller that works on a part of the picture passes `totalBorder(steps)` more pixels on
 * the other sides, and as `part` what of the result it wants.
 *
 * @param part Whole pixels of the result. Default: all of it.
 * @returns Pixels of `shapeAfter(steps, shape of the input)`, or the part of them. Float results are float32.
 * @throws ImageError `request` when a step does not fit the pixels that reach it.
 */
export function runStages(
  pixels: PixelBuffer,
  steps: readonly StageStep[],
  kernels: Kernels,
  part?: Rect,
): PixelBuffer {
  const passes = compileStages(steps, shapeOf(pixels));
  // From here on, pixels outside the part make no difference.
  const last = part === undefined ? -1 : passes.findLastIndex(looksAround);
  let current = part !== undefined && last < 0 ? cropPixels(pixels, part) : pixels;
  for (const [index, pass] of passes.entries()) {
    const next = runPass(current, pass, kernels, index === last ? part : undefined);
    recycleUnless(current, [pixels, next]);
    current = next;
  }
  return current;
}

function looksAround(pass: Pass): boolean {
  return pass.kind === 'buffer' || (pass.kind === 'stream' && isByRow(pass.stream));
}

function runPass(pixels: PixelBuffer, pass: Pass, kernels: Kernels, part: Rect | undefined): PixelBuffer {
  switch (pass.kind) {
    case 'tables':
      return applyTables(pixels, pass.tables, kernels);
    case 'stream':
      return runStream(pixels, pass.stream, part);
    case 'buffer': {
      const { stage } = pass;
      if (part === undefined) return stage.apply(pixels, kernels);
      if (stage.applyToPart !== undefined) return stage.applyToPart(pixels, kernels, part);
      const whole = stage.apply(pixels, kernels);
      const cut = cropPixels(whole, part);
      recycleUnless(whole, [pixels, cut]);
      return cut;
    }
  }
}
