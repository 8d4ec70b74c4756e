/** Fails when source files import each other in a circle. Type-only imports count too: none are needed. */
import { readImports } from './imports.ts';

const root = new URL('..', import.meta.url).pathname;
const targets = new Map<string, string[]>();
for (const { from, to } of readImports(root)) if (to) targets.set(from, [...(targets.get(from) ?? []), to]);

const cycles = findCycles(targets);
for (const cycle of cycles) console.error(`cycle: ${cycle.join(' -> ')}`);
console.log(`cycles: ${cycles.length}`);
if (cycles.length > 0) process.exit(1);

/** One path for each back edge that a depth-first walk meets. */
function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const state = new Map<string, 'open' | 'done'>();
  const walk = (file: string, path: readonly string[]): void => {
    if (state.get(file) === 'open') found.push([...path.slice(path.indexOf(file)), file]);
    if (state.has(file)) return;
    state.set(file, 'open');
    for (const next of graph.get(file) ?? []) walk(next, [...path, file]);
    state.set(file, 'done');
  };
  for (const file of graph.keys()) walk(file, []);
  return found;
}
