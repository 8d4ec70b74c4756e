import type { Kernels } from '../kernels/kernels.ts';
import type { PixelBuffer } from '../pixels/pixel-buffer.ts';
import { applyTables } from './band-tables.ts';
import { compileStages } from './compile.ts';
import { shapeOf } from './stage.ts';
import type { StageStep } from './stage-step.ts';
import { runStream } from './stream.ts';

/**
 * Applies steps in order. The input is not written to; it is the result when there is nothing to do.
 *
 * Neighborhood steps keep the size: beyond the edge of `pixels` they see the edge pixel repeated, which is right
 * where the picture ends. A caller that works on a part of the picture passes `totalBorder(steps)` more pixels on
 * the other sides and cuts them off afterwards.
 *
 * @returns Pixels of `shapeAfter(steps, shape of the input)`. Float results are float32.
 * @throws ImageError `request` when a step does not fit the pixels that reach it.
 */
export function runStages(pixels: PixelBuffer, steps: readonly StageStep[], kernels: Kernels): PixelBuffer {
  let current = pixels;
  for (const pass of compileStages(steps, shapeOf(pixels))) {
    switch (pass.kind) {
      case 'tables':
        current = applyTables(current, pass.tables, kernels);
        break;
      case 'stream':
        current = runStream(current, pass.stream);
        break;
      case 'buffer':
        current = pass.stage.apply(current, kernels);
        break;
    }
  }
  return current;
}
