import { DEFAULT_LIMITS } from '@sectile/core';
import type { PixelBuffer } from '@sectile/core/pixels';
import type { EncodedImage, RenderWorker } from '@sectile/core/render';
import type { ReadOptions } from '@sectile/core/source';
import { threads } from '#threads';
import type { EngineOptions } from '../engine.ts';
import { provideModules, wasmModule } from '../wasm/wasm-module.ts';
import { lazyInlineWorker } from './lazy-worker.ts';
import { type PackedJob, ThreadPool } from './thread-pool.ts';
import { packPixels, packPlan, packSegments } from './transfer.ts';

/** Source pixels up to which a picture counts as small: a tile of 512 pixels. */
const SMALL_PIXELS = 2 ** 18;

/**
 * Bytes of decoded JPEG 2000 code-blocks, and of segments of windows that overlap, that all threads keep together. The system
 * hands them out as they are used.
 */
const SHARED_BLOCK_BYTES = 2 ** 27;

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
    settings: {
      limits: options.limits ?? DEFAULT_LIMITS,
      blockMemory: options.blockMemory ?? new SharedArrayBuffer(SHARED_BLOCK_BYTES),
    },
    loadWasm: wasmModule,
  });
  const run = <Result>(pack: () => PackedJob, { signal }: ReadOptions = {}, small = false): Promise<Result> =>
    pool.run(pack, { signal, small }) as Promise<Result>;
  return {
    readsFiles: available.readsFiles,
    render: async ({ plan, read, keepAs }, readOptions) => {
      const found = await read(plan.segments);
      const segments = plan.segments.map((ref, index) => ({ ref, segment: found[index] }));
      const isSmall = plan.cost.pixels <= SMALL_PIXELS;
      return run<EncodedImage>(
        () => {
          const { data, transfer } = packSegments(segments, isSmall);
          return { message: { job: 'render', task: { plan: packPlan(plan), segments: data, keepAs } }, transfer };
        },
        readOptions,
        isSmall,
      );
    },
    assemble: (task, readOptions) =>
      run<PixelBuffer>(() => {
        const { data, transfer } = packSegments(task.segments, false);
        return { message: { job: 'assemble', task: { ...task, segments: data } }, transfer };
      }, readOptions),
    finish: ({ plan, pixels }, readOptions) =>
      run<EncodedImage>(() => {
        const { data, transfer } = packPixels(pixels);
        return { message: { job: 'finish', task: { plan: packPlan(plan), pixels: data } }, transfer };
      }, readOptions),
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
