import type { Threads } from './threads.ts';

/** Workers and pages: CPU work runs where it is asked for. */
export const threads: Threads | undefined = undefined;
