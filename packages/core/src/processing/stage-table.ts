import type { PixelShape, StageDefinition, StageKind } from './stage.ts';
import type { StageStep } from './stage-step.ts';
import { addAlpha } from './stages/add-alpha.ts';
import { cielabToRgb } from './stages/cielab-to-rgb.ts';
import { cmykToRgb } from './stages/cmyk-to-rgb.ts';
import { colorTwist } from './stages/color-twist.ts';
import { colormap } from './stages/colormap.ts';
import { contrast } from './stages/contrast.ts';
import { convolution } from './stages/convolution.ts';
import { elevationHillshade } from './stages/elevation-hillshade.ts';
import { equalize } from './stages/equalize.ts';
import { flatten } from './stages/flatten.ts';
import { gamma } from './stages/gamma.ts';
import { grayscale } from './stages/grayscale.ts';
import { hillshade } from './stages/hillshade.ts';
import { iccToRgb } from './stages/icc-to-rgb.ts';
import { invert } from './stages/invert.ts';
import { log } from './stages/log.ts';
import { mirror } from './stages/mirror.ts';
import { normalize } from './stages/normalize.ts';
import { quantize } from './stages/quantize.ts';
import { rotate } from './stages/rotate.ts';
import { selectBands } from './stages/select-bands.ts';
import { threshold } from './stages/threshold.ts';
import { turn } from './stages/turn.ts';
import { unpremultiply } from './stages/unpremultiply.ts';
import { watermark } from './stages/watermark.ts';

const STAGES: { readonly [K in StageKind]: StageDefinition<K> } = {
  'add-alpha': addAlpha,
  'cielab-to-rgb': cielabToRgb,
  'cmyk-to-rgb': cmykToRgb,
  'color-twist': colorTwist,
  colormap,
  contrast,
  convolution,
  'elevation-hillshade': elevationHillshade,
  equalize,
  flatten,
  gamma,
  grayscale,
  hillshade,
  'icc-to-rgb': iccToRgb,
  invert,
  log,
  mirror,
  normalize,
  quantize,
  rotate,
  'select-bands': selectBands,
  threshold,
  turn,
  unpremultiply,
  watermark,
};

/** What the step's file declares. */
export function definitionOf(step: StageStep): StageDefinition<StageKind> {
  // The table pairs each kind with its own definition, which a lookup by a union of kinds cannot express.
  return STAGES[step.kind] as StageDefinition<StageKind>;
}

/**
 * Pixels that come out of a step.
 * @throws ImageError `request` when the step does not fit such pixels.
 */
export function outputShape(step: StageStep, input: PixelShape): PixelShape {
  return definitionOf(step).outputShape(step, input);
}

/** Pixels that come out of all steps, in order. @throws ImageError `request` when one does not fit. */
export function shapeAfter(steps: readonly StageStep[], input: PixelShape): PixelShape {
  return steps.reduce((shape, step) => outputShape(step, shape), input);
}

/** Pixels beyond its edge that a step looks at. */
export function borderOf(step: StageStep): number {
  return definitionOf(step).border?.(step) ?? 0;
}

/** Pixels beyond its edge that a rectangle needs around it for all these steps to be exact inside. */
export function totalBorder(steps: readonly StageStep[]): number {
  return steps.reduce((border, step) => border + borderOf(step), 0);
}
