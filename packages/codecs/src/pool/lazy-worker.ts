import { inlineRenderWorker, type RenderWorker } from '@sectile/core/render';
import { createEngine, type EngineOptions } from '../engine.ts';

/** An inline worker whose engine is made at the first call and kept; a failure is not. */
export function lazyInlineWorker(options: EngineOptions): () => Promise<RenderWorker> {
  let loading: Promise<RenderWorker> | undefined;
  return () => {
    loading ??= createEngine(options)
      .then(inlineRenderWorker)
      .catch((error: unknown) => {
        loading = undefined;
        throw error;
      });
    return loading;
  };
}
