import type { Rect } from '../geometry/rect.ts';
import type { Size } from '../geometry/size.ts';

/** What part of which level becomes how large, before any turn. */
export interface ResolvedView {
  readonly level: number;
  /** Pixels of the level; edges may be fractional. */
  readonly source: Rect;
  readonly size: Size;
  /** The same part in full-size pixels. */
  readonly region: Rect;
}
