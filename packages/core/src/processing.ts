export type { StageStep } from './processing/stage-step.ts';
