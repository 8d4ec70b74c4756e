/** Packs each package and runs publint and "are the types wrong" on it. Needs a build. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { PACKAGES } from './boundaries.ts';

const root = new URL('..', import.meta.url).pathname;
for (const name of PACKAGES) {
  const folder = join(root, 'packages', name);
  console.log(`@sectile/${name}`);
  execFileSync('npx', ['publint', '--strict', folder], { cwd: root, stdio: 'inherit' });
  if (name === 'cli') continue; // a command has no types to import
  execFileSync('npx', ['attw', '--pack', folder, '--profile', 'esm-only', '--quiet'], { cwd: root, stdio: 'inherit' });
}
