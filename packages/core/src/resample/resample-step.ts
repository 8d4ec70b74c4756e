import type { Rect } from '../geometry/rect.ts';
import type { Size } from '../geometry/size.ts';

/**
 * How an output pixel is computed, along each axis by itself, with `scale` = source pixels for one output pixel and
 * `center` = source.x + (i + 0.5) * scale:
 *
 * - `nearest`: the pixel that holds the center.
 * - `area`: the mean of what lies from i to i + 1, parts of pixels by their part (for reducing).
 * - `bilinear`: a triangle around the center, reaching max(1, scale) to either side.
 * - `lanczos3`: a windowed sinc around the center, reaching 3 max(1, scale) to either side.
 *
 * Pixels beyond the buffer repeat its edge; weights add up to 1. `axisWeights` computes them.
 */
export type ResampleKernel = 'nearest' | 'bilinear' | 'area' | 'lanczos3';

/**
 * As iipsrv resamples: pixel i of the output lies at i * scale of the source, counted between corners, not centers;
 * nothing is averaged, results are rounded down. `resampleFromCorners` computes them.
 */
export type CornerKernel = 'corner-nearest' | 'corner-bilinear';

/** One resampling, in numbers. Plain data. */
export interface ResampleStep<Kernel extends ResampleKernel | CornerKernel = ResampleKernel> {
  /** Part of the working buffer that becomes the output; edges may be fractional. Pixel centers lie at .5. */
  readonly source: Rect;
  readonly size: Size;
  readonly kernel: Kernel;
  /** The last band is unassociated alpha: other bands are weighted with it. */
  readonly premultiply: boolean;
}
