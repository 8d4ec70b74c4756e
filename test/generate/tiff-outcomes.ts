/**
 * Compares every TIFF of the corpus with libvips and libtiff and prints one line a file; `--write` renews
 * `test/golden/tiff-outcomes.json`. Run with `npx tsx --conditions=@sectile/source test/generate/tiff-outcomes.ts`.
 */
import { writeFileSync } from 'node:fs';
import { compareWithOthers } from '../conformance/compare.ts';
import { corpusFiles } from '../conformance/corpus.ts';

const outcomes: Record<string, unknown> = {};
for (const name of corpusFiles('.tif', '.tiff', '.svs')) {
  const outcome = await compareWithOthers(name);
  outcomes[name] = outcome;
  console.log(`${name.padEnd(70)} ${JSON.stringify(outcome)}`);
}
if (process.argv.includes('--write')) {
  writeFileSync(new URL('../golden/tiff-outcomes.json', import.meta.url), `${JSON.stringify(outcomes, null, 2)}\n`);
}
