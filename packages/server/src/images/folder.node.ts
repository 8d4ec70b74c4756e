import { type Dirent, promises as fs, type Stats } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { ImageError } from '@sectile/core/errors';
import { fileSource } from '@sectile/core/source/node';
import {
  type FoundImage,
  type ImageResolver,
  type Listing,
  type ListOptions,
  looksLikeImage,
  safeSegments,
} from './resolver.ts';

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

  async function locate(id: string): Promise<{ path: string; stats: Stats } | undefined> {
    const segments = safeSegments(stem + id.replace(/^\/+/, '') + suffix);
    if (!segments || segments.length === 0) return undefined;
    return orAbsent(async () => {
      const path = await fs.realpath(join(root, ...segments));
      if (!followSymlinks && !isInside(await fs.realpath(root), path)) return undefined;
      return { path, stats: await fs.stat(path) };
    });
  }

  return {
    async find(id): Promise<FoundImage | undefined> {
      const located = await locate(id);
      if (!located?.stats.isFile()) return undefined;
      const { path, stats } = located;
      return {
        revision: `${stats.size.toString(36)}-${stats.mtimeMs.toString(36)}-${stats.ino.toString(36)}`,
        lastModified: stats.mtime,
        open: () => fileSource(path),
      };
    },

    async list(folder, { offset, limit }: ListOptions): Promise<Listing | undefined> {
      const segments = safeSegments(folder);
      if (!segments) return undefined;
      const path = join(root, ...segments);
      const entries = await orAbsent(async () => {
        const real = await fs.realpath(path);
        if (!followSymlinks && !isInside(await fs.realpath(root), real, true)) return undefined;
        return fs.readdir(real, { withFileTypes: true });
      });
      return entries && pageOf(entries, { offset, limit, suffix, stem: segments.length === 0 ? stem : '' });
    },
  };
}

/** `/images/scan_` is the folder `/images` and names that begin with `scan_`. An empty prefix is the working directory. */
function splitPrefix(prefix: string): { root: string; stem: string } {
  if (prefix === '' || prefix.endsWith('/') || prefix.endsWith(sep)) return { root: resolve(prefix), stem: '' };
  return { root: resolve(dirname(prefix)), stem: basename(prefix) };
}

function isInside(root: string, path: string, orRoot = false): boolean {
  return (orRoot && path === root) || path.startsWith(root.endsWith(sep) ? root : root + sep);
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

interface PageOptions extends ListOptions {
  readonly stem: string;
  readonly suffix: string;
}

function pageOf(entries: readonly Dirent[], { offset, limit, stem, suffix }: PageOptions): Listing {
  const visible = entries.filter((entry) => !entry.name.startsWith('.') && entry.name.startsWith(stem));
  const folders = visible.filter((entry) => entry.isDirectory()).map((entry) => entry.name.slice(stem.length));
  const images = visible
    .filter((entry) => !entry.isDirectory() && looksLikeImage(entry.name) && entry.name.endsWith(suffix))
    .map((entry) => entry.name.slice(stem.length, entry.name.length - suffix.length));
  const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
  const sorted = [...folders.sort(collator.compare), ...images.sort(collator.compare)];
  const page = sorted.slice(offset, offset + limit);
  const firstImage = Math.max(0, Math.min(page.length, folders.length - offset));
  return { folders: page.slice(0, firstImage), images: page.slice(firstImage), total: sorted.length };
}
