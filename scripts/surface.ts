/** Compares the public surface with `test/public-surface.json`, or writes it with `--update`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPublicSurface } from './public-surface.ts';

const root = new URL('..', import.meta.url).pathname;
const file = join(root, 'test/public-surface.json');
const surface: Record<string, string[]> = {};
for (const { entry, name } of readPublicSurface(root)) (surface[entry] ??= []).push(name);
for (const names of Object.values(surface)) names.sort();
const text = `${JSON.stringify(surface, null, 2)}\n`;

if (process.argv.includes('--update')) {
  writeFileSync(file, text);
} else if (readFileSync(file, 'utf8') !== text) {
  console.error(
    'The public surface differs from test/public-surface.json: run `npm run surface:update` and review the difference',
  );
  process.exit(1);
}
