export { canonicalKey } from './render/canonical.ts';
export type { Engine } from './render/engine.ts';
export { type ExecuteOptions, executePlan } from './render/execute.ts';
export { inlineRenderWorker, processPixels } from './render/inline-worker.ts';
export { planRender } from './render/plan.ts';
export {
  DEFAULT_PLAN_OPTIONS,
  ENCODER_FACTS,
  type EncoderFacts,
  type PlanOptions,
  type WatermarkOptions,
} from './render/plan-options.ts';
export type { EncodedImage, PassThroughPlan, PixelsPlan, RenderPlan } from './render/plan-types.ts';
export { type LevelWindow, readWindow, type SampleReading } from './render/read-window.ts';
export type { FinishTask, RenderTask, RenderWorker } from './render/render-worker.ts';
export type {
  Adjustment,
  HillshadeAdjustment,
  LevelSpec,
  OutputSpec,
  QualitySpec,
  RegionSpec,
  RenderRequest,
  SizeSpec,
  UpscaleRule,
} from './render/request.ts';
export { resolveView } from './render/resolve-view.ts';
export type { ResolvedView } from './render/resolved-view.ts';
export {
  createStatistics,
  type PictureStatistics,
  type Statistics,
  type StatisticsParts,
} from './render/statistics.ts';
export { type AxisWeights, axisWeights, type ResampleAxis } from './resample/axis-weights.ts';
export type { ResampleKernel, ResampleStep } from './resample/resample-step.ts';
