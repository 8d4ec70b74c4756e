import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Files below `folder` whose path relative to `root` passes `accept`; `node_modules` and `dist` are skipped. Sorted. */
export function globSync(root: string, folder: string, accept: (path: string) => boolean): string[] {
  const found: string[] = [];
  const walk = (path: string): void => {
    for (const entry of readdirSync(join(root, path), { withFileTypes: true })) {
      if (entry.name === 'node_modules' || entry.name === 'dist') continue;
      const child = `${path}/${entry.name}`;
      if (entry.isDirectory()) walk(child);
      else if (accept(child)) found.push(child);
    }
  };
  walk(folder);
  return found.sort();
}
