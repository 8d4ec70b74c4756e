/** Fails when a public declaration has no doc comment. */
import { readPublicSurface } from './public-surface.ts';

const root = new URL('..', import.meta.url).pathname;
const missing = readPublicSurface(root).filter(({ documented }) => !documented);
for (const { entry, name, declaredAt } of missing)
  console.error(`${declaredAt}: ${name} (${entry}) has no doc comment`);
console.log(`public declarations without a doc comment: ${missing.length}`);
if (missing.length > 0) process.exit(1);
