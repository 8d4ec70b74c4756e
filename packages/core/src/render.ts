export type { Engine } from './render/engine.ts';
export type { EncodedImage, PassThroughPlan, PixelsPlan, RenderPlan } from './render/plan-types.ts';
export type { AssembleTask, FinishTask, RenderTask, RenderWorker } from './render/render-worker.ts';
export type {
  Adjustment,
  LevelSpec,
  OutputSpec,
  QualitySpec,
  RegionSpec,
  RenderRequest,
  SizeSpec,
  UpscaleRule,
} from './render/request.ts';
export type { ResampleKernel, ResampleStep } from './resample/resample-step.ts';
