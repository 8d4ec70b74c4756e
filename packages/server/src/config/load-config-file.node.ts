import { access, readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigError } from './value-kinds.ts';

/** Looked for in the working directory, in this order, when no file is named. */
const DEFAULT_NAMES = ['sectile.config.json', 'sectile.config.js', 'sectile.config.mjs', 'sectile.config.ts'];

/** A configuration file that was read. */
export interface ConfigFile {
  readonly path: string;
  /** Settings by name, not yet checked. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/**
 * Reads the configuration file `path`, or the first of `sectile.config.{json,js,mjs,ts}` in `folder`, or gives
 * `undefined` when there is none. JSON holds an object; a module exports one as `default` or `config`, or a function
 * that returns one. `.ts` needs a runtime that reads TypeScript.
 *
 * @throws ConfigError when a named file is missing, and when a file is broken.
 */
export async function loadConfigFile(folder: string, path?: string): Promise<ConfigFile | undefined> {
  const found = path === undefined ? await firstExisting(folder) : resolve(folder, path);
  if (found === undefined) return undefined;
  const settings = await readSettings(found).catch((cause) => {
    if (cause instanceof ConfigError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`${found} cannot be read: ${reason}`, { cause });
  });
  return { path: found, settings };
}

async function firstExisting(folder: string): Promise<string | undefined> {
  for (const name of DEFAULT_NAMES) {
    const path = resolve(folder, name);
    const exists = await access(path).then(
      () => true,
      () => false,
    );
    if (exists) return path;
  }
  return undefined;
}

async function readSettings(path: string): Promise<Readonly<Record<string, unknown>>> {
  const value = extname(path) === '.json' ? JSON.parse(await readFile(path, 'utf8')) : await importSettings(path);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ConfigError(`${path} holds no settings: an object is expected`);
  }
  return value;
}

async function importSettings(path: string): Promise<unknown> {
  const module: Record<string, unknown> = await import(pathToFileURL(path).href);
  const exported = module['default'] ?? module['config'];
  return typeof exported === 'function' ? exported() : exported;
}
