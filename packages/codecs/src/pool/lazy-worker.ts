import type { SegmentCache } from '@sectile/core/pyramid';
import { inlineRenderWorker, type RenderWorker } from '@sectile/core/render';
import { createEngine, type EngineOptions } from '../engine.ts';

/**
 * An inline worker whose engine is made at the first call and kept; a failure is not.
 *
 * @param kept Decoded segments of several threads. Default: each worker keeps its own.
 */
export function lazyInlineWorker(options: EngineOptions, kept?: SegmentCache): () => Promise<RenderWorker> {
  let loading: Promise<RenderWorker> | undefined;
  return () => {
    loading ??= createEngine(options)
      .then((engine) => inlineRenderWorker(engine, kept))
      .catch((error: unknown) => {
        loading = undefined;
        throw error;
      });
    return loading;
  };
}
