import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of real files, from `SECTILE_CORPUS` or beside the repository; `undefined` where there is none. */
export const CORPUS: string | undefined = [
  process.env['SECTILE_CORPUS'],
  fileURLToPath(new URL('../../../shared/corpus', import.meta.url)),
].find((folder) => folder !== undefined && existsSync(folder));

/** Files of the corpus with these extensions, as paths below it with forward slashes. Sorted; empty without corpus. */
export function corpusFiles(...extensions: readonly string[]): string[] {
  if (CORPUS === undefined) return [];
  const names = readdirSync(CORPUS, { recursive: true, encoding: 'utf8' }).map((name) => name.replaceAll('\\', '/'));
  return names.filter((name) => extensions.some((extension) => name.toLowerCase().endsWith(extension))).sort();
}

/** Path of a corpus file. */
export function corpusPath(name: string): string {
  return join(CORPUS ?? '', name);
}
