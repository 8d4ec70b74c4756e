import type { RenderPlan } from './plan-types.ts';

/**
 * A string that two plans share exactly when they give the same bytes from the same file: key of caches, and together
 * with the file's revision the ETag. Embedded metadata comes from the file, so its kinds and lengths stand for it.
 */
export function canonicalKey(plan: RenderPlan): string {
  if (plan.kind === 'pass-through') {
    const { page, level, col, row } = plan.segment;
    return JSON.stringify(['stored', page, level, col, row, plan.format, plan.embedIcc]);
  }
  return JSON.stringify(
    [
      'pixels',
      plan.page,
      plan.level,
      plan.layers,
      plan.window.x,
      plan.window.y,
      plan.window.width,
      plan.window.height,
      plan.shrink,
      plan.stages,
      plan.resample,
      plan.finish,
      plan.output.format,
      plan.output.options,
    ],
    inKeyOrder,
  );
}

/** Members in alphabetical order, so that the order in which a planner wrote them does not count. */
function inKeyOrder(key: string, value: unknown): unknown {
  // From the file's profile, like the metadata.
  if (key === 'conversion') return 'profile';
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  // The pixels of a watermark: its id stands for them.
  if ('id' in value && 'data' in value) return value.id;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
