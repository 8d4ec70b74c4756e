import { DEFAULT_LIMITS } from '@sectile/core';
import type { PixelBuffer } from '@sectile/core/pixels';
import type { EncodedImage, RenderWorker } from '@sectile/core/render';
import { threads } from '#threads';
import type { EngineOptions } from '../engine.ts';
import { provideModules, wasmModule } from '../wasm/wasm-module.ts';
import { lazyInlineWorker } from './lazy-worker.ts';
import type { JobMessage } from './messages.ts';
import { ThreadPool } from './thread-pool.ts';
import { packPixels, packPlan, packSegments } from './transfer.ts';

/** Settings of {@link pooledRenderWorker}. */
export interface PooledRenderWorkerOptions extends EngineOptions {
  /** Threads. Default: as many as the machine runs side by side. 0: compute on the calling thread. */
  readonly size?: number | undefined;
  /** Tasks that may wait. Default: 64 for each thread. */
  readonly maxQueued?: number | undefined;
  /** Seconds that one task may take. Default 30. */
  readonly timeLimitSeconds?: number | undefined;
}

/**
 * A worker that computes on threads where the runtime has them (Node, Bun, Deno), each with its own codecs and kernels,
 * and else on the calling thread. Segments are copied over, results come back without a copy.
 *
 * @throws ImageError from its methods: `limit` with `details.busy` when too many tasks wait, `codec` for one that crashed
 *   its thread or took too long.
 */
export function pooledRenderWorker(options: PooledRenderWorkerOptions = {}): RenderWorker {
  const size = options.size ?? threads?.parallelism() ?? 0;
  return threads === undefined || size === 0 ? inlineLater(options) : onThreads(threads, size, options);
}

function onThreads(
  available: NonNullable<typeof threads>,
  size: number,
  options: PooledRenderWorkerOptions,
): RenderWorker {
  provideModules(options.modules ?? {});
  const pool = new ThreadPool({
    threads: available,
    size,
    maxQueued: options.maxQueued ?? 64 * size,
    timeLimitMs: (options.timeLimitSeconds ?? 30) * 1000,
    settings: { limits: options.limits ?? DEFAULT_LIMITS },
    loadWasm: wasmModule,
  });
  return {
    render({ plan, segments }, { signal } = {}) {
      const { data, transfer } = packSegments(segments);
      const message: JobMessage = { job: 'render', task: { plan: packPlan(plan), segments: data } };
      return pool.run(message, transfer, signal) as Promise<EncodedImage>;
    },
    assemble(task, { signal } = {}) {
      const { data, transfer } = packSegments(task.segments);
      const message: JobMessage = { job: 'assemble', task: { ...task, segments: data } };
      return pool.run(message, transfer, signal) as Promise<PixelBuffer>;
    },
    finish({ plan, pixels }, { signal } = {}) {
      const { data, transfer } = packPixels(pixels);
      const message: JobMessage = { job: 'finish', task: { plan: packPlan(plan), pixels: data } };
      return pool.run(message, transfer, signal) as Promise<EncodedImage>;
    },
    close: async () => pool.close(),
  };
}

/** The engine loads with the first task. */
function inlineLater(options: EngineOptions): RenderWorker {
  const load = lazyInlineWorker(options);
  return {
    render: async (task, readOptions) => (await load()).render(task, readOptions),
    assemble: async (task, readOptions) => (await load()).assemble(task, readOptions),
    finish: async (task, readOptions) => (await load()).finish(task, readOptions),
    close: async () => undefined,
  };
}
