import type { Rect } from '../geometry/rect.ts';
import type { Size } from '../geometry/size.ts';

/** How a pixel between pixels is computed. `area` averages (for reducing); the others interpolate. */
export type ResampleKernel = 'nearest' | 'bilinear' | 'area' | 'lanczos3';

/** One resampling, in numbers. Plain data. */
export interface ResampleStep {
  /** Part of the working buffer that becomes the output; edges may be fractional. Pixel centers lie at .5. */
  readonly source: Rect;
  readonly size: Size;
  readonly kernel: ResampleKernel;
  /** The last band is unassociated alpha: other bands are weighted with it. */
  readonly premultiply: boolean;
}
