import { type Dirent, promises as fs, type Stats } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { ImageError } from '@sectile/core/errors';
import { fileSource } from '@sectile/core/source/node';
import { pageOf } from './listing-page.ts';
import { type FoundImage, type ImageResolver, type Listing, looksLikeImage, safeSegments } from './resolver.ts';

/** Where a folder resolver looks. */
export interface FolderOptions {
  /**
   * Put before every identifier as it is (iipsrv `FILESYSTEM_PREFIX`): `/images/` is a folder, `/images/scan_` a folder
   * and the beginning of names. Relative prefixes start at the working directory.
   */
  readonly prefix: string;
  /** Put behind every identifier as it is (`.tif`). Default empty. */
  readonly suffix?: string | undefined;
  /** Follow links that lead out of the folder. Default false: such files do not exist. */
  readonly followSymlinks?: boolean | undefined;
}

/**
 * Serves the files below a folder. Nothing outside it can be reached: identifiers are checked segment by segment, and
 * what a link points to must lie inside as well. Hidden files do not exist.
 */
export function folderImages(options: FolderOptions): ImageResolver {
  const { root, stem } = splitPrefix(options.prefix);
  const suffix = options.suffix ?? '';
  const followSymlinks = options.followSymlinks ?? false;

  /** What a path leads to, or `undefined` when it leads nowhere or out of the folder. */
  function inspect(path: string): Promise<Located | undefined> {
    return orAbsent(async () => {
      const real = await fs.realpath(path);
      if (!followSymlinks && !isWithin(await fs.realpath(root), real)) return undefined;
      return { path: real, stats: await fs.stat(real) };
    });
  }

  return {
    async find(id): Promise<FoundImage | undefined> {
      const segments = safeSegments(stem + id.replace(/^\/+/, '') + suffix);
      const located = segments && (await inspect(join(root, ...segments)));
      if (!located?.stats.isFile()) return undefined;
      const { path, stats } = located;
      return {
        revision: `${stats.size.toString(36)}-${stats.mtimeMs.toString(36)}-${stats.ino.toString(36)}`,
        lastModified: stats.mtime,
        open: () => fileSource(path),
      };
    },

    async list(folder, { offset, limit }): Promise<Listing | undefined> {
      const segments = safeSegments(folder);
      const located = segments && (await inspect(join(root, ...segments)));
      if (!located?.stats.isDirectory()) return undefined;
      const entries = (await orAbsent(() => fs.readdir(located.path, { withFileTypes: true }))) ?? [];
      const start = segments?.length === 0 ? stem : '';
      const shown = entries.filter(({ name }) => !name.startsWith('.') && name.startsWith(start));
      const kinds = await Promise.all(shown.map((entry) => kindOf(entry, located.path)));
      const named = (kind: EntryKind): string[] =>
        shown.filter((_, index) => kinds[index] === kind).map(({ name }) => name.slice(start.length));
      const images = named('file').filter((name) => looksLikeImage(name) && name.endsWith(suffix));
      const stems = images.map((name) => name.slice(0, name.length - suffix.length));
      return pageOf(named('folder').sort(byName), stems.sort(byName), { offset, limit });
    },
  };

  async function kindOf(entry: Dirent, parent: string): Promise<EntryKind> {
    if (!entry.isSymbolicLink()) return entry.isDirectory() ? 'folder' : 'file';
    const target = await inspect(join(parent, entry.name));
    if (!target) return 'nothing';
    return target.stats.isDirectory() ? 'folder' : 'file';
  }
}

interface Located {
  readonly path: string;
  readonly stats: Stats;
}

type EntryKind = 'file' | 'folder' | 'nothing';

const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' }).compare;

/** `/images/scan_` is the folder `/images` and names that begin with `scan_`. An empty prefix is the working directory. */
function splitPrefix(prefix: string): { root: string; stem: string } {
  if (prefix === '' || prefix.endsWith('/') || prefix.endsWith(sep)) return { root: resolve(prefix), stem: '' };
  return { root: resolve(dirname(prefix)), stem: basename(prefix) };
}

function isWithin(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

/** Runs a look-up; what is missing, forbidden or no folder is `undefined`, anything else a `source` error. */
async function orAbsent<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ELOOP', 'ENAMETOOLONG'].includes(code)) return undefined;
    throw new ImageError('source', 'The image store cannot be read', { cause });
  }
}
