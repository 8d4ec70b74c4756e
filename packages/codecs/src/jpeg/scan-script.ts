/** One scan of a progressive picture (ITU-T T.81 annex G). */
export type Scan =
  | { readonly kind: 'dc'; readonly low: number; readonly refinement: boolean }
  | {
      readonly kind: 'ac';
      readonly component: number;
      /** Zigzag indices, inclusive. */
      readonly start: number;
      readonly end: number;
      /** Bits left to later scans. A refinement brings bit `low` alone. */
      readonly low: number;
      readonly refinement: boolean;
    };

const ac = (component: number, start: number, end: number, low: number, refinement = false): Scan => ({
  kind: 'ac',
  component,
  start,
  end,
  low,
  refinement,
});

/** From a blurred picture to all bits; gray. */
const GRAY: readonly Scan[] = [
  { kind: 'dc', low: 1, refinement: false },
  ac(0, 1, 5, 2),
  ac(0, 6, 63, 2),
  ac(0, 1, 63, 1, true),
  { kind: 'dc', low: 0, refinement: true },
  ac(0, 1, 63, 0, true),
];

/** From a blurred picture to all bits; chroma comes early in full because it is small. */
const COLOR: readonly Scan[] = [
  { kind: 'dc', low: 1, refinement: false },
  ac(0, 1, 5, 2),
  ac(2, 1, 63, 1),
  ac(1, 1, 63, 1),
  ac(0, 6, 63, 2),
  ac(0, 1, 63, 1, true),
  { kind: 'dc', low: 0, refinement: true },
  ac(2, 1, 63, 0, true),
  ac(1, 1, 63, 0, true),
  ac(0, 1, 63, 0, true),
];

/** The scans of a picture, in file order. */
export function scanScript(components: 1 | 3): readonly Scan[] {
  return components === 1 ? GRAY : COLOR;
}
