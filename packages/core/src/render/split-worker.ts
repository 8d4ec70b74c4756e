import type { RenderWorker } from './render-worker.ts';

/**
 * Computes small pictures on the calling thread and hands large ones on. Handing a tile to another thread costs about
 * as much as encoding it; where several processes share the cores, the calling thread has the time.
 *
 * @param small Computes renders of up to `maxPixels` source pixels.
 * @param large Computes all else. Closing closes both.
 */
export function splitRenderWorker(
  small: RenderWorker,
  large: RenderWorker,
  { maxPixels }: { readonly maxPixels: number },
): RenderWorker {
  return {
    // Small pictures are computed here, where reading would block.
    readsFiles: false,
    render: (task, options) => (task.plan.cost.pixels <= maxPixels ? small : large).render(task, options),
    assemble: (task, options) => large.assemble(task, options),
    finish: (task, options) => large.finish(task, options),
    async close() {
      await Promise.all([small.close(), large.close()]);
    },
  };
}
