export { COLORMAP_NAMES, type Colormap, colormapNamed } from './color/colormaps.ts';
export { DISPLAY_P3_PROFILE } from './color/display-p3-profile.ts';
export {
  equalizeLut,
  type Histogram,
  type HistogramBands,
  histogramOf,
  occupiedBins,
  otsuThreshold,
  stretchRange,
} from './color/histogram.ts';
export {
  type CurveConversion,
  conversionBands,
  type IccConversion,
  iccConversion,
  isProfileOf,
  type TableConversion,
} from './color/icc-conversion.ts';
export { type IccProfile, parseIccProfile } from './color/icc-profile.ts';
export type { IccTable } from './color/icc-table.ts';
export type { RgbSpace } from './color/rgb-space.ts';
export type { ToneCurve } from './color/tone-curve.ts';
export { CONVOLUTION_KERNEL_NAMES, convolutionStep } from './processing/convolution-kernels.ts';
export { runStages } from './processing/run.ts';
export type { PixelShape, StageKind, StepOf } from './processing/stage.ts';
export { orderAdjustments, STAGE_ORDER } from './processing/stage-order.ts';
export type {
  CielabToRgbStep,
  ColorStep,
  ElevationHillshadeStep,
  HillshadeStep,
  StageStep,
  WatermarkOverlay,
  WatermarkPlacement,
  WatermarkStep,
} from './processing/stage-step.ts';
export { borderOf, outputShape, shapeAfter, totalBorder } from './processing/stage-table.ts';
export { rotatedSize } from './processing/stages/rotate.ts';
